"""Every reading, and every smallest pair, that changes an amount is named, and none that does not."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from itertools import combinations

import holidays
import pytest
from hypothesis import given

from ledger.domain.clock import epoch_seconds, from_epoch_seconds, office_time, parse_instant
from ledger.domain.rating.assumptions import assumptions_of
from ledger.domain.rating.bulk import Rater
from ledger.domain.rating.pairs import smallest_pairs
from ledger.domain.rating.rate import Kind, Purchase, SessionFacts, rate
from ledger.domain.rating.what_if import with_changes
from ledger.domain.tariff.tariff import Tariff
from ledger.errors import BadTariffChange, NoCalendar
from tests.ledger.domain.rating.rating_cases import at, session, sessions, shop, tariff_with, untimed

EVERY_HOURS = 1 if os.environ.get("SESSION_LEDGER_LONG") else 97
"""97 is prime to 24 and to 168: the sample meets every hour of every weekday in its turn."""
YEAR_BEGINS, YEAR_ENDS = (epoch_seconds(parse_instant(day)) for day in ("2026-01-01", "2027-01-01"))
HOUR = 3600
HOLIDAYS = holidays.country_holidays("PL", years=(2025, 2026, 2027))
RATER = Rater(shop())
LENGTHS = {"to the second": (0, 1), "across": (1800, 1800 + 2700)}
BUYERS: dict[str, tuple[tuple[str, int], ...]] = {
    "public": (),
    "customer": (("A", 30),),
    "old customer": (("A", 900),),
}
Change = tuple[tuple[str, str], ...]


def facts_of(start: int, begins: int, ends: int, buyer: str, issue: str) -> SessionFacts:
    """A session requested twenty minutes before, by one who bought so many days ago."""
    first = start + begins
    bought = tuple(Purchase(ref, first - days * 24 * HOUR, None) for ref, days in BUYERS[buyer])
    kind = Kind(first, "hardware" if issue == "hardware" else "other", "A" if issue == "hardware" else None)
    return SessionFacts(first - 1200, ((first, start + ends),), (kind,), bought, None)


@cache
def readings() -> list[tuple[str, Change]]:
    """Every other reading, as the list says it."""
    return [(a.id, tuple(other.changes.items())) for a in shop().assumptions for other in a.alternatives]


@cache
def changed(changes: Change) -> Tariff | None:
    """The list under them, by the way of what-if; None where they contradict it."""
    try:
        return with_changes(shop(), dict(changes))
    except BadTariffChange:
        return None


def net(facts: SessionFacts, changes: Change) -> int | None:
    """The net under a reading; None for one that is none."""
    tariff = changed(changes)
    try:
        return None if tariff is None else rate(facts, tariff).net_grosze
    except NoCalendar:
        return None


def alike(facts: SessionFacts) -> tuple[object, ...]:
    """What sessions of one test have in common that a price list can tell apart by nothing.

    Their wall clock, its offsets, weekday and the public holidays from the request to the end: about five
    hundred of the year's hours. Each hour's own answer is held against that of the first one alike.
    """
    ends = facts.connections[-1][1]
    walls = [office_time(from_epoch_seconds(second)) for second in (facts.requested_s, ends)]
    days = {wall.date() + timedelta(days=n) for wall in walls for n in (-1, 0, 1)}
    free = [(day - walls[0].date()).days for day in sorted(days) if day in HOLIDAYS]
    return (*((wall.weekday(), wall.time(), wall.utcoffset()) for wall in walls), *free)


def by_what_if(facts: SessionFacts) -> tuple[list[str], list[tuple[str, str, Change]]]:
    """The assumptions and the pairs, by rating again under every reading and under every two of them."""
    here = rate(facts, shop()).net_grosze
    single = {changes: net(facts, changes) not in (None, here) for _, changes in readings()}
    alone = [name for name, changes in readings() if single[changes]]
    pairs = [
        (one, two, first + second)
        for (one, first), (two, second) in combinations(readings(), 2)
        if one != two and not single[first] and not single[second]
        if dict(first).keys().isdisjoint(dict(second)) and net(facts, first + second) not in (None, here)
    ]
    return list(dict.fromkeys(alone)), pairs


def hours(buyer: str, issue: str, length: str) -> Iterator[SessionFacts]:
    begins, ends = LENGTHS[length]
    for start in range(YEAR_BEGINS, YEAR_ENDS, EVERY_HOURS * HOUR):
        yield facts_of(start, begins, ends, buyer, issue)


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("issue", ["other", "hardware"])
@pytest.mark.parametrize("buyer", BUYERS)
def test_over_a_year_each_reading_and_smallest_pair_that_changes_an_amount_is_named(
    buyer: str, issue: str, length: str
) -> None:
    known: dict[object, tuple[list[str], list[tuple[str, str, Change]]]] = {}
    for facts in hours(buyer, issue, length):
        key = alike(facts)
        if key not in known:
            known[key] = by_what_if(facts)
        alone, pairs = known[key]
        assert list(assumptions_of(facts, shop())) == alone
        assert list(RATER.totals(facts).assumptions) == alone
        named = [(*pair.assumptions, tuple(pair.changes.items())) for pair in smallest_pairs(facts, shop())]
        assert named == pairs


@untimed
@given(sessions())
def test_of_a_session_of_any_shape_too(facts: SessionFacts) -> None:
    """Reconnected, of several kinds of help, with a waiver."""
    found = smallest_pairs(facts, shop())
    assert [(*pair.assumptions, tuple(pair.changes.items())) for pair in found] == by_what_if(facts)[1]


def test_sunday_morning_rests_on_the_weekend_and_the_morning_together() -> None:
    """Either of them read otherwise alone changes nothing; both make 100.00 of 200.00."""
    (pair,) = smallest_pairs(session("07:00-07:30", day="2026-11-15"), shop())
    assert pair.assumptions == ("morning.off-hours", "weekend.off-hours")
    assert pair.net_grosze == 100_00


def test_session_whose_amount_nothing_changes_has_no_pairs() -> None:
    assert smallest_pairs(session("11:00-11:30"), shop()) == []
    assert smallest_pairs(session("11:00-11:30", issue="test"), shop()) == []


def test_readings_that_contradict_each_other_are_no_pair() -> None:
    """A night until 10:00 and an office from 06:00: the price list could not have both."""
    for pair in smallest_pairs(session("06:30-06:40"), shop()):
        assert set(pair.assumptions) != {"night.until-06", "morning.off-hours"}


def test_two_readings_of_one_key_are_no_pair() -> None:
    """Nothing can be read in two ways at once."""
    twice = tariff_with(
        '[[assumptions]]\nid = "morning.off-hours"',
        '[[assumptions]]\nid = "twice"\nquestion = "?"\nchosen = "!"\nreason = "."\nfavours = "customer"\n'
        'alternatives = [{ favours = "shop", changes = { "bands.night.until" = "11:00" } }]\n\n'
        '[[assumptions]]\nid = "morning.off-hours"',
    )
    assert all(
        set(pair.assumptions) != {"night.until-06", "twice"}
        for pair in smallest_pairs(session("12:00-12:30"), twice)
    )


def test_reading_that_asks_for_a_year_without_a_calendar_makes_no_pair() -> None:
    """It counts alone already."""
    start = at("2024-01-01 00:10")
    facts = SessionFacts(
        at("2023-12-31 23:30"), ((start, start + 600),), (Kind(start, "other", None),), (), None
    )
    assert "clock.start-connected" in assumptions_of(facts, shop())
    assert all("clock.start-connected" not in pair.assumptions for pair in smallest_pairs(facts, shop()))


class TestFirstSecond:
    """A band that starts after its first second leaves that second to the one before."""

    def test_hour_opened_at_22_sharp_names_the_assumption_and_one_a_second_later_does_not(self) -> None:
        sharp, later = session("22:00:00-22:30"), session("22:00:01-22:30")
        assert list(assumptions_of(sharp, shop())) == ["night.from-22-sharp"]
        assert list(assumptions_of(later, shop())) == []
        after = with_changes(shop(), {"bands.night.starts": "after"})
        assert rate(sharp, after).net_grosze == 200_00
        assert rate(later, after).net_grosze == rate(sharp, shop()).net_grosze == 400_00

    def test_only_that_second_is_of_the_band_before(self) -> None:
        """By the second of opening, by what the hour touches, and by price."""
        after = with_changes(shop(), {"bands.night.starts": "after"})
        assert rate(session("23:00:00-23:30"), after).net_grosze == 400_00
        assert (
            rate(session("22:00:00-22:00:01"), with_changes(after, {"boundary": "dearest"})).net_grosze
            == 200_00
        )
        assert (
            rate(session("22:00:00-22:00:02"), with_changes(after, {"boundary": "dearest"})).net_grosze
            == 400_00
        )
        assert (
            rate(session("22:00:00-23:00:00"), with_changes(after, {"boundary": "per_band"})).net_grosze
            == 600_00
        )

    def test_rater_of_such_a_list_says_the_same(self) -> None:
        after = with_changes(shop(), {"bands.night.starts": "after"})
        for times in ("22:00:00-22:30", "21:59:59-22:30", "22:00:01-23:30"):
            totals = Rater(after).totals(session(times))
            assert totals.net_grosze == rate(session(times), after).net_grosze

    def test_list_with_edges_between_hours_knows_its_first_second_too(self) -> None:
        half = tariff_with(
            'from = "22:00"\nuntil = "06:00"', 'from = "22:30"\nuntil = "06:00"\nstarts = "after"'
        )
        assert rate(session("22:30:00-22:40"), half).net_grosze == 200_00
        assert rate(session("22:30:01-22:40"), half).net_grosze == 400_00
        assert rate(session("22:31:00-22:40"), half).net_grosze == 400_00

    @pytest.mark.parametrize(
        "old",
        ["rest = true", 'from = "22:00"\nuntil = "06:00"'],
    )
    def test_rest_band_and_midnight_have_no_second_before(self, old: str) -> None:
        new = f'{old}\nstarts = "after"'.replace('from = "22:00"', 'from = "00:00"')
        with pytest.raises(Exception, match="starts after needs a from that is not 00:00"):
            tariff_with(old, new)
