"""Records without a remote ID: a known computer, or a technician and a time that leave one session only."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.reconciliation.inputs import SeenRecord
from tests.ledger.domain.reconciliation.given import kinds, matched, record, session


def mesh(
    start: float,
    end: float | None,
    *,
    customer: str | None = None,
    computer: str | None = "pc",
    who: str | None = "anna",
) -> SeenRecord:
    return record(
        start, end, digits=None, source="mesh/main", customer=customer, computer=computer, technician=who
    )


def numbers(records: list[SeenRecord], *sessions: object) -> dict[int, int]:
    found = matched(records, list(sessions))  # type: ignore[arg-type] # sessions, as `session` makes them
    return {number: len(seen) for number, seen in sorted(found.of_session.items())}


# --- a known computer ---------------------------------------------------------------------------


def test_known_computer_matches_the_session_of_its_customer_and_no_other() -> None:
    ours = session(1, (0, 60), digits=None, customer="K-1")
    theirs = session(2, (0, 60), digits=None, customer="K-2", technician="marek")
    assert numbers([mesh(1, 59, customer="K-1")], ours, theirs) == {1: 1}
    assert numbers([mesh(1, 59, customer="K-2", who="marek")], ours, theirs) == {2: 1}


def test_known_computer_matches_without_a_technician() -> None:
    """A VNC server does not know who looked."""
    assert numbers([mesh(1, 59, customer="K-1", who=None)], session(1, (0, 60), customer="K-1")) == {1: 1}


def test_known_computer_of_another_customer_is_never_matched_by_time() -> None:
    """Given the only session of the technician at that time, then the record still stands alone."""
    ours = session(1, (0, 60), digits=None, customer="K-1")
    assert numbers([mesh(1, 59, customer="K-2")], ours) == {}
    found = matched([mesh(1, 59, customer="K-2")], [ours])
    assert (len(found.alone), found.near) == (1, [])


def test_known_computer_in_two_sessions_of_its_customer_is_a_tie() -> None:
    both = [session(number, (0, 60), digits=None, customer="K-1", technician=who) for number, who in
            ((1, "anna"), (2, "marek"))]  # fmt: skip
    found = matched([mesh(1, 59, customer="K-1", who=None)], both)
    assert [(near.sessions, near.why) for near in found.near] == [((1, 2), "several_sessions")]


def test_several_records_of_a_known_computer_are_fragments_of_its_session() -> None:
    records = [mesh(0, 20, customer="K-1"), mesh(25, 60, customer="K-1"), mesh(26, 30, customer="K-1")]
    assert numbers(records, session(1, (0, 60), customer="K-1")) == {1: 3}


# --- a technician and a time --------------------------------------------------------------------


def test_only_session_of_a_technician_at_that_time_is_matched() -> None:
    ours = session(1, (0, 60), digits=None, customer="K-1")
    assert numbers([mesh(1, 59)], ours) == {1: 1}
    assert kinds([mesh(1, 60)], [ours]) == []


@pytest.mark.parametrize("second", [(30, 90), (0, 60)])
def test_two_sessions_at_that_time_are_left_to_a_person(second: tuple[float, float]) -> None:
    sessions = [session(1, (0, 60), digits=None), session(2, second, digits=None)]
    assert numbers([mesh(31, 59)], *sessions) == {}


def test_records_of_two_computers_are_left_to_a_person() -> None:
    """The second computer may be a job that nobody noted: it must not hide in the session of the first."""
    ours = session(1, (0, 60), digits=None)
    records = [mesh(0, 30, computer="pc"), mesh(35, 50, computer="kasa")]
    assert numbers(records, ours) == {}
    assert "record_without_session" in kinds(records, [ours])
    assert numbers([mesh(0, 30), mesh(35, 50)], ours) == {1: 2}
    assert numbers([mesh(0, 30, computer=None), mesh(35, 50, computer=None)], ours) == {}


def test_session_with_a_remote_id_or_with_records_takes_no_other_by_time() -> None:
    """Given a session that TeamViewer's record belongs to, then another tool at that time is another job."""
    ours = session(1, (0, 60))
    assert numbers([mesh(1, 59)], ours) == {}
    assert numbers([record(0, 60), mesh(1, 59)], ours) == {1: 1}
    known = session(2, (0, 60), digits=None, customer="K-1")
    assert numbers([mesh(0, 60, customer="K-1"), mesh(1, 59, computer="kasa")], known) == {2: 1}


def test_record_without_a_technician_is_not_matched_by_time() -> None:
    assert numbers([mesh(1, 59, who=None)], session(1, (0, 60), digits=None)) == {}


@given(
    st.lists(
        st.tuples(
            st.integers(0, 300), st.integers(0, 90), st.sampled_from(["K-1", "K-2", None]),
            st.sampled_from(["a", "b", None]),
        ),
        max_size=6,
    ),
    st.lists(st.tuples(st.integers(0, 300), st.integers(1, 90), st.sampled_from(["K-1", "K-2"])), max_size=4),
)  # fmt: skip
def test_no_record_is_of_a_session_of_another_customer_and_none_is_lost(
    told: list[tuple[int, int, str | None, str | None]], held: list[tuple[int, int, str]]
) -> None:
    """Given any records and sessions, then each record is in one place, never with a foreign session."""
    records = {
        mesh(start, start + length, customer=customer, computer=computer)
        for start, length, customer, computer in told
    }
    sessions = [
        session(number, (start, start + length), digits=None, customer=customer)
        for number, (start, length, customer) in enumerate(held, start=1)
    ]
    found = matched(sorted(records, key=lambda r: r.key), sessions)
    customers = {each.number: each.customer for each in sessions}
    placed = [seen.keys for seen in found.alone] + [near.seen.keys for near in found.near]
    for number, group in found.of_session.items():
        placed += [seen.keys for seen in group]
        assert {seen.customer for seen in group} <= {customers[number], None}
    assert sorted(placed) == sorted(seen.keys for seen in found.connections)
