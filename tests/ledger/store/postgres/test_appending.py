"""Many events at once on PostgreSQL: copied in, and refused as SQLite's guards refuse."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest

from ledger.domain.events import RecordedEvent
from ledger.errors import ReferenceTaken, VersionTaken
from ledger.store.event_store import LedgerStore
from ledger.store.postgres.address import Address
from ledger.store.postgres.checks import check_postgres
from ledger.store.postgres.connection import PostgresDatabase
from ledger.store.postgres.recorder import create_postgres_store
from tests.support import postgres

MANY = 300
NewSession = Callable[..., list[RecordedEvent]]


@pytest.fixture
def shared(database: str, clock: SimpleNamespace) -> Iterator[LedgerStore]:
    """A new, empty log on the server."""
    address = Address.parse(postgres.url_of(database))
    with create_postgres_store(address, lambda: clock.now_us, postgres.OWNER) as made:
        yield made


def many(new_session: NewSession, letter: str = "A") -> list[RecordedEvent]:
    return [event for number in range(MANY) for event in new_session(f"{letter}-{number}")]


def test_many_events_are_copied_in_and_all_checks_are_silent(
    shared: LedgerStore, new_session: NewSession, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two batches take a statement each for events and keys, whatever is in them."""
    copied: list[bytes] = []
    copy_rows = PostgresDatabase.copy_rows

    def counted(self: PostgresDatabase, sql: bytes, *rest: object) -> None:
        copied.append(sql.split()[1])
        copy_rows(self, sql, *rest)  # type: ignore[arg-type] # handed on as it came

    monkeypatch.setattr(PostgresDatabase, "copy_rows", counted)
    with shared.bulk() as bulk:
        assert bulk.append(many(new_session)) == list(range(1, MANY + 1))
        assert bulk.append(many(new_session, "B")) == list(range(MANY + 1, 2 * MANY + 1))
    assert copied == [b"events", b"reference"] * 2
    assert shared.length() == 8 * MANY
    assert shared.resolve("session_ref", "B-299") is not None
    url = postgres.url_of(database)
    assert (
        list(check_postgres(url, ("integrity", "guards", "events", "versions", "tree", "references"))) == []
    )


@pytest.mark.parametrize("others", [0, MANY])
def test_a_key_that_is_taken_is_named_and_nothing_stays(
    shared: LedgerStore, new_session: NewSession, others: int
) -> None:
    """Few events by a function, many by a copy: the same refusal."""
    shared.save(*new_session("2026/1, (x)"))

    def colliding() -> None:
        with shared.bulk() as bulk:
            bulk.append([*many(new_session)[:others], *new_session("2026/1, (x)")])

    with pytest.raises(ReferenceTaken, match=r"session_ref '2026/1, \(x\)' is taken"):
        colliding()
    assert shared.length() == 4


@pytest.mark.parametrize("others", [0, MANY])
def test_a_version_that_is_taken_is_a_lost_race(
    shared: LedgerStore, new_session: NewSession, others: int
) -> None:
    first = new_session("2026/1")
    shared.save(*first)

    def colliding() -> None:
        with shared.bulk() as bulk:
            bulk.append([*many(new_session)[:others], first[-1]])

    with pytest.raises(VersionTaken):
        colliding()
    assert shared.length() == 4
