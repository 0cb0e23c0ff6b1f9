"""sessions.csv: each row is one connection; rows of one session_ref are one session.

Here a row becomes typed values; `ledger.imports.session_gather` puts rows together to sessions, and
`ledger.imports.session_diff` decides what a session changes in the ledger.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import NamedTuple

from ledger.domain import events as e
from ledger.domain.identifiers import check_key
from ledger.domain.money import parse_amount
from ledger.errors import BadCell, TimeOrder
from ledger.imports.columns import Column, Parse, Problems, TableRecord
from ledger.imports.layout import PLAIN, Layout
from ledger.message import Code, Message, joined, msg, plain

COLUMNS = (
    Column("session_ref", ("sesja", "numer sesji", "nr sesji", "zgłoszenie"), required=True),
    Column(
        "customer",
        ("klient", "kod klienta"),
        required=True,
        guesses=("nazwa klienta", "firma", "kontrahent", "nabywca", "klient / firma", "nazwa", "dla kogo"),
    ),
    Column(
        "issue",
        ("rodzaj", "sprawa"),
        required=True,
        guesses=("rodzaj pomocy", "typ", "rodzaj sprawy", "temat", "czego dotyczy"),
    ),
    Column(
        "connected_at",
        ("początek", "połączono", "od", "godz. od", "godzina od", "od godz."),
        required=True,
        is_moment=True,
        guesses=("start", "rozpoczęcie", "godzina rozpoczęcia", "początek sesji", "godz. rozp.", "czas od"),
    ),
    Column(
        "ended_at",
        ("koniec", "zakończono", "do", "godz. do", "godzina do", "do godz."),
        required=True,
        may_be_empty=True,
        is_moment=True,
        guesses=(
            "stop",
            "zakończenie",
            "godzina zakończenia",
            "koniec sesji",
            "godz. zak.",
            "czas do",
            "end",
        ),
    ),
    Column("day", ("data", "dzień", "data sesji", "data usługi"), is_moment=True, guesses=("date", "kiedy")),
    Column("end_day", ("data zakończenia", "data końca"), is_moment=True),
    Column(
        "duration",
        ("czas trwania",),
        is_moment=True,
        guesses=("czas", "czas pracy", "czas pomocy", "ile", "duration", "długość"),
    ),
    Column(
        "hours_from_to",
        ("godziny od-do", "od-do", "od - do", "od–do", "godz. od-do"),
        guesses=("godziny", "w godzinach", "godz.", "czas od-do", "hours", "przedział"),
    ),
    Column("minutes", ("minuty", "czas w minutach", "czas (min)", "liczba minut"), guesses=("min",)),
    Column(
        "net",
        ("kwota netto", "netto"),
        guesses=("kwota", "wartość", "wartość netto", "do zapłaty", "należność", "netto zł", "kwota zł"),
    ),
    Column("requested_at", ("zgłoszono", "data zgłoszenia"), is_moment=True),
    Column("order_ref", ("zamówienie", "numer zamówienia", "nr zamówienia")),
    Column("technician", ("technik", "serwisant"), guesses=("kto", "pracownik", "informatyk", "wykonał")),
    Column("remote_id", ("id teamviewer", "id zdalne", "teamviewer id"), guesses=("id", "id tv", "tv")),
    Column("channel", ("kanał",)),
    Column("ended_by", ("zakończył", "kto zakończył")),
    Column("purged_at", ("usunięto", "dane usunięto", "data usunięcia"), is_moment=True),
    Column("billed_as", ("faktura", "numer faktury", "nr faktury"), guesses=("fv", "nr fv", "faktura vat")),
)
MOMENTS = ("requested_at", "connected_at", "ended_at", "purged_at")
"""The columns that hold moments, which an import takes wherever they lie."""
DOCUMENT_MAX_CHARACTERS = 128

_ISSUES = {
    "hardware": (
        "hw",
        "sprzęt",
        "sprzet",
        "sprzęt od nas",
        "nasz-sprzęt",
        "nasz sprzęt",
        "purchased hardware",
    ),
    "other": ("inne", "inna", "inny", "inna sprawa", "other matter"),
    "test": ("próba", "proba", "test połączenia", "connection test"),
}
_CHANNELS = {
    "phone": ("telefon", "tel", "tel.", "telephone", "telefonicznie"),
    "email": ("e-mail", "mail", "poczta"),
    "chat": ("czat", "komunikator"),
    "in_person": ("osobiście", "osobiscie", "in person"),
    "other": ("inny", "inne", "inny kanał", "skype", "whatsapp", "messenger"),
}
_ENDED_BY = {
    "technician": ("technik",),
    "customer": ("klient",),
    "link-lost": ("zerwane", "zerwanie", "zerwane połączenie", "link lost"),
}


def columns_of(layout: Layout) -> tuple[Column, ...]:
    """Return the columns under a layout: a pattern stands for references, a length of time for the end."""
    if layout is PLAIN:
        return COLUMNS
    given = set(layout.columns.values())
    optional = {"session_ref"} if layout.session_ref else set[str]()
    if given & {"duration", "minutes"}:
        optional.add("ended_at")
    more: set[str] = set()
    if "hours_from_to" in given and "connected_at" not in given:
        optional |= {"connected_at", "ended_at"}
        more.add("hours_from_to")
    return tuple(
        c._replace(required=(c.required and c.name not in optional) or c.name in more) for c in COLUMNS
    )


class RowStretch(NamedTuple):
    """One connection of a row; `ended_at` is None while it is open, a technician may be missing."""

    connected_at: datetime
    ended_at: datetime | None
    technician: str | None


class SessionRow(NamedTuple):
    """One line of sessions.csv, typed."""

    line: int
    session_ref: str
    customer: str
    issue: e.Issue
    connected_at: datetime
    ended_at: datetime | None = None
    technician: str | None = None
    requested_at: datetime | None = None
    order_ref: str | None = None
    remote_id: str | None = None
    channel: e.Channel | None = None
    ended_by: e.EndedBy | None = None
    purged_at: datetime | None = None
    billed_as: str | None = None
    net: int | None = None
    """Grosze that the sheet itself has for the row; compared, never recorded."""


@dataclass(slots=True)
class ImportedSession:
    """One session out of the rows of its reference, in order of time.

    `ended_at` is the last end once no connection is open, and `ended_by` what stands in that row.
    """

    first: SessionRow
    rows: tuple[SessionRow, ...]
    ended_at: datetime | None = None
    ended_by: e.EndedBy | None = None
    requested_at: datetime | None = None
    order_ref: str | None = None
    remote_id: str | None = None
    channel: e.Channel | None = None
    purged_at: datetime | None = None
    billed_as: str | None = None

    @property
    def stretches(self) -> list[RowStretch]:
        """The session's connections."""
        return [RowStretch(row.connected_at, row.ended_at, row.technician) for row in self.rows]


