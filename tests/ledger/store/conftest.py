from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from msgspec.structs import replace

from ledger.domain.clock import epoch_microseconds
from ledger.domain.events import Connected, DataPurged, Ended, Event, RecordedEvent, Requested
from ledger.store.event_store import LedgerStore
from ledger.store.stream_ids import StreamIds

MONDAY = datetime(2026, 11, 16, 17, 30, tzinfo=UTC)


@pytest.fixture
def clock() -> SimpleNamespace:
    """A clock that stands still until a test sets `now_us`."""
    return SimpleNamespace(now_us=epoch_microseconds(MONDAY))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "events.db"


@pytest.fixture
def store(path: Path, clock: SimpleNamespace) -> Iterator[LedgerStore]:
    """A new, empty log."""
    with LedgerStore.create(path, lambda: clock.now_us) as made:
        yield made


@pytest.fixture
def ids(clock: SimpleNamespace) -> StreamIds:
    return StreamIds(lambda: clock.now_us, random.Random(7).randbytes)  # noqa: S311 - the same ids in every run


@pytest.fixture
def new_session(ids: StreamIds) -> Callable[..., list[RecordedEvent]]:
    """Make the four events of a session in a stream of its own."""

    def make(
        session_ref: str | None = None, command: str | None = None, digest: str = "d"
    ) -> list[RecordedEvent]:
        stream, later = ids.new(), MONDAY + timedelta(minutes=40)
        events: tuple[Event, ...] = (
            Requested(at=MONDAY, by="jan", customer="K-041", issue="other", session_ref=session_ref),
            Connected(at=MONDAY, by="jan", connection=1, technician="jan"),
            Ended(at=later, by="jan"),
            DataPurged(at=later, by="jan"),
        )
        if command is not None:
            events = tuple(replace(event, command=command, command_digest=digest) for event in events)
        return [RecordedEvent(stream, version, event) for version, event in enumerate(events, 1)]

    return make
