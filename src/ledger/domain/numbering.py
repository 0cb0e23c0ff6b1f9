"""Numbers of billing documents: a pattern, the series a day falls into, and the number at a place in it.

`FV/{year}/{month}/{number:4}` makes FV/2026/11/0001; what stands before the number is the series. A
series has a stream of its own whose version is the place, so that no number can be drawn twice and none
left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple
from uuid import UUID, uuid5

from ledger.errors import SettingUnknown
from ledger.message import Hint, msg

_NAMESPACE = UUID("01890000-0000-7000-8000-000000000001")
_AROUND = r"((?:[^{}]|\{year\}|\{month\})*)"
_PATTERN = re.compile(_AROUND + r"\{number(?::([1-9]))?\}" + _AROUND)
_PART = re.compile(r"[0-9]+|[^\W\d_]+")
_FIELD = re.compile(r"\{(year|month)\}")
PATTERN_LENGTH_MAX = 40
NUMBER_MAX = 10**9


class NumberPattern(NamedTuple):
    """What a number looks like: its digits, and text with {year} and {month} before and after them."""

    head: str
    digits: int
    tail: str

    def series(self, day: date) -> str:
        """The series that a document of that day belongs to."""
        return _FIELD.sub(lambda field: _value(field[1], day), f"{self.head}#{self.tail}")

    def number(self, day: date, place: int) -> str:
        """The number at a place in the series of that day."""
        return self.series(day).replace("#", f"{place:0{self.digits}d}", 1)

    def place_of(self, number: str, day: date) -> int | None:
        """The place that a number has in the series of that day; None when it is none of its numbers."""
        before, after = self.series(day).split("#")
        inner = number.removeprefix(before).removesuffix(after) if number.startswith(before) else ""
        found = int(inner) if inner.isascii() and inner.isdigit() and len(inner) < len(str(NUMBER_MAX)) else 0
        return found if found and self.number(day, found) == number else None


def _value(field: str, day: date) -> str:
    return f"{day.year:04d}" if field == "year" else f"{day.month:02d}"


def parse_pattern(text: str) -> NumberPattern:
    """A pattern as it is set; raises SettingUnknown.

    It has a year, since a number is used once in all time, and one {number}.
    """
    match = _PATTERN.fullmatch(text)
    if match is None or "{year}" not in match[1] + match[3] or len(text) > PATTERN_LENGTH_MAX:
        raise SettingUnknown(
            msg("{text!r} is no pattern of numbers", text=text),
            hint=Hint("for example FV/{year}/{month}/{number:4}"),
        )
    if not text.isascii() or not text.isprintable() or {" ", "#"} & set(text):
        raise SettingUnknown(msg("a pattern of numbers is plain ASCII without spaces and #"))
    return NumberPattern(match[1], int(match[2] or 1), match[3])


def written_alike(typed: str, numbers: Iterable[str]) -> list[str]:
    """Return the numbers that differ in capitals, noughts before a number and marks between: fv-2026-11-1."""
    wanted = _parts(typed)
    return [number for number in numbers if _parts(number) == wanted]


def _parts(number: str) -> list[str]:
    return [part.lstrip("0") if part.isdigit() else part.casefold() for part in _PART.findall(number)]


def stream_of(series: str) -> UUID:
    """The stream of a series."""
    return uuid5(_NAMESPACE, series)


def next_number(pattern: NumberPattern, day: date, last: str | None, start: str) -> str:
    """The number after `last` in the series of a day; in a new one `start` where it is one of it, else 1."""
    place = (pattern.place_of(start, day) or 1) if last is None else (pattern.place_of(last, day) or 0) + 1
    return pattern.number(day, place)
