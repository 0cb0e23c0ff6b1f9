"""Public holidays by date, and the table of local hours against the zone itself."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.clock import epoch_seconds
from ledger.domain.rating.inputs import CLAIMS
from ledger.domain.rating.prices import Prices, prices_of
from ledger.domain.rating.what_if import with_changes
from ledger.domain.tariff.calendar import HOUR_SECONDS, OfficeCalendar, publishable
from ledger.domain.tariff.tariff import Tariff, parse_tariff
from ledger.errors import BadTariff, NoCalendar
from tests.ledger.domain.rating.rating_cases import (
    ANCHORS,
    DAY,
    at,
    shop,
    shop_file,
    shop_text,
    tariff_with,
    untimed,
)

WARSAW = ZoneInfo("Europe/Warsaw")
FIRST_S, LAST_S = at("2024-01-01 00:00"), at("2033-12-31 23:59")


class TestPublishing:
    def test_ten_years_from_the_year_of_validity_are_listed(self) -> None:
        calendar = shop().calendar
        assert calendar is not None
        assert (calendar.first_year, calendar.last_year) == (2024, 2033)
        expected = holidays.country_holidays("PL", years=range(2024, 2034))
        assert list(calendar.dates) == sorted(expected)

    def test_christmas_eve_is_listed_from_the_year_the_law_made_it_one(self) -> None:
        calendar = shop().calendar
        assert calendar is not None
        assert [d.year for d in calendar.dates if (d.month, d.day) == (12, 24)] == list(range(2025, 2034))

    def test_the_text_before_stays_to_the_byte(self) -> None:
        assert shop_text().startswith(shop_file())

    def test_a_published_text_is_published_as_it_is(self) -> None:
        assert publishable(shop_text()) == shop_text()

    def test_a_text_that_cannot_be_read_is_not_published(self) -> None:
        with pytest.raises(BadTariff):
            publishable("id = 1")

    def test_the_same_text_gives_the_same_bytes(self) -> None:
        assert publishable(shop_file()) == shop_text()


def zones() -> st.SearchStrategy[str]:
    """Whole hours, halves and quarters; changes at midnight, at two, by half an hour, at a minute past."""
    return st.sampled_from(
        (
            "Europe/Warsaw",
            "UTC",
            "Asia/Kolkata",
            "Asia/Kathmandu",
            "Australia/Lord_Howe",
            "Africa/Cairo",
            "Asia/Beirut",
            "America/Santiago",
            "America/Havana",
            "Pacific/Chatham",
            "Antarctica/Casey",
        )
    )


def instants() -> st.SearchStrategy[int]:
    near = st.tuples(st.sampled_from(ANCHORS), st.integers(-7200, 7200))
    return near.map(sum) | st.integers(FIRST_S + DAY, LAST_S - DAY)  # a day's room for other zones


class TestTable:
    tables: dict[tuple[str, str], Prices] = {}  # noqa: RUF012 - a cache of this test's own

    def prices(self, zone: str, until: str) -> Prices:
        key = zone, until
        if key not in self.tables:
            tariff = tariff_with("Europe/Warsaw", zone)
            self.tables[key] = prices_of(with_changes(tariff, {"bands.office.until": until}))
        return self.tables[key]

    @untimed
    @given(zones(), st.sampled_from(("18:00", "17:30", "17:59")), instants())
    def test_a_price_by_table_is_the_price_by_the_clock(self, zone: str, until: str, second: int) -> None:
        """In zones of whole hours and others, for edges at whole hours and others."""
        prices = self.prices(zone, until)
        for claim in CLAIMS:
            assert prices.at(second, claim) == prices.by_the_clock(second, claim)

    @untimed
    @given(zones(), st.sampled_from(("18:00", "17:30", "17:59")), instants())
    def test_a_price_holds_for_its_whole_step(self, zone: str, until: str, second: int) -> None:
        prices = self.prices(zone, until)
        first = second - second % prices.step_seconds
        assert prices.by_the_clock(first, 0) == prices.by_the_clock(first + prices.step_seconds - 1, 0)

    @pytest.mark.parametrize(
        ("zone", "has_table"),
        [
            ("Europe/Warsaw", True),
            ("Africa/Cairo", True),
            ("Asia/Kolkata", False),
            ("Australia/Lord_Howe", False),
            ("Antarctica/Casey", False),
        ],
    )
    def test_there_is_a_table_where_every_epoch_hour_is_one_local_hour(
        self, zone: str, *, has_table: bool
    ) -> None:
        prices = Prices(self.in_2020(zone))
        assert (prices.local_hours is not None) is has_table
        assert prices.step_seconds == (HOUR_SECONDS if has_table else 60)

    def in_2020(self, zone: str) -> Tariff:
        """A list of 2020: in that year Casey changed its clock at a minute past the hour."""
        text = shop_file().replace("Europe/Warsaw", zone).replace("2024-01-01", "2020-01-01")
        return parse_tariff(publishable(text))

    def test_an_edge_within_an_hour_has_no_table(self) -> None:
        assert self.prices("Europe/Warsaw", "17:30").local_hours is None


class TestOfficeClock:
    @untimed
    @given(instants())
    def test_kind_and_minute_are_what_the_zone_says(self, second: int) -> None:
        kind, minute = OfficeCalendar(shop()).locate(second)
        local = datetime.fromtimestamp(second, WARSAW)
        calendar = shop().calendar
        assert calendar is not None
        assert kind == local.weekday() + (7 if local.date() in calendar.dates else 0)
        assert minute == local.hour * 60 + local.minute

    @pytest.mark.parametrize("second", [FIRST_S - 1, LAST_S + 60])
    def test_other_years_have_no_calendar(self, second: int) -> None:
        with pytest.raises(NoCalendar):
            OfficeCalendar(shop()).locate(second)

    def test_the_table_has_every_hour_of_its_years_once(self) -> None:
        hours = OfficeCalendar(shop()).hours
        assert hours is not None
        begins, ends = (epoch_seconds(datetime(y, 1, 1, tzinfo=WARSAW)) for y in (2024, 2034))
        assert hours.first_hour * HOUR_SECONDS == begins
        assert len(hours.codes) == (ends - begins) // HOUR_SECONDS

    def test_a_tariff_without_calendar_has_no_table(self) -> None:
        assert OfficeCalendar(parse_tariff(shop_file())).hours is None


def test_every_minute_of_a_year_has_exactly_one_band() -> None:
    """Public holidays and both nights when the clock changes among them."""
    bands = {name: band.window for name, band in shop().bands.items()}
    calendar = OfficeCalendar(shop())
    for second in range(at("2026-01-01"), at("2027-01-01"), 60):
        kind, minute = calendar.locate(second)
        band_day = 6 if kind >= 7 else kind
        holding = [name for name, window in bands.items() if window and window.holds(band_day, minute)]
        assert [prices_of(shop()).at(second, 0).band] == (holding or ["off_hours"])


def test_24_december_2024_is_an_ordinary_day() -> None:
    calendar = shop().calendar
    assert calendar is not None
    assert date(2024, 12, 24) not in calendar.dates
