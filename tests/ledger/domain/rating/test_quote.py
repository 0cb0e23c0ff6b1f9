"""The price before connecting."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.rating.quote import PriceQuote, quote
from ledger.domain.rating.rate import Issue, Kind, Purchase, SessionFacts, rate
from ledger.domain.rating.what_if import with_changes
from ledger.errors import NoCalendar
from tests.ledger.domain.rating.rating_cases import (
    ANCHORS,
    LONG_AGO_S,
    MONDAY,
    at,
    shop,
    tariff_with,
    untimed,
)

ORDER = (Purchase("A", LONG_AGO_S, None),)


def timeline(told: PriceQuote) -> list[tuple[int, str, int]]:
    """(start in minutes after Monday's midnight, band, gross) of each segment."""
    return [((s.from_s - at(MONDAY)) // 60, s.price.band, s.gross_grosze) for s in told.segments]


def test_shortly_before_night_the_price_is_about_to_double() -> None:
    """At 21:50: 246.00 with VAT until 22:00, 492.00 from then on."""
    told = quote(shop(), at(f"{MONDAY} 21:50"), "other", horizon_seconds=3600)
    assert timeline(told) == [(21 * 60 + 50, "off_hours", 24600), (22 * 60, "night", 49200)]
    assert [(s.from_s, s.until_s) for s in told.segments] == [
        (at(f"{MONDAY} 21:50"), at(f"{MONDAY} 22:00")),
        (at(f"{MONDAY} 22:00"), at(f"{MONDAY} 22:50")),
    ]


def test_without_a_horizon_it_looks_a_day_ahead() -> None:
    told = quote(shop(), at(f"{MONDAY} 09:30"), "other")
    assert [band for _, band, _ in timeline(told)] == [
        "off_hours",
        "office",
        "off_hours",
        "night",
        "off_hours",
    ]
    assert told.segments[-1].until_s == at("2026-11-17 09:30")


def test_a_customer_with_hardware_sees_the_free_window_and_its_sentence() -> None:
    told = quote(
        shop(), at(f"{MONDAY} 17:59"), "hardware", order_ref="A", purchases=ORDER, horizon_seconds=120
    )
    assert [(s.price.rule, s.gross_grosze) for s in told.segments] == [
        ("hardware_free", 0),
        ("hardware_out_of_office", 12300),
    ]
    assert told.segments[0].price.quote.endswith("w zakresie pomocy dotyczącej zakupionego sprzętu.")


def test_hardware_of_nobody_costs_what_other_problems_cost() -> None:
    told = quote(shop(), at(f"{MONDAY} 11:00"), "hardware", order_ref="A", horizon_seconds=60)
    assert [s.gross_grosze for s in told.segments] == [12300]


def test_a_test_is_free_by_its_sentence() -> None:
    told = quote(shop(), at(f"{MONDAY} 11:00"), "test", minutes=5)
    assert told.segments == ()
    assert told.free_quote == "Sprawdzenie możliwości zdalnego sterowania i połączenia testowe są bezpłatne."
    assert told.total is not None
    assert (told.total.rated.net_grosze, told.total.gross_grosze) == (0, 0)


def test_an_expected_duration_has_a_total_with_its_assumptions() -> None:
    told = quote(shop(), at(f"{MONDAY} 17:30"), "other", minutes=90)
    assert told.total is not None
    assert (told.total.minutes, told.total.rated.started_hours) == (90, 2)
    assert (told.total.rated.net_grosze, told.total.gross_grosze) == (30000, 36900)
    assert told.total.assumptions == ("boundary.unit-start",)


def test_an_hour_to_the_minute_is_one_started_hour() -> None:
    told = [quote(shop(), at(f"{MONDAY} 11:00"), "other", minutes=minutes).total for minutes in (60, 61)]
    assert [total.rated.started_hours for total in told if total] == [1, 2]


def test_without_a_duration_there_is_no_total() -> None:
    assert quote(shop(), at(f"{MONDAY} 17:30"), "other").total is None


def test_a_new_rate_of_vat_changes_the_gross_at_its_midnight() -> None:
    tariff = tariff_with("[[vat]]", "[[vat]]\npercent = 25\nvalid_from = 2026-11-17\n\n[[vat]]")
    told = quote(tariff, at(f"{MONDAY} 23:00"), "other", horizon_seconds=7200)
    assert timeline(told) == [(23 * 60, "night", 49200), (24 * 60, "night", 50000)]


def test_a_tariff_of_half_hours_is_quoted_to_the_minute() -> None:
    tariff = with_changes(shop(), {"bands.office.until": "17:45"})
    told = quote(tariff, at(f"{MONDAY} 17:40"), "other", horizon_seconds=600)
    assert timeline(told) == [(17 * 60 + 40, "office", 12300), (17 * 60 + 45, "off_hours", 24600)]


def test_beyond_the_calendar_nothing_is_quoted() -> None:
    with pytest.raises(NoCalendar):
        quote(shop(), at("2033-12-31 12:00"), "other")


@untimed
@given(
    st.sampled_from(ANCHORS),
    st.integers(-7200, 7200),
    st.sampled_from(("other", "hardware")),
    st.sampled_from(((), ORDER)),
)
def test_an_hour_started_then_costs_what_was_quoted(
    anchor: int, offset: int, issue: Issue, purchases: tuple[Purchase, ...]
) -> None:
    """Whatever the moment: the segment that holds it has the price of a session that connects then."""
    told = quote(shop(), anchor - 7200, issue, order_ref="A", purchases=purchases, horizon_seconds=14_401)
    start = anchor + offset
    (segment,) = [s for s in told.segments if s.from_s <= start < s.until_s]
    facts = SessionFacts(start, ((start, start + 1),), (Kind(start, issue, "A"),), purchases, None)
    assert rate(facts, shop()).net_grosze == segment.price.net_grosze
