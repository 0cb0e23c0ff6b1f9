"""What is asked of each shop's read model says of a deletion what the deletion report says."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from ledger.domain.clock import epoch_microseconds, parse_period
from projections.queries.organisation import Amount, Group, groups_of, summed
from projections.read_models import deletions

NOVEMBER = parse_period("2026-11")
ENDED_AT = datetime(2026, 11, 16, 17, 5, tzinfo=UTC)
SLA_SECONDS = 900
ROWS = """
CREATE TABLE sessions (
    number INTEGER PRIMARY KEY, state, connected_at, ended_at, purged_at, held_until, voided
);
CREATE TABLE billing (number INTEGER PRIMARY KEY, placed_at, started_hours, net_grosze, exceptions, billed);
CREATE TABLE deletions (number INTEGER PRIMARY KEY, purging, before_adoption);
"""


def asked(
    *, purged: timedelta | None, purging: str, held_until: str | None, before_adoption: bool, now: datetime
) -> Group:
    """The one group of a read model with one ended session."""
    ended_us = epoch_microseconds(ENDED_AT)
    purged_us = None if purged is None else epoch_microseconds(ENDED_AT + purged)
    with closing(sqlite3.connect(":memory:")) as views:
        views.executescript(ROWS)
        views.execute(
            "INSERT INTO sessions VALUES (1, 'ended', ?, ?, ?, ?, 0)",
            (ended_us, ended_us, purged_us, held_until),
        )
        views.execute("INSERT INTO billing VALUES (1, ?, 1, 10000, '', NULL)", (ended_us,))
        views.execute("INSERT INTO deletions VALUES (1, ?, ?)", (purging, int(before_adoption)))
        ended, _none_open = groups_of(views, NOVEMBER, sla_seconds=SLA_SECONDS, now=now)
    return ended


_AROUND = st.integers(-3_000_000, 2 * SLA_SECONDS * 1_000_000).map(lambda us: timedelta(microseconds=us))
_ALLOWED = timedelta(seconds=SLA_SECONDS)


@given(
    purged=st.none() | _AROUND,
    purging=st.sampled_from(["", "started", "failed"]),
    held_until=st.none() | st.just("2027-03-01"),
    before_adoption=st.booleans(),
    waited=_AROUND,
)
@example(timedelta(microseconds=-1), "", None, False, _ALLOWED)  # noqa: FBT003 - in the order of @given
@example(_ALLOWED + timedelta(microseconds=999_999), "", None, False, _ALLOWED)  # noqa: FBT003 - the same
@example(_ALLOWED + timedelta(seconds=1), "", None, False, _ALLOWED)  # noqa: FBT003 - the same
@example(None, "", None, False, _ALLOWED)  # noqa: FBT003 - the same
@example(None, "", None, False, _ALLOWED + timedelta(microseconds=1))  # noqa: FBT003 - the same
def test_verdict_and_overdue_are_those_of_the_deletion_report(
    purged: timedelta | None,
    purging: str,
    held_until: str | None,
    before_adoption: bool,  # noqa: FBT001 - Hypothesis gives it
    waited: timedelta,
) -> None:
    """To the microsecond, at the end of the session and at the end of the time allowed."""
    now = ENDED_AT + waited
    delay_seconds = None if purged is None else purged // timedelta(seconds=1)
    verdict = deletions.verdict(delay_seconds, SLA_SECONDS, purging)
    deletion = deletions.Deletion(
        session=1,
        session_ref=None,
        customer="K-1",
        ended_at=ENDED_AT,
        purged_at=None if purged is None else ENDED_AT + purged,
        delay_seconds=delay_seconds,
        verdict=verdict,
        evidence="none",
        held_until=held_until,
        before_adoption=before_adoption,
        leaf_index=None,
    )
    _, found, overdue, *_ = asked(
        purged=purged, purging=purging, held_until=held_until, before_adoption=before_adoption, now=now
    )
    assert found == ("before_adoption" if before_adoption else verdict)
    assert overdue == deletions.is_overdue(deletion, now, SLA_SECONDS)


@given(st.dictionaries(st.text(max_size=3), st.lists(st.integers(0, 10**9), max_size=3), max_size=12))
def test_total_is_the_sum_of_the_shops(shops: dict[str, list[int]]) -> None:
    """Whatever they are called; a shop without a session is there, and has nothing."""
    groups: dict[str, list[Group]] = {
        name: [("to_bill", "pass", 0, 1, 2, net_grosze) for net_grosze in amounts]
        for name, amounts in shops.items()
    }
    found = summed(groups)
    assert set(found) == {None, *shops}
    for name, amounts in shops.items():
        assert found[name].to_bill == Amount(len(amounts), 2 * len(amounts), sum(amounts))
    everything = [net_grosze for amounts in shops.values() for net_grosze in amounts]
    assert found[None].ended == Amount(len(everything), 2 * len(everything), sum(everything))
    assert found[None].deletions["pass"] == len(everything)
