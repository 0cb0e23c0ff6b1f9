from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from ledger.clock import epoch_microseconds
from ledger.events import Connected, DataPurged, Ended, Event, Requested
from ledger.store.identity import StreamIds
from ledger.store.ledger_store import LedgerStore

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
    return StreamIds(lambda: clock.now_us, random.Random(7).randbytes)


@pytest.fixture
def new_session(ids: StreamIds) -> Callable[..., list[Event]]:
    """Make the four events of a session in a stream of its own."""

    def make(session_ref: str | None = None, command: str | None = None, digest: str = "d") -> list[Event]:
        stream = ids.new()
        said = {"by": "jan", "command": command, "command_digest": digest if command else None}
        later = MONDAY + timedelta(minutes=40)
        return [
            Event(
                stream,
                1,
                Requested(at=MONDAY, customer="K-041", issue="other", session_ref=session_ref, **said),
            ),
            Event(stream, 2, Connected(at=MONDAY, connection=1, technician="jan", **said)),
            Event(stream, 3, Ended(at=later, **said)),
            Event(stream, 4, DataPurged(at=later, **said)),
        ]

    return make
