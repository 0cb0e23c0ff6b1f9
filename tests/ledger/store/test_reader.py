from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.domain.events import RecordedEvent, SettingChanged
from ledger.domain.merkle import leaf_hash
from ledger.store.event_store import LedgerStore
from ledger.store.leaf import entry_line
from ledger.store.mapper import DECODERS

NewSession = Callable[..., list[RecordedEvent]]
STREAM = UUID("019a8f5e-4c00-7abc-8def-0123456789ab")
FACT_AT = datetime(2026, 11, 16, 17, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("after", "until", "size", "lengths"),
    [
        (0, None, 5000, [12]),
        (0, None, 12, [12]),
        (0, None, 5, [5, 5, 2]),
        (0, None, 4, [4, 4, 4]),
        (3, None, 5, [5, 4]),
        (3, 9, 5, [5, 1]),
        (0, 0, 5, []),
        (12, None, 5, []),
        (99, None, 5, []),
        (7, 3, 5, []),
    ],
)
def test_pages_hold_the_events_between_two_positions(  # noqa: PLR0917 - a table of cases
    store: LedgerStore, new_session: NewSession, after: int, until: int | None, size: int, lengths: list[int]
) -> None:
    store.save(*new_session(), *new_session(), *new_session())
    pages = list(store.pages(after, until, size))
    assert [len(page) for page in pages] == lengths
    indexes = [row[0] for page in pages for row in page]
    assert indexes == list(range(after, after + sum(lengths)))


def test_a_raw_row_is_the_event(store: LedgerStore, clock: SimpleNamespace, new_session: NewSession) -> None:
    events = new_session()
    store.save(*events)
    (page,) = store.pages(0)
    assert [(row[0], row[1], row[2], row[3], row[4], DECODERS[row[3]](row[5])) for row in page] == [
        (index, e.originator_id.bytes, e.originator_version, e.event.TOPIC, clock.now_us, e.event)
        for index, e in enumerate(events)
    ]


def test_no_read_transaction_is_open_between_pages(
    store: LedgerStore, path: Path, new_session: NewSession
) -> None:
    """Given a reader between two pages, a writer may append and the log may be cut to nothing."""
    store.save(*new_session(), *new_session())
    pages = store.pages(0, None, 4)
    first = next(pages)
    store.save(*new_session())
    with store._reading() as database:  # noqa: SLF001 - the test looks under the door  # pyright: ignore[reportPrivateUsage]  # the same
        assert database.truncate_log()
    assert path.with_name("events.db-wal").stat().st_size == 0
    assert [len(first), *map(len, pages)] == [4, 4, 4]


def test_a_stream_is_read_up_to_a_position(store: LedgerStore, new_session: NewSession) -> None:
    first, second = new_session(), new_session()
    store.save(*first[:2], *second, *first[2:])
    stream = first[0].originator_id.bytes
    assert [(row[0], row[2]) for row in store.stream_rows(stream)] == [(0, 1), (1, 2), (6, 3), (7, 4)]
    assert [(row[0], row[2]) for row in store.stream_rows(stream, 7)] == [(0, 1), (1, 2), (6, 3)]
    assert store.stream_rows(bytes(16)) == []


def test_the_keys_of_a_kind_are_told_in_order(store: LedgerStore, new_session: NewSession) -> None:
    store.save(*new_session("2026/2"), *new_session("2026/1"))
    assert store.keys("session_ref") == ["2026/1", "2026/2"]
    assert store.keys("session") == [1, 2]
    assert store.keys("customer") == []


def test_the_hash_of_an_event_is_found_by_its_index(store: LedgerStore, new_session: NewSession) -> None:
    store.save(*new_session())
    ((index, stream, version, topic, recorded_at_us, state),) = next(store.pages(3))
    line = entry_line(index, stream, version, topic, recorded_at_us, state)
    assert store.leaf_hash_at(3) == leaf_hash(line)
    assert store.leaf_hash_at(4) == b""


def test_an_empty_log_has_no_moment(store: LedgerStore) -> None:
    assert store.last_recorded_at_us() is None
    assert store.position_at(2**62) == 0


@settings(max_examples=30, deadline=None)  # each example makes a log and commits to disk
@given(moments=st.lists(st.integers(0, 20), max_size=12), asked=st.integers(-1, 21))
def test_a_position_counts_what_was_recorded_up_to_a_moment(
    tmp_path_factory: pytest.TempPathFactory, moments: list[int], asked: int
) -> None:
    now = SimpleNamespace(us=0)
    path = tmp_path_factory.mktemp("positions") / "events.db"
    with LedgerStore.create(path, lambda: now.us) as store:
        for version, now.us in enumerate(sorted(moments), 1):
            fact = SettingChanged(at=FACT_AT, by="jan", key="k", value=1)
            store.save(RecordedEvent(STREAM, version, fact))
        assert store.position_at(asked) == bisect_right(sorted(moments), asked)
        assert store.last_recorded_at_us() == max(moments, default=None)
