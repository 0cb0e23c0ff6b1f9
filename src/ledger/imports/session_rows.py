"""sessions.csv: each row is one connection; rows of one session_ref are one session.

Here a row becomes typed values and rows become sessions; what a session changes in the ledger is
decided in `ledger.imports.sessions`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, cast

from ledger import events as e
from ledger.clock import parse_instant
from ledger.errors import BadCell, ImportConflict, LedgerError, TechnicianConnected, TimeOrder
from ledger.handles import check_key
from ledger.imports.columns import Column, Problems, Record

COLUMNS = (
    Column("session_ref", ("sesja", "numer sesji", "nr sesji", "zgłoszenie"), required=True),
    Column("customer", ("klient", "kod klienta"), required=True),
    Column("issue", ("rodzaj", "sprawa"), required=True),
    Column("connected_at", ("początek", "połączono", "od"), required=True),
    Column("ended_at", ("koniec", "zakończono", "do")),
    Column("requested_at", ("zgłoszono", "data zgłoszenia")),
    Column("order_ref", ("zamówienie", "numer zamówienia", "nr zamówienia")),
    Column("technician", ("technik", "serwisant")),
    Column("remote_id", ("id teamviewer", "id zdalne", "teamviewer id")),
    Column("channel", ("kanał",)),
    Column("ended_by", ("zakończył", "kto zakończył")),
    Column("purged_at", ("usunięto", "dane usunięto", "data usunięcia")),
    Column("billed_as", ("faktura", "numer faktury", "nr faktury")),
)
UNKNOWN_TECHNICIAN = "unknown"
DOCUMENT_MAX_CHARACTERS = 128

_ISSUES = {
    "hardware": "hardware",
    "hw": "hardware",
    "sprzęt": "hardware",
    "sprzet": "hardware",
    "other": "other",
    "inne": "other",
    "inny": "other",
    "test": "test",
}
_CHANNELS = {
    "phone": "phone",
    "telefon": "phone",
    "email": "email",
    "e-mail": "email",
    "chat": "chat",
    "czat": "chat",
    "in_person": "in_person",
    "osobiście": "in_person",
    "other": "other",
    "inny": "other",
}
_ENDED_BY = {
    "technician": "technician",
    "technik": "technician",
    "customer": "customer",
    "klient": "customer",
    "link-lost": "link-lost",
    "zerwane": "link-lost",
}


class Stretch(NamedTuple):
    """One connection as a row tells it; `ended_at` is None while it is open."""

    connected_at: datetime
    ended_at: datetime | None
    technician: str


class Row(NamedTuple):
    """One line of sessions.csv, typed."""

    line: int
    session_ref: str
    customer: str
    issue: e.Issue
    stretch: Stretch
    requested_at: datetime | None
    order_ref: str | None
    remote_id: str | None
    channel: e.Channel | None
    ended_by: e.EndedBy | None
    purged_at: datetime | None
    billed_as: str | None


@dataclass
class Told:
    """One session as the rows of its reference tell it, connections in order of time."""

    first: Row
    lines: list[int] = field(default_factory=list[int])
    stretches: list[Stretch] = field(default_factory=list[Stretch])
    requested_at: datetime | None = None
    order_ref: str | None = None
    remote_id: str | None = None
    channel: e.Channel | None = None
    ended_by: e.EndedBy | None = None
    purged_at: datetime | None = None
    billed_as: str | None = None

    @property
    def ended_at(self) -> datetime | None:
        """The last end, once no connection is open."""
        ends = [s.ended_at for s in self.stretches if s.ended_at is not None]
        return max(ends) if len(ends) == len(self.stretches) else None


def _word(words: dict[str, str], what: str) -> str:
    return f"{what} is one of {', '.join(dict.fromkeys(words.values()))}"


def _choice(words: dict[str, str], text: str, what: str) -> str:
    try:
        return words[text.casefold()]
    except KeyError:
        raise BadCell(_word(words, what)) from None


def _number(text: str) -> str:
    if text.isdigit() and text.isascii():
        raise BadCell(
            "a session_ref of digits alone would be taken for a number", hint="put a letter before it"
        )
    return check_key(text, "the session_ref")


def _document(text: str) -> str:
    if len(text) > DOCUMENT_MAX_CHARACTERS or not text.isprintable():
        raise BadCell(f"billed_as is the number of a document, at most {DOCUMENT_MAX_CHARACTERS} characters")
    check_key(text.replace(" ", "_"), "billed_as")
    return text


def _remote_id(text: str) -> str:
    digits = text.replace(" ", "")
    if not (digits.isdigit() and digits.isascii()):
        raise BadCell("remote_id is digits, spaces allowed")
    return digits


def read_row(record: Record, problems: Problems) -> Row | None:
    """The typed row; None when something in it cannot be read (all of it is noted)."""
    line = record.line
    before = len(problems.found)

    def instant(column: str) -> datetime | None:
        return problems.read(line, column, record[column], parse_instant, None) if record[column] else None

    def key(column: str, what: str) -> str | None:
        text = record[column]
        return problems.read(line, column, text, lambda t: check_key(t, what), None) if text else None

    def choice(column: str, words: dict[str, str]) -> str | None:
        text = record[column]
        return problems.read(line, column, text, lambda t: _choice(words, t, column), None) if text else None

    session_ref = problems.read(line, "session_ref", record["session_ref"], _number, "")
    customer = key("customer", "the customer code")
    issue = choice("issue", _ISSUES)
    connected_at, ended_at = instant("connected_at"), instant("ended_at")
    technician = key("technician", "the technician") or UNKNOWN_TECHNICIAN
    remote_id, billed_as = record["remote_id"], record["billed_as"]
    rest = {
        "requested_at": instant("requested_at"),
        "order_ref": key("order_ref", "the order"),
        "channel": choice("channel", _CHANNELS),
        "ended_by": choice("ended_by", _ENDED_BY),
        "purged_at": instant("purged_at"),
        "remote_id": problems.read(line, "remote_id", remote_id, _remote_id, None) if remote_id else None,
        "billed_as": problems.read(line, "billed_as", billed_as, _document, None) if billed_as else None,
    }
    if len(problems.found) > before or connected_at is None or customer is None or issue is None:
        return None
    if ended_at is not None and ended_at < connected_at:
        problems.add(line.number, "ended_at", TimeOrder("the connection ends before it begins"))
        return None
    stretch = Stretch(connected_at, ended_at, technician)
    typed = cast("dict[str, None]", rest)  # the values were checked one by one above
    return Row(line.number, session_ref, customer, cast("e.Issue", issue), stretch, **typed)


_MUST_AGREE = ("customer", "issue")
_MAY_STAND_ONCE = (
    "requested_at",
    "order_ref",
    "remote_id",
    "channel",
    "ended_by",
    "purged_at",
    "billed_as",
)


def gather(rows: Iterable[Row], problems: Problems) -> tuple[dict[str, Told], int]:
    """Sessions by reference in order of first appearance, and the number of identical rows dropped."""
    told: dict[str, Told] = {}
    identical = 0
    seen: set[Row] = set()
    for row in rows:
        same = row._replace(line=0)
        session = told.setdefault(row.session_ref, Told(row))
        if same in seen:
            identical += 1
            continue
        seen.add(same)
        _add(session, row, problems)
    for session in told.values():
        session.stretches.sort(
            key=lambda s: (s.connected_at, s.ended_at is None, s.ended_at or s.connected_at)
        )
        _check_order(session, problems)
    return told, identical


def _in_order(stretch: Stretch) -> tuple[datetime, bool, datetime]:
    return stretch.connected_at, stretch.ended_at is None, stretch.ended_at or stretch.connected_at


def _add(session: Told, row: Row, problems: Problems) -> None:
    for name in _MUST_AGREE:
        if getattr(row, name) != getattr(session.first, name):
            fact = f"the session has another {name} at line {session.first.line}"
            problems.add(row.line, name, ImportConflict(fact, hint="rows of one session say the same of it"))
    for name in _MAY_STAND_ONCE:
        value, known = getattr(row, name), getattr(session, name)
        if value is None:
            continue
        if known is not None and known != value:
            fact = f"the session has another {name} in an earlier line"
            problems.add(row.line, name, ImportConflict(fact, hint="rows of one session say the same of it"))
        setattr(session, name, value)
    session.lines.append(row.line)
    session.stretches.append(row.stretch)


def _check_order(session: Told, problems: Problems) -> None:
    """Rules over all rows of a session; noted at its first line."""
    line = session.first.line

    def refuse(column: str, error: LedgerError) -> None:
        problems.add(line, column, error)

    began = session.stretches[0].connected_at
    if session.requested_at is not None and session.requested_at > began:
        refuse("requested_at", TimeOrder("the request comes after the first connection"))
    if session.ended_at is None:
        for column, value in (("purged_at", session.purged_at), ("billed_as", session.billed_as)):
            if value is not None:
                refuse(column, TimeOrder("a session that has not ended cannot have it"))
    last_end: dict[str, datetime | None] = {}
    for stretch in session.stretches:
        if stretch.technician == UNKNOWN_TECHNICIAN:
            continue
        if stretch.technician in last_end:
            end = last_end[stretch.technician]
            if end is None or stretch.connected_at < end:
                fact = f"{stretch.technician} is connected twice at once"
                refuse("connected_at", TechnicianConnected(fact, hint="two technicians have two handles"))
        last_end[stretch.technician] = stretch.ended_at
