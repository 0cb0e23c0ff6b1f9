"""`session-ledger session show` and `session explain`: one session, all that happened, every grosz."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple, cast
from uuid import UUID

import click
import msgspec

from cli.arguments import session_argument
from cli.context import App, pass_app
from cli.options import as_of_option, tell_version
from cli.output import Column, Report, Row, Table, report_options
from cli.params import Now
from cli.presentation.moments import to_second
from cli.presentation.wording.events import STATE_NAMES
from ledger.application.ledger import ERASED, Ledger
from ledger.domain.clock import format_instant, from_epoch_microseconds, from_epoch_seconds
from ledger.domain.events import Event, RecordedEvent
from ledger.domain.session.evolve import Session, project
from ledger.errors import SessionUnknown
from ledger.message import Money, msg
from ledger.store.mapper import read_fact
from ledger.store.reader import Row as LogRow
from projections.queries.explain import Explained, explained

_HEADER = {"at", "by", "source", "workstation", "command", "command_digest", "commitment", "fields"}
_FOR_MACHINES = {"marks"}
"""Details that tell a person nothing."""


class Happened(NamedTuple):
    """One event of a session: its place in the log, what was recorded, when, and the words kept apart."""

    leaf_index: int
    event: Event
    recorded_at: datetime
    words: dict[str, str] | str | None

    @property
    def details(self) -> dict[str, Any]:
        """The fields of the event beside its header."""
        fields = msgspec.structs.fields(self.event)
        named = {field.encode_name: getattr(self.event, field.name) for field in fields}
        return {key: value for key, value in named.items() if key not in _HEADER and value is not None}


@click.command()
@session_argument
@as_of_option
@report_options
@pass_app
def show(app: App, session: str, as_of: datetime | Now | None) -> Report:
    """Show one session and every event recorded of it, by whom and when.

    \b
    Example:
      session-ledger session show 17
    """
    ledger = app.open(for_reports=True)
    stream, number = ledger.find_session(session)
    position, dated = app.position_at(as_of)
    rows = ledger.store.stream_rows(stream.bytes, position)
    found = project(None, (RecordedEvent(stream, row[2], _fact(row)) for row in rows))
    if found is None:
        raise SessionUnknown(msg("the session was not recorded by then"))
    history = [_happened(ledger, row) for row in rows]
    document = {
        "schema": "session-ledger/session/1",
        "session": number,
        "session_ref": found.session_ref,
        "stream": str(stream),
        "customer": found.customer,
        "state": found.state,
        "issue": found.issue,
        "order_ref": found.order_ref,
        "billed": found.billed,
        "connections": [msgspec.to_builtins(c) for c in found.connections],
        "artefacts": len(found.artefacts),
        "purge": _purge_document(found),
        "events": [_document(event) for event in history],
    }
    title = msg("Session {number}: {state}", number=number, state=STATE_NAMES[found.state])
    columns = (
        Column("leaf_index", msg("Event"), "integer"),
        Column("at", msg("When"), "instant"),
        Column("event", msg("What")),
        Column("by", msg("By")),
        Column("workstation", msg("Workstation")),
        Column("details", msg("Details")),
        Column("recorded_at", msg("Recorded"), "instant"),
    )
    table = Table("events", title, columns, [_row(event) for event in history])
    tables = (table, _targets_table(found)) if found.purge_outcomes else (table,)
    noted = len(found.artefacts)
    notes = (msg("Files noted elsewhere: {noted}", noted=noted),) if noted else ()
    if as_of is None:
        tell_version(app, found.version)
    return Report("session", title, document, tables, dated, notes=notes)


def _purge_document(found: Session) -> dict[str, Any]:
    return {
        "attempts": found.purge_attempts,
        "evidence": found.purge_evidence,
        "unfinished_since": None
        if found.purge_started_at is None
        else format_instant(found.purge_started_at),
        "outcomes": [
            {
                "workstation": workstation,
                "event": outcome.TOPIC.partition(":")[0],
                "at": format_instant(outcome.at),
                "targets": [msgspec.to_builtins(target) for target in outcome.targets],
            }
            for workstation, outcome in found.purge_outcomes.items()
        ],
    }


def _targets_table(found: Session) -> Table:
    """Return the last outcome of each workstation, target by target."""
    columns = (
        Column("workstation", msg("Workstation")),
        Column("target", msg("Target")),
        Column("result", msg("Result")),
        Column("files", msg("Files"), "integer"),
        Column("bytes", msg("Bytes"), "integer"),
        Column("residual", msg("Left"), "integer"),
        Column("why", msg("Remarks")),
    )
    rows: list[Row] = [
        (
            workstation,
            f"{target.kind} {target.locator}",
            target.result,
            target.files,
            target.bytes,
            target.residual,
            ", ".join([*([target.errno] if target.errno else []), *target.flags]),
        )
        for workstation, outcome in found.purge_outcomes.items()
        for target in outcome.targets
    ]
    tried = found.purge_attempts
    title = msg("Targets of the purge (attempts: {tried})", tried=tried)
    return Table("targets", title, columns, rows)


def _fact(row: LogRow) -> Event:
    return read_fact(row[3], row[5], UUID(bytes=row[1]), row[2])


def _happened(ledger: Ledger, row: LogRow) -> Happened:
    fact = _fact(row)
    return Happened(row[0], fact, from_epoch_microseconds(row[4]), _words(ledger, fact))


def _words(ledger: Ledger, fact: Event) -> dict[str, str] | str | None:
    commitment = getattr(fact, "commitment", None)
    if commitment is None:
        return None
    words = ledger.words(commitment)
    return ERASED if words is None else words


def _document(event: Happened) -> dict[str, Any]:
    return {
        "leaf_index": event.leaf_index,
        "event": event.event.TOPIC.partition(":")[0],
        "at": format_instant(event.event.at),
        "recorded_at": format_instant(event.recorded_at),
        "by": event.event.by,
        "source": event.event.source,
        "workstation": event.event.workstation,
        "details": msgspec.to_builtins(event.details),
        "personal": event.words,
    }


def _row(event: Happened) -> Row:
    shown = [f"{key}={_shown(value)}" for key, value in _details(event) if key not in _FOR_MACHINES]
    if isinstance(event.words, dict):
        shown += [f"{key}: {value}" for key, value in event.words.items()]
    elif event.words is not None:
        shown.append(event.words)
    return (
        event.leaf_index,
        event.event.at,
        event.event.TOPIC.partition(":")[0].removeprefix("session."),
        event.event.by,
        event.event.workstation,
        ", ".join(shown),
        event.recorded_at,
    )


def _details(event: Happened) -> Iterator[tuple[str, object]]:
    """Return the details for people; targets have a table of their own."""
    for key, value in event.details.items():
        is_list = key == "targets" and isinstance(value, tuple)
        yield key, len(cast("tuple[object, ...]", value)) if is_list else value


def _shown(value: object) -> str:
    """Return a detail for people: office time, short digests, the parts of a list in brackets."""
    if isinstance(value, datetime):
        return to_second(value)
    if isinstance(value, tuple):
        return "; ".join(_shown(part) for part in cast("tuple[object, ...]", value))
    if isinstance(value, msgspec.Struct):
        said = msgspec.structs.asdict(value).items()
        return f"({', '.join(f'{key}={_shown(part)}' for key, part in said if part is not None)})"
    text = str(value)
    is_digest = len(text) == 64 and all(c in "0123456789abcdef" for c in text)  # noqa: PLR2004 - SHA-256 in hex
    return f"{text[:12]}…" if is_digest else text


# --- explain ----------------------------------------------------------------------------------


@click.command()
@session_argument
@as_of_option
@report_options
@pass_app
def explain(app: App, session: str, as_of: datetime | Now | None) -> Report:
    """Every started hour of a session: band, price, discount, rule, and the sentence of the price list.

    Assumptions are readings of what the price list leaves open; another reading would change the amount.

    \b
    Example:
      session-ledger session explain 17
    """
    stream, number = app.open(for_reports=True).find_session(session)
    with app.snapshot(as_of) as snapshot:
        found = explained(snapshot.views, snapshot.ledger.store, stream, snapshot.position)
        dated = snapshot.as_of
    title = msg("Session {number}: {net} PLN net", number=number, net=Money(found.net_grosze))
    document = {
        "schema": "session-ledger/explain/1",
        "session": number,
        "session_ref": found.session_ref,
        "customer": found.customer,
        "tariff": found.tariff,
        "hours": [_hour_document(hour) for hour in found.hours],
        "before_waiver_grosze": found.before_waiver_grosze,
        "waived_grosze": found.waived_grosze,
        "net_grosze": found.net_grosze,
        "vat_percent": found.vat_percent,
        "assumptions": [assumption._asdict() for assumption in found.assumptions],
        "notes": list(found.notes),
    }
    return Report(
        "explain",
        title,
        document,
        (_hours_table(found), _assumptions_table(found)),
        dated,
        notes=tuple(found.notes),
    )


def _hour_document(hour: Any) -> dict[str, Any]:  # noqa: ANN401 - an explained hour
    return {
        "opened_at": format_instant(from_epoch_seconds(hour.opened_s)),
        "band": hour.band,
        "multiplier": hour.multiplier,
        "list_grosze": hour.list_grosze,
        "discount_percent": hour.discount_percent,
        "net_grosze": hour.net_grosze,
        "waived_grosze": hour.waived_grosze,
        "rule": hour.rule,
        "quote": hour.quote,
        "assumptions": list(hour.assumptions),
    }


def _opened(opened_s: int) -> datetime:
    return from_epoch_seconds(opened_s)


def _hours_table(found: Explained) -> Table:
    columns = (
        Column("opened_at", msg("Opened"), "instant"),
        Column("band", msg("Band")),
        Column("multiplier", msg("×")),
        Column("list_grosze", msg("List"), "grosze"),
        Column("discount_percent", msg("Discount %"), "integer"),
        Column("net_grosze", msg("Net"), "grosze"),
        Column("waived_grosze", msg("Waived"), "grosze"),
        Column("rule", msg("Rule")),
        Column("quote", msg("Sentence of the price list")),
        Column("assumptions", msg("Assumptions")),
    )
    rows: list[Row] = [
        (
            _opened(h.opened_s),
            h.band,
            h.multiplier,
            h.list_grosze,
            h.discount_percent,
            h.net_grosze,
            h.waived_grosze,
            h.rule,
            h.quote,
            tuple(h.assumptions),
        )
        for h in found.hours
    ]
    return Table("hours", msg("Started hours"), columns, rows)


def _assumptions_table(found: Explained) -> Table:
    columns = (
        Column("id", msg("Assumption")),
        Column("question", msg("Question")),
        Column("chosen", msg("Chosen")),
        Column("reason", msg("Reason")),
        Column("favours", msg("Favours")),
    )
    rows: list[Row] = [tuple(assumption) for assumption in found.assumptions]
    return Table("assumptions", msg("Assumptions"), columns, rows)
