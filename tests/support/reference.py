"""Writes the pages of docs/reference from the code; `make docs` puts them in place, a test compares."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from datetime import date, datetime
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin
from uuid import UUID

import click
import msgspec

from cli.main import make_root
from cli.presentation.catalogue import choose, said
from cli.presentation.text import Lang
from cli.presentation.wording.typed import TYPED, forms_of
from cli.presentation.wording.vocabulary import VOCABULARY
from cli.registry import COMMANDS, GROUPS, PROGRAM
from ledger import errors
from ledger.domain import day_words, instants
from ledger.domain.events import (
    EVENTS,
    REASON_CODES,
    BandNaming,
    Connection,
    Event,
    InvoiceLine,
    IssueFrom,
    Kept,
    LogRewritten,
    NamedPlace,
    PaidPart,
    Place,
    PriceSegment,
    PurgeHost,
    PurgeTarget,
    QuarantinedLine,
    RecordTimes,
)
from ledger.domain.ledger_state import SETTINGS, TEXT_SETTINGS
from ledger.domain.session.evolve import STATES
from ledger.domain.session.life import LIFE
from ledger.errors import LedgerError

WIDTH = 100
PARTS = (
    BandNaming,
    NamedPlace,
    PaidPart,
    Place,
    Connection,
    IssueFrom,
    PriceSegment,
    PurgeTarget,
    PurgeHost,
    Kept,
    InvoiceLine,
    RecordTimes,
    LogRewritten,
    QuarantinedLine,
)
"""What facts are made of besides plain values."""


# --- the command line ---------------------------------------------------------------------------


def cli_page() -> str:
    """Every command with its help as printed."""
    return _cli_page("en")


def _cli_page(lang: Lang) -> str:
    root = make_root(COMMANDS, GROUPS, lang)
    settings = dict(root.context_settings, max_content_width=WIDTH, terminal_width=WIDTH)
    ctx = click.Context(root, info_name=PROGRAM, **settings)
    commands = (f"## {name}\n\n{_fenced(_help(root, ctx, name))}" for name in COMMANDS)
    return "\n\n".join([_fenced(root.get_help(ctx)), *commands]) + "\n"


def _help(root: click.Group, ctx: click.Context, name: str) -> str:
    command: click.Command = root
    for word in name.split():
        assert isinstance(command, click.Group)
        found = command.get_command(ctx, word)
        assert found is not None
        ctx = click.Context(found, info_name=word, parent=ctx, max_content_width=WIDTH, terminal_width=WIDTH)
        command = found
    return command.get_help(ctx)


def _fenced(text: str) -> str:
    return f"```text\n{text.rstrip()}\n```"


def cli_page_in_polish() -> str:
    """The same as a Polish run prints it; the process speaks English again afterwards."""
    choose("pl")
    try:
        return _cli_page("pl")
    finally:
        choose("en")


# --- the glossary -------------------------------------------------------------------------------

KINDS: dict[str, tuple[str, str]] = {
    "session_state": ("State of a session", "stan sesji"),
    "issue": ("Issue", "rodzaj sprawy"),
    "channel": ("How the customer got in touch", "kanał zgłoszenia"),
    "ended_by": ("Who ended a session", "kto zakończył"),
    "accepted_how": ("How the customer said yes", "jak klient się zgodził"),
    "consumer": ("Consumer", "konsument"),
    "vat_treatment": ("VAT", "opodatkowanie"),
    "band": ("Band", "pora"),
    "rule": ("Rule of a price", "reguła ceny"),
    "verdict": ("Verdict on a deletion", "ocena usunięcia"),
    "evidence": ("Evidence of a deletion", "jak stwierdzono usunięcie"),
    "target": ("What is deleted", "co się usuwa"),
    "result": ("What came of it", "wynik usuwania"),
    "method": ("How it was deleted", "sposób usunięcia"),
    "verification": ("How that was verified", "sposób sprawdzenia"),
    "artefact": ("Kind of a noted file", "rodzaj pliku"),
    "reason": ("Reason", "powód"),
    "invoice_state": ("State of a document", "stan dokumentu"),
    "ksef_duty": ("Duty to send to KSeF", "obowiązek KSeF"),
    "ksef_mode": ("Way to KSeF", "tryb KSeF"),
    "payment_method": ("Way of payment", "sposób zapłaty"),
    "sent_how": ("How a document was sent", "sposób wysłania"),
    "document_kind": ("Kind of a document", "rodzaj dokumentu"),
    "plan_state": ("State in a plan of invoices", "stan w planie faktur"),
    "receivable": ("Age of a receivable", "wiek należności"),
    "standing": ("Where a session's amount stands", "rozliczenie sesji"),
    "row_state": ("State of a row", "stan wiersza"),
    "exception": ("What to look at in the billing report", "co sprawdzić w rozliczeniu"),
    "finding": ("Finding of the reconciliation", "niezgodność"),
    "event": ("Event", "zdarzenie"),
    "review": ("Result of a review", "wynik przeglądu"),
    "record_state": ("State of a record", "stan zapisu"),
    "deletion_kind": ("Kind of a deletion", "rodzaj usunięcia"),
    "outage": ("Outage of KSeF", "przerwa w KSeF"),
    "outage_state": ("State of an outage", "stan przerwy"),
    "customer_field": ("What is known of a customer", "dane klienta"),
    "truth": ("Yes or no", "tak czy nie"),
    "transfer_state": ("State of a bank transfer", "stan przelewu"),
    "set_aside": ("Why a transfer pays no document", "dlaczego przelew nie dotyczy dokumentu"),
    "record_kind": ("Kind of a connection", "rodzaj połączenia"),
    "technicians": ("Technician", "technik"),
    "read_model": ("Read model", "model odczytu"),
    "set_where": ("Where a setting is kept", "gdzie jest ustawienie"),
    "role": ("Role under the GDPR", "rola według RODO"),
    "erased_data": ("Personal data that were erased", "usunięte dane osobowe"),
    "erased_why": ("Why data were erased", "dlaczego usunięto dane"),
    "mark": ("What is flagged at a deletion", "uwaga przy usuwaniu"),
    "quarantine": ("Why a line is in quarantine", "dlaczego wiersz jest w kwarantannie"),
    "correction_effect": ("When a correction counts", "od kiedy liczy się korekta"),
    "rest": ("What is left of a transfer", "reszta przelewu"),
    "favour": ("In whose favour one reads", "na czyją korzyść się czyta"),
    "document_day": ("Day of a document", "dzień dokumentu"),
    "favours": ("Whom a reading favours", "na czyją korzyść"),
}
"""What each kind of code is called in the glossary, in both languages."""


def glossary_part() -> str:
    """Every code that people read or type, by kind: its words in both languages, and what may be typed."""
    kinds = [kind for kind in KINDS if kind in VOCABULARY or kind in TYPED]
    return "\n".join(line for kind in kinds for line in _kind(kind))


def _kind(kind: str) -> Iterator[str]:
    english, polish = KINDS[kind]
    words, typed = VOCABULARY.get(kind, {}), TYPED.get(kind, {})
    yield from (f"### {english} – {polish}", "")
    yield "| code | English | po polsku |" + (" typed |" if typed else "")
    yield "|---|---|---|" + ("---|" if typed else "")
    for code in dict.fromkeys([*words, *typed]):
        named = words.get(code)
        pair = ("", "") if named is None else (said(named, "en"), said(named, "pl"))
        forms = ", ".join(forms_of(kind, code, "pl")) if code in typed else ""
        yield f"| `{code}` | {pair[0]} | {pair[1]} |" + (f" {forms} |" if typed else "")
    yield ""


# --- refusals -----------------------------------------------------------------------------------


def error_classes() -> list[type[LedgerError]]:
    """Every refusal that has a code, by code."""
    found = [
        kind
        for _, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, LedgerError) and kind.code
    ]
    return sorted(found, key=lambda kind: kind.code)


def errors_page() -> str:
    """Every code: what it means, how the process exits, what to do."""
    return "\n".join(_error(kind) for kind in error_classes())


def _error(kind: type[LedgerError]) -> str:
    status = "1 or 2" if kind is errors.ImportRejected else kind.exit_status
    return f"## {kind.code}\n\n{_sentence(kind)}\n\n- exit status {status}\n- hint: {kind.hint}\n"


def _sentence(kind: type) -> str:
    return " ".join((kind.__doc__ or "").split())


# --- events -------------------------------------------------------------------------------------

_HEADER = frozenset(Event.__struct_fields__)


def events_page() -> str:
    """Every fact: its topic, what it says, its fields; then the parts they are made of."""
    events = [
        part for event in EVENTS for part in (f"## {event.__name__}", f"`{event.TOPIC}`", *_described(event))
    ]
    parts = [line for part in PARTS for line in (f"### {part.__name__}", *_described(part))]
    return "\n\n".join([*events, "## Parts of events", *parts]) + "\n"


def _described(kind: type[msgspec.Struct]) -> Iterator[str]:
    yield _sentence(kind)
    fields = [field for field in msgspec.structs.fields(kind) if field.name not in _HEADER or kind in PARTS]
    if fields:
        yield "\n".join(f"- `{field.encode_name}`: {_said(field.type)}" for field in fields)


_PLAIN: dict[Any, str] = {
    str: "text",
    int: "integer",
    bool: "true or false",
    date: "day",
    datetime: "instant",
    UUID: "stream",
    NoneType: "nothing",
}


def _said(annotation: Any) -> str:  # noqa: ANN401 - any annotation
    """A type in words."""
    arguments = get_args(annotation)
    if get_origin(annotation) is Literal:
        return ", ".join(f"`{value}`" for value in arguments)
    if get_origin(annotation) in {Union, UnionType}:
        return " or ".join(map(_said, arguments))
    if get_origin(annotation) is tuple:
        return f"list of {_said(arguments[0])}"
    if get_origin(annotation) is dict:
        return f"{_said(arguments[1])} by {_said(arguments[0])}"
    return _PLAIN.get(annotation) or f"[{annotation.__name__}](#{annotation.__name__.lower()})"


# --- states and settings ------------------------------------------------------------------------


def states_page() -> str:
    """The table of states and commands."""
    head = "| command | " + " | ".join(STATES) + " |\n|---|" + "---|" * len(STATES) + "\n"
    rows = (
        f"| {name} | " + " | ".join("yes" if state in allowed else "–" for state in STATES) + " |\n"
        for name, allowed in LIFE.items()
    )
    return head + "".join(rows)


def settings_page() -> str:
    """The settings that are events, with their defaults, and the reason codes."""
    rows = "".join(f"| `{key}` | {value} |\n" for key, value in {**SETTINGS, **TEXT_SETTINGS}.items())
    codes = "".join(f"- `{code}`\n" for code in REASON_CODES)
    return f"| setting | default |\n|---|---|\n{rows}\n## Reason codes\n\n{codes}"


def instants_page() -> str:
    """The spellings of instants and of offsets, as tables of Markdown."""
    spellings = [f"| `{text}` | `{meant}` |" for text, meant in instants.SPELLINGS]
    written = {text: minutes for text, minutes in instants.OFFSETS if text == text.strip()}
    offsets = [f"| `{text}` | {_ahead(minutes)} |" for text, minutes in written.items()]
    return "\n".join(
        [
            "| written | means |",
            "|---|---|",
            *spellings,
            "",
            "| offset | from UTC |",
            "|---|---|",
            *offsets,
            "",
        ]
    )


def spoken_page() -> str:
    """What a hand may type beside full dates, as a table of Markdown."""
    rows = [f"| `{text}` | `{meant}` |" for text, meant in day_words.SPOKEN]
    days = ", ".join(f"`{word}`" for word in day_words.DAYS)
    return "\n".join(["| typed | means |", "|---|---|", *rows, "", f"Words of days: {days}.", ""])


def _ahead(minutes: int) -> str:
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
