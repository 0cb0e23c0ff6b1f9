"""The one reader of written instants: spellings, offsets, day order, and hours that a clock shows twice.

Every source and every import reads with this module, so that one text means one instant everywhere.
`SPELLINGS` is the list of the documentation; tests read each of its examples.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from ledger.domain.day_names import MONTHS, plain_text, without_weekday

YEAR_MIN, YEAR_MAX = 1900, 2999
"""The years that are read; every instant in them, and a day beside them, has an office time."""
TEXT_MAX_CHARACTERS = 100
CLOCK_BACK_S = 60
"""Threads of one program write lines a few seconds out of order; a clock put back jumps further."""

Trouble = Literal[
    "bad-time",
    "out-of-years",
    "ambiguous-date",
    "other-weekday",
    "no-zone",
    "no-such-local-time",
    "ambiguous-local-time",
]
DayOrder = Literal["dmy", "mdy"]
Precision = Literal["day", "minute", "second", "fraction"]

SPELLINGS: tuple[tuple[str, str], ...] = (
    ("2026-11-16T17:20:05+01:00", "2026-11-16T16:20:05Z"),
    ("2026-11-16 17:20", "2026-11-16T16:20:00Z"),
    ("2026-11-16, 17:20:05", "2026-11-16T16:20:05Z"),
    ("2026/11/16 17:20:05.250", "2026-11-16T16:20:05.250000Z"),
    ("2026.11.16 17:20", "2026-11-16T16:20:00Z"),
    ("20261116T162005Z", "2026-11-16T16:20:05Z"),
    ("20261116-17:20:05", "2026-11-16T16:20:05Z"),
    ("16.11.2026 17:20", "2026-11-16T16:20:00Z"),
    ("16.11.2026, 17.20", "2026-11-16T16:20:00Z"),
    ("16.11.26 17:20", "2026-11-16T16:20:00Z"),
    ("16-11-2026 17:20:05", "2026-11-16T16:20:05Z"),
    ("16/11/2026 17:20", "2026-11-16T16:20:00Z"),
    ("11/16/2026 5:20 PM", "2026-11-16T16:20:00Z"),
    ("16 listopada 2026, 17:20", "2026-11-16T16:20:00Z"),
    ("16 lis 2026 17:20", "2026-11-16T16:20:00Z"),
    ("16 XI 2026 r., g. 17:20", "2026-11-16T16:20:00Z"),
    ("16.XI.2026 17:20", "2026-11-16T16:20:00Z"),
    ("16 Nov 2026 17:20:05 +0100", "2026-11-16T16:20:05Z"),
    ("pon. 16.11.2026 17:20", "2026-11-16T16:20:00Z"),
    ("Monday 16/11/2026 17:20", "2026-11-16T16:20:00Z"),
    ("16.11.2026 (poniedziałek), 17:20", "2026-11-16T16:20:00Z"),
    ("17:20, 16.11.2026", "2026-11-16T16:20:00Z"),
    ("16.11.2026 24:00", "2026-11-16T23:00:00Z"),
    ("2026-W47-1 17:20", "2026-11-16T16:20:00Z"),
    ("20261116 172005", "2026-11-16T16:20:05Z"),
    ("16/Nov/2026:17:20:05 +0100", "2026-11-16T16:20:05Z"),
    ("Monday, November 16, 2026 at 5:20 PM", "2026-11-16T16:20:00Z"),
    ("Mon Nov 16 17:20:05 2026", "2026-11-16T16:20:05Z"),
    ("Mon Nov 16 2026 17:20:05 GMT+0100 (Central European Standard Time)", "2026-11-16T16:20:05Z"),
)
"""Examples of every spelling, and what each means where the office clock (Europe/Warsaw) is meant."""
OFFSETS: tuple[tuple[str, int], ...] = (
    *(("Z", 0), ("z", 0), ("UTC", 0), ("GMT", 0), ("+00:00", 0), ("+01:00", 60), ("+0100", 60), ("+01", 60)),
    *(("+1", 60), ("-05:30", -330), ("\N{MINUS SIGN}05:00", -300), ("UTC+2", 120), ("GMT+01:00", 60)),
    *((" +01:00", 60), ("CET", 60), ("CEST", 120), ("+01:00[Europe/Warsaw]", 60)),
    *(("(UTC+01:00)", 60), ("+01:00 (CET)", 60)),
)
"""Every spelling of an offset, with its minutes ahead of UTC; a blank may stand before each."""

_CLOCK = (
    r"(?P<hour>\d{1,2})"
    r"(?::(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"|\.(?P<dot_minute>\d{2})(?:\.(?P<dot_second>\d{2}))?)"
    r"(?:\s?(?P<half>[ap])\.?m\.?)?"
)
_OFFSET = (
    r"(?:\s*(?P<bracket>\()?"
    r"(?P<zone>z|(?:utc|gmt)?(?P<sign>[+-])(?P<ahead>\d{1,2})(?::?(?P<minutes>\d{2}))?|utc|gmt|cet|cest)"
    r"(?(bracket)\))(?:\[[a-z_/+-]{1,40}\])?(?:\s?\([a-z .]{2,60}\))?)?"
)
_REST = rf"(?:(?:t|,\s*|\s+|:|,?\s+(?:o |at |g(?:odz(?:inie)?)?\.? ?){{1,2}}){_CLOCK})?{_OFFSET}"
_YEAR = r"(?:\s?r(?:oku|\.)?)?"
"""What Polish writes after a year."""
_DAY_NAMED = (
    rf"(?P<day>\d{{1,2}})[\s./-]\s?(?P<name>[a-z]{{1,14}})(?:\.?[\s,/-]|\.)\s?(?P<year>\d{{4}})"
    rf"{_YEAR}{_REST}"
)
_BASIC = (
    r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?:[t -]?(?P<hour>\d{2}):?(?P<minute>\d{2})"
    rf"(?::?(?P<second>\d{{2}})(?:[.,](?P<fraction>\d{{1,9}}))?)?)?{_OFFSET}"
)
_PATTERNS = (
    rf"(?P<year>\d{{4}})(?P<mark>[-/.])(?P<month>\d{{1,2}})(?P=mark)(?P<day>\d{{1,2}}){_YEAR}{_REST}",
    rf"(?P<one>\d{{1,2}})(?P<mark>[-/.])\s?(?P<two>\d{{1,2}})(?P=mark)\s?(?P<year>\d{{4}}){_YEAR}{_REST}",
    rf"(?P<one>\d{{1,2}})(?P<mark>[/.])(?P<two>\d{{1,2}})(?P=mark)(?P<short>\d{{2}}){_YEAR}{_REST}",
    _DAY_NAMED,
    rf"(?P<name>[a-z]{{3,12}})\.?\s+(?P<day>\d{{1,2}}),?\s+(?P<year>\d{{4}}){_REST}",
    rf"(?P<name>[a-z]{{3,12}})\.?\s+(?P<day>\d{{1,2}})\s+{_CLOCK}\s+(?P<year>\d{{4}}){_OFFSET}",
    rf"(?P<name>[a-z]{{3,12}})\.?\s+(?P<day>\d{{1,2}})\s+{_CLOCK}{_OFFSET}\s+(?P<year>\d{{4}})",
    _BASIC,
    rf"(?P<year>\d{{4}})-?w(?P<week>\d{{2}})-?(?P<weekday>[1-7]){_REST}",
)
_CLOCK_FIRST = re.compile(
    rf"(?:o |at |g(?:odz(?:inie)?)?\.? ?){{0,2}}({_CLOCK}{_OFFSET})(?:,\s?|\s)(.*)", re.ASCII
)
_ISO = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?(?:Z|([+-])(\d{2}):(\d{2}))?",
    re.ASCII,
)
_POLISH = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4}) (\d{1,2}):(\d{2})(?::(\d{2}))?", re.ASCII)
# Nearly every line of a large file is one of these two: they are tried first, the others are compiled late.
_SLASHED = re.compile(r"\s*(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})(?!\d)", re.ASCII)
_SLASHED_LAST = re.compile(r".*[\s,](\d{1,2})/(\d{1,2})/(\d{4}|\d{2})", re.ASCII)
_ABBREVIATED = {"cet": timedelta(hours=1), "cest": timedelta(hours=2)}
_AHEAD_MAX = timedelta(hours=14)
_NOON, _HOUR_MINUTES, _END_OF_DAY = 12, 60, 24
_MONTHS_OF_YEAR = 12


class InstantError(ValueError):
    """A text that is no instant, or more than one; `reason` says why."""

    def __init__(self, reason: Trouble) -> None:
        super().__init__(reason)
        self.reason: Trouble = reason


class WrittenInstant(NamedTuple):
    """A text as it was read: the clock's face, its offset from UTC where one stands, and how exact it is."""

    wall: datetime
    offset: timedelta | None
    precision: Precision

    @property
    def utc(self) -> datetime | None:
        """The instant, where the text says its offset."""
        return None if self.offset is None else self.wall.replace(tzinfo=UTC) - self.offset


