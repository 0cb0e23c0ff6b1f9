"""*In progress*: a job that is under way; its end leads to the page where the outcome stands."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from cli.desk.fields import form_of
from cli.desk.opened import opened
from cli.desk.web import Visit
from cli.presentation.wording import desk as wording


def job(visit: Visit) -> Response:
    """Show work under way; once it is done, lead to the page where its outcome stands."""
    found = visit.desk.jobs.find(str(visit.path["name"]))
    if found is None:
        visit.seat.tell(wording.JOB_GONE)
        return RedirectResponse("/", 303)
    if found.outcome is None:
        with opened(visit.desk.settings) as ledger:
            return visit.page("job.html", wording.JOB, ledger, about=found.about, note=found.note)
    if found.outcome.refusal is not None:
        return visit.refused(form_of({}), found.kind, found.outcome.refusal, found.form_page)
    for line in found.outcome.told:
        visit.seat.tell(line)
    return RedirectResponse(f"{found.page}#done", 303)
