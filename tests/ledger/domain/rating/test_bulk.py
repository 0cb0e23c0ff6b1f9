"""Tables say of a session of any shape what the rating of one says, and name the same pairs of readings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.rating.assumptions import assumptions_of
from ledger.domain.rating.bulk import Rater
from ledger.domain.rating.pairs import smallest_pairs
from ledger.domain.rating.rate import SessionFacts, rate
from ledger.domain.rating.what_if import with_changes
from tests.ledger.domain.rating.rating_cases import changes, session, sessions, shop, untimed

RATER = Rater(shop())
AFTER = [
    Rater(with_changes(shop(), {"bands.night.starts": "after", **more}))
    for more in ({}, {"boundary": "dearest"}, {"boundary": "per_band"}, {"boundary": "cheapest"})
]
"""Bands that leave their first second to the one before, priced in every way."""


@untimed
@given(sessions())
def test_pairs_are_those_of_the_rating_under_every_two_readings(facts: SessionFacts) -> None:
    assert RATER.pairs(facts) == smallest_pairs(facts, shop())


@untimed
@given(sessions(), st.sampled_from(AFTER))
def test_first_seconds_are_told_apart(facts: SessionFacts, rater: Rater) -> None:
    rated, totals = rate(facts, rater.tariff), rater.totals(facts)
    assert (totals.net_grosze, totals.waived_grosze) == (rated.net_grosze, rated.waived_grosze)
    assert totals.band_hours == tuple(rated.band_hours.values())
    assert totals.assumptions == assumptions_of(facts, rater.tariff)


@untimed
@given(sessions(), changes())
def test_any_three_other_readings_at_once_are_rated_as_the_trace_rates(
    facts: SessionFacts, other: dict[str, str]
) -> None:
    tariff = with_changes(shop(), other)
    rated, totals = rate(facts, tariff), Rater(tariff).totals(facts)
    assert (totals.net_grosze, totals.waived_grosze) == (rated.net_grosze, rated.waived_grosze)
    assert totals.band_hours == tuple(rated.band_hours.values())
    assert totals.assumptions == assumptions_of(facts, tariff)


def test_session_of_many_shapes_is_rated_by_tables_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reconnected, across a change of price: the general way is not even asked."""
    monkeypatch.delattr("ledger.domain.rating.bulk.rate")
    monkeypatch.delattr("ledger.domain.rating.bulk.assumptions_of")
    monkeypatch.delattr("ledger.domain.rating.bulk.smallest_pairs")
    facts = session("16:30-17:40", "17:50-18:20", "21:10-22:40", is_customer=True, requested="16:20")
    assert Rater(shop()).totals(facts).net_grosze == rate(facts, shop()).net_grosze
    assert Rater(shop()).pairs(facts) == smallest_pairs(facts, shop())


def test_pairs_without_tables_are_those_of_the_rating() -> None:
    """A list of half hours, and a session beyond the listed years but for its start."""
    half = with_changes(shop(), {"bands.office.until": "17:30"})
    facts = session("17:15-17:45", requested="17:15")
    assert Rater(half).pairs(facts) == smallest_pairs(facts, half)
    late = session("23:30-23:59", day="2033-12-31")
    last = late._replace(connections=((late.requested_s, late.requested_s + 2400),))
    assert RATER.pairs(last) == smallest_pairs(last, shop())
