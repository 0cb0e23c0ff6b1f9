"""Names of months and weekdays in Polish and English, as they stand in written dates."""

from __future__ import annotations

import re
from typing import Literal

_DAYS_MAX = 31
_NAMES = (
    "jan january i sty styczen stycznia styczniowi styczniem styczniu",
    "feb february ii lut luty lutego lutemu lutym",
    "mar march iii marzec marca marcowi marcem marcu",
    "apr april iv kwi kwiecien kwietnia kwietniowi kwietniem kwietniu",
    "may v maj maja majowi majem maju",
    "jun june vi cze czerwiec czerwca czerwcowi czerwcem czerwcu",
    "jul july vii lip lipiec lipca lipcowi lipcem lipcu",
    "aug august viii sie sierpien sierpnia sierpniowi sierpniem sierpniu",
    "sep sept september ix wrz wrzesien wrzesnia wrzesniowi wrzesniem wrzesniu",
    "oct october x paz pazdziernik pazdziernika pazdziernikowi pazdziernikiem pazdzierniku",
    "nov november xi lis listopad listopada listopadowi listopadem listopadzie",
    "dec december xii gru grudzien grudnia grudniowi grudniem grudniu",
)
MONTHS: dict[str, int] = {
    name: number for number, names in enumerate(_NAMES, start=1) for name in names.split()
}
"""Months by English and Polish names, full and short, and by Roman numbers: small letters, no accents."""
_WEEKDAYS = (
    "mon monday pn pon poniedzialek poniedzialku",
    "tue tues tuesday wt wto wtorek wtorku",
    "wed weds wednesday sr sro sroda srode srody",
    "thu thur thurs thursday cz czw czwartek czwartku",
    "fri friday pt pi pia piatek piatku",
    "sat saturday sb so sob sobota sobote soboty",
    "sun sunday nd ndz ni nie niedz niedziela niedziele niedzieli",
)
WEEKDAYS: dict[str, int] = {
    name: number for number, names in enumerate(_WEEKDAYS, start=1) for name in names.split()
}
"""Weekdays by English and Polish names, full and short; Monday is 1: small letters, no accents."""
_PLAIN = str.maketrans("ąćęłńóśźż\N{MINUS SIGN}", "acelnoszz-")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200e\u200f\ufeff"))

_DAY_NAME = re.compile(
    rf"(?:^|[\s,(])(?:we? )?({'|'.join(sorted(WEEKDAYS, key=len, reverse=True))})(?:\.|(?=[\s,)]|$))[\s,)]*"
)
_DNIA = re.compile(r"^(?:dnia|dn\.)\s")


_NO_YEAR = re.compile(r"(?P<day>[0-9]{1,2})[./ -]{1,2}(?P<month>[0-9]{1,2}|[a-z]+)\.?(?:[ ,].*)?")
_NO_DATE = re.compile(r"(?:(?:o|at|godz\.?) )?(?:[0-9]{1,2}[:.][0-9]{2}.*)?")


def what_lacks(text: str) -> Literal["year", "date", ""]:
    """Return what a text lacks to be a date: `30.11 18:40` its year, `piątek 18:00` all but the weekday."""
    plain, weekday = without_weekday(plain_text(text))
    if weekday is not None and _NO_DATE.fullmatch(plain):
        return "date"
    match = _NO_YEAR.fullmatch(plain)
    if match is None or not 1 <= int(match["day"]) <= _DAYS_MAX:
        return ""
    named = match["month"]
    is_month = named in MONTHS or (named.isdecimal() and 1 <= int(named) <= len(_NAMES))
    return "year" if is_month else ""


def plain_text(text: str) -> str:
    """Small letters without accents; every kind of blank is one blank, invisible marks are gone."""
    return " ".join(text.translate(_INVISIBLE).split()).lower().translate(_PLAIN)


def without_weekday(plain: str) -> tuple[str, int | None]:
    """Return a text without the name of a weekday, and its number; a word `dnia` before a date goes too."""
    plain = _DNIA.sub("", plain)
    found = _DAY_NAME.search(plain)
    if found is None:
        return plain, None
    rest = f"{plain[: found.start()]} {plain[found.end() :]}" if found.start() else plain[found.end() :]
    return _DNIA.sub("", rest.strip(" ,").replace(",,", ",")), WEEKDAYS[found[1]]
