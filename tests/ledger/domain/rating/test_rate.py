"""Started hours and money: against a second implementation, and case by case."""

from __future__ import annotations

import pytest
from hypothesis import given

from ledger.domain.clock import from_epoch_seconds
from ledger.domain.rating.prices import HARDWARE_OUT_OF_OFFICE, LIST_PRICE
from ledger.domain.rating.rate import Kind, Purchase, SessionFacts, Waiver, rate
from ledger.domain.rating.what_if import with_changes
from ledger.domain.tariff.tariff import Tariff, parse_tariff
from ledger.errors import NoCalendar
from tests.ledger.domain.rating import oracle
from tests.ledger.domain.rating.rating_cases import (
    MONDAY,
    at,
    changes,
    session,
    sessions,
    shop,
    shop_file,
    shop_text,
    tariff_with,
    untimed,
)

OFFICE = (
    "Podstawowa stawka obowiązująca w godzinach pracy biura to 100,00 zł netto czyli 123,00 zł "
    "z podatkiem VAT za każdą rozpoczętą godzinę pracy."
)
EVENING = "W godzinach wieczornych, do 22:00 obowiązuje stawka 2x cena standardowa."
HALF = "W przypadku innych problemów, klienci monitory.mastiff.pl mają prawo do 50% rabatu."
FREE = (
    "Dla klientów firmy monitory.mastiff.pl w godzinach pn-pt 10:00-18:00 wsparcie jest bezpłatne "
    "w zakresie pomocy dotyczącej zakupionego sprzętu."
)


@untimed
@given(sessions(), changes())
def test_two_implementations_agree_under_every_reading(facts: SessionFacts, other: dict[str, str]) -> None:
    """Openings, prices and net are those of the second-by-second oracle."""
    rated = rate(facts, with_changes(shop(), other))
    assert [(h.opened_s, h.net_grosze) for h in rated.hours] == oracle.opened_hours(facts, other)
    assert rated.net_grosze == oracle.net_grosze(facts, other)


@untimed
@given(sessions(), changes())
def test_the_sums_are_the_sums_of_the_hours(facts: SessionFacts, other: dict[str, str]) -> None:
    """Bands, hours and nets add up; the waiver stands between the two nets."""
    rated = rate(facts, with_changes(shop(), other))
    assert rated.started_hours == len(rated.hours) == sum(rated.band_hours.values())
    assert rated.before_waiver_grosze == sum(hour.net_grosze for hour in rated.hours)
    assert rated.net_grosze == rated.before_waiver_grosze - rated.waived_grosze
    assert rated.net_grosze >= 0


def test_an_hour_says_what_it_cost_and_why() -> None:
    """Band, list price, discount, rule and sentences stand on each hour."""
    rated = rate(session("17:30-18:45", issue="hardware", is_customer=True), shop())
    free, half = rated.hours
    assert (free.opened_s, free.band, free.multiplier) == (at(f"{MONDAY} 17:30"), "office", "1")
    assert (free.list_grosze, free.discount_percent, free.net_grosze) == (10000, 100, 0)
    assert (free.rule, free.quote) == ("hardware_free", f"{OFFICE} {FREE}")
    assert (half.opened_s, half.band, half.multiplier) == (at(f"{MONDAY} 18:30"), "off_hours", "2")
    assert (half.list_grosze, half.discount_percent, half.net_grosze) == (20000, 50, 10000)
    assert (half.rule, half.quote) == (HARDWARE_OUT_OF_OFFICE, f"{EVENING} {HALF}")
    assert rated.band_hours == {"office": 1, "off_hours": 1, "night": 0}


def test_a_full_price_cites_its_band_alone() -> None:
    (hour,) = rate(session("11:00-11:30"), shop()).hours
    assert (hour.rule, hour.discount_percent, hour.quote) == (LIST_PRICE, 0, OFFICE)


def test_a_customer_pays_half_for_other_problems() -> None:
    (hour,) = rate(session("11:00-11:30", is_customer=True), shop()).hours
    assert (hour.rule, hour.net_grosze, hour.quote) == ("customer_discount", 5000, f"{OFFICE} {HALF}")


