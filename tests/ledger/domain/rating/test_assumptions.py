"""Which assumptions an amount depends on: fast answers against re-rating under every alternative."""

from __future__ import annotations

from contextlib import suppress
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.rating.assumptions import assumptions_of, customer_favouring_changes, explain, readings
from ledger.domain.rating.bulk import Rater
from ledger.domain.rating.rate import Kind, Purchase, SessionFacts, Waiver, rate
from ledger.domain.rating.what_if import with_changes
from ledger.domain.tariff.tariff import Tariff, parse_tariff
from ledger.errors import BadTariffChange, NoCalendar
from tests.ledger.domain.rating.rating_cases import (
    MONDAY,
    READINGS,
    at,
    session,
    sessions,
    shop,
    shop_text,
    tariff_with,
    untimed,
)

NEW = parse_tariff(
    shop_text()
    .replace('base_price = "100.00"', 'base_price = "200.00"')
    .replace("valid_from = 2024-01-01", "valid_from = 2026-11-17")
)


def tariff_at(second: int) -> Tariff:
    """A list that doubles the price after the first anchor's day."""
    return NEW if second >= NEW.valid_from_s else shop()


@cache
def alternatives(tariff: Tariff) -> list[tuple[str, Tariff]]:
    """The tariff under each alternative that does not contradict it."""
    found: list[tuple[str, Tariff]] = []
    for assumption in tariff.assumptions:
        for alternative in assumption.alternatives:
            with suppress(BadTariffChange):
                found.append((assumption.id, with_changes(tariff, alternative.changes)))
    return found


def by_rating_again(facts: SessionFacts, tariff: Tariff) -> tuple[str, ...]:
    """The definition, word by word."""
    net = rate(facts, tariff).net_grosze
    ids = [name for name, other in alternatives(tariff) if rate(facts, other).net_grosze != net]
    return tuple(dict.fromkeys(ids))


@untimed
@given(sessions())
def test_an_amount_depends_on_what_changes_it(facts: SessionFacts) -> None:
    """The prefilters leave nothing out and let nothing in."""
    assert assumptions_of(facts, shop()) == by_rating_again(facts, shop())


POLICIES = [{key: value} for key, values in READINGS.items() for value in values[:2]]


@cache
def raters() -> list[Rater]:
    """One for each policy."""
    return [Rater(with_changes(shop(), other)) for other in POLICIES]


@untimed
@given(sessions(), st.deferred(lambda: st.sampled_from(raters())))
def test_totals_are_those_of_the_rating_under_any_policy(facts: SessionFacts, rater: Rater) -> None:
    """Hours, bands, net, waiver and assumptions, by tables or without."""
    rated, totals = rate(facts, rater.tariff), rater.totals(facts)
    assert totals.started_hours == rated.started_hours
    assert totals.band_hours == tuple(rated.band_hours.values())
    assert (totals.net_grosze, totals.waived_grosze) == (rated.net_grosze, rated.waived_grosze)
    assert totals.assumptions == by_rating_again(facts, rater.tariff)


RATER = Rater(shop())


@untimed
@given(sessions())
def test_one_rater_rates_session_after_session(facts: SessionFacts) -> None:
    """What it remembers of earlier sessions changes nothing."""
    rated, totals = rate(facts, shop()), RATER.totals(facts)
    assert (totals.started_hours, totals.net_grosze) == (rated.started_hours, rated.net_grosze)
    assert totals.band_hours == tuple(rated.band_hours.values())
    assert totals.assumptions == assumptions_of(facts, shop())


@untimed
@given(sessions())
def test_a_later_tariff_matters_to_sessions_it_would_reach(facts: SessionFacts) -> None:
    ids = assumptions_of(facts, shop(), tariff_at)
    net = rate(facts, shop()).net_grosze
    other = rate(facts, with_changes(shop(), {"pin": "unit"}), tariff_at).net_grosze
    assert ("tariff.pinned-at-connected" in ids) == (net != other)
    assert Rater(shop(), tariff_at).totals(facts).assumptions == ids


@pytest.mark.parametrize(
    ("facts", "ids"),
    [
        (session("11:00-11:30"), []),
        (session("17:30-18:30"), ["boundary.unit-start"]),
        (session("17:00-18:30"), []),
        (session("06:30-06:40"), ["night.until-06", "morning.off-hours"]),
        (session("11:00-11:30", day="2026-11-21"), ["weekend.off-hours"]),
        (session("11:00-11:30", day="2026-11-11"), ["weekend.off-hours", "holidays.as-sunday"]),
        (
            session("11:00-11:30", day="2026-11-11", issue="hardware", is_customer=True),
            ["holidays.free-window-literal", "customer.no-time-limit"],
        ),
        (
            session("19:00-19:30", issue="hardware", is_customer=True),
            ["hardware.out-of-office-50", "customer.no-time-limit"],
        ),
        (session("10:00-10:20", "10:30-10:55"), ["reconnect.window"]),
        (session("11:00-11:59", requested="10:58"), ["clock.start-connected"]),
        (session("11:00-11:30", requested="10:58"), []),
        (session("11:00-11:30", issue="test"), []),
        (session("11:00-11:00", requested="10:00"), []),
        (session("17:30-18:30", waiver=Waiver(100, None)), []),
        (session(), []),
    ],
)
def test_a_session_names_its_open_questions(facts: SessionFacts, ids: list[str]) -> None:
    assert list(assumptions_of(facts, shop())) == ids
    assert list(RATER.totals(facts).assumptions) == ids


