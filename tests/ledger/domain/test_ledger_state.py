"""The ledger's own stream: how it was opened, its settings, the price lists in force."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain import events as e
from ledger.domain.clock import office_midnight
from ledger.domain.ledger_state import (
    SETTING_SECONDS_MAX,
    SETTINGS,
    TEXT_SETTINGS,
    LedgerState,
    evolve,
    parse_setting,
    project,
)
from ledger.domain.tariff.sections import BandName
from ledger.errors import SettingUnknown
from tests.support.given import ANNA, NINE, STREAM, requested

SECOND = timedelta(seconds=1)


def opened(billing_from: date | None = None) -> e.LedgerOpened:
    return e.LedgerOpened(**ANNA.header(NINE), origin="shop", billing_from=billing_from, testing=True)


def setting(key: str, value: int | str) -> e.SettingChanged:
    return e.SettingChanged(**ANNA.header(NINE), key=key, value=value)


def published(digest: str, valid_from: date) -> e.TariffPublished:
    return e.TariffPublished(
        **ANNA.header(NINE), tariff="shop", digest=digest, valid_from=valid_from, text=f"text of {digest}"
    )


def state(*facts: e.Event, billing_from: date | None = None) -> LedgerState:
    """The book these facts add up to, after the opening."""
    events = [
        e.RecordedEvent(STREAM, place, event)
        for place, event in enumerate((opened(billing_from), *facts), start=1)
    ]
    found = project(None, events)
    assert found is not None
    return found


# --- the fold ---------------------------------------------------------------------------------


def test_no_events_are_no_book() -> None:
    assert project(None, []) is None


def test_a_book_is_as_opened_with_the_settings_that_hold_until_changed() -> None:
    day = date(2026, 11, 1)
    assert state(billing_from=day) == LedgerState(
        "shop", NINE, billing_from=day, testing=True, settings=SETTINGS
    )


def test_a_changed_setting_holds_in_its_own_book_only() -> None:
    assert state(setting("purge.sla_seconds", 60)).settings["purge.sla_seconds"] == 60
    assert state().settings["purge.sla_seconds"] == SETTINGS["purge.sla_seconds"] == 900


def test_the_first_day_of_billing_may_be_moved() -> None:
    found = state(setting("billing.from", "2026-12-01"), billing_from=date(2026, 11, 1))
    assert (found.billing_from, found.settings) == (date(2026, 12, 1), SETTINGS)


def test_a_fact_about_something_else_is_a_defect() -> None:
    with pytest.raises(TypeError, match="Requested is not a fact about the ledger"):
        evolve(state(), requested())


# --- price lists ------------------------------------------------------------------------------


def test_no_price_list_is_in_force_before_the_first_begins() -> None:
    begins = office_midnight(date(2026, 12, 1))
    found = state(published("a", date(2026, 12, 1)))
    assert found.tariff_at(begins - SECOND) is None
    assert found.tariff_at(begins) == "a"
    assert state().tariff_at(NINE) is None


def test_the_list_in_force_is_the_one_that_began_last_however_early_it_was_published() -> None:
    found = state(published("later", date(2026, 12, 1)), published("earlier", date(2026, 11, 1)))
    assert found.tariff_at(office_midnight(date(2026, 12, 1)) - SECOND) == "earlier"
    assert found.tariff_at(office_midnight(date(2026, 12, 1))) == "later"


def test_of_two_lists_that_begin_on_one_day_the_one_published_last_is_in_force() -> None:
    found = state(published("z", date(2026, 11, 1)), published("a", date(2026, 11, 1)))
    assert found.tariff_at(NINE) == "a"
    assert [listed.published for listed in found.tariffs] == [2, 3]


def test_the_published_text_is_found_by_its_digest() -> None:
    found = state(published("a", date(2026, 11, 1)), published("b", date(2026, 12, 1)))
    assert found.text_of("b") == "text of b"
    with pytest.raises(KeyError, match="c"):
        found.text_of("c")


def test_bands_are_named_list_by_list_and_names_add_up() -> None:
    def named(digest: str, band: str) -> e.BandsNamed:
        names = (e.BandNaming(band, pl=f"{band} po polsku", en=band),)
        return e.BandsNamed(**ANNA.header(NINE), tariff="shop", digest=digest, names=names)

    found = state(published("a", date(2026, 11, 1)), named("a", "x"), named("a", "y"), named("b", "x"))
    of_x, of_y = (BandName(pl=f"{band} po polsku", en=band) for band in "xy")
    assert found.band_names == {"a": {"x": of_x, "y": of_y}, "b": {"x": of_x}}
    assert len(found.tariffs) == 1


def test_samples_stand_in_the_order_they_were_drawn() -> None:
    day = date(2026, 11, 1)
    drawn = [
        e.SampleDrawn(
            **ANNA.header(NINE),
            sample=name,
            first=day,
            until=day,
            nonce="n",
            tree_size=1,
            root="r",
            population=1,
            sessions=(1,),
        )
        for name in ("one", "two")
    ]
    assert state(*drawn).samples == drawn


def test_places_stand_in_the_order_they_were_told() -> None:
    told = [e.PlacesChanged(**ANNA.header(NINE), host=host) for host in ("desk-1", "desk-2")]
    assert state(*told).places == told


# --- adoption ---------------------------------------------------------------------------------


def test_what_ended_before_the_first_day_of_billing_was_billed_before_the_ledger() -> None:
    begins = office_midnight(date(2026, 11, 1))
    found = state(billing_from=date(2026, 11, 1))
    assert found.billed_before_adoption(begins - SECOND)
    assert not found.billed_before_adoption(begins)


def test_without_a_first_day_everything_is_billed_here() -> None:
    assert not state().billed_before_adoption(NINE - timedelta(days=10_000))


# --- settings as they are typed ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "seconds"), [("900", 900), ("900s", 900), ("15m", 900), ("2h", 7200), ("1d", 86_400), ("007", 7)]
)
def test_seconds_are_typed_with_or_without_a_unit(text: str, seconds: int) -> None:
    assert parse_setting("purge.sla_seconds", text) == seconds


@pytest.mark.parametrize("text", ["30", "30d"])
def test_days_are_typed_with_or_without_their_unit(text: str) -> None:
    assert parse_setting("purge.abandoned_days", text) == 30


@pytest.mark.parametrize("text", ["15m", "12h", "90s"])
def test_days_in_another_unit_are_refused_not_counted_as_days(text: str) -> None:
    with pytest.raises(SettingUnknown):
        parse_setting("purge.abandoned_days", text)


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("purge.sla", "900"),
        ("billing.from", "900"),
        ("purge.sla_seconds", ""),
        ("purge.sla_seconds", "s"),
        ("purge.sla_seconds", "0"),
        ("purge.sla_seconds", "0m"),
        ("purge.sla_seconds", "-1"),
        ("purge.sla_seconds", "1.5h"),
        ("purge.sla_seconds", "1w"),
        ("purge.sla_seconds", "²"),
        ("purge.sla_seconds", "9" * 5000),
        ("purge.abandoned_days", "10001"),
    ],
)
def test_what_a_setting_cannot_be_is_refused(key: str, text: str) -> None:
    with pytest.raises(SettingUnknown):
        parse_setting(key, text)


@given(st.sampled_from([*SETTINGS]), st.text("0123456789smhd ²٣", max_size=8))
def test_whatever_is_typed_a_setting_is_a_positive_number_within_its_limit(key: str, text: str) -> None:
    """A day counted back from now by a setting always exists."""
    try:
        value = parse_setting(key, text)
    except SettingUnknown:
        return
    assert isinstance(value, int)
    seconds = value * 86_400 if key.endswith("_days") else value
    assert 0 < seconds <= SETTING_SECONDS_MAX
    assert NINE - timedelta(seconds=seconds) < NINE


def closed(month: str, at: datetime) -> e.PeriodClosed:
    return e.PeriodClosed(**ANNA.header(at), month=month)


def test_a_closed_month_is_open_again_once_it_is_reopened_and_its_key_stays_gone() -> None:
    reopened = e.PeriodReopened(**ANNA.header(NINE + SECOND), month="2026-10")

    of_both = state(closed("2026-10", NINE), closed("2026-09", NINE))
    then = state(closed("2026-10", NINE), closed("2026-09", NINE), reopened)
    again = state(closed("2026-10", NINE), reopened, closed("2026-10", NINE + 2 * SECOND))

    months = ("2026-08", "2026-09", "2026-10")
    assert [of_both.is_closed(month) for month in months] == [False, True, True]
    assert [then.is_closed(month) for month in months] == [False, True, False]
    assert [then.was_ever_closed(month) for month in months] == [False, True, True]
    assert again.is_closed("2026-10")


def test_a_setting_of_some_words_takes_no_other() -> None:
    assert parse_setting("reconcile.require", "matched") == "matched"
    assert state(setting("reconcile.require", "matched")).texts["reconcile.require"] == "matched"
    with pytest.raises(SettingUnknown):
        parse_setting("reconcile.require", "perhaps")


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("retention.tax_years", "0"),
        ("retention.tax_years", "51"),
        ("retention.tax_years", "5d"),
        ("invoice.series", "FV/{number}"),
        ("reconcile.require", "sometimes"),
    ],
)
def test_years_patterns_and_words_have_their_limits(key: str, text: str) -> None:
    with pytest.raises(SettingUnknown):
        parse_setting(key, text)


def test_years_patterns_and_words_are_taken_as_they_are_typed() -> None:
    assert parse_setting("retention.tax_years", "5") == 5
    assert parse_setting("invoice.series", "F/{year}/{number}") == "F/{year}/{number}"
    assert parse_setting("invoice.start", "") == ""
    assert parse_setting("reconcile.require", "matched") == "matched"


def test_a_setting_of_words_holds_in_its_own_book_only() -> None:
    assert state(setting("reconcile.require", "matched")).texts["reconcile.require"] == "matched"
    assert state().texts["reconcile.require"] == TEXT_SETTINGS["reconcile.require"] == "off"


# --- what else the book remembers -------------------------------------------------------------


def _closed(month: str) -> e.PeriodClosed:
    return e.PeriodClosed(**ANNA.header(NINE), month=month)


def _reopened(month: str) -> e.PeriodReopened:
    return e.PeriodReopened(**ANNA.header(NINE), month=month, reason="checked")


def test_a_month_is_closed_until_it_is_reopened_and_was_closed_for_ever() -> None:
    """Another month's reopening changes nothing; a month may be closed again."""
    found = state(_closed("2026-10"), _closed("2026-11"), _reopened("2026-10"))
    assert (found.is_closed("2026-10"), found.is_closed("2026-11")) == (False, True)
    assert found.was_ever_closed("2026-10")
    assert not found.was_ever_closed("2026-09")
    assert state(_closed("2026-10"), _reopened("2026-10"), _closed("2026-10")).is_closed("2026-10")


def test_the_key_that_signs_is_the_one_rotated_to_last() -> None:
    rotated = e.SigningKeyRotated(
        **ANNA.header(NINE), from_vkey="a", to_vkey="b", signed_by_old="x", signed_by_new="y"
    )
    assert state().signing_vkey is None
    assert state(rotated).signing_vkey == "b"


def test_the_samples_are_kept_in_the_order_they_were_drawn() -> None:
    day = date(2026, 11, 1)
    drawn = e.SampleDrawn(
        **ANNA.header(NINE),
        sample="1",
        first=day,
        until=date(2026, 12, 1),
        nonce="word",
        tree_size=9,
        root="r",
        population=3,
        sessions=(1,),
    )
    assert state(drawn).samples == [drawn]
