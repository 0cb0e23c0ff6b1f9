from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

import pytest
from eventsourcing.application import AggregateNotFoundError

from ledger.domain.events import CustomerRegistered, Ended, Noted, RecordedEvent, Requested, SettingChanged
from ledger.domain.merkle import leaf_hash
from ledger.domain.session.evolve import project
from ledger.errors import LedgerExists, LedgerMissing, ReferenceTaken, StoreDamaged, VersionTaken
from ledger.store.checks import check_store
from ledger.store.event_store import LedgerStore
from ledger.store.leaf import entry_line
from ledger.store.references import Reference, references_of
from ledger.store.stream_ids import StreamIds

AT = datetime(2026, 11, 16, 17, 30, tzinfo=UTC)
NewSession = Callable[..., list[RecordedEvent]]


def test_saved_events_come_back_through_the_repository(store: LedgerStore, new_session: NewSession) -> None:
    events = new_session()
    store.save(*events)
    stream = events[0].originator_id
    session = store.repository.get(stream, projector_func=project)
    assert (session.id, session.version, session.state) == (stream, 4, "purged")
    assert store.repository.get(stream, version=2, projector_func=project).state == "connected"
    assert list(store.events.get(stream)) == events


def test_a_stream_that_is_not_there_is_not_found(store: LedgerStore, ids: StreamIds) -> None:
    with pytest.raises(AggregateNotFoundError):
        store.repository.get(ids.new(), projector_func=project)


def test_notification_ids_count_from_one_without_a_gap(store: LedgerStore, new_session: NewSession) -> None:
    """Given a save that failed in between, no id is lost."""
    first, second = new_session(), new_session()
    ids = [recording.notification.id for recording in store.save(*first)]
    with pytest.raises(VersionTaken):
        store.save(second[0], first[3])
    ids += [recording.notification.id for recording in store.save(*second)]
    assert ids == [1, 2, 3, 4, 5, 6, 7, 8]
    assert [n.id for n in store.recorder.select_notifications(1, 100)] == ids
    assert store.recorder.max_notification_id() == store.length() == 8


def test_an_empty_log_has_no_last_notification(store: LedgerStore) -> None:
    assert store.recorder.max_notification_id() is None
    assert store.save() == []
    assert store.length() == 0


def test_every_row_holds_the_hash_of_its_line(
    store: LedgerStore, path: Path, new_session: NewSession
) -> None:
    events = new_session()
    store.save(*events)
    with closing(sqlite3.connect(path)) as raw:
        hashes = [row[0] for row in raw.execute("SELECT leaf_hash FROM events ORDER BY leaf_index")]
    (page,) = store.pages(0)
    uid = events[0].originator_id.bytes
    assert hashes == [leaf_hash(entry_line(i, uid, v, t, at, state)) for i, _, v, t, at, state in page]


def test_recorded_at_never_goes_backwards(
    store: LedgerStore, clock: SimpleNamespace, new_session: NewSession
) -> None:
    """Given a clock that is put back, the last moment stands until the clock has passed it."""
    moments = [clock.now_us + offset for offset in (0, 5, -1_000_000, 6)]
    for clock.now_us in moments:
        store.save(new_session()[0])
    recorded = [row[4] for page in store.pages(0) for row in page]
    assert recorded == [moments[0], moments[1], moments[1], moments[3]]


def test_selecting_a_stream_follows_the_contract_of_the_library(
    store: LedgerStore, new_session: NewSession
) -> None:
    events = new_session()
    store.save(*new_session(), *events)
    stream = events[0].originator_id

    def versions(**limits: int | bool) -> list[int]:
        return [s.originator_version for s in store.recorder.select_events(stream, **limits)]  # type: ignore[arg-type]  # one dictionary of both kinds

    assert versions() == [1, 2, 3, 4]
    assert versions(gt=1, lte=3) == [2, 3]
    assert versions(desc=True, limit=2) == [4, 3]
    assert versions(lte=0) == []
    assert versions(gt=0, limit=1) == [1]


def test_selecting_notifications_follows_the_contract_of_the_library(
    store: LedgerStore, new_session: NewSession
) -> None:
    store.save(*new_session(), *new_session())
    select = store.recorder.select_notifications
    assert [n.id for n in select(None, 3)] == [1, 2, 3]
    assert [n.id for n in select(3, 2)] == [3, 4]
    assert [n.id for n in select(3, 2, inclusive_of_start=False)] == [4, 5]
    assert [n.id for n in select(1, 100, stop=6)] == [1, 2, 3, 4, 5, 6]
    assert [n.id for n in select(2, 100, topics=[Ended.TOPIC, Requested.TOPIC])] == [3, 5, 7]


