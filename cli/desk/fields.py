"""Fields of forms: what a person typed, into the ledger's own values, by the ledger's own parsers."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Literal, NamedTuple

from ledger.domain.clock import office_time, parse_day, parse_instant
from ledger.domain.day_words import NOW_WORDS, day_of, is_spoken, spoken_instant
from ledger.domain.identifiers import check_key
from ledger.domain.money import typed_amount
from ledger.errors import BadCombination, BadText, Malformed
from ledger.message import Message, msg

FieldKind = Literal["text", "long", "key", "moment", "day", "number", "amount", "choice", "check", "file"]
LENGTH_MAX = 4000
_DIGITS = re.compile(r"-?[0-9]{1,15}")
_FORM = re.compile(r"desk-[A-Za-z0-9_-]{16}")
Value = str | int | bool | date | datetime | None


class Field(NamedTuple):
    """A field: its name in the form and in the command, its label, what it holds."""

    name: str
    label: Message
    kind: FieldKind = "text"
    vocabulary: str = ""
    """The kind of codes of a choice."""
    codes: tuple[str, ...] = ()
    is_required: bool = False
    preset: str = ""
    help: Message | None = None


def new_form() -> str:
    """Return the id of a form that is shown now; the command it sends has the same."""
    return f"desk-{secrets.token_urlsafe(12)}"


def form_of(typed: Mapping[str, str]) -> str:
    """Return the id of a form that was sent; a new one where it says none that we gave."""
    named = typed.get("form", "")
    return named if _FORM.fullmatch(named) else new_form()


def seen_of(typed: Mapping[str, str]) -> int | None:
    """Return the version that the page showed; None where the form says none."""
    return whole_number(typed.get("seen", ""))


def whole_number(text: str) -> int | None:
    """Return what a form or an address carries as digits; None for anything else."""
    return int(text) if _DIGITS.fullmatch(text) else None


def values(fields: tuple[Field, ...], typed: Mapping[str, str], now: datetime) -> dict[str, Value]:
    """Return the value of each field by its name; None for an empty one.

    Raises what the parsers refuse, BadCombination for an empty field that has to say something.
    """
    return {field.name: _named(field, typed, now) for field in fields}


def _named(field: Field, typed: Mapping[str, str], now: datetime) -> Value:
    text = typed.get(field.name, "").strip()
    if field.kind == "check":
        return bool(text)
    if not text and not field.is_required:
        return None
    try:
        return _value(field, text, now)
    except Malformed as error:
        if field.kind != "key":  # a refused key names its field itself
            error.message = msg("{label}: {fact}", label=field.label, fact=error.message)
        raise


def _value(field: Field, text: str, now: datetime) -> Value:
    if not text:
        raise BadCombination(msg("this field says nothing"))
    if len(text) > LENGTH_MAX:
        raise BadText(msg("{characters} characters are too many", characters=len(text)))
    if field.kind == "moment":
        return moment(text, now)
    if field.kind == "day":
        return _day(text, now)
    if field.kind == "key":
        return check_key(text, field.label)
    if field.kind == "choice" and text not in field.codes:
        raise BadCombination(msg("{text!r} is not one of the choices", text=text))
    read = _READERS.get(field.kind)
    return text if read is None else read(text)


def moment(text: str, now: datetime) -> datetime:
    """Return an instant that is over, as the command line reads it; a time alone is today's."""
    if text in NOW_WORDS:
        return now
    return spoken_instant(text, now) if is_spoken(text) else parse_instant(text, needs_time=True)


def _day(text: str, now: datetime) -> date:
    return day_of(text, office_time(now).date()) or parse_day(text)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):  # noqa: PLR2004 - nobody types more
        raise BadCombination(msg("{text!r} is not a whole number", text=text))
    return int(text)


_READERS: dict[FieldKind, Callable[[str], Value]] = {
    "number": _number,
    "amount": typed_amount,
}