def read_written(text: str, order: DayOrder | None = None) -> WrittenInstant:
    """Read a date, with or without a time of day and an offset, in any of the spellings.

    `order` is that of dates with slashes. Raises InstantError: bad-time; ambiguous-date for a date with
    slashes that can be read both ways without an order.
    """
    if len(text) > TEXT_MAX_CHARACTERS:
        raise InstantError("bad-time")
    if match := _ISO.fullmatch(text):
        return _iso(match)
    if match := _POLISH.fullmatch(text):
        return _polish(match)
    plain, weekday = without_weekday(plain_text(text))
    match = _matched(plain)
    if match is None and (turned := _CLOCK_FIRST.fullmatch(plain)):
        match = _matched(f"{turned[turned.lastindex or 0]} {turned[1]}")
    if match is None:
        raise InstantError("bad-time")
    return _written(match.groupdict(), order, weekday)


def in_zone(wall: datetime, zone: ZoneInfo, fold: int | None = None) -> datetime:
    """Return the UTC instant of a wall time; `fold` says which pass of an hour shown twice is meant.

    Raises InstantError: no-such-local-time, and ambiguous-local-time for an hour shown twice without a fold.
    """
    first, second = wall.replace(tzinfo=zone, fold=0), wall.replace(tzinfo=zone, fold=1)
    ahead = first.utcoffset()
    if ahead == second.utcoffset() and ahead is not None:  # neither skipped nor shown twice (PEP 495)
        return (wall - ahead).replace(tzinfo=UTC)
    if first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != wall:
        raise InstantError("no-such-local-time")
    if fold is None:
        raise InstantError("ambiguous-local-time")
    return (second if fold else first).astimezone(UTC)