def test_hardware_without_its_discount_out_of_office_costs_the_list_price() -> None:
    """`hardware_out_of_office = 0` leaves no sentence to quote."""
    facts = session("19:00-19:30", issue="hardware", is_customer=True)
    (hour,) = rate(facts, with_changes(shop(), {"hardware_out_of_office": "0"})).hours
    assert (hour.rule, hour.net_grosze, hour.quote) == (LIST_PRICE, 20000, EVENING)


def test_a_discount_is_rounded_half_up() -> None:
    """33.33 less half of it, 16.67, is 16.66."""
    (hour,) = rate(
        session("11:00-11:30", is_customer=True), with_changes(shop(), {"base_price": "33.33"})
    ).hours
    assert hour.net_grosze == 1666


def test_a_multiplier_may_have_decimals() -> None:
    tariff = with_changes(shop(), {"bands.off_hours.multiplier": "1.25", "base_price": "0.02"})
    assert rate(session("19:00-19:30"), tariff).net_grosze == 3


class TestWhoIsACustomer:
    def facts(self, *purchases: Purchase, order: str | None = "A") -> SessionFacts:
        connected = at(f"{MONDAY} 11:00")
        kinds = (Kind(connected, "hardware", order),)
        return SessionFacts(connected, ((connected, connected + 60),), kinds, purchases, None)

    def rule(self, *purchases: Purchase, order: str | None = "A") -> str:
        return rate(self.facts(*purchases, order=order), shop()).hours[0].rule

    def test_hardware_is_free_by_an_order_bought_at_connected(self) -> None:
        assert self.rule(Purchase("A", at(f"{MONDAY} 11:00"), None)) == "hardware_free"

    def test_an_order_bought_a_second_later_comes_too_late(self) -> None:
        assert self.rule(Purchase("A", at(f"{MONDAY} 11:00") + 1, None)) == LIST_PRICE

    def test_an_order_returned_by_connected_is_no_order(self) -> None:
        assert self.rule(Purchase("A", 0, at(f"{MONDAY} 11:00"))) == LIST_PRICE

    def test_an_order_returned_later_still_counted_then(self) -> None:
        assert self.rule(Purchase("A", 0, at(f"{MONDAY} 11:00") + 1)) == "hardware_free"

    def test_hardware_of_no_order_counts_as_other(self) -> None:
        assert self.rule(Purchase("A", 0, None), order=None) == "customer_discount"

    def test_hardware_of_an_order_that_is_not_the_customers_counts_as_other(self) -> None:
        assert self.rule(Purchase("A", 0, None), order="B") == "customer_discount"

    def test_a_look_back_counts_whole_days_to_the_second(self) -> None:
        """730 days back the purchase still counts, a second before it does not."""
        tariff = with_changes(shop(), {"customer.lookback_days": "730"})
        last = at(f"{MONDAY} 11:00") - 730 * 86_400
        assert rate(self.facts(Purchase("A", last, None)), tariff).net_grosze == 0
        assert rate(self.facts(Purchase("A", last - 1, None)), tariff).net_grosze == 10000

    def test_a_young_order_makes_a_customer_and_an_old_one_is_still_hardware(self) -> None:
        tariff = with_changes(shop(), {"customer.lookback_days": "730"})
        young = Purchase("B", at("2026-01-01"), None)
        assert rate(self.facts(Purchase("A", 0, None), young), tariff).net_grosze == 0

    def test_the_first_connection_that_lasts_a_second_decides(self) -> None:
        """A ghost connection before the purchase makes nobody a stranger."""
        facts = self.facts(Purchase("A", at(f"{MONDAY} 10:59"), None))
        ghost = (at(f"{MONDAY} 10:00"), at(f"{MONDAY} 10:00"))
        assert rate(facts._replace(connections=(ghost, *facts.connections)), shop()).net_grosze == 0


