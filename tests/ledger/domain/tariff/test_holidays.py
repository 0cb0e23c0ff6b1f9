"""Which holiday a day is."""

from __future__ import annotations

from datetime import date

import holidays
import pytest

from ledger.domain.tariff.holidays import HOLIDAYS, OTHER_HOLIDAY, easter, holiday_at, holiday_of
from tests.ledger.domain.rating.rating_cases import at, shop

NAMES = {
    "Nowy Rok": "new_year",
    "Święto Trzech Króli": "epiphany",
    "Święto Państwowe": "labour_day",
    "Święto Narodowe Trzeciego Maja": "constitution_day",
    "Wniebowzięcie Najświętszej Marii Panny": "assumption",
    "Uroczystość Wszystkich Świętych": "all_saints",
    "Narodowe Święto Niepodległości": "independence_day",
    "Wigilia Bożego Narodzenia": "christmas_eve",
    "Boże Narodzenie (pierwszy dzień)": "christmas_day",
    "Boże Narodzenie (drugi dzień)": "second_day_of_christmas",
    "Niedziela Wielkanocna": "easter",
    "Poniedziałek Wielkanocny": "easter_monday",
    "Zielone Świątki": "pentecost",
    "Dzień Bożego Ciała": "corpus_christi",
}

ONCE = date(2018, 11, 12)
"""A holiday of that year alone, by an act of its own."""


def test_every_published_holiday_has_its_name() -> None:
    """Against an independent list of a hundred years."""
    listed = holidays.country_holidays("PL", years=range(2000, 2100), language="pl")
    named = {(name, holiday_of(day)) for day, name in listed.items() if day != ONCE}
    assert named == set(NAMES.items())
    assert set(HOLIDAYS) == {*NAMES.values(), OTHER_HOLIDAY}


def test_day_that_the_act_does_not_name_is_a_holiday_without_a_name() -> None:
    assert holiday_of(ONCE) == OTHER_HOLIDAY


@pytest.mark.parametrize(
    "day", ["1961-04-02", "2000-04-23", "2019-04-21", "2026-04-05", "2038-04-25", "2285-03-22"]
)
def test_easter_falls_on_the_day_of_the_tables(day: str) -> None:
    """The earliest and the latest days of it too."""
    assert easter(int(day[:4])) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("second", "holiday"),
    [
        (at("2026-11-11 00:00"), "independence_day"),
        (at("2026-11-11 23:59"), "independence_day"),
        (at("2026-11-12 00:00"), None),
        (at("2024-12-24 12:00"), None),
    ],
)
def test_an_instant_is_in_a_holiday_that_the_list_itself_counts(second: int, holiday: str | None) -> None:
    """24 December counts since 2025."""
    assert holiday_at(shop(), second) == holiday
