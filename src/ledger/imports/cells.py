"""Cells as text: what a spreadsheet's own types become, and which texts are its errors."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from typing import cast


class DateCell(str):
    """The text of a cell that a spreadsheet keeps as a date or a time: never a code or a number."""

    __slots__ = ()


class ErrorCell(str):
    """The error that a formula left in a cell, as the spreadsheet shows it; or a formula without a result."""

    __slots__ = ()


_ERROR = re.compile(
    # Excel and LibreOffice in any language: capitals after the hash, a mark at the end.
    r"#[^\W\d_][\w/]*[!?]+"
    # Those without a mark: English, Polish, German; a cell that is still being fetched.
    r"|#(?:N/A|N/D|NV|N/V|GETTING_DATA|POBIERANIE_DANYCH)[!?]*"
    # LibreOffice's numbers, and a column too narrow for its number.
    r"|(?:ERR|B[ŁL][ĄA]D|FEHLER):\s*\d{3}|#{2,}",
    re.IGNORECASE,
)
_ERROR_STARTS = frozenset("#eEbBfF=")


def is_error(text: str) -> bool:
    """Return True if a cell's whole text is an error of a spreadsheet (#N/A, #ARG!, #DZIEL/0!, Err:502)."""
    return text[:1] in _ERROR_STARTS and (type(text) is ErrorCell or _ERROR.fullmatch(text) is not None)


_BLANKS = dict.fromkeys(map(ord, "\u00a0\u1680\u2007\u2009\u200a\u202f\u205f\u3000"), " ")
_ASCII_MAX = "\x7f"


def with_plain_blanks(text: str) -> str:
    """Return a text whose non-breaking and thin blanks are plain ones."""
    return text if text.isascii() else text.translate(_BLANKS)


CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
"""Control characters: text read in a wrong encoding is full of them, a table has no use for any."""

TRUE_WORDS = frozenset({"yes", "y", "true", "tak", "t", "prawda", "1"})
FALSE_WORDS = frozenset({"no", "false", "nie", "n", "fałsz", "falsz", "0"})


_ISO_LENGTH = re.compile(r"PT(\d+)H(\d\d)M(\d\d)(?:[.,]\d+)?S")


def text_of(cell: object, *, shows_time: bool = False) -> str:  # noqa: PLR0911 - one return a type of cell
    """Return a workbook's cell as a person would have typed it into CSV.

    A midnight comes from the reader as a date; `shows_time` says that its format has a time of day.
    """
    kind = type(cell)
    if kind is str:
        cell = cast("str", cell)
        if cell.isascii() and cell[:2] != "PT":
            return cell.strip()
        found = _ISO_LENGTH.fullmatch(cell) if cell[:2] == "PT" else None
        if found is not None:  # an OpenDocument's length of time of a day and more
            return DateCell(f"{int(found[1])}:{found[2]}:{found[3]}")
        return with_plain_blanks(cell).strip()
    if kind is datetime:
        return DateCell(str(cell))
    match cell:
        case bool():
            return "yes" if cell else "no"
        case float() if cell.is_integer():
            return str(int(cell))
        case date():
            return DateCell(f"{cell.isoformat()} 00:00:00" if shows_time else cell.isoformat())
        case time_of_day():
            return DateCell(cell.isoformat())
        case timedelta():
            return DateCell(_clock(cell))
        case _:
            return str(cell).strip()


def _clock(length: timedelta) -> str:
    """Return hours, minutes and seconds, the hours beyond a day too."""
    seconds = round(length.total_seconds())
    hours, rest = divmod(abs(seconds), 3600)
    return f"{'-' if seconds < 0 else ''}{hours}:{rest // 60:02d}:{rest % 60:02d}"
