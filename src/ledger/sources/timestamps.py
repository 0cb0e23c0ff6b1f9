"""Moments as the remote tools write them, made UTC; a local time is never guessed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from ledger.domain.clock import YEAR_MAX, YEAR_MIN
from ledger.domain.events import TimeBasis
from ledger.sources.adapter import Moment, UnreadableLineError

_TIME = r"(?:[T ,]\s*|\s+)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?"
_ZONE = r"\s*(Z|UTC|[+-]\d{2}:?\d{2})?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})[-/](\d{{2}})[-/](\d{{2}}){_TIME}{_ZONE}", re.ASCII)
_DAY_FIRST = re.compile(rf"(\d{{1,2}})[-./](\d{{1,2}})[-./](\d{{4}}){_TIME}{_ZONE}", re.ASCII)
_OFFSET_MINUTES_MAX = 14 * 60
_TEXT_MAX_CHARACTERS = 64


def naive(text: str) -> tuple[datetime, str | None]:
    """A wall-clock time and the offset beside it, None without one; raises UnreadableLineError."""
    stripped = text.strip()
    if len(stripped) > _TEXT_MAX_CHARACTERS:
        raise UnreadableLineError("bad-time")
    if match := _YEAR_FIRST.fullmatch(stripped):
        year, month, day, *rest = match.groups()
    elif match := _DAY_FIRST.fullmatch(stripped):
        day, month, year, *rest = match.groups()
    else:
        raise UnreadableLineError("bad-time")
    hour, minute, second, fraction, zone = rest
    microsecond = int(fraction[:6].ljust(6, "0")) if fraction else 0
    try:
        moment = datetime(  # noqa: DTZ001 - the zone stands beside it
            int(year), int(month), int(day), int(hour), int(minute), int(second or 0), microsecond
        )
    except ValueError as error:
        raise UnreadableLineError("bad-time") from error
    if not YEAR_MIN < moment.year < YEAR_MAX:
        raise UnreadableLineError("bad-time")
    return moment, zone


def moment(text: str, zone: ZoneInfo | None = None, *, assumed: TimeBasis | None = None) -> Moment:
    """An instant from a source's text.

    With an offset that counts; without one `assumed` says that the source means UTC; else the time is
    that of `zone`. Raises UnreadableLineError: no zone, and what the clock of the zone never showed, or
    showed twice.
    """
    wall, offset = naive(text)
    if offset is not None:
        if offset in {"Z", "UTC"}:
            return Moment(wall.replace(tzinfo=UTC), text.strip(), "utc")
        return Moment(wall.replace(tzinfo=UTC) - _ahead(offset), text.strip(), "offset")
    if assumed is not None:
        return Moment(wall.replace(tzinfo=UTC), text.strip(), assumed)
    if zone is None:
        raise UnreadableLineError("no-zone")
    return Moment(from_zone(wall, zone), text.strip(), "local-declared")


def _ahead(offset: str) -> timedelta:
    minutes = int(offset[1:3]) * 60 + int(offset[-2:])
    if minutes > _OFFSET_MINUTES_MAX or int(offset[-2:]) >= 60:  # noqa: PLR2004 - minutes of an hour
        raise UnreadableLineError("bad-time")
    return timedelta(minutes=-minutes if offset[0] == "-" else minutes)


def from_zone(wall: datetime, zone: ZoneInfo) -> datetime:
    """The UTC instant of a time on the clock of a zone; raises UnreadableLineError."""
    first, second = (wall.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    instant = first.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) != wall:
        raise UnreadableLineError("no-such-local-time")
    if first.utcoffset() != second.utcoffset():
        raise UnreadableLineError("ambiguous-local-time")
    return instant


def from_epoch(seconds: float, text: str) -> Moment:
    """The instant of seconds since 1970; raises UnreadableLineError outside the years that are read."""
    try:
        at = datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError) as error:
        raise UnreadableLineError("bad-time") from error
    if not YEAR_MIN < at.year < YEAR_MAX:
        raise UnreadableLineError("bad-time")
    return Moment(at, text[:_TEXT_MAX_CHARACTERS], "utc")


def zone_named(name: str) -> ZoneInfo | None:
    """The time zone of a name, for example Europe/Warsaw; None when there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):  # not there, a folder, no name of a zone at all
        return None