def test_a_change_of_kind_within_an_open_hour_names_it() -> None:
    kinds = (Kind(at(f"{MONDAY} 10:00"), "hardware", "A"), Kind(at(f"{MONDAY} 10:20"), "other", None))
    facts = session("10:00-11:00", is_customer=True, kinds=kinds)
    assert "reclassify.open-hour-keeps" in assumptions_of(facts, shop())


class TestCalendarEdge:
    """A year without a calendar, seen only by another reading."""

    def facts(self, connected: str, ended: str, requested: str) -> SessionFacts:
        start = at(connected)
        return SessionFacts(at(requested), ((start, at(ended)),), (Kind(start, "other", None),), (), None)

    def test_a_reading_that_cannot_be_rated_counts_as_one_that_matters(self) -> None:
        """A request in the year before the first: its band cannot be known."""
        facts = self.facts("2024-01-01 00:05", "2024-01-01 00:10", "2023-12-31 23:55")
        assert assumptions_of(facts, shop()) == ("clock.start-connected",)
        assert RATER.totals(facts).assumptions == ("clock.start-connected",)
        assert explain(facts, shop()).by_hour == (("clock.start-connected",),)

    def test_the_last_hour_of_the_last_year_is_rated(self) -> None:
        facts = self.facts("2033-12-31 23:30", "2034-01-01 00:10", "2033-12-31 23:30")
        assert RATER.totals(facts)[:3] == (1, (0, 0, 1), 40000)
        assert RATER.totals(facts).assumptions == ("boundary.unit-start",)

    def test_an_hour_beyond_it_is_not(self) -> None:
        facts = self.facts("2033-12-31 23:30", "2034-01-01 00:40", "2033-12-31 23:30")
        with pytest.raises(NoCalendar):
            RATER.totals(facts)


class TestExplain:
    def test_the_hours_bear_the_assumptions_that_change_their_price(self) -> None:
        explanation = explain(session("16:30-18:40", requested="16:30"), shop())
        assert explanation.assumptions == ("boundary.unit-start",)
        assert explanation.by_hour == ((), ("boundary.unit-start",), ())

    def test_hours_that_another_reading_adds_stand_on_the_session_alone(self) -> None:
        explanation = explain(session("10:00-10:20", "10:30-10:55"), shop())
        assert (explanation.assumptions, explanation.by_hour) == (("reconnect.window",), ((),))

    def test_it_holds_the_rating(self) -> None:
        facts = session("21:30-23:00")
        assert explain(facts, shop()).rated == rate(facts, shop())

    @untimed
    @given(sessions())
    def test_no_hour_bears_what_its_session_does_not(self, facts: SessionFacts) -> None:
        explanation = explain(facts, shop())
        assert set().union(*explanation.by_hour) <= set(explanation.assumptions)
        assert len(explanation.by_hour) == len(explanation.rated.hours)


class TestRegister:
    def test_the_customers_side_of_every_question_at_once(self) -> None:
        assert customer_favouring_changes(shop()) == {
            "boundary": "cheapest",
            "bands.night.starts": "after",
            "bands.office.from": "06:00",
            "bands.office.days": "mon-sun",
            "holidays.bands": "none",
        }

    def test_those_changes_can_be_made_together(self) -> None:
        kinder = with_changes(shop(), customer_favouring_changes(shop()))
        assert rate(session("07:00-07:30", day="2026-11-11"), kinder).net_grosze == 10000

    def test_every_open_question_of_the_price_list_is_named(self) -> None:
        assert [assumption.id for assumption in shop().assumptions] == [
            "boundary.unit-start",
            "night.until-06",
            "night.from-22-sharp",
            "morning.off-hours",
            "weekend.off-hours",
            "holidays.as-sunday",
            "holidays.free-window-literal",
            "hardware.out-of-office-50",
            "reconnect.window",
            "clock.start-connected",
            "reclassify.open-hour-keeps",
            "customer.no-time-limit",
            "tariff.pinned-at-connected",
            "deletion.sla-15-minutes",
        ]

    def test_a_reading_is_the_tariff_with_its_changes(self) -> None:
        by_id = {reading.assumption_id: reading.tariff for reading in readings(shop())}
        assert by_id["customer.no-time-limit"].customer.lookback_days == 730
        assert by_id["night.until-06"].bands["night"].until == "10:00"


