"""Tables say of a session of any shape what the rating of one says."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.rating.assumptions import assumptions_of
from ledger.domain.rating.bulk import Rater
from ledger.domain.rating.prices import prices_of
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
    facts = session("16:30-17:40", "17:50-18:20", "21:10-22:40", is_customer=True, requested="16:20")
    assert Rater(shop()).totals(facts).net_grosze == rate(facts, shop()).net_grosze


def test_what_has_no_tables_is_rated_as_the_trace_rates() -> None:
    """A list of half hours, and a session beyond the listed years but for its start."""
    half = with_changes(shop(), {"bands.office.until": "17:30"})
    facts = session("17:15-17:45", requested="17:15")
    late = session("23:30-23:59", day="2033-12-31")
    last = late._replace(connections=((late.requested_s, late.requested_s + 2400),))
    for rater, each in ((Rater(half), facts), (RATER, last)):
        assert rater.totals(each).net_grosze == rate(each, rater.tariff).net_grosze
        assert rater.totals(each).assumptions == assumptions_of(each, rater.tariff)


def test_raters_that_several_threads_make_at_once_say_the_same() -> None:
    """Given prices that nobody has asked for yet, as when pages of a desk that has just begun are opened."""
    facts = session("16:30-17:40")
    wanted = RATER.totals(facts)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-4)
    try:
        for _ in range(2):
            prices_of.cache_clear()
            with ThreadPoolExecutor(4) as pool:
                found = [pool.submit(lambda: Rater(shop()).totals(facts)) for _ in range(4)]
            assert {each.result() for each in found} == {wanted}
    finally:
        sys.setswitchinterval(interval)
