"""Instants as a hand types them beside full dates: a day by its word, or a time alone, which is today's.

Only what is typed is read so: in a file "yesterday" would mean another day each time it is read.
`SPOKEN` is the list of the documentation; tests read each of its examples.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Literal

from ledger.domain.clock import from_office, office_time
from ledger.domain.instants import InstantError, read_written
from ledger.domain.time_rules import AHEAD_MAX
from ledger.errors import BadInstant
from ledger.message import Hint, msg

Lean = Literal["past", "future", "any"]
"""Where the moment can lie: what happened is over, what is planned is to come."""

NOW_WORDS = frozenset({"now", "teraz"})
DAYS: dict[str, int] = {
    "today": 0,
    "dziś": 0,
    "dzisiaj": 0,
    "yesterday": -1,
    "wczoraj": -1,
    "przedwczoraj": -2,
    "tomorrow": 1,
    "jutro": 1,
    "pojutrze": 2,
}
"""Words of both languages, and how many days after today each is."""
SPOKEN: tuple[tuple[str, str], ...] = (
    ("17:20", "2026-11-16T16:20:00Z"),
    ("17:20:05", "2026-11-16T16:20:05Z"),
    ("17:20+01:00", "2026-11-16T16:20:00Z"),
    ("o 17:20", "2026-11-16T16:20:00Z"),
    ("5:20 PM", "2026-11-16T16:20:00Z"),
    ("dziś 17:20", "2026-11-16T16:20:00Z"),
    ("dzisiaj o 17:20", "2026-11-16T16:20:00Z"),
    ("today 17:20", "2026-11-16T16:20:00Z"),
    ("wczoraj 17:20", "2026-11-15T16:20:00Z"),
    ("wczoraj, godz. 17.20", "2026-11-15T16:20:00Z"),
    ("yesterday at 17:20", "2026-11-15T16:20:00Z"),
    ("przedwczoraj 17:20", "2026-11-14T16:20:00Z"),
    ("jutro 17:20", "2026-11-17T16:20:00Z"),
    ("tomorrow 17:20", "2026-11-17T16:20:00Z"),
    ("pojutrze 17:20", "2026-11-18T16:20:00Z"),
)
"""Examples of what is typed on 2026-11-16 at 18:00 office time, and what each means."""

TYPED_HINT = Hint(msg("write 18:05, yesterday 18:05, 2026-11-16 18:05, 16.11.2026 18:05 or now"))

_ASCII = str.maketrans("śŚ", "sS")
_PLAIN_DAYS = {word.translate(_ASCII): days for word, days in DAYS.items()}
_WORD = re.compile(r"(?P<word>[a-z]+)(?:(?P<between>,?\s+)(?P<time>\S.*))?", re.ASCII)
_TIME = re.compile(r"(?:o\s+|at\s+|godz\.?\s+)?\d{1,2}:\d{2}.*", re.ASCII)
_AT = re.compile(r"at\s+", re.ASCII)


def day_of(text: str, today: date) -> date | None:
    """Return the day of a word such as yesterday; None for any other text."""
    days = _PLAIN_DAYS.get(_plain(text))
    return None if days is None else today + timedelta(days=days)


def is_spoken(text: str) -> bool:
    """Return whether a text is a day's word or a time alone, so that today has to be known to read it."""
    plain = _plain(text)
    word = _WORD.fullmatch(plain)
    if word is not None and word["word"] in _PLAIN_DAYS:
        return True
    return _TIME.fullmatch(plain) is not None and not _is_whole(text)


def _is_whole(text: str) -> bool:
    """Return whether a text that begins with a time says its day too: 17:20, 16.11.2026."""
    try:
        read_written(text.strip())
    except InstantError as error:
        return error.reason != "bad-time"
    return True


def spoken_instant(text: str, now: datetime, *, lean: Lean = "past", needs_time: bool = True) -> datetime:
    """Return the UTC instant of a text that `is_spoken`, on the office clock of `now`.

    A time alone is today's. Where that lies on the other side of now than the moment can, another day may
    be meant and nothing is guessed: BadInstant, with both readings in the hint. A day that is said is taken.
    Raises NoSuchLocalTime and AmbiguousLocalTime, too.
    """
    today = office_time(now).date()
    plain = _plain(text)
    word = _WORD.fullmatch(plain)
    days = None if word is None else _PLAIN_DAYS.get(word["word"])
    if word is not None and days is not None:
        return _read(text, today + timedelta(days=days), word["time"] or "", needs_time=needs_time)
    found = _read(text, today, plain, needs_time=True)
    _require_side(text, found, now, lean)
    return found


def _plain(text: str) -> str:
    return " ".join(text.split()).lower().translate(_ASCII)


def _read(text: str, day: date, time: str, *, needs_time: bool) -> datetime:
    try:
        written = read_written(f"{day:%Y-%m-%d} {_AT.sub('', time)}".strip())
    except InstantError as error:
        fact = msg("{text!r} is not a date and a time", text=text.strip())
        raise BadInstant(fact, hint=TYPED_HINT) from error
    if needs_time and written.precision == "day":
        raise BadInstant(msg("{text!r} is a day without a time", text=text.strip()), hint=TYPED_HINT)
    return written.utc or from_office(written.wall)


def _require_side(text: str, found: datetime, now: datetime, lean: Lean) -> None:
    """Raise BadInstant for a time alone that lies where its moment cannot."""
    typed, clock = text.strip(), f"{office_time(now):%H:%M}"
    if lean == "past" and found > now + AHEAD_MAX:
        raise BadInstant(
            msg("{text} is still to come today, it is {now}; the day is not said", text=typed, now=clock),
            hint=Hint(
                msg('write "yesterday {time}", or "today {time}" when it has come', time=typed),
            ),
        )
    if lean == "future" and found < now - AHEAD_MAX:
        raise BadInstant(
            msg("{text} is over today, it is {now}; the day is not said", text=typed, now=clock),
            hint=Hint(msg('write "tomorrow {time}" or "today {time}"', time=typed)),
        )