REGISTERS = [
    '{ favours = "shop", changes = { boundary = "dearest" } }',
    '{ favours = "shop", changes = { boundary = "per_band" } }',
    '{ favours = "shop", changes = { boundary = "cheapest", "clock.start" = "requested" } }',
    '{ favours = "shop", changes = { "bands.night.until" = "06:30" } }',
    '{ favours = "shop", changes = { "unit.seconds" = "1800" } }',
    '{ favours = "shop", changes = { base_price = "90.00", pin = "unit" } }',
    '{ favours = "shop", changes = { reconnect = "per_connection", flag_long_hours = "9" } }',
    '{ favours = "shop", changes = { "customer.lookback_days" = "1", "clock.start" = "requested" } }',
    '{ favours = "shop", changes = { "customer.lookback_days" = "1" } }',
]


def with_register(*alternatives: str) -> Tariff:
    """The shop's tariff with another alternative in place of each first one."""
    head, rest = shop_text().split("[[assumptions]]", 1)
    tail = "#" + rest.split("# --- the file's own test", 1)[1]
    table = (
        '[[assumptions]]\nid = "a.{0}"\nquestion = "?"\nchosen = "."\nreason = "."\nfavours = "customer"\n'
    )
    parts = [table.format(n) + f"alternatives = [{text}]\n" for n, text in enumerate(alternatives)]
    return parse_tariff(head + "\n".join(parts) + tail)


OTHER_REGISTERS = [Rater(with_register(text)) for text in REGISTERS] + [Rater(with_register(*REGISTERS[:2]))]


@untimed
@given(sessions(), st.sampled_from(OTHER_REGISTERS))
def test_any_register_is_told_exactly(facts: SessionFacts, rater: Rater) -> None:
    """Tables answer what they can; whatever they cannot is rated again."""
    assert rater.totals(facts).assumptions == by_rating_again(facts, rater.tariff)


def test_a_returned_order_makes_no_customer_under_any_reading() -> None:
    start = at(f"{MONDAY} 11:00")
    facts = session("11:00-11:30")._replace(purchases=(Purchase("A", start - 1, start),))
    assert RATER.totals(facts).assumptions == ()


def test_a_reading_is_applied_to_every_list_where_each_hour_has_its_own() -> None:
    """Under `pin = unit` another reading of the night changes the later list's nights too."""
    start = at("2026-11-17 07:00")
    facts = SessionFacts(start, ((start, start + 60),), (Kind(start, "other", None),), (), None)
    tariff = with_changes(shop(), {"pin": "unit"})
    assert assumptions_of(facts, tariff, tariff_at)[:2] == ("night.until-06", "morning.off-hours")


def test_a_list_that_cannot_take_a_reading_keeps_its_own_words() -> None:
    """Without a band of that name nothing of the later list changes."""
    start = at("2026-11-17 07:00")
    facts = SessionFacts(start, ((start, start + 60),), (Kind(start, "other", None),), (), None)
    later = tariff_with("[bands.night]", "[bands.deep_night]")
    ids = assumptions_of(facts, with_changes(shop(), {"pin": "unit"}), lambda _: later)
    assert ids == ("morning.off-hours",)


def test_a_reading_that_contradicts_the_tariff_is_none_of_it() -> None:
    """Where the night lasts until 10:00 the office cannot open at 06:00."""
    tariff = with_changes(shop(), {"bands.night.until": "10:00"})
    assert "morning.off-hours" not in {reading.assumption_id for reading in readings(tariff)}


def test_runs_are_forgotten_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.domain.rating.tables.MAX_KNOWN", 1)
    rater = Rater(shop())
    noon, evening = session("11:00-11:30"), session("19:00-19:30")
    for facts in (noon, evening, session("19:00-19:30", is_customer=True), noon):
        assert rater.totals(facts).net_grosze == rate(facts, shop()).net_grosze


def test_a_tariff_of_half_hours_is_told_without_tables() -> None:
    tariff = with_changes(shop(), {"bands.office.until": "17:30"})
    facts = session("17:15-17:45", requested="17:15")
    assert assumptions_of(facts, tariff) == ("boundary.unit-start",)
    assert Rater(tariff).totals(facts).assumptions == ("boundary.unit-start",)


def test_an_ordinary_session_is_rated_by_tables_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The general way is not even asked: the speed of a year's report hangs on it."""
    monkeypatch.delattr("ledger.domain.rating.bulk.rate")
    facts = session("17:30-19:10", is_customer=True, requested="17:20")
    assert Rater(shop()).totals(facts).net_grosze == rate(facts, shop()).net_grosze


def test_a_reading_may_change_several_keys_at_once() -> None:
    """Neither the cheaper boundary nor the earlier clock is asked alone."""
    tariff = with_register(
        '{ favours = "shop", changes = { boundary = "dearest", "clock.start" = "requested" } }'
    )
    assert assumptions_of(session("17:30-17:40", requested="17:30"), tariff) == ()
    assert assumptions_of(session("17:30-18:30", requested="17:30"), tariff) == ("a.0",)