def read_instant(text: str, zone: ZoneInfo | None, order: DayOrder | None = None) -> datetime:
    """Return the UTC instant of a text; without an offset, on the clock of `zone`. Raises InstantError."""
    written = read_written(text, order)
    if written.offset is not None:
        return written.wall.replace(tzinfo=UTC) - written.offset
    if zone is None:
        raise InstantError("no-zone")
    return in_zone(written.wall, zone)


# --- what a file says together -------------------------------------------------------------------


def slash_order(texts: Iterable[str]) -> DayOrder | None:
    """Return the order of day and month in the dates with slashes of one file.

    Those that can be read one way only decide; None where there is none. Raises InstantError
    (ambiguous-date) where some say one order and some the other.
    """
    orders: set[DayOrder] = set()
    for text in texts:
        if (order := _told_order(text)) is not None:
            orders.add(order)
    if len(orders) > 1:
        raise InstantError("ambiguous-date")
    return next(iter(orders), None)


def _told_order(text: str) -> DayOrder | None:
    """Return the only order in which a text's date with slashes can be read."""
    weekday = None
    if (match := _SLASHED.match(text)) is None:
        if "/" not in text or len(text) > TEXT_MAX_CHARACTERS:
            return None
        rest, weekday = without_weekday(plain_text(text))
        match = _SLASHED.match(rest) or _SLASHED_LAST.fullmatch(rest)
        if match is None:
            return None
    one, two, year = int(match[1]), int(match[2]), int(match[3])
    if one == two or min(one, two) > _MONTHS_OF_YEAR:
        return None
    return _order_of(year if len(match[3]) > len("26") else 2000 + year, one, two, weekday)


def folds(walls: Sequence[datetime], zone: ZoneInfo) -> list[int | None]:
    """Return for each wall time of lines in their order: 0 or 1 in an hour shown twice, None where unknown.

    The lines of such an hour tell only where the clock runs back among them: those before are the first
    pass, those from there on the second. Twice back tells nothing.
    """
    found: list[int | None] = [None] * len(walls)
    hours: dict[object, list[int]] = {}
    for place, wall in enumerate(walls):
        if is_shown_twice(wall, zone):
            hours.setdefault(wall.date(), []).append(place)
    back = timedelta(seconds=CLOCK_BACK_S)
    for places in hours.values():
        latest = walls[places[0]]
        jumps: list[int] = []
        for place in places:
            if latest - walls[place] > back:
                jumps.append(place)
                latest = walls[place]
            latest = max(latest, walls[place])
        if len(jumps) == 1:
            for place in places:
                found[place] = int(place >= jumps[0])
    return found


def is_shown_twice(wall: datetime, zone: ZoneInfo) -> bool:
    """Return True if the clock of a zone shows this time twice."""
    first, second = (wall.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    apart = first.utcoffset() != second.utcoffset()
    return apart and first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == wall


# --- parts of a text -----------------------------------------------------------------------------


def _matched(plain: str) -> re.Match[str] | None:
    for pattern in _patterns():
        if match := pattern.fullmatch(plain):
            return match
    return None


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.ASCII) for pattern in _PATTERNS)


def _polish(match: re.Match[str]) -> WrittenInstant:
    day, month, year, hour, minute, second = match.groups()
    wall = _wall((int(year), int(month), int(day)), (int(hour), int(minute), int(second or 0)), None)
    return WrittenInstant(wall, None, "minute" if second is None else "second")


