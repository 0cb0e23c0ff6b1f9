"""Weekdays and public holidays in words."""

from __future__ import annotations

from datetime import datetime

from cli.presentation.catalogue import said
from cli.presentation.text import Lang
from ledger.domain.clock import office_time
from ledger.message import msg, msg_in

WEEKDAYS = (
    msg("Monday"),
    msg("Tuesday"),
    msg("Wednesday"),
    msg("Thursday"),
    msg("Friday"),
    msg("Saturday"),
    msg("Sunday"),
)
MONTHS = (
    msg_in("month", "January"),
    msg_in("month", "February"),
    msg_in("month", "March"),
    msg_in("month", "April"),
    msg_in("month", "May"),
    msg_in("month", "June"),
    msg_in("month", "July"),
    msg_in("month", "August"),
    msg_in("month", "September"),
    msg_in("month", "October"),
    msg_in("month", "November"),
    msg_in("month", "December"),
)
"""As they stand alone, with a year or without."""
HOLIDAYS = {
    "new_year": msg("New Year's Day"),
    "epiphany": msg("Epiphany"),
    "easter": msg("Easter Sunday"),
    "easter_monday": msg("Easter Monday"),
    "labour_day": msg("Labour Day"),
    "constitution_day": msg("Constitution Day"),
    "pentecost": msg("Pentecost"),
    "corpus_christi": msg("Corpus Christi"),
    "assumption": msg("Assumption of Mary"),
    "all_saints": msg("All Saints' Day"),
    "independence_day": msg("Independence Day"),
    "christmas_eve": msg("Christmas Eve"),
    "christmas_day": msg("Christmas Day"),
    "second_day_of_christmas": msg("Second Day of Christmas"),
    "holiday": msg("public holiday"),
}
_HOLIDAY = msg("{day}, public holiday: {holiday}")


def day_words(at: datetime, holiday: str | None, lang: Lang) -> str:
    """Return the weekday of an instant on the office clock, and its holiday: środa, święto: Wigilia."""
    day = said(WEEKDAYS[office_time(at).weekday()], lang)
    if holiday is None:
        return day
    return said(_HOLIDAY, lang).format(day=day, holiday=said(HOLIDAYS[holiday], lang))
