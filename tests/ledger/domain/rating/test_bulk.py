"""The quick way over many sessions of one kind says what the rating of one says."""

from __future__ import annotations

from ledger.domain.rating.bulk import Rater
from ledger.domain.rating.rate import rate
from tests.ledger.domain.rating.rating_cases import session, shop


def test_sessions_of_one_kind_come_out_as_each_alone_and_other_ways_have_no_short_cut() -> None:
    facts = session("17:30-18:45")
    of_kind = Rater(shop()).of_kind(facts.kinds[0], facts.purchases)
    assert of_kind is not None
    totals = of_kind(facts.requested_s, *facts.connections[0])
    assert totals is not None
    assert totals.net_grosze == rate(facts, shop()).net_grosze
    assert Rater(shop(), lambda _: shop()).of_kind(facts.kinds[0], facts.purchases) is None