class TestKinds:
    """Openings are in UTC, an hour behind the office."""

    def kinds(self, *kinds: tuple[str, str]) -> tuple[Kind, ...]:
        order = {"hardware": "A"}
        return tuple(Kind(at(f"{MONDAY} {t}"), i, order.get(i)) for t, i in kinds)  # type: ignore[arg-type] # issues

    def rated(self, interval: str, *kinds: tuple[str, str], **other: str) -> list[tuple[str, int]]:
        facts = session(interval, is_customer=True, kinds=self.kinds(*kinds))
        hours = rate(facts, with_changes(shop(), {k.replace("__", "."): v for k, v in other.items()})).hours
        return [(f"{from_epoch_seconds(h.opened_s):%H:%M}", h.net_grosze) for h in hours]

    def test_an_hour_opens_where_a_test_becomes_support(self) -> None:
        assert self.rated("10:00-11:10", ("10:00", "test"), ("10:20", "other")) == [("09:20", 5000)]

    def test_test_time_inside_an_open_hour_neither_closes_nor_extends_it(self) -> None:
        hours = self.rated("10:00-11:10", ("10:00", "other"), ("10:20", "test"), ("10:40", "other"))
        assert hours == [("09:00", 5000), ("10:00", 5000)]

    def test_an_open_hour_keeps_its_price_and_the_next_has_the_new_one(self) -> None:
        assert self.rated("10:00-11:10", ("10:00", "hardware"), ("10:20", "other")) == [
            ("09:00", 0),
            ("10:00", 5000),
        ]

    def test_a_new_window_opens_at_the_change_where_the_tariff_says_so(self) -> None:
        hours = self.rated(
            "10:00-11:10", ("10:00", "hardware"), ("10:20", "other"), reclassify__in_open_hour="new_window"
        )
        assert hours == [("09:00", 0), ("09:20", 5000)]

    def test_the_first_kind_holds_from_the_beginning(self) -> None:
        assert self.rated("10:00-10:10", ("10:05", "hardware")) == [("09:00", 0)]

    def test_of_two_kinds_at_one_second_the_later_word_holds(self) -> None:
        assert self.rated("10:00-10:10", ("10:00", "hardware"), ("10:00", "other")) == [("09:00", 5000)]
        assert self.rated(
            "10:00-11:10",
            ("10:00", "other"),
            ("10:20", "hardware"),
            ("10:20", "other"),
            ("11:00", "hardware"),
        ) == [("09:00", 5000), ("10:00", 0)]


class TestWaivers:
    def test_percent_comes_off_the_net_half_up(self) -> None:
        tariff = with_changes(shop(), {"base_price": "0.03"})
        rated = rate(session("11:00-11:30", waiver=Waiver(50, None)), tariff)
        assert (rated.before_waiver_grosze, rated.waived_grosze, rated.net_grosze) == (3, 2, 1)
        assert [hour.waived_grosze for hour in rated.hours] == [0]

    def test_the_last_hours_are_free_and_say_so(self) -> None:
        rated = rate(session("16:00-18:30", waiver=Waiver(None, 2)), shop())
        assert [h.net_grosze for h in rated.hours] == [10000, 10000, 20000]
        assert [h.waived_grosze for h in rated.hours] == [0, 10000, 20000]
        assert (rated.before_waiver_grosze, rated.waived_grosze, rated.net_grosze) == (40000, 30000, 10000)

    def test_half_a_percent_comes_off_half_up(self) -> None:
        rated = rate(session("11:00-11:30", waiver=Waiver(None, None, half_percents=25)), shop())
        assert (rated.before_waiver_grosze, rated.waived_grosze, rated.net_grosze) == (10000, 1250, 8750)

    def test_an_amount_comes_off_and_never_more_than_there_is(self) -> None:
        some, most = (
            rate(session("11:00-11:30", waiver=Waiver(None, None, amount_grosze=amount)), shop())
            for amount in (3333, 99999)
        )
        assert (some.waived_grosze, some.net_grosze) == (3333, 6667)
        assert (most.waived_grosze, most.net_grosze) == (10000, 0)

    def test_more_hours_than_there_are_waive_them_all(self) -> None:
        assert rate(session("16:00-16:30", waiver=Waiver(None, 9)), shop()).net_grosze == 0