def test_the_events_of_one_save_stand_or_fall_together(
    store: LedgerStore, path: Path, new_session: NewSession
) -> None:
    first, second = new_session("2026/1"), new_session("2026/1")
    store.save(*first)
    with pytest.raises(ReferenceTaken, match="session_ref '2026/1' is taken"):
        store.save(*second)
    assert store.length() == 4
    assert list(check_store(path)) == []


def test_taken_version_is_refused_without_the_id_of_its_stream(
    store: LedgerStore, new_session: NewSession
) -> None:
    events = new_session()
    store.save(*events)
    with pytest.raises(VersionTaken) as caught:
        store.save(*new_session(), events[1])
    assert caught.value.fact == "something else was recorded of the same subject meanwhile"
    assert caught.value.exit_status == 4


def test_a_version_before_the_first_is_refused(store: LedgerStore, new_session: NewSession) -> None:
    """What no guard of a race explains is told as the database says it."""
    (event, *_) = new_session()
    with pytest.raises(StoreDamaged, match="CHECK constraint failed"):
        store.save(RecordedEvent(event.originator_id, 0, event.event))
    assert store.length() == 0


def test_the_environment_of_the_process_changes_nothing(
    path: Path, store: LedgerStore, new_session: NewSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library would take a compressor, a cache or another database from the environment."""
    monkeypatch.setenv("COMPRESSOR_TOPIC", "zlib")
    monkeypatch.setenv("AGGREGATE_CACHE_MAXSIZE", "10")
    monkeypatch.setenv("IS_SNAPSHOTTING_ENABLED", "y")
    monkeypatch.setenv("SQLITE_DBNAME", ":memory:")
    with LedgerStore.open(path, lambda: 0) as other:
        other.save(*new_session())
        assert other.repository.cache is None
        assert other.snapshots is None
    assert store.length() == 4
    assert list(check_store(path)) == []


# --- keys -------------------------------------------------------------------------------------


def test_references_of_says_which_keys_an_event_gives(ids: StreamIds) -> None:
    stream = ids.new()
    requested = Requested(
        at=AT, by="jan", customer="K-1", issue="other", session_ref="A-1", command="c", command_digest="d"
    )
    assert references_of(RecordedEvent(stream, 1, requested)) == [
        Reference("session_ref", "A-1", stream),
        Reference("command", "c", stream, "d"),
    ]
    registered = CustomerRegistered(at=AT, by="jan", customer="K-1")
    assert references_of(RecordedEvent(stream, 1, registered)) == [Reference("customer", "K-1", stream)]
    assert references_of(RecordedEvent(stream, 2, Ended(at=AT, by="jan"))) == []


def test_keys_lead_to_their_streams(store: LedgerStore, ids: StreamIds, new_session: NewSession) -> None:
    customer = ids.new()
    first, second = new_session("2026/1", "c-1"), new_session("2026/2")
    store.save(RecordedEvent(customer, 1, CustomerRegistered(at=AT, by="jan", customer="K-041")))
    store.save(*first)
    store.save(*second)
    assert store.resolve("customer", "K-041") == (customer, None)
    assert store.resolve("session_ref", "2026/2") == (second[0].originator_id, None)
    assert store.resolve("command", "c-1") == (first[0].originator_id, "d")
    assert store.resolve("session", 2) == (second[0].originator_id, None)
    assert store.resolve("session", "2") is None
    assert store.resolve("session_ref", "2026/3") is None
    assert [store.session_number(e[0].originator_id) for e in (first, second)] == [1, 2]
    assert store.session_number(customer) is None
    streams = [second[0].originator_id, customer, first[0].originator_id]
    assert store.session_numbers(streams) == {first[0].originator_id: 1, second[0].originator_id: 2}
    assert store.session_numbers([]) == {}


def test_a_number_or_a_text_under_one_key_are_different_keys(
    store: LedgerStore, new_session: NewSession
) -> None:
    """A session_ref of digits stays text and is not the session of that number."""
    first, second = new_session("2"), new_session("1")
    store.save(*first)
    store.save(*second)
    assert store.resolve("session_ref", "2") == (first[0].originator_id, None)
    assert store.resolve("session", 2) == (second[0].originator_id, None)


def test_a_command_is_recorded_once_with_its_digest(store: LedgerStore, new_session: NewSession) -> None:
    """Given a command that was recorded, the same id is taken, with the same content or another."""
    store.save(*new_session(None, "c-1"))
    for digest in ("d", "other"):
        with pytest.raises(ReferenceTaken, match="command 'c-1' is taken"):
            store.save(*new_session(None, "c-1", digest))


def test_one_command_with_two_contents_in_one_save_is_refused(
    store: LedgerStore, new_session: NewSession
) -> None:
    with pytest.raises(ReferenceTaken):
        store.save(*new_session(None, "c-1", "d"), *new_session(None, "c-1", "other"))


def test_a_customer_code_is_given_once(store: LedgerStore, ids: StreamIds) -> None:
    store.save(RecordedEvent(ids.new(), 1, CustomerRegistered(at=AT, by="jan", customer="K-041")))
    with pytest.raises(ReferenceTaken, match="customer 'K-041' is taken"):
        store.save(RecordedEvent(ids.new(), 1, CustomerRegistered(at=AT, by="anna", customer="K-041")))


def test_the_commitment_of_an_event_is_found_by_its_place(store: LedgerStore, ids: StreamIds) -> None:
    stream = ids.new()
    store.save(
        RecordedEvent(stream, 1, Noted(at=AT, by="jan", commitment="abc")),
        RecordedEvent(stream, 2, SettingChanged(at=AT, by="jan", key="purge.sla_seconds", value=900)),
    )
    assert [store.commitment_at(stream, version) for version in (1, 2, 3)] == ["abc", None, None]


# --- the file ---------------------------------------------------------------------------------


def test_a_ledger_is_made_once(path: Path, store: LedgerStore) -> None:
    store.save(
        RecordedEvent(UUID(int=7), 1, SettingChanged(at=AT, by="jan", key="purge.sla_seconds", value=900))
    )
    with pytest.raises(LedgerExists):
        LedgerStore.create(path, lambda: 0)
    assert store.length() == 1


def test_a_log_without_an_event_is_unfinished_and_made_again(path: Path, store: LedgerStore) -> None:
    """Whoever made it was cut short: nothing but its tables can be there."""
    assert LedgerStore.is_unfinished(path)
    LedgerStore.create(path, lambda: 0).close()
    store.save(
        RecordedEvent(UUID(int=7), 1, SettingChanged(at=AT, by="jan", key="purge.sla_seconds", value=900))
    )
    assert not LedgerStore.is_unfinished(path)


def test_a_file_of_somebody_else_is_no_unfinished_log(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no database" * 100, encoding="utf-8")
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("CREATE TABLE events (x)")
    assert not any(LedgerStore.is_unfinished(tmp_path / name) for name in ("text", "other.db", "nothing"))


def test_a_missing_ledger_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(LedgerMissing, match=r"there is no events\.db") as caught:
        LedgerStore.open(tmp_path / "events.db", lambda: 0)
    assert "session-ledger init" in caught.value.hint
    assert not (tmp_path / "events.db").exists()


def test_a_file_that_was_begun_and_never_filled_is_no_ledger_and_can_be_made_one(path: Path) -> None:
    path.touch()
    with pytest.raises(LedgerMissing, match="holds no ledger"):
        LedgerStore.open(path, lambda: 0)
    with LedgerStore.create(path, lambda: 0) as store:
        assert store.length() == 0


def test_dump_and_restore_keep_every_id(
    path: Path, tmp_path: Path, store: LedgerStore, new_session: NewSession
) -> None:
    """Given a log restored from its SQL dump, indexes, numbers, hashes and guards are as before."""
    store.save(*new_session("2026/1"), *new_session("2026/2", "c-1"))
    copy = tmp_path / "copy.db"
    with closing(sqlite3.connect(path)) as raw, closing(sqlite3.connect(copy)) as restored:
        restored.executescript("\n".join(raw.iterdump()))
    with LedgerStore.open(copy, lambda: 0) as other:
        assert list(other.pages(0)) == list(store.pages(0))
        assert other.recorder.select_notifications(1, 100) == store.recorder.select_notifications(1, 100)
        assert other.resolve("session", 2) == store.resolve("session", 2)
        other.save(*new_session("2026/3"))
    assert list(check_store(copy)) == []