def _choice(meanings: dict[str, tuple[str, ...]], what: str) -> Parse:
    known = joined((plain("{code}", code=Code(f"typed {what}", value)) for value in meanings), ", ")
    words = {word: value for value, others in meanings.items() for word in (value, *others)}

    def parse(text: str) -> str:
        try:
            return words[text.casefold()]
        except KeyError:
            raise BadCell(msg("{what} is one of {known}", what=what, known=known)) from None

    return parse


def _key(what: Message) -> Parse:
    """Return a reader of keys; one that stands on many lines is looked at, and kept, once."""

    @cache
    def parse(text: str) -> str:
        return check_key(text, what)

    return parse


def _document(text: str) -> str:
    """Return the number of a document; without a digit (-, brak, 0) it would mark a session as billed."""
    if len(text) > DOCUMENT_MAX_CHARACTERS or not text.isprintable() or "@" in text:
        raise BadCell(
            msg(
                "billed_as is the number of a document, at most {longest} characters",
                longest=DOCUMENT_MAX_CHARACTERS,
            )
        )
    if text.startswith("=") or not any(character in "123456789" for character in text):
        raise BadCell(msg("billed_as is the number of a document: empty the cell of what is not billed yet"))
    return text


def _remote_id(text: str) -> str:
    digits = "".join(text.split())
    if not (digits.isdigit() and digits.isascii()):
        raise BadCell(msg("remote_id is digits, spaces allowed"))
    return digits


_MONEY = re.compile(r"^(?:pln|zł)|(?:zł(?:ot(?:ych|e|y))?|pln)?\.?(?:netto)?$", re.IGNORECASE)
_NO_GROSZE = re.compile(r"[,.][-\u2010-\u2015\u2212]+$")


def _net(text: str) -> int:
    """Return the grosze of an amount as it is written by hand: 1 200,00 zł; 100,-; PLN 100."""
    return parse_amount(_NO_GROSZE.sub("", _MONEY.sub("", "".join(text.split()))))


_PARSERS: dict[str, Callable[[str], object]] = {
    "session_ref": lambda text: check_key(text, msg("the session_ref")),
    "issue": _choice(_ISSUES, "issue"),
    "remote_id": _remote_id,
    "channel": _choice(_CHANNELS, "channel"),
    "ended_by": _choice(_ENDED_BY, "ended_by"),
    "billed_as": _document,
    "net": _net,
}


_KEYS = {
    "customer": msg("the customer code"),
    "order_ref": msg("the order"),
    "technician": msg("the technician"),
}


def parsers(problems: Problems) -> Mapping[str, Parse]:
    """Return the reader of each column; moments are read in the order of dates of the whole file.

    One call an import: its keys are kept as long as the readers.
    """
    keys = {column: _key(what) for column, what in _KEYS.items()}
    return _PARSERS | keys | dict.fromkeys(MOMENTS, problems.instant)


def read_row(record: TableRecord, problems: Problems, readers: Mapping[str, Parse]) -> SessionRow | None:
    """Return the typed row; None when something in it cannot be read (all of it is noted)."""
    before = len(problems.found)
    values = problems.read_all(record, readers)
    is_broken = len(problems.found) > before or record.line in problems.broken
    if is_broken or any(column not in values for column in SessionRow._fields[1:5]):
        return None
    row = SessionRow(record.line, **values)
    if row.ended_at is not None and row.ended_at < row.connected_at:
        problems.add(row.line, "ended_at", TimeOrder(msg("the connection ends before it begins")))
        return None
    return row
