"""Rules of time that decisions on every noun share."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from ledger import errors
from ledger.domain.clock import SaidInstant, office_time
from ledger.message import Hint, Message, Seconds, msg

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


def not_behind(now: datetime, moment: datetime | None, what: Message, hint: Hint | None = None) -> None:
    """Raise ClockBehind while the clock is more than two minutes behind a moment that has been."""
    if moment is not None and now < moment - AHEAD_MAX:
        behind_seconds = int((moment - now).total_seconds())
        raise errors.ClockBehind(
            msg("the clock stands {behind} behind {what}", behind=Seconds(behind_seconds), what=what),
            hint=hint,
        )


def not_behind_log(now: datetime, last_recorded_at: datetime | None) -> None:
    """Raise ClockBehind while the clock is behind the log's last event; a person may say that it is right."""
    hint = Hint(
        "set this machine's clock right and give the command again; nothing was deleted or recorded. Where"
        " the clock is right and the log ahead, since a clock once was, --clock-is-right goes on; what is"
        " recorded tells both"
    )
    not_behind(now, last_recorded_at, msg("the last event"), hint)


def day_not_ahead(on: date, now: datetime) -> None:
    """Raise TimeAhead for a day of the office's that has not begun."""
    if on > office_time(now).date():
        raise errors.TimeAhead(msg("{on} lies ahead of the clock, {now}", on=on, now=SaidInstant(now)))
