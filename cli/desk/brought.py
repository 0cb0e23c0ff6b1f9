"""Files that a page takes: looked at first, kept in the memory of the seat alone, then taken in as a job."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

from starlette.responses import RedirectResponse, Response

from cli.desk.fields import Field, form_of, values
from cli.desk.forms import form
from cli.desk.jobs import Job, Outcome
from cli.desk.opened import metadata, opened
from cli.desk.seats import Upload
from cli.desk.web import Visit
from cli.presentation.wording import desk as wording
from ledger.application.ledger import Ledger, Metadata
from ledger.errors import BadSource, LedgerError
from ledger.message import Message, msg

LINES_MAX = 50


class Comes(NamedTuple):
    """What a file comes to: what is told of it, lines that were not understood, whether it can be taken."""

    told: tuple[Message, ...]
    lines: tuple[tuple[int, Message | str], ...] = ()
    is_understood: bool = True


class Import(Protocol):
    """Takes a file in, or only looks; raises what the import behind it does."""

    def __call__(self, ledger: Ledger, said_by: Metadata, upload: Upload, *, dry_run: bool) -> Comes:
        """Return what the file comes to."""
        ...


class Intake(NamedTuple):
    """A kind of file, the page that takes it, and the import behind both."""

    name: str
    page: str
    then: str
    """Where taking it in leads."""
    asked: tuple[Field, ...]
    """The first field is the file."""
    imported: Import


def shown(visit: Visit, ledger: Ledger, intake: Intake) -> dict[str, Any]:
    """Return what the template shows: the form, and what a file that was sent comes to."""
    sent, lang = visit.query.get("file", ""), visit.lang
    upload = visit.seat.upload(sent, visit.desk.seats.clock())
    asked = form(
        intake.name,
        intake.page,
        wording.LOOK_AT_FILE,
        intake.asked,
        lang,
        draft=visit.again(intake.name),
        typed=_typed(intake, upload),
        is_primary=upload is None,
    )
    seen: dict[str, Any] = {"told": (), "lines": (), "more": 0, "take": None}
    if upload is not None:
        comes = intake.imported(ledger, _author(visit), upload, dry_run=True)
        seen |= {"told": comes.told, "lines": comes.lines[:LINES_MAX]}
        seen["more"] = max(0, len(comes.lines) - LINES_MAX)
        if comes.is_understood:
            label = msg("Take in {file}", file=upload.name)
            place = f"{intake.page}/take"
            seen["take"] = form("take", place, label, (), lang, form_id=sent, is_primary=True)
    return seen | {"asked": asked if visit.seat.kind == "desk" else None}


def _typed(intake: Intake, upload: Upload | None) -> dict[str, str]:
    if upload is not None:
        return dict(upload.typed)
    return {each.name: each.preset for each in intake.asked if each.preset}


def _author(visit: Visit) -> Metadata:
    """Return who takes a file in; with no id of a command: the same file again changes nothing anyway."""
    return metadata(visit.desk.settings, visit.seat, form_of({}))._replace(command_id=None)


def look(visit: Visit, intake: Intake) -> Response:
    """Keep a file in the memory of the seat, and lead to what it comes to."""
    sent = form_of(visit.typed)
    with opened(visit.desk.settings) as ledger:
        try:
            if visit.file is None:
                raise BadSource(msg("no file was chosen"))
            values(intake.asked[1:], visit.typed, ledger.now())
            upload = Upload(visit.file.name, visit.file.content, visit.typed, visit.desk.seats.clock())
            intake.imported(ledger, _author(visit), upload, dry_run=True)
        except LedgerError as error:
            return visit.refused(sent, intake.name, error, intake.page)
    visit.seat.keep_upload(sent, upload)
    return RedirectResponse(f"{intake.page}?file={sent}#seen", 303)


def take(visit: Visit, intake: Intake) -> Response:
    """Take the file in that was looked at, as a job."""
    upload = visit.seat.upload(form_of(visit.typed), visit.desk.seats.clock())
    if upload is None:
        error = BadSource(msg("the file is not kept any more: choose it again"))
        return visit.refused(form_of(visit.typed), intake.name, error, intake.page)
    said_by = _author(visit)

    def work() -> Outcome:
        with opened(visit.desk.settings) as ledger:
            comes = intake.imported(ledger, said_by, upload, dry_run=False)
        visit.seat.forget_upload()
        return Outcome(comes.told)

    about = msg("Taking in {file}", file=upload.name)
    name = visit.desk.jobs.start(Job(intake.name, about, intake.then, intake.page), work)
    return RedirectResponse(f"/job/{name}", 303)
