"""The fold of the read models says of any session what the domain says of it, and so do its rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from uuid import UUID

import pytest
from msgspec import json

from ledger.domain import events as e
from ledger.domain.clock import epoch_microseconds
from ledger.domain.session.evolve import SESSION_FACTS, rating_facts
from ledger.store.event_store import LedgerStore
from ledger.store.mapper import UPCASTERS, plain
from ledger.store.postgres.address import Address
from ledger.store.postgres.recorder import open_postgres_store
from ledger.store.references import references_of
from projections.engine import runner
from projections.inputs.fold import TAKES
from projections.inputs.state import Inputs
from projections.views import live_file
from tests.projections.engine.test_replayed_rows import LISTS, Plain, live_rows, opening
from tests.support import postgres
from tests.support.given import NINE
from tests.support.lives import LATER, life
from tests.support.long import times
from tests.support.office import Office
from tests.support.strategies import ANNA, CUSTOMERS, ORDERS, stream_of

SESSIONS = times(3_000, 200_000)
ON_A_SERVER = 300
FEW = 400
"""Sessions told in one go."""


def customers() -> Iterator[e.RecordedEvent]:
    """Three customers; the first bought something, and was the second all along."""
    header = ANNA.header(NINE - timedelta(days=5))
    first, *others = (
        e.RecordedEvent(stream_of(1, n), 1, e.CustomerRegistered(**header, customer=code))
        for n, code in enumerate(CUSTOMERS)
    )
    yield first
    yield from others
    bought = e.PurchaseRecorded(**header, order_ref=ORDERS[0])
    yield e.RecordedEvent(stream_of(1, 0), 2, bought)
    yield e.RecordedEvent(stream_of(1, 0), 3, e.CustomerMerged(**header, into=CUSTOMERS[1]))


def tell(store: LedgerStore, seed: int, count: int, digests: list[str | None]) -> None:
    """Append so many random lives, their events mixed, each moment up to two days after NINE."""
    chance = Random(seed)  # noqa: S311 - lives, not secrets
    for start in range(0, count, FEW):
        with store.copying() as appender:
            if start == 0:
                appender.recorded_at_us = max(appender.recorded_at_us, epoch_microseconds(NINE))
            waiting = [list(life(chance, digests)) for _ in range(min(FEW, count - start))]
            streams = [UUID(int=(2 << 100) + start + n) for n in range(len(waiting))]
            versions = [0] * len(waiting)
            while waiting_now := [n for n, events in enumerate(waiting) if versions[n] < len(events)]:
                for n in waiting_now:
                    event = e.RecordedEvent(streams[n], versions[n] + 1, waiting[n][versions[n]])
                    versions[n] += 1
                    appender.append([plain(event)], references_of(event))
                appender.recorded_at_us += chance.randrange(120_000_000)


def compare(folder: Path, store: LedgerStore) -> None:
    """Rows by the fold are those that the domain gives; so is what a reconciliation reads of a life."""
    plainly = Plain(store)
    runner.replay(folder, store)
    rows, expected = live_rows(folder, store), plainly.rows()
    for name, by_number in expected.items():
        different = [n for n, row in by_number.items() if rows[name].get(n) != row]
        assert [(rows[name].get(n), by_number[n]) for n in different[:1]] == []
        assert rows[name].keys() == by_number.keys()
    inputs = Inputs.at(store, store.length())
    for start in range(0, len(plainly.sessions), FEW):
        part = plainly.sessions[start : start + FEW]
        lives = inputs.lives([number for number, _, _ in part])
        for one, (number, session, _) in zip(lives, part, strict=True):
            assert one.number == number
            assert one.issue == session.issue
            assert one.rating_facts(()) == rating_facts(session, ())
            assert one.fingerprints == session.remote_id_fingerprints
            assert (one.unrecorded, one.words_erased) == (session.unrecorded, session.words_erased)


def test_random_lives_have_the_rows_that_the_domain_gives(tmp_path: Path) -> None:
    clock_us = epoch_microseconds(NINE)
    with LedgerStore.create(tmp_path / "events.db", lambda: clock_us) as store:
        store.save(*opening(), *customers())
        tell(store, 20261130, SESSIONS, [None, *LISTS])
        compare(tmp_path, store)


def test_random_lives_on_a_server_have_the_rows_that_the_domain_gives(tmp_path: Path) -> None:
    postgres.server()
    url = postgres.url_of(postgres.new_database(tmp_path))
    office = Office(tmp_path / "ledger", init=("--store", url, "--owner", postgres.OWNER))
    with open_postgres_store(Address.parse(url), lambda: epoch_microseconds(NINE)) as store:
        store.save(*customers())
        (published,) = store.rows_with(e.TariffPublished.TOPIC)
        digest = json.decode(published[5], type=e.TariffPublished).digest
        tell(store, 7, ON_A_SERVER, [None, digest])
        assert live_file(office.folder) is None
        compare(office.folder, store)


def test_every_event_of_a_session_is_folded_and_told_here() -> None:
    """Given a new event type of a session, the fold and these lives have to know it, old topics too."""
    assert set(SESSION_FACTS) == {e.Requested, *LATER}
    old = [topic for topic in UPCASTERS if topic.startswith("session.")]
    topics = [kind.TOPIC for kind in SESSION_FACTS if kind is not e.Requested]
    assert all(TAKES[topic] for topic in (*old, *topics))


def test_topic_of_no_session_is_not_folded() -> None:
    with pytest.raises(KeyError):
        TAKES[e.CustomerRegistered.TOPIC]
