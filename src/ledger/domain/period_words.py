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
_QUARTER = re.compile(
    r"(?P<year>[0-9]{4})[-/ ]?q(?P<number>[1-4])|q(?P<number_first>[1-4])[-/ ]?(?P<year_last>[0-9]{4})"
    r"|(?P<named>[1-4]|iv|i{1,3})\.? (?:kwartal|kw\.?|quarter)(?: of)? (?P<year_named>[0-9]{4})(?: ?r\.?)?"
)
_ROMAN_QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_MONTHS_AGO = {
    "this month": 0,
    "ten miesiac": 0,
    "biezacy miesiac": 0,
    "last month": 1,
    "zeszly miesiac": 1,
    "ubiegly miesiac": 1,
    "poprzedni miesiac": 1,
}
_ROMAN = frozenset(["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"])


def written_month(text: str) -> tuple[int, int] | None:
    """Return year and month of a written month, None for another text; the month may be one that is none."""
    plain = plain_text(text)
    if match := _NUMBER_FIRST.fullmatch(plain) or _YEAR_FIRST.fullmatch(plain):
        return int(match["year"]), int(match["month"])
    match = _NAMED.fullmatch(plain)
    month = None if match is None else MONTHS.get(match["name"])
    return None if match is None or month is None else (int(match["year"]), month)


def written_quarter(text: str) -> tuple[int, int] | None:
    """Return the year and the first month of a quarter: 2026-Q4, Q4 2026, IV kwartał 2026; None for else."""
    match = _QUARTER.fullmatch(plain_text(text))
    if match is None:
        return None
    number = match["number"] or match["number_first"] or match["named"]
    year = match["year"] or match["year_last"] or match["year_named"]
    quarter = _ROMAN_QUARTERS.get(number) or int(number)
    return int(year), 3 * quarter - 2


def named_month(text: str, today: date) -> tuple[int, int] | None:
    """Return year and month of a month's name alone: the newest that has begun; None for another text.

    `zeszły miesiąc` and `ten miesiąc` are months too, of that day.
    """
    name = plain_text(text).removesuffix(".")
    if name in _MONTHS_AGO:
        index = today.year * 12 + today.month - 1 - _MONTHS_AGO[name]
        return index // 12, index % 12 + 1
    month = None if name in _ROMAN else MONTHS.get(name)
    if month is None:
        return None
    return today.year if month <= today.month else today.year - 1, month
