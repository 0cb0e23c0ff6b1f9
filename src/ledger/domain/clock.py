"""Instants are UTC inside; office time (Europe/Warsaw) lives at the edge.

Nothing here reads a clock: "now" always comes in as an argument.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from ledger.errors import AmbiguousLocalTime, BadDate, BadInstant, BadPeriod, NoSuchLocalTime
from ledger.message import Message, msg

if TYPE_CHECKING:
    from ledger.domain.instants import DayOrder, InstantError

OFFICE_ZONE_NAME = "Europe/Warsaw"
OFFICE_ZONE = ZoneInfo(OFFICE_ZONE_NAME)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ISO_DAY = r"(\d{4})-(\d{2})-(\d{2})"
_POLISH_DAY = r"(\d{1,2})\.(\d{1,2})\.(\d{4})"
_DAY_SECONDS = 86_400


def epoch_seconds(instant: datetime) -> int:
    """Whole seconds since 1970 (UTC), the fraction truncated: rating counts in these."""
    since = instant - EPOCH
    return since.days * _DAY_SECONDS + since.seconds


def epoch_microseconds(instant: datetime) -> int:
    """Microseconds since 1970 (UTC), exact."""
    since = instant - EPOCH
    return (since.days * _DAY_SECONDS + since.seconds) * 1_000_000 + since.microseconds


def from_epoch_seconds(seconds: int) -> datetime:
    """The UTC instant of whole seconds since 1970."""
    return EPOCH + timedelta(seconds=seconds)


def from_epoch_microseconds(microseconds: int) -> datetime:
    """The UTC instant of microseconds since 1970."""
    return EPOCH + timedelta(microseconds=microseconds)


def format_instant(instant: datetime) -> str:
    """UTC with Z; whole seconds, or microseconds where the fraction is not zero."""
    utc = instant.astimezone(UTC).replace(tzinfo=None)
    return utc.isoformat(timespec="microseconds" if utc.microsecond else "seconds") + "Z"


def office_time(instant: datetime) -> datetime:
    """The same instant as the office clock shows it."""
    return instant.astimezone(OFFICE_ZONE)


def office_text(instant: datetime) -> str:
    """An instant as messages tell it: office time with its offset, as a person may type it again."""
    return office_time(instant).isoformat(sep=" ", timespec="seconds")


class SaidInstant:
    """A value of a message: an instant; in English as `office_text` has it."""

    __slots__ = ("instant", "to")

    def __init__(self, instant: datetime, to: Literal["offset", "second", "minute"] = "offset") -> None:
        self.instant = instant
        self.to = to
        """How exact; with its offset always, or only in an hour that the office clock shows twice."""

    def __eq__(self, other: object) -> bool:
        """Return whether it is the same instant, told as exactly."""
        return isinstance(other, SaidInstant) and (self.instant, self.to) == (other.instant, other.to)

    def __hash__(self) -> int:
        """Return the hash of the instant."""
        return hash(self.instant)

    def __repr__(self) -> str:
        """Return the instant as a test shows it."""
        return f"SaidInstant({self!s})"

    def __str__(self) -> str:
        """Return the instant in English: 2026-11-30 20:01:00, with its offset or as exact as it is told."""
        if self.to == "offset":
            return office_text(self.instant)
        form = "%Y-%m-%d %H:%M" if self.to == "minute" else "%Y-%m-%d %H:%M:%S"
        return f"{office_time(self.instant):{form}}{offset_if_twice(self.instant)}"


def offset_if_twice(instant: datetime) -> str:
    """Return ` +01:00` where the office clock shows the same time twice, else nothing."""
    local = office_time(instant)
    twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return f" {local.isoformat()[-6:]}" if twice else ""


def from_office(naive: datetime) -> datetime:
    """Return the UTC instant of a time on the office clock; raises NoSuchLocalTime, AmbiguousLocalTime."""
    from ledger.domain.instants import InstantError, in_zone  # noqa: PLC0415 - few commands read a time

    try:
        return in_zone(naive, OFFICE_ZONE)
    except InstantError as error:
        shown = f"{naive:%Y-%m-%d %H:%M:%S}"
        if error.reason == "no-such-local-time":
            raise NoSuchLocalTime(msg("the office clock never showed {shown}", shown=shown)) from error
        raise AmbiguousLocalTime(msg("the office clock showed {shown} twice", shown=shown)) from error


def parse_instant(
    text: str, *, now: datetime | None = None, order: DayOrder | None = None, needs_time: bool = False
) -> datetime:
    """Return the UTC instant of a text that a person typed or a file holds, in any spelling of `instants`.

    Without an offset, office time; a date alone is its midnight, unless `needs_time`; `now` where the
    caller gives it. `order` is that of dates with slashes. Raises BadInstant and the two local-time errors.
    """
    from ledger.domain.instants import InstantError, read_written  # noqa: PLC0415 - few commands read a time

    stripped = text.strip()
    if stripped == "now" and now is not None:
        return now
    try:
        written = read_written(stripped, order)
    except InstantError as error:
        raise BadInstant(_trouble(stripped, error)) from error
    if needs_time and written.precision == "day":
        raise BadInstant(msg("{text!r} is a day without a time", text=stripped))
    return written.utc or from_office(written.wall)


def _trouble(text: str, error: InstantError) -> Message:
    from ledger.domain.instants import YEAR_MAX, YEAR_MIN  # noqa: PLC0415 - few commands read a time

    if error.reason == "out-of-years":
        return msg(
            "{text!r} lies outside the years {first} to {last}", text=text, first=YEAR_MIN, last=YEAR_MAX
        )
    if error.reason == "ambiguous-date":
        return msg("{text!r} can be read day first and month first", text=text)
    if error.reason == "other-weekday":
        return msg("{text!r} names another weekday than that of its date", text=text)
    return _lacking(text) or msg("{text!r} is not a date and a time", text=text)


def _lacking(text: str) -> Message | None:
    from ledger.domain.day_names import what_lacks  # noqa: PLC0415 - few commands read a time

    match what_lacks(text):
        case "year":
            return msg("{text!r} has no year", text=text)
        case "date":
            return msg("{text!r} is a weekday without its date", text=text)
        case _:
            return None


def office_midnight(day: date) -> datetime:
    """The UTC instant at which an office day begins."""
    return from_office(datetime.combine(day, time()))


def parse_day(text: str) -> date:
    """Return the office day of 2026-11-16, 16.11.2026 or any spelling of `instants`; raises BadDate."""
    stripped = text.strip()
    if match := re.fullmatch(_ISO_DAY, stripped):
        year, month, day = match.groups()
    elif match := re.fullmatch(_POLISH_DAY, stripped):
        day, month, year = match.groups()
    else:
        return _written_day(stripped)
    try:
        return date(int(year), int(month), int(day))
    except ValueError as error:
        raise BadDate(msg("{text!r} is not a date", text=stripped)) from error


def _written_day(text: str) -> date:
    from ledger.domain.instants import InstantError, read_written  # noqa: PLC0415 - few commands read a time

    try:
        written = read_written(text)
    except InstantError as error:
        if error.reason != "bad-time":
            raise BadDate(_trouble(text, error)) from error
        raise BadDate(_lacking(text) or msg("{text!r} is not a date", text=text)) from error
    if written.precision != "day":
        raise BadDate(msg("{text!r} is a moment, and a day is asked for", text=text))
    return written.wall.date()


def local_month(instant: datetime) -> str:
    """The office month of an instant, as 2026-11."""
    day = office_time(instant)
    return f"{day.year:04d}-{day.month:02d}"


@dataclass(frozen=True, slots=True)
class Period:
    """Office days from `first` up to, and without, `until`."""

    first: date
    until: date

    @property
    def begins_at(self) -> datetime:
        """The UTC instant the first day begins."""
        return office_midnight(self.first)

    @property
    def ends_at(self) -> datetime:
        """The UTC instant the day after the last begins; not part of the period."""
        return office_midnight(self.until)

    def __contains__(self, instant: datetime) -> bool:
        """Whether an instant lies in the period."""
        return self.begins_at <= instant < self.ends_at


def _month_after(year: int, month: int, months: int) -> date:
    index = year * 12 + month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def _named_period(text: str) -> Period:
    if match := re.fullmatch(r"(\d{4})", text):
        year = int(match[1])
        return Period(date(year, 1, 1), date(year + 1, 1, 1))
    if match := re.fullmatch(r"(\d{4})-(\d{2})", text):
        year, month = int(match[1]), int(match[2])
        return Period(date(year, month, 1), _month_after(year, month, 1))
    from ledger.domain.period_words import (  # noqa: PLC0415 - few write a period otherwise
        written_month,
        written_quarter,
    )

    if written := written_quarter(text):
        return Period(date(*written, 1), _month_after(*written, 3))
    if written := written_month(text):
        return Period(date(*written, 1), _month_after(*written, 1))
    day = parse_day(text)
    return Period(day, day + timedelta(days=1))


def month_period(day: date) -> Period:
    """Return the calendar month that a day lies in."""
    first = day.replace(day=1)
    return Period(first, (first + timedelta(days=31)).replace(day=1))


def parse_period(text: str) -> Period:
    """2026-11, 2026-Q4, 2026, 2026-11-16 or FROM..UNTIL (dates, end exclusive); raises BadPeriod.

    A month also as `listopad 2026`, `11.2026` or `2026/11`, a quarter as `IV kwartał 2026`, a day in any
    spelling of `instants`.
    """
    stripped = text.strip()
    try:
        if ".." in stripped:
            first, until = (parse_day(part) for part in stripped.split("..", 1))
            period = Period(first, until)
        else:
            period = _named_period(stripped)
    except (ValueError, OverflowError, BadDate) as error:
        raise BadPeriod(msg("{text!r} is not a period", text=stripped)) from error
    from ledger.domain.instants import YEAR_MAX, YEAR_MIN  # noqa: PLC0415 - few commands read a period

    if not YEAR_MIN <= period.first.year <= period.until.year <= YEAR_MAX + 1:
        raise BadPeriod(
            msg(
                "the period {text!r} lies outside the years {first} to {last}",
                text=stripped,
                first=YEAR_MIN,
                last=YEAR_MAX,
            )
        )
    if period.until <= period.first:
        raise BadPeriod(msg("the period {text!r} ends before it begins", text=stripped))
    return period
