"""Weekdays and public holidays in words."""

from __future__ import annotations

from datetime import datetime

from cli.presentation.text import Lang, Text
from ledger.domain.clock import office_time

WEEKDAYS = (
    Text("poniedziałek", "Monday"),
    Text("wtorek", "Tuesday"),
    Text("środa", "Wednesday"),
    Text("czwartek", "Thursday"),
    Text("piątek", "Friday"),
    Text("sobota", "Saturday"),
    Text("niedziela", "Sunday"),
)
HOLIDAYS = {
    "new_year": Text("Nowy Rok", "New Year's Day"),
    "epiphany": Text("Święto Trzech Króli", "Epiphany"),
    "easter": Text("Wielkanoc", "Easter Sunday"),
    "easter_monday": Text("Poniedziałek Wielkanocny", "Easter Monday"),
    "labour_day": Text("Święto Pracy", "Labour Day"),
    "constitution_day": Text("Święto Konstytucji 3 Maja", "Constitution Day"),
    "pentecost": Text("Zielone Świątki", "Pentecost"),
    "corpus_christi": Text("Boże Ciało", "Corpus Christi"),
    "assumption": Text("Wniebowzięcie NMP", "Assumption of Mary"),
    "all_saints": Text("Wszystkich Świętych", "All Saints' Day"),
    "independence_day": Text("Święto Niepodległości", "Independence Day"),
    "christmas_eve": Text("Wigilia", "Christmas Eve"),
    "christmas_day": Text("Boże Narodzenie", "Christmas Day"),
    "second_day_of_christmas": Text("drugi dzień świąt", "Second Day of Christmas"),
    "holiday": Text("dzień wolny od pracy", "public holiday"),
}
_HOLIDAY = Text("{day}, święto: {holiday}", "{day}, public holiday: {holiday}")


def day_words(at: datetime, holiday: str | None, lang: Lang) -> str:
    """Return the weekday of an instant on the office clock, and its holiday: środa, święto: Wigilia."""
    day = WEEKDAYS[office_time(at).weekday()].said(lang)
    if holiday is None:
        return day
    return _HOLIDAY.said(lang).format(day=day, holiday=HOLIDAYS[holiday].said(lang))
