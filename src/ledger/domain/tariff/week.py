"""Windows of the local week: "mon-fri", "10:00" to "18:00"."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

MINUTES_A_DAY = 1440
DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = f"({'|'.join(DAY_NAMES)})"
DAYS_PATTERN = rf"^{_DAY}(-{_DAY})?(,{_DAY}(-{_DAY})?)*\Z"
FROM_PATTERN = r"^([01]\d|2[0-3]):[0-5]\d\Z"
UNTIL_PATTERN = r"^(([01]\d|2[0-3]):[0-5]\d|24:00)\Z"


class Window(NamedTuple):
    """Minutes of some days of the week (0 is Monday), without the last; midnight may lie inside.

    A window from 22:00 until 06:00 holds both ends of each of its days, wherever the night began.
    """

    days: frozenset[int]
    from_minute: int
    until_minute: int

    def holds(self, weekday: int, minute: int) -> bool:
        """Whether a minute of the day (0 to 1439) of a weekday lies in the window."""
        if weekday not in self.days:
            return False
        if self.from_minute < self.until_minute:
            return self.from_minute <= minute < self.until_minute
        return minute >= self.from_minute or minute < self.until_minute


@lru_cache(maxsize=256)
def parse_window(days: str, from_time: str, until_time: str) -> Window:
    """The window of texts that match DAYS_PATTERN, FROM_PATTERN and UNTIL_PATTERN."""
    return Window(_parse_days(days), _parse_time(from_time), _parse_time(until_time))


def _parse_days(text: str) -> frozenset[int]:
    days: set[int] = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        begin, end = DAY_NAMES.index(first), DAY_NAMES.index(last or first)
        days.update(day % 7 for day in range(begin, end + 1 if begin <= end else end + 8))
    return frozenset(days)


def _parse_time(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def format_minute(weekday: int, minute: int) -> str:
    """`mon 22:00`, for messages."""
    return f"{DAY_NAMES[weekday]} {minute // 60:02d}:{minute % 60:02d}"
