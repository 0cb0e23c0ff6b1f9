"""One session, and all that happened, as a report."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple, cast
from uuid import UUID

import msgspec

from cli.presentation.catalogue import said
from cli.presentation.formats.model import Column, Report, Row, Table
from cli.presentation.moments import to_second
from cli.presentation.text import Lang
from cli.presentation.wording.event_details import in_words
from cli.presentation.wording.events import EVENTS, STATE_NAMES
from cli.presentation.wording.purge import flag_words, target_words
from ledger.application.ledger import ERASED, Ledger
from ledger.domain.clock import format_instant, from_epoch_microseconds
from ledger.domain.events import Event, Quoted, RecordedEvent, SessionCorrected
from ledger.domain.money import format_amount
from ledger.domain.session.evolve import Session, project
from ledger.errors import SessionUnknown
from ledger.message import msg
from ledger.store.mapper import read_fact
from ledger.store.reader import Row as LogRow

HEADER = {"at", "by", "source", "workstation", "command", "command_digest", "commitment", "fields"}
_FOR_MACHINES = {"marks"}
"""Details that tell a person nothing."""
_NOT_BRIEF = _FOR_MACHINES | {"invoice", "tariff", "digest", "stream"}
"""Ids and digests are left to the wide page and to JSON."""


class Happened(NamedTuple):
    """One event of a session: its place in the log, what was recorded, when, and the words kept apart."""

    leaf_index: int
    event: Event
    recorded_at: datetime
    words: dict[str, str] | str | None

    @property
    def details(self) -> dict[str, Any]:
        """The fields of the event beside its header."""
        event = self.event
        named = zip(event.__struct_encode_fields__, event.__struct_fields__, strict=True)
        told = ((key, getattr(event, name)) for key, name in named if key not in HEADER)
        return {key: value for key, value in told if value is not None}


def session_until(ledger: Ledger, stream: UUID, position: int) -> Session:
    """Return a session after `position` events of the log; raises SessionUnknown."""
    rows = ledger.store.stream_rows(stream.bytes, position)
    found = project(None, (RecordedEvent(stream, row[2], _fact(row)) for row in rows))
    if found is None:
        raise SessionUnknown(msg("the session was not recorded by then"))
    return found


def happened(ledger: Ledger, stream: UUID, position: int) -> list[Happened]:
    """Return the events of a session among the first `position` of the log, with what the vault keeps."""
    return [_happened(ledger, row) for row in ledger.store.stream_rows(stream.bytes, position)]


def session_report(
    found: Session, history: list[Happened], number: int, dated: datetime, lang: Lang
) -> Report:
    """Return a session and its events; for a narrow page in fewer columns."""
    document = {
        "schema": "session-ledger/session/1",
        "session": number,
        "session_ref": found.session_ref,
        "stream": str(found.id),
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
    table = Table("events", title, columns, [_row(event, lang) for event in history])
    targets = (_targets_table(found, lang),) if found.purge_outcomes else ()
    tables = (table, *targets)
    brief = (brief_events(history, lang), *targets)
    noted = len(found.artefacts)
    notes = (msg("Files noted elsewhere: {noted}", noted=noted),) if noted else ()
    return Report("session", title, document, tables, dated, notes=notes, brief=brief)


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


def _targets_table(found: Session, lang: Lang) -> Table:
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
            f"{target.kind} {target.locator}"
            if lang == "en"
            else target_words(target.kind, target.locator, lang),
            target.result,
            target.files,
            target.bytes,
            target.residual,
            ", ".join(
                [
                    *([target.errno] if target.errno else []),
                    *(flag if lang == "en" else flag_words(flag, lang) for flag in target.flags),
                ]
            ),
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


def _row(event: Happened, lang: Lang) -> Row:
    return (
        event.leaf_index,
        event.event.at,
        event.event.TOPIC.partition(":")[0].removeprefix("session."),
        event.event.by,
        event.event.workstation,
        _as_recorded(event) if lang == "en" else in_words(_details(event), event.words, lang),
        event.recorded_at,
    )


def _as_recorded(event: Happened) -> str:
    shown = [f"{key}={_shown(value)}" for key, value in _details(event) if key not in _FOR_MACHINES]
    if isinstance(event.words, dict):
        shown += [f"{key}: {value}" for key, value in event.words.items()]
    elif event.words is not None:
        shown.append(event.words)
    return ", ".join(shown)


def brief_events(history: list[Happened], lang: Lang) -> Table:
    """Return the events for a narrow page: when, what, by whom; the details in words, one after another."""
    columns = (
        Column("at", msg("When"), "instant"),
        Column("event", msg("What")),
        Column("by", msg("By")),
        Column("details", msg("Details")),
    )
    rows: list[Row] = []
    for event in history:
        what = event.event.TOPIC.partition(":")[0].removeprefix("session.")
        if lang != "en":
            rows.append((event.event.at, what, event.event.by, in_words(_details(event), event.words, lang)))
            continue
        shown = [(key, plain(key, value)) for key, value in _details(event) if key not in _NOT_BRIEF]
        told = [f"{_spaced(key)}: {value}" for key, value in shown if value]
        if isinstance(event.words, dict):
            told += [f"{_spaced(key)}: {value}" for key, value in event.words.items()]
        elif event.words is not None:
            told.append(event.words)
        rows.append((event.event.at, _spaced(what), event.event.by, "; ".join(told)))
    return Table("events", msg("Events"), columns, rows)


def trail(ledger: Ledger, stream: UUID, lang: Lang) -> Table:
    """Return every event of a session by codes alone, with its place in the log; the vault is not opened."""
    columns = (
        Column("leaf_index", msg("Event"), "integer"),
        Column("at", msg("When"), "instant"),
        Column("recorded_at", msg("Recorded"), "instant"),
        Column("event", msg("What")),
        Column("by", msg("By")),
        Column("workstation", msg("Workstation")),
        Column("details", msg("Details")),
        Column("commitment", msg("Commitment")),
    )
    rows: list[Row] = []
    for row in ledger.store.stream_rows(stream.bytes):
        each = Happened(row[0], _fact(row), from_epoch_microseconds(row[4]), None)
        event = each.event
        topic = event.TOPIC.partition(":")[0]
        commitment = str(getattr(event, "commitment", None) or "")
        rows.append(
            (
                each.leaf_index,
                event.at,
                each.recorded_at,
                said(EVENTS.get(topic, topic), lang),
                event.by,
                event.workstation,
                in_words(_details(each), None, lang),
                f"{commitment[:12]}…" if commitment else "",
            )
        )
    return Table("trail", msg("Events in the log"), columns, rows)


_TOLD = frozenset(
    {
        "technician", "issue", "order_ref", "channel", "how", "ended_by", "reason", "evidence", "number",
        "document", "net_grosze",
    }
)  # fmt: skip
"""Details that a page tells."""


def told_events(history: list[Happened], lang: Lang) -> Table:
    """Return the events in words alone, for a page that is read: codes and digests are left to the others."""
    columns = (
        Column("at", msg("When"), "instant"),
        Column("what", msg("What")),
        Column("by", msg("By")),
        Column("told", msg("Details")),
    )
    rows: list[Row] = []
    for each in history:
        topic = each.event.TOPIC.partition(":")[0]
        told = in_words(_told_details(each), each.words, lang)
        rows.append((each.event.at, said(EVENTS.get(topic, topic), lang), each.event.by, told))
    return Table("history", msg("Events"), columns, rows)


def _told_details(each: Happened) -> Iterator[tuple[str, object]]:
    """Return the details that a page tells: of a price its first hour, of a correction what stands since."""
    match each.event:
        case Quoted(prices=(first, *_)):
            yield "net_grosze", first.net_grosze
        case SessionCorrected(ended_at=ended_at, customer=customer):
            yield "ended_at", ended_at
            yield "customer", customer
        case _:
            pass
    yield from (detail for detail in _details(each) if detail[0] in _TOLD)


def plain(key: str, value: object) -> str:
    """Return a detail as a person reads it: amounts in złoty, no braces; empty for what is not so."""
    if isinstance(value, bool):
        return "yes" if value else ""
    if key.endswith("_grosze") and isinstance(value, int):
        return format_amount(value)
    if isinstance(value, msgspec.Struct):
        value = msgspec.structs.asdict(value)
    if isinstance(value, dict):
        parts = cast("dict[str, object]", value).items()
        return ", ".join(f"{_spaced(name)} {plain(name, part)}" for name, part in parts if part)
    if isinstance(value, tuple):
        return ", ".join(plain(key, part) for part in cast("tuple[object, ...]", value))
    return _shown(value)


def _spaced(key: str) -> str:
    return key.removesuffix("_grosze").replace("_", " ")


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
