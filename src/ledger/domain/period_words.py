"""Months as an office writes them beside 2026-11: `listopad 2026`, `11.2026`, `2026/11`, or a name alone.

A name alone is the newest month of that name that is not in the future; only what is typed is read so.
"""

from __future__ import annotations

import re
from datetime import date

from ledger.domain.day_names import MONTHS, plain_text

_NUMBER_FIRST = re.compile(r"(?P<month>[0-9]{1,2})[./](?P<year>[0-9]{4})(?: ?r\.?)?")
_YEAR_FIRST = re.compile(r"(?P<year>[0-9]{4})[./](?P<month>[0-9]{1,2})")
_NAMED = re.compile(r"(?P<name>[a-z]+)[.,]?[ ./-]?(?P<year>[0-9]{4})(?: ?r\.?)?")
_ROMAN = frozenset(["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"])


def written_month(text: str) -> tuple[int, int] | None:
    """Return year and month of a written month, None for another text; the month may be one that is none."""
    plain = plain_text(text)
    if match := _NUMBER_FIRST.fullmatch(plain) or _YEAR_FIRST.fullmatch(plain):
        return int(match["year"]), int(match["month"])
    match = _NAMED.fullmatch(plain)
    month = None if match is None else MONTHS.get(match["name"])
    return None if match is None or month is None else (int(match["year"]), month)


def named_month(text: str, today: date) -> tuple[int, int] | None:
    """Return year and month of a month's name alone: the newest that has begun; None for another text."""
    name = plain_text(text).removesuffix(".")
    month = None if name in _ROMAN else MONTHS.get(name)
    if month is None:
        return None
    return today.year if month <= today.month else today.year - 1, month
