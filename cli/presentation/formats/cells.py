"""Cells as text: for people (terminal, HTML) and for CSV."""

from __future__ import annotations

from datetime import date, datetime
from typing import cast

from cli.presentation.catalogue import said
from cli.presentation.formats.model import Cell, Column, Kind
from cli.presentation.moments import on_day, to_second
from cli.presentation.text import Lang, harmless
from ledger.domain.clock import office_time
from ledger.domain.money import format_amount
from ledger.message import Message

# What spreadsheets take for the beginning of a formula, full-width forms included.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
NUMBERS: frozenset[Kind] = frozenset({"integer", "grosze", "seconds"})
_YES_NO = {"pl": ("nie", "tak"), "en": ("no", "yes")}


def plain_text(cell: Cell) -> str:
    """Return a text cell as it is; several texts joined."""
    return ", ".join(cell) if isinstance(cell, tuple) else str(cell)


def in_words(cell: Cell, column: Column, lang: Lang, *, but_typed: bool = False) -> Cell:
    """Return the word for a code in a column of texts, as papers and pages have it.

    With `but_typed`, a code of money alone, which nobody types: the others are returned as they are.
    """
    if cell is None or column.kind != "text":
        return cell
    if isinstance(cell, Message):
        return said(cell, lang)
    from cli.presentation.wording.vocabulary import OF_MONEY, word

    return word(column.key, cell, lang, OF_MONEY if but_typed else None)


def office(cell: Cell) -> datetime:
    """Return an instant in office time, to the second."""
    return office_time(cast("datetime", cell)).replace(microsecond=0)


def for_people(cell: Cell, kind: Kind, lang: Lang) -> str:  # noqa: PLR0911 - one for each kind
    """Format a cell for people: 300.00 (pl 300,00), 2026-11-16 18:05:00 (pl 16.11.2026 …), 0:15:00, yes."""
    if cell is None:
        return ""
    match kind:
        case "grosze":
            return format_amount(cast("int", cell), lang=lang)
        case "instant":
            return to_second(cast("datetime", cell), lang)
        case "date":
            return on_day(cast("date", cell), lang)
        case "seconds":
            return _clock(cast("int", cell))
        case "boolean":
            return _YES_NO[lang][bool(cell)]
        case _:
            return harmless(plain_text(cell))


def _clock(seconds: int) -> str:
    hours, rest = divmod(abs(seconds), 3600)
    return f"{'-' if seconds < 0 else ''}{hours}:{rest // 60:02d}:{rest % 60:02d}"


def for_csv(cell: Cell, kind: Kind) -> str:
    """Format a cell for CSV: 300.00, ISO office time with offset, whole seconds, yes/no; None is empty.

    A text that a spreadsheet would take for a formula stands behind an apostrophe.
    """
    if cell is None:
        return ""
    match kind:
        case "grosze":
            return format_amount(cast("int", cell))
        case "instant":
            return office(cell).isoformat()
        case "boolean":
            return _YES_NO["en"][bool(cell)]
        case "text":
            text = plain_text(cell)
            return f"'{harmless(text)}" if text.startswith(FORMULA_STARTS) else harmless(text)
        case _:
            return str(cell)


def csv_key(column: Column) -> str:
    """Return the column's key in CSV, where amounts are in zloty."""
    if column.kind == "grosze":
        return column.key.removesuffix("_grosze") + "_pln"
    return column.key
