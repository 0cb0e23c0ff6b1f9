"""`session-ledger source list`: records, imports and quarantined lines of the remote tools."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, get_args

import click

from cli.context import App, pass_app
from cli.options import as_of_option
from cli.output import Column, Report, Row, Table, report_options
from cli.params import PERIOD, Now, Word
from cli.presentation.catalogue import said
from cli.presentation.columns import SESSION, aside
from cli.presentation.text import KEY_SHOWN, Lang
from ledger.domain.clock import Period, format_instant
from ledger.domain.source_record import RecordState
from ledger.errors import BadCombination
from ledger.message import msg, msg_in

if TYPE_CHECKING:
    from ledger.application.ledger import Ledger
    from ledger.domain.source_record import Record
    from ledger.sources.listing import Import, KeptLine

_ADAPTER = Column("adapter", msg("Source"))
_INSTANCE = Column("instance", msg("Instance"))
_RECORDED = Column("recorded_at", msg("Taken in"), "instant")
_RECORD_COLUMNS = (
    Column("record", msg("Record")),
    aside(_ADAPTER),
    aside(_INSTANCE),
    aside(Column("kind", msg("Kind"))),
    Column("started_at", msg("Started"), "instant"),
    aside(Column("ended_at", msg_in("records", "Ended"), "instant")),
    Column("technician", msg("Technician")),
    Column("state", msg("State")),
    SESSION,
)
_NAME_COLUMNS = (
    Column("remote_id", msg("Remote ID")),
    Column("user", msg("User")),
    Column("computer", msg("Computer")),
)
_GUEST = msg("guest")
_IMPORT_COLUMNS = (
    _RECORDED,
    _ADAPTER,
    _INSTANCE,
    Column("lines", msg("Lines"), "integer"),
    Column("observed", msg("Observed"), "integer"),
    Column("duplicate", msg("Duplicate"), "integer"),
    Column("amended", msg("Amended"), "integer"),
    Column("quarantined", msg("Quarantined"), "integer"),
    Column("skipped", msg("Skipped"), "integer"),
)
_QUARANTINE_COLUMNS = (
    _RECORDED,
    aside(_ADAPTER),
    aside(_INSTANCE),
    Column("line", msg("Line"), "integer"),
    Column("reason", msg("Reason")),
    Column("text", msg("Text")),
)


@click.command("list")
@click.option(
    "--period", type=PERIOD, help="Records that began in this period: 2026-11, 11.2026 or November."
)
@click.option("--state", "states", multiple=True, type=Word("record_state", get_args(RecordState)))
@click.option("--names", is_flag=True, help="With remote IDs, users and computers, as far as they are kept.")
@click.option("--imports", is_flag=True, help="The files that brought something new.")
@click.option("--quarantine", is_flag=True, help="The lines that could not be read.")
@as_of_option
@report_options
@pass_app
def list_(
    app: App,
    period: Period | None,
    states: tuple[str, ...],
    as_of: datetime | Now | None,
    *,
    names: bool,
    imports: bool,
    quarantine: bool,
) -> Report:
    """List records of connections, the imports that brought them, or the lines in quarantine.

    \b
    Examples:
      session-ledger source list --period 2026-11 --state unmatched
      session-ledger source list --quarantine
    """
    from ledger.sources import listing

    if imports + quarantine > 1 or ((imports or quarantine) and (period or states or names)):
        raise BadCombination(msg("--imports and --quarantine stand alone"))
    ledger = app.open()
    position, moment = app.position_at(as_of)
    if imports:
        return _imports(listing.imports(ledger, position), moment)
    if quarantine:
        return _quarantine(list(listing.quarantine(ledger, position)), moment)
    found = [r for r in listing.records(ledger, position, period) if not states or r.state in states]
    return _records(ledger, found, moment, names=names, lang=app.lang)


def _records(ledger: Ledger, found: list[Record], moment: datetime, *, names: bool, lang: Lang) -> Report:
    columns = (*_RECORD_COLUMNS, *_NAME_COLUMNS) if names else _RECORD_COLUMNS
    title = msg("Records of connections")
    listed = [_listed(ledger, record, names=names) for record in found]
    documents = [_document(each) for each in listed]
    rows = [_cells(each, lang) for each in listed]
    document = {
        "schema": "session-ledger/source-list/1",
        "as_of": format_instant(moment),
        "records": documents,
    }
    return Report("source-list", title, document, (Table("records", title, columns, rows),), moment)


class _Listed(NamedTuple):
    record: Record
    session: int | None
    words: dict[str, str] | None
    """What is kept of names, where it was asked for."""


def _listed(ledger: Ledger, record: Record, *, names: bool) -> _Listed:
    session = None if record.session is None else ledger.session_number(record.session)
    return _Listed(record, session, (ledger.words(record.commitment) or {}) if names else None)


def _cells(listed: _Listed, lang: Lang) -> Row:
    record, session, words = listed
    told = (
        record.key[:KEY_SHOWN],
        record.adapter,
        record.instance,
        record.kind,
        record.times.started_at,
        record.times.ended_at,
        record.technician,
        record.state,
        session,
    )
    if words is None:
        return told
    named = dict(words)
    if "guest" in words:
        named["user"] = f"{words['guest']} ({said(_GUEST, lang)})"
    return (*told, *(named.get(column.key) for column in _NAME_COLUMNS))


def _document(listed: _Listed) -> dict[str, object]:
    record, session, words = listed
    ended = record.times.ended_at
    found: dict[str, object] = {
        "record": record.key,
        "adapter": record.adapter,
        "instance": record.instance,
        "kind": record.kind,
        "started_at": format_instant(record.times.started_at),
        "ended_at": None if ended is None else format_instant(ended),
        "time_basis": record.times.basis,
        "technician": record.technician,
        "state": record.state,
        "session": session,
        "amendments": record.amendments,
    }
    if record.times.over_by is not None:
        found["over_by"] = format_instant(record.times.over_by)
    if record.times.shared_end:
        found["shared_end"] = True
    if words is not None:
        found |= {column.key: words.get(column.key) for column in _NAME_COLUMNS}
        if "guest" in words:
            found["guest"] = words["guest"]
    return found


def _imports(found: list[Import], moment: datetime) -> Report:
    title = msg("Imports")
    counts = ("lines", "observed", "duplicate", "amended", "quarantined", "skipped")
    documents = [
        {"recorded_at": format_instant(each.recorded_at), "adapter": each.event.adapter}
        | {"instance": each.event.instance, "file_sha256": each.file_sha256}
        | {name: getattr(each.event, name) for name in counts}
        for each in found
    ]
    rows: Iterable[Row] = [
        (each.recorded_at, each.event.adapter, each.event.instance, *(getattr(each.event, n) for n in counts))
        for each in found
    ]
    document = {"schema": "session-ledger/source-imports/1", "as_of": format_instant(moment)}
    table = Table("imports", title, _IMPORT_COLUMNS, rows)
    return Report("source-imports", title, document | {"imports": documents}, (table,), moment)


def _quarantine(found: list[KeptLine], moment: datetime) -> Report:
    title = msg("Quarantine")
    documents = [each._asdict() | {"recorded_at": format_instant(each.recorded_at)} for each in found]
    document = {"schema": "session-ledger/source-quarantine/1", "as_of": format_instant(moment)}
    table = Table("lines", title, _QUARANTINE_COLUMNS, [tuple(each) for each in found])
    return Report("source-quarantine", title, document | {"lines": documents}, (table,), moment)
