"""*Records of the remote tool*: a file is looked at first, then taken in, as `source import` does."""

from __future__ import annotations

from typing import Any

from starlette.responses import RedirectResponse, Response

from cli.desk.fields import Field, form_of, values
from cli.desk.forms import form
from cli.desk.jobs import Job, Outcome
from cli.desk.opened import metadata, opened
from cli.desk.periods import address_of, shown
from cli.desk.seats import Upload
from cli.desk.web import Visit
from cli.presentation.wording import desk as wording
from cli.presentation.wording.source_import import NOTHING_NEW, counts, notes, nothing_understood
from ledger.application.ledger import Ledger, Metadata
from ledger.domain.clock import parse_period
from ledger.errors import BadSource, LedgerError, ZoneMissing
from ledger.message import Message, msg
from ledger.sources.adapter import Options
from ledger.sources.import_file import import_source
from ledger.sources.registry import ADAPTERS
from ledger.sources.result import DEFAULT_INSTANCE, SourceFile, TakenFile
from ledger.sources.timestamps import zone_named

ASKED = (
    Field("file", wording.FILE, "file", is_required=True),
    Field("adapter", wording.ADAPTER, "choice", "adapter", tuple(ADAPTERS), is_required=True),
    Field("zone", wording.ZONE, preset="Europe/Warsaw", help=wording.ZONE_HELP),
    Field("dates", wording.DATE_ORDER, "choice", "date_order", ("dmy", "mdy")),
    Field("instance", wording.INSTANCE, "key", help=wording.INSTANCE_HELP),
)
LINES_MAX = 50


def show(visit: Visit) -> Response:
    """Show the form, or what a file that was sent comes to; nothing is recorded."""
    period, lang = parse_period(str(visit.path["period"])), visit.lang
    page = f"/month/{address_of(period)}/records"
    sent = visit.query.get("file", "")
    upload = visit.seat.upload(sent, visit.desk.seats.clock())
    asked = form(
        "records",
        page,
        wording.LOOK_AT_FILE,
        ASKED,
        lang,
        draft=visit.again("records"),
        typed=_presets(upload),
        is_primary=upload is None,
    )
    with opened(visit.desk.settings) as ledger:
        seen: dict[str, Any] = {"told": [], "lines": [], "more": 0, "take": None}
        if upload is not None:
            taken = _import(ledger, _author(visit), upload, dry_run=True)
            seen = _seen(taken)
            if taken.understood:
                seen["take"] = form(
                    "take",
                    f"{page}/take",
                    msg("Take in {file}", file=upload.name),
                    (),
                    lang,
                    form_id=sent,
                    is_primary=True,
                )
        return visit.page(
            "records.html",
            wording.STEP_RECORDS,
            ledger,
            period=shown(period, "/month"),
            asked=asked if visit.seat.kind == "desk" else None,
            **seen,
        )


def _presets(upload: Upload | None) -> dict[str, str]:
    if upload is not None:
        return dict(upload.typed)
    return {each.name: each.preset for each in ASKED if each.preset}


def _seen(taken: TakenFile) -> dict[str, Any]:
    told = [counts(taken), *notes(taken)]
    if not taken.understood:
        told.append(nothing_understood(taken))
    lines = [(each.line, each.reason) for each in taken.quarantine]
    return {"told": told, "lines": lines[:LINES_MAX], "more": max(0, len(lines) - LINES_MAX), "take": None}


def look(visit: Visit) -> Response:
    """Keep a file in the memory of the seat, and lead to what it comes to."""
    period, sent = parse_period(str(visit.path["period"])), form_of(visit.typed)
    page = f"/month/{address_of(period)}/records"
    with opened(visit.desk.settings) as ledger:
        try:
            if visit.file is None:
                raise BadSource(msg("no file was chosen"))
            values(ASKED[1:], visit.typed, ledger.now())
            upload = Upload(visit.file.name, visit.file.content, visit.typed, visit.desk.seats.clock())
            _import(ledger, _author(visit), upload, dry_run=True)
        except LedgerError as error:
            return visit.refused(sent, "records", error, page)
    visit.seat.keep_upload(sent, upload)
    return RedirectResponse(f"{page}?file={sent}#seen", 303)


def _author(visit: Visit) -> Metadata:
    """Return who takes a file in; with no id of a command: the same file again changes nothing anyway."""
    return metadata(visit.desk.settings, visit.seat, form_of({}))._replace(command_id=None)


def take(visit: Visit) -> Response:
    """Take the file in that was looked at, as a job."""
    period, sent = parse_period(str(visit.path["period"])), form_of(visit.typed)
    page = f"/month/{address_of(period)}"
    upload = visit.seat.upload(sent, visit.desk.seats.clock())
    if upload is None:
        error = BadSource(msg("the file is not kept any more: choose it again"))
        return visit.refused(sent, "records", error, f"{page}/records")
    said_by = _author(visit)

    def work() -> Outcome:
        with opened(visit.desk.settings) as ledger:
            taken = _import(ledger, said_by, upload, dry_run=False)
        visit.seat.forget_upload()
        told: list[Message] = [counts(taken), *notes(taken)]
        if taken.recorded and not taken.events:
            told.append(NOTHING_NEW)
        return Outcome(tuple(told))

    about = msg("Taking in {file}", file=upload.name)
    name = visit.desk.jobs.start(Job("records", about, page, f"{page}/records"), work)
    return RedirectResponse(f"/job/{name}", 303)


def _import(ledger: Ledger, said_by: Metadata, upload: Upload, *, dry_run: bool) -> TakenFile:
    """Import a file, or only look; raises what `import_source` does, ZoneMissing, BadCell."""
    given = values(ASKED[1:], upload.typed, ledger.now())
    zone = None if given["zone"] is None else zone_named(str(given["zone"]))
    if given["zone"] is not None and zone is None:
        raise ZoneMissing(msg("the time zone is not known"))
    dates = given["dates"]
    options = Options(zone=zone, dates="dmy" if dates == "dmy" else "mdy" if dates == "mdy" else None)
    source = SourceFile(
        str(given["adapter"]), upload.name, upload.content, str(given["instance"] or DEFAULT_INSTANCE)
    )
    return import_source(ledger, said_by, source, options, dry_run=dry_run)
