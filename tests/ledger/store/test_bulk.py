from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from ledger.domain.events import RecordedEvent
from ledger.errors import ReferenceTaken, VersionTaken
from ledger.store.checks import check_store
from ledger.store.event_store import LedgerStore

NewSession = Callable[..., list[RecordedEvent]]


def test_a_bulk_gives_the_numbers_of_the_sessions_it_opens(
    store: LedgerStore, path: Path, new_session: NewSession
) -> None:
    first, second, third, fourth = (new_session(f"2026/{n}") for n in range(1, 5))
    store.save(*first)
    with store.bulk() as bulk:
        assert bulk.append([*second, *third[:2]]) == [2, 3]
        assert bulk.append(third[2:]) == []
        assert bulk.append(fourth) == [4]
    assert store.length() == 16
    assert store.session_number(fourth[0].originator_id) == 4
    assert list(check_store(path)) == []


def test_a_bulk_is_recorded_at_one_moment(
    store: LedgerStore, clock: SimpleNamespace, new_session: NewSession
) -> None:
    """No reading as of a moment can cut an import in two."""
    with store.bulk() as bulk:
        bulk.append(new_session())
        clock.now_us += 1_000_000
        bulk.append(new_session())
    assert {row[4] for page in store.pages(0) for row in page} == {clock.now_us - 1_000_000}


def test_nothing_of_a_bulk_is_seen_before_its_end(store: LedgerStore, new_session: NewSession) -> None:
    with store.bulk() as bulk:
        bulk.append(new_session("2026/1"))
        assert store.length() == 0
        assert store.resolve("session_ref", "2026/1") is None
    assert store.length() == 4


def test_an_error_takes_the_whole_bulk_back(store: LedgerStore, path: Path, new_session: NewSession) -> None:
    store.save(*new_session("2026/1"))

    def colliding() -> None:
        with store.bulk() as bulk:
            bulk.append(new_session("2026/2"))
            bulk.append([*new_session("2026/3"), *new_session("2026/1")])

    with pytest.raises(ReferenceTaken):
        colliding()
    assert store.length() == 4
    assert store.resolve("session_ref", "2026/2") is None
    assert list(check_store(path)) == []


def test_an_error_of_the_caller_takes_all_of_it_back(store: LedgerStore, new_session: NewSession) -> None:
    def interrupted() -> None:
        with store.bulk() as bulk:
            bulk.append(new_session("2026/2"))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert store.length() == 0
    store.save(*new_session("2026/2"))


def test_an_error_that_the_caller_swallows_takes_the_whole_bulk_back(
    store: LedgerStore, new_session: NewSession
) -> None:
    """Half a batch stood in the transaction when it failed; going on would commit that half."""
    events = new_session("2026/2")

    def swallowing() -> None:
        with store.bulk() as bulk:
            bulk.append(events)
            with pytest.raises(VersionTaken):
                bulk.append([*new_session("2026/3"), events[1]])

    with pytest.raises(VersionTaken):
        swallowing()
    assert store.length() == 0


def test_one_command_may_run_through_the_whole_bulk(
    store: LedgerStore, path: Path, new_session: NewSession
) -> None:
    first = new_session("2026/1", "import-1")
    with store.bulk() as bulk:
        bulk.append(first)
        bulk.append(new_session("2026/2", "import-1"))
    assert store.resolve("command", "import-1") == (first[0].originator_id, "d")
    assert list(check_store(path)) == []
