"""Moments and lengths of time as tables hold them: day and time of day in one cell, or apart.

Spellings of dates are those of `ledger.domain.instants`; a time of day alone and a length of time are
only known here, since only tables keep them in cells of their own.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from ledger.domain.clock import from_office
from ledger.domain.instants import YEAR_MAX, DayOrder, InstantError, WrittenInstant, read_written
from ledger.errors import BadCell, BadInstant
from ledger.message import Hint, msg

YEAR_FIRST = 1990
"""A date before this is no date of remote help: a length of time that a workbook keeps as a date."""
_ISO = re.compile(r"[12]\d{3}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\dZ?)?", re.ASCII)
_NOON, _HOUR_MINUTES = 12, 60

_FACTS = {
    "bad-time": msg("the cell is not a date and a time"),
    "out-of-years": msg("the cell is a date that no ledger reaches"),
    "ambiguous-date": msg("the date with slashes can be read in two ways"),
    "other-weekday": msg("the cell names another weekday than that of its date"),
}
_SLASHES_HINT = Hint("--dates dmy reads 03/04 as 3 April, --dates mdy as 4 March")
_TIME = re.compile(
    r"(?:godz(?:ina|\.)?\s*|g\.\s*|o\s+)?"
    r"(?P<hour>\d{1,2})(?P<mark>[:.])(?P<minute>\d{2})(?:(?P=mark)(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"(?:\s*(?P<half>[ap])\.?m\.?)?",
    re.IGNORECASE | re.ASCII,
)


class TypedMoment(NamedTuple):
    """The day, time of day and offset of a cell; each is None where the cell does not say it.

    `time_of_day` is counted from midnight, since 24:00 is one.
    """

    day: date | None
    time_of_day: timedelta | None
    offset: timedelta | None = None


def told(text: str, order: DayOrder | None = None) -> TypedMoment:
    """Return the parts of a moment that a cell holds.

    Raises BadInstant, which never repeats the cell: it may be a name.
    """
    written = _written(text, order)
    if isinstance(written, timedelta):
        return TypedMoment(None, written)
    day = written.wall.date()
    if written.precision == "day":
        return TypedMoment(day, None, written.offset)
    return TypedMoment(day, written.wall - datetime.combine(day, time()), written.offset)


def moment(text: str, order: DayOrder | None = None, *, day_will_do: bool = False) -> datetime:
    """Return the UTC instant of a cell that holds a day and a time of day; without an offset, office time.

    Raises BadInstant for less than that (with `day_will_do` a day is its midnight), and the refusals of
    the nights when the office clock changes.
    """
    found = _in_iso(text)
    if found is not None:
        return found
    written = _written(text, order)
    if isinstance(written, timedelta):
        hint = Hint("keep the day in a column of its own, named Data")
        raise BadInstant(msg("the cell is a time of day without a day"), hint=hint)
    if written.precision == "day" and not day_will_do:
        hint = Hint("write the time of day too, for example 16.11.2026 18:05")
        raise BadInstant(msg("the cell is a day without a time of day"), hint=hint)
    if written.wall.year < YEAR_FIRST:
        raise BadInstant(
            msg(
                "the date lies before {year}: a length of time, or a mistyped year",
                year=YEAR_FIRST,
            )
        )
    if written.offset is not None:
        return written.wall.replace(tzinfo=UTC) - written.offset
    return from_office(written.wall)


def _in_iso(text: str) -> datetime | None:
    """Return the instant of the form of nearly every large file and of every workbook, ten times as fast.

    None for every other form, and for what is refused.
    """
    if _ISO.fullmatch(text) is None:
        return None
    try:
        wall = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not YEAR_FIRST <= wall.year <= YEAR_MAX:
        return None
    return from_office(wall) if wall.tzinfo is None else wall


def _written(text: str, order: DayOrder | None) -> WrittenInstant | timedelta:
    """Return a date as it was read, or a time of day: 12.04.25 is a date, 12.04 is a time."""
    try:
        return read_written(text, order)
    except InstantError as error:
        if error.reason == "bad-time" and (found := _TIME.fullmatch(text.strip())):
            return _time_of_day(found)
        fact = _FACTS.get(error.reason, _FACTS["bad-time"])
        raise BadInstant(fact, hint=_SLASHES_HINT if error.reason == "ambiguous-date" else None) from None


def _time_of_day(found: re.Match[str]) -> timedelta:
    hour, minute, second = int(found["hour"]), int(found["minute"]), int(found["second"] or 0)
    if found["half"] and not 1 <= hour <= _NOON:
        raise BadInstant(msg("the day has no such time"))
    if found["half"]:
        hour = hour % _NOON + (_NOON if found["half"].lower() == "p" else 0)
    microsecond = int((found["fraction"] or "0")[:6].ljust(6, "0"))
    whole = timedelta(hours=hour, minutes=minute, seconds=second, microseconds=microsecond)
    if minute >= _HOUR_MINUTES or second >= _HOUR_MINUTES or whole > timedelta(days=1):
        raise BadInstant(msg("the day has no such time"))
    return whole


def is_time(text: str) -> bool:
    """Return True if a cell holds a time of day alone."""
    return _TIME.fullmatch(text) is not None


_FROM_TO = re.compile(r"(?:od\s+)?(\S.*?)\s*(?:[-\u2010-\u2015\u2212]|\bdo\b|\bto\b)\s*(\S.*)", re.IGNORECASE)


def from_to(text: str) -> tuple[str, str]:
    """Return beginning and end of hours in one cell: `10:15–11:05`, `od 10.15 do 11.05`.

    Raises BadCell for anything but two times of day.
    """
    found = _FROM_TO.fullmatch(" ".join(text.split()))
    if found is None or not is_time(found[1]) or not is_time(found[2]):
        raise BadCell(msg("the hours of a row are written 10:15–11:05"))
    return found[1], found[2]


_NUMBER = r"\d{1,4}"
_LENGTH = re.compile(
    rf"(?:(?P<hours>{_NUMBER}(?:[.,]\d{{1,6}}|(?P<half>\s?½|\s1/2))?)\s*(?:godz(?:ina|iny|in)?|g|h|hrs?|hours?)\.?)?"
    rf"\s*(?:i\s+)?(?:(?P<minutes>{_NUMBER})\s*(?:min(?:uta|uty|ut|utes?)?|m|['\u2032])\.?)?"
    rf"(?:\s*(?P<seconds>{_NUMBER})\s*(?:s(?:ek(?:und[ay]?)?|ec(?:onds?)?)?|[\"\u2033])\.?)?",
    re.IGNORECASE,
)
_HOURS_AND_REST = re.compile(rf"({_NUMBER})\s*(?:godz|g|h)\.?\s*([0-5]\d)", re.IGNORECASE)
_CLOCK_LENGTH = re.compile(rf"({_NUMBER}):([0-5]\d)(?::([0-5]\d)(?:[.,]\d+)?)?")
_ISO_LENGTH = re.compile(rf"PT(?:({_NUMBER})H)?(?:({_NUMBER})M)?(?:({_NUMBER})(?:\.\d+)?S)?", re.IGNORECASE)
_SPOKEN = {
    "kwadrans": 15,
    "pół godz.": 30,
    "pół godz": 30,
    "pół godziny": 30,
    "pół h": 30,
    "half an hour": 30,
    "trzy kwadranse": 45,
    "godzina": 60,
    "godzinę": 60,
    "półtorej godziny": 90,
    "półtorej godz.": 90,
}


def length(text: str) -> timedelta:
    """Return a length of time: `1 godz. 20 min`, `1:20`, `80 min`, `1,5 h`, `1h20`, `pół godziny`.

    Beside hours there are less than sixty minutes, beside minutes less than sixty seconds.
    Raises BadCell.
    """
    stripped = " ".join(text.split())
    if stripped.lower() in _SPOKEN:
        return timedelta(minutes=_SPOKEN[stripped.lower()])
    for pattern in (_CLOCK_LENGTH, _HOURS_AND_REST, _ISO_LENGTH):
        if (found := pattern.fullmatch(stripped)) and any(found.groups()):
            hours, minutes, seconds = (int(each or 0) for each in (*found.groups(), None)[:3])
            return timedelta(hours=hours, minutes=minutes, seconds=seconds)
    found = _LENGTH.fullmatch(stripped)
    if found is None or not (found["hours"] or found["minutes"] or found["seconds"]) or _is_double(found):
        raise BadCell(msg("a length of time is written 1 godz. 20 min, 1:20, 80 min or 1,5 h"))
    whole = _hours(found["hours"] or "0", found["half"])
    minutes = round(whole * _HOUR_MINUTES) + int(found["minutes"] or 0)
    return timedelta(minutes=minutes, seconds=int(found["seconds"] or 0))


def _hours(text: str, half: str | None) -> float:
    """Return hours written 1,5 or 1.5 or 1½."""
    return float(text.removesuffix(half)) + 0.5 if half else float(text.replace(",", "."))


def _is_double(found: re.Match[str]) -> bool:
    """Return True where a part is as long as the one before it: 1 godz. 75 min is a slip of the pen."""
    parts = found["hours"], found["minutes"], found["seconds"]
    return any(
        any(parts[:place]) and part is not None and int(part) >= _HOUR_MINUTES
        for place, part in enumerate(parts)
        if place
    )
