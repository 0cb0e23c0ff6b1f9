"""Instants of a source's line, with the text and how sure it is; read by `ledger.domain.instants`."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from ledger.domain.events import TimeBasis
from ledger.domain.instants import (
    YEAR_MAX,
    YEAR_MIN,
    DayOrder,
    InstantError,
    Trouble,
    WrittenInstant,
    in_zone,
    read_written,
)
from ledger.sources.adapter import Moment, Reason, UnreadableLineError

_TEXT_MAX_CHARACTERS = 64
_REASONS: dict[Trouble, Reason] = {
    "bad-time": "bad-time",
    "out-of-years": "bad-time",
    "ambiguous-date": "ambiguous-date",
    "other-weekday": "bad-time",
    "no-zone": "no-zone",
    "no-such-local-time": "no-such-local-time",
    "ambiguous-local-time": "ambiguous-local-time",
}


def written(text: str, order: DayOrder | None = None) -> WrittenInstant:
    """Read a date with a time of day; raises UnreadableLineError."""
    try:
        found = read_written(text, order)
    except InstantError as error:
        raise UnreadableLineError(_REASONS[error.reason]) from error
    if found.precision == "day":
        raise UnreadableLineError("bad-time")
    return found


def moment(
    text: str,
    zone: ZoneInfo | None = None,
    *,
    assumed: TimeBasis | None = None,
    order: DayOrder | None = None,
    fold: int | None = None,
) -> Moment:
    """Return the instant of a source's text.

    An offset in the text counts. Without one, `assumed` means that the source writes UTC; otherwise the
    time is that of `zone`, in pass `fold` of an hour shown twice. Raises UnreadableLineError: no zone, and
    what the clock of the zone never showed, or showed twice.
    """
    found = written(text, order)
    said = text.strip()[:_TEXT_MAX_CHARACTERS]
    if found.utc is not None:
        return Moment(found.utc, said, "utc" if not found.offset else "offset")
    if assumed is not None:
        return Moment(found.wall.replace(tzinfo=UTC), said, assumed)
    if zone is None:
        raise UnreadableLineError("no-zone")
    return Moment(from_zone(found.wall, zone, fold), said, "local-declared")


def from_zone(wall: datetime, zone: ZoneInfo, fold: int | None = None) -> datetime:
    """Return the UTC instant of a time on the clock of a zone; raises UnreadableLineError."""
    try:
        return in_zone(wall, zone, fold)
    except InstantError as error:
        raise UnreadableLineError(_REASONS[error.reason]) from error


def from_epoch(seconds: float, text: str) -> Moment:
    """Return the instant of seconds since 1970; raises UnreadableLineError outside the years read."""
    try:
        at = datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError) as error:
        raise UnreadableLineError("bad-time") from error
    if not YEAR_MIN < at.year < YEAR_MAX:
        raise UnreadableLineError("bad-time")
    return Moment(at, text[:_TEXT_MAX_CHARACTERS], "utc")


def zone_named(name: str) -> ZoneInfo | None:
    """Return the time zone of a name, for example Europe/Warsaw; None when there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):  # not there, a folder, no name of a zone at all
        return None
