"""Instants in office time, and lengths of time, as text."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from cli.presentation.text import Lang
from ledger.domain.clock import SaidInstant, office_time, offset_if_twice


def to_second(instant: datetime, lang: Lang = "en") -> str:
    """Return an instant in office time, to the second; with its offset in an hour that comes twice."""
    return str(SaidInstant(instant, "second")) if lang == "en" else in_polish(instant)


def to_minute(instant: datetime, lang: Lang = "en") -> str:
    """Return an instant in office time, to the minute; with its offset in an hour that comes twice."""
    return str(SaidInstant(instant, "minute")) if lang == "en" else in_polish(instant, "%H:%M")


def in_polish(instant: datetime, clock: str = "%H:%M:%S") -> str:
    """Return an instant as Poles write it: 16.11.2026 18:05:00; with its offset as `to_second` does."""
    return f"{office_time(instant):%d.%m.%Y {clock}}{offset_if_twice(instant)}"


def on_day(day: date, lang: Lang) -> str:
    """Return a day: 2026-11-16, in Polish 16.11.2026."""
    return f"{day:%d.%m.%Y}" if lang == "pl" else f"{day:%Y-%m-%d}"


def in_year(day: date, lang: Lang) -> str:
    """Return a day without its year, for a drawing: 11-16, in Polish 16.11."""
    return f"{day:%d.%m}" if lang == "pl" else f"{day:%m-%d}"


def length(lasted: timedelta) -> str:
    """Return a length of time: 16 h 5 min, 40 min, 30 s."""
    seconds = int(lasted.total_seconds())
    if seconds < 60:  # noqa: PLR2004 - a minute
        return f"{seconds} s"
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def whole_length(lasted: timedelta) -> str:
    """Return a length of time with its seconds, one of which opens an hour: 1 h 0 min 1 s."""
    whole, seconds = length(lasted), int(lasted.total_seconds()) % 60
    return f"{whole} {seconds} s" if seconds and not whole.endswith(" s") else whole
