"""Rules of time that decisions on every noun share."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from ledger import errors
from ledger.domain.clock import SaidInstant, office_time
from ledger.message import Message, Seconds, msg

AHEAD_MAX = timedelta(minutes=2)
"""Tolerated difference between clocks; a moment further ahead is refused."""


def not_before(at: datetime, first: datetime | None, what: Message) -> None:
    """Raise TimeOrder for a moment before one that must have come first."""
    if first is not None and at < first:
        raise errors.TimeOrder(
            msg("{at} lies before {what}, {first}", at=SaidInstant(at), what=what, first=SaidInstant(first))
        )


def not_ahead(at: datetime, now: datetime) -> None:
    """Raise TimeAhead for a moment more than two minutes ahead of the clock."""
    if at > now + AHEAD_MAX:
        raise errors.TimeAhead(
            msg("{at} lies ahead of the clock, {now}", at=SaidInstant(at), now=SaidInstant(now))
        )


def not_behind(now: datetime, moment: datetime | None, what: Message) -> None:
    """Raise ClockBehind while the clock is more than two minutes behind a moment that has been."""
    if moment is not None and now < moment - AHEAD_MAX:
        behind_seconds = int((moment - now).total_seconds())
        raise errors.ClockBehind(
            msg("the clock stands {behind} behind {what}", behind=Seconds(behind_seconds), what=what)
        )


def day_not_ahead(on: date, now: datetime) -> None:
    """Raise TimeAhead for a day of the office's that has not begun."""
    if on > office_time(now).date():
        raise errors.TimeAhead(msg("{on} lies ahead of the clock, {now}", on=on, now=SaidInstant(now)))
