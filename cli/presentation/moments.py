"""Instants in office time, and lengths of time, as text."""

from __future__ import annotations

from datetime import datetime, timedelta

from ledger.domain.clock import office_time


def to_second(instant: datetime) -> str:
    """Return an instant in office time, to the second; with its offset in an hour that comes twice."""
    return f"{office_time(instant):%Y-%m-%d %H:%M:%S}{_offset(instant)}"


def to_minute(instant: datetime) -> str:
    """Return an instant in office time, to the minute; with its offset in an hour that comes twice."""
    return f"{office_time(instant):%Y-%m-%d %H:%M}{_offset(instant)}"


def length(lasted: timedelta) -> str:
    """Return a length of time: 16 h 5 min, 40 min, 30 s."""
    seconds = int(lasted.total_seconds())
    if seconds < 60:  # noqa: PLR2004 - a minute
        return f"{seconds} s"
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def _offset(instant: datetime) -> str:
    """Return ` +01:00` where the office clock shows the same time twice, else nothing."""
    local = office_time(instant)
    twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return f" {local.isoformat()[-6:]}" if twice else ""
