"""*Records of the remote tool*: a file is looked at first, then taken in, as `source import` does."""

from __future__ import annotations

from starlette.responses import Response

from cli.desk import brought
from cli.desk.brought import Comes, Intake
from cli.desk.fields import Field, values
from cli.desk.opened import opened
from cli.desk.periods import address_of, shown
from cli.desk.seats import Upload
from cli.desk.web import Visit
from cli.presentation.wording import desk as wording
from cli.presentation.wording.source_import import NOTHING_NEW, counts, notes, nothing_understood
from ledger.application.ledger import Ledger, Metadata
from ledger.domain.clock import parse_period
from ledger.errors import ZoneMissing
from ledger.message import msg
from ledger.sources.adapter import Options
from ledger.sources.import_file import import_source
from ledger.sources.registry import ADAPTERS
from ledger.sources.result import DEFAULT_INSTANCE, SourceFile
from ledger.sources.timestamps import zone_named

ASKED = (
    Field("file", wording.FILE, "file", is_required=True),
    Field("adapter", wording.ADAPTER, "choice", "adapter", tuple(ADAPTERS), is_required=True),
    Field("zone", wording.ZONE, preset="Europe/Warsaw", help=wording.ZONE_HELP),
    Field("dates", wording.DATE_ORDER, "choice", "date_order", ("dmy", "mdy")),
    Field("instance", wording.INSTANCE, "key", help=wording.INSTANCE_HELP),
)


def show(visit: Visit) -> Response:
    """Show the form, or what a file that was sent comes to; nothing is recorded."""
    period = parse_period(str(visit.path["period"]))
    with opened(visit.desk.settings) as ledger:
        return visit.page(
            "records.html",
            wording.STEP_RECORDS,
            ledger,
            period=shown(period, "/month"),
            **brought.shown(visit, ledger, _intake(visit)),
        )


def look(visit: Visit) -> Response:
    """Keep a file in the memory of the seat, and lead to what it comes to."""
    return brought.look(visit, _intake(visit))


def take(visit: Visit) -> Response:
    """Take the file in that was looked at, as a job."""
    return brought.take(visit, _intake(visit))


def _intake(visit: Visit) -> Intake:
    month = f"/month/{address_of(parse_period(str(visit.path['period'])))}"
    return Intake("records", f"{month}/records", month, ASKED, _imported)


def _imported(ledger: Ledger, said_by: Metadata, upload: Upload, *, dry_run: bool) -> Comes:
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
    taken = import_source(ledger, said_by, source, options, dry_run=dry_run)
    told = [counts(taken), *notes(taken)]
    if not taken.understood:
        told.append(nothing_understood(taken))
    elif not dry_run and taken.recorded and not taken.events:
        told.append(NOTHING_NEW)
    lines = tuple((each.line, each.reason) for each in taken.quarantine)
    return Comes(tuple(told), lines, taken.understood)
