"""Instants in office time, as text."""

from __future__ import annotations

from datetime import datetime

from ledger.domain.clock import office_time


def to_second(instant: datetime) -> str:
    """Return an instant in office time, to the second."""
    return f"{office_time(instant):%Y-%m-%d %H:%M:%S}"


def to_minute(instant: datetime) -> str:
    """Return an instant in office time, to the minute."""
    return f"{office_time(instant):%Y-%m-%d %H:%M}"