class TestTwoTariffs:
    """A new list doubles the base price from 2027 on."""

    new = parse_tariff(
        shop_text()
        .replace('base_price = "100.00"', 'base_price = "200.00"')
        .replace("valid_from = 2024-01-01", "valid_from = 2027-01-01")
    )

    def tariff_at(self, second: int) -> Tariff:
        return self.new if second >= self.new.valid_from_s else shop()

    def facts(self) -> SessionFacts:
        start = at("2026-12-31 23:00")
        return SessionFacts(start, ((start, start + 7200),), (Kind(start, "other", None),), (), None)

    def test_the_tariff_at_connected_holds_to_the_end(self) -> None:
        assert rate(self.facts(), shop(), self.tariff_at).net_grosze == 80000

    def test_each_hour_has_its_own_tariff_where_the_tariff_says_so(self) -> None:
        tariff = with_changes(shop(), {"pin": "unit"})
        assert [h.net_grosze for h in rate(self.facts(), tariff, self.tariff_at).hours] == [40000, 80000]

    def test_without_a_look_up_there_is_one_tariff(self) -> None:
        assert rate(self.facts(), with_changes(shop(), {"pin": "unit"})).net_grosze == 80000

    def test_the_dearest_second_may_have_the_later_tariff(self) -> None:
        tariff = with_changes(shop(), {"pin": "unit", "boundary": "dearest"})
        facts = self.facts()._replace(connections=((at("2026-12-31 23:30"), at("2027-01-01 00:10")),))
        assert rate(facts, tariff, self.tariff_at).net_grosze == 80000

    def test_a_band_of_another_tariff_is_counted_under_its_name(self) -> None:
        other = parse_tariff(shop_text().replace("[bands.night]", "[bands.deep_night]"))
        rated = rate(self.facts(), with_changes(shop(), {"pin": "unit"}), lambda _: other)
        assert rated.band_hours == {"office": 0, "off_hours": 0, "night": 0, "deep_night": 2}


class TestCalendarEdge:
    def test_hours_beyond_the_published_years_cannot_be_rated(self) -> None:
        start = at("2033-12-31 23:30")
        kinds = (Kind(start, "other", None),)
        facts = SessionFacts(start, ((start, start + 3601),), kinds, (), None)
        with pytest.raises(NoCalendar, match="pomoc-zdalna-2024 lists no public holidays of 2034"):
            rate(facts, shop())
        assert rate(facts._replace(connections=((start, start + 3600),)), shop()).net_grosze == 40000

    def test_a_tariff_that_was_not_published_has_no_calendar(self) -> None:
        with pytest.raises(NoCalendar):
            rate(session("10:00-10:10"), parse_tariff(shop_file()))

    def test_a_tariff_without_holidays_needs_no_calendar(self) -> None:
        text = shop_file().replace('bands = "PL"', 'bands = "none"')
        facts = session("11:00-11:10", day="2026-11-11")
        assert rate(facts, parse_tariff(text)).net_grosze == 10000

    def test_a_free_window_shut_on_holidays_needs_one(self) -> None:
        text = shop_file().replace('bands = "PL"', 'bands = "none"')
        with pytest.raises(NoCalendar):
            rate(
                session("11:00-11:10"),
                parse_tariff(text.replace('free_window = "none"', 'free_window = "PL"')),
            )


def test_never_connected_is_nothing() -> None:
    rated = rate(session(), shop())
    assert (rated.hours, rated.net_grosze) == ((), 0)


def test_an_entitlement_may_hold_on_some_hours_for_any_issue() -> None:
    """The best single discount wins; they do not add up."""
    tariff = tariff_with(
        "[free.test]",
        '[entitlements.happy_hour]\nwho = "customer"\nissue = "other"\ndays = "mon"\nfrom = "11:00"\n'
        'until = "12:00"\npercent = 60\nquote = "Promocja."\n\n[free.test]',
    )
    rated = rate(session("10:30-12:31", is_customer=True), tariff)
    assert [h.rule for h in rated.hours] == ["customer_discount", "happy_hour", "customer_discount"]
    assert [h.net_grosze for h in rated.hours] == [5000, 4000, 5000]