def _iso(match: re.Match[str]) -> WrittenInstant:
    year, month, day, hour, minute, second, fraction, sign, ahead, minutes = match.groups()
    wall = _wall((int(year), int(month), int(day)), (int(hour), int(minute), int(second or 0)), fraction)
    precision: Precision = "fraction" if fraction else "minute" if second is None else "second"
    if sign is not None:
        return WrittenInstant(wall, _ahead(sign, int(ahead), int(minutes)), precision)
    return WrittenInstant(wall, timedelta() if match[0].endswith("Z") else None, precision)


def _wall(day: tuple[int, int, int], clock: tuple[int, int, int], fraction: str | None) -> datetime:
    """Return what the clock showed; digits of a fraction beyond microseconds are cut off."""
    microsecond = int(fraction[:6].ljust(6, "0")) if fraction else 0
    is_end_of_day = clock == (_END_OF_DAY, 0, 0) and not microsecond
    try:
        wall = datetime(*day, *((0, 0, 0) if is_end_of_day else clock), microsecond)  # noqa: DTZ001 - the offset stands beside it
    except ValueError as error:
        raise InstantError("bad-time") from error
    if is_end_of_day:
        wall += timedelta(days=1)
    if not YEAR_MIN <= wall.year <= YEAR_MAX:
        raise InstantError("out-of-years")
    return wall


def _written(found: dict[str, str | None], order: DayOrder | None, weekday: int | None) -> WrittenInstant:
    hour, minute, second = _clock(found)
    fraction = found.get("fraction")
    day = _date(found, order, weekday)
    wall = _wall(day, (hour, minute, second or 0), fraction)
    if weekday is not None and date(*day).isoweekday() != weekday:
        raise InstantError("other-weekday")
    if found.get("hour") is None:
        precision: Precision = "day"
    elif fraction:
        precision = "fraction"
    else:
        precision = "minute" if second is None else "second"
    return WrittenInstant(wall, _offset(found), precision)


def _date(found: dict[str, str | None], order: DayOrder | None, weekday: int | None) -> tuple[int, int, int]:
    year = int(found.get("year") or f"20{found.get('short')}")
    name = found.get("name")
    if name is not None:
        if name not in MONTHS:
            raise InstantError("bad-time")
        return year, MONTHS[name], int(found["day"] or 0)
    if found.get("month") is not None:
        return year, int(found["month"] or 0), int(found["day"] or 0)
    if found.get("week") is not None:
        return _of_week(year, int(found["week"] or 0), int(found["weekday"] or 0))
    one, two = int(found["one"] or 0), int(found["two"] or 0)
    if found["mark"] != "/":
        return year, two, one
    if order is None and (order := _order_of(year, one, two, weekday)) is None:
        raise InstantError("ambiguous-date")
    return (year, two, one) if order == "dmy" else (year, one, two)


def _of_week(year: int, week: int, weekday: int) -> tuple[int, int, int]:
    try:
        day = date.fromisocalendar(year, week, weekday)
    except ValueError as error:
        raise InstantError("bad-time") from error
    return day.year, day.month, day.day


def _order_of(year: int, one: int, two: int, weekday: int | None) -> DayOrder | None:
    """The only order in which two numbers are a day and a month, and of the weekday that is named, if any."""
    if one > _MONTHS_OF_YEAR or two > _MONTHS_OF_YEAR or one == two:
        return "mdy" if two > _MONTHS_OF_YEAR else "dmy"
    if weekday is not None and one and two:
        is_dmy = date(year, two, one).isoweekday() == weekday
        if is_dmy != (date(year, one, two).isoweekday() == weekday):
            return "dmy" if is_dmy else "mdy"
    return None


def _clock(found: dict[str, str | None]) -> tuple[int, int, int | None]:
    hour = int(found.get("hour") or 0)
    minute = int(found.get("minute") or found.get("dot_minute") or 0)
    second = found.get("second") or found.get("dot_second")
    half = found.get("half")
    if half is not None:
        if not 1 <= hour <= _NOON:
            raise InstantError("bad-time")
        hour = hour % _NOON + (_NOON if half == "p" else 0)
    return hour, minute, None if second is None else int(second)


def _offset(found: dict[str, str | None]) -> timedelta | None:
    zone = found.get("zone")
    if zone is None:
        return None
    if found.get("sign") is None:
        return _ABBREVIATED.get(zone, timedelta())
    return _ahead(found["sign"] or "+", int(found["ahead"] or 0), int(found.get("minutes") or 0))


def _ahead(sign: str, hours: int, minutes: int) -> timedelta:
    ahead = timedelta(hours=hours, minutes=minutes)
    if minutes >= _HOUR_MINUTES or ahead > _AHEAD_MAX:
        raise InstantError("bad-time")
    return -ahead if sign == "-" else ahead
