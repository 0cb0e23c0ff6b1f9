"""Until when data are kept, and which facts say that some are gone."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from ledger.domain import events as e
from ledger.domain.retention import ERASING_TOPICS, abandoned_since, answer_until, erased_classes, tax_until
from tests.support.given import ANNA, NINE, ended, events_to, in_state, minutes, requested, session

KEPT = (e.Kept(data="tax", law="tax law"),)
KEPT_CUSTOMER = (*KEPT, e.Kept(data="customer", law="open session"))
HEADER = ANNA.header(NINE)


def test_tax_words_are_kept_to_the_end_of_the_year() -> None:
    assert tax_until(date(2026, 1, 1), 5) == tax_until(date(2026, 12, 31), 5) == date(2031, 12, 31)


@pytest.mark.parametrize(
    ("received", "answered"),
    [
        ("2026-11-16", "2026-12-16"),
        ("2026-12-16", "2027-01-16"),
        ("2026-10-31", "2026-11-30"),
        ("2027-01-31", "2027-02-28"),
        ("2028-01-30", "2028-02-29"),
    ],
)
def test_a_request_is_answered_within_a_month(received: str, answered: str) -> None:
    assert answer_until(date.fromisoformat(received)) == date.fromisoformat(answered)


@pytest.mark.parametrize("state", ["connected", "disconnected", "ended", "purged"])
def test_a_session_that_came_about_is_not_abandoned(state: str) -> None:
    assert abandoned_since(in_state(state)) is None  # type: ignore[arg-type] # one of its states


def test_a_session_without_a_connection_that_ended_or_was_purged_is_not_abandoned() -> None:
    assert abandoned_since(session(requested(), ended(5))) is None
    assert abandoned_since(session(requested(), e.DataPurged(**HEADER))) is None


@pytest.mark.parametrize(
    ("scheduled", "since"),
    [(None, NINE), (minutes(60), minutes(60)), (NINE - timedelta(days=1), NINE)],
)
def test_a_request_is_abandoned_from_when_it_was_expected(
    scheduled: datetime | None, since: datetime
) -> None:
    assert abandoned_since(session(requested(scheduled_for=scheduled))) == since


def test_a_cancelled_request_is_abandoned_from_its_cancelling() -> None:
    assert abandoned_since(session(*events_to("cancelled"))) == minutes(5)


@pytest.mark.parametrize(
    ("fact", "classes"),
    [
        (e.DataPurged(**HEADER), ("session",)),
        (e.SessionDataErased(**HEADER, data="session", why="abandoned"), ("session",)),
        (e.SessionDataErased(**HEADER, data="tax", why="retention"), ("tax",)),
        (e.CustomerDataErased(**HEADER, data="customer"), ("customer",)),
        (e.InvoiceDataErased(**HEADER), ("tax",)),
        (e.TransferDataErased(**HEADER), ("tax",)),
        (e.CustomerErased(**HEADER, outcome="erased"), ("customer",)),
        (e.CustomerErased(**HEADER, outcome="partly", kept=KEPT), ("customer",)),
        (e.CustomerErased(**HEADER, outcome="partly", kept=KEPT_CUSTOMER), ()),
        (e.CustomerErased(**HEADER, outcome="refused"), ()),
    ],
)
def test_a_fact_says_which_classes_are_erased(fact: e.Event, classes: tuple[str, ...]) -> None:
    assert erased_classes(fact) == classes
    assert fact.TOPIC in ERASING_TOPICS


def test_other_facts_erase_nothing() -> None:
    assert erased_classes(requested()) == ()
    assert requested().TOPIC not in ERASING_TOPICS
