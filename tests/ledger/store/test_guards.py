from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ledger.domain.events import RecordedEvent
from ledger.store.checks import check_store
from ledger.store.event_store import LedgerStore
from ledger.store.sqlite.schema import LOG_TABLES, SCHEMA

COLUMNS = "originator_id, originator_version, topic, recorded_at, x'7b7d', leaf_hash"
ROW = f"{COLUMNS} FROM events WHERE leaf_index = 2"
UPSERT = "FROM events WHERE leaf_index = 2 ON CONFLICT"
STREAM_UPSERT = f"{COLUMNS} {UPSERT} (originator_id, originator_version)"
CHANGE = "DO UPDATE SET state = x'7b7d'"
COMMAND = "VALUES ('command', 'c-1', zeroblob(16), 'other')"
GUARDS = [name for name, made in SCHEMA.items() if made.startswith("CREATE TRIGGER")]


@pytest.fixture
def raw(
    path: Path, store: LedgerStore, new_session: Callable[..., list[RecordedEvent]]
) -> Iterator[sqlite3.Connection]:
    """A plain connection to a log of two sessions, with the pragma off that would hide a missing guard."""
    store.save(*new_session("2026/1", "c-1"), *new_session("2026/2"))
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA recursive_triggers=OFF")
        yield connection


EVENT_ATTACKS = [
    ("UPDATE events SET state = x'7b7d' WHERE leaf_index = 2", "never changed"),
    ("UPDATE events SET leaf_index = 99 WHERE leaf_index = 7", "never changed"),
    ("UPDATE OR REPLACE events SET leaf_index = 3 WHERE leaf_index = 2", "never changed"),
    ("DELETE FROM events WHERE leaf_index = 7", "never removed"),
    ("DELETE FROM events", "never removed"),
    ("INSERT OR REPLACE INTO events SELECT * FROM events WHERE leaf_index = 2", "not the next leaf index"),
    ("REPLACE INTO events SELECT * FROM events WHERE leaf_index = 2", "not the next leaf index"),
    ("INSERT OR IGNORE INTO events SELECT * FROM events WHERE leaf_index = 2", "not the next leaf index"),
    (f"INSERT INTO events SELECT * {UPSERT} (leaf_index) {CHANGE}", "not the next leaf index"),
]
VERSION_ATTACKS = [
    (f"INSERT INTO events SELECT 8, {ROW}", "version of the stream is taken"),
    (f"INSERT OR REPLACE INTO events SELECT 8, {ROW}", "version of the stream is taken"),
    (f"REPLACE INTO events SELECT 8, {ROW}", "version of the stream is taken"),
    (f"INSERT INTO events SELECT 8, {STREAM_UPSERT} {CHANGE}", "version of the stream is taken"),
]
FRESH = "randomblob(16), 1, 'session.noted:1', 0, x'7b7d', zeroblob(32)"
INDEX_ATTACKS = [
    (f"INSERT INTO events VALUES ({index}, {FRESH})", "not the next leaf index")
    for index in ("9", "-1", "0", "7", "NULL")
]
REFERENCE_ATTACKS = [
    ("UPDATE reference SET stream = zeroblob(16)", "never given anew"),
    ("UPDATE OR IGNORE reference SET key = 'x' WHERE kind = 'command'", "never given anew"),
    ("DELETE FROM reference WHERE kind = 'session_ref'", "never removed"),
    ("INSERT OR REPLACE INTO reference VALUES ('session_ref', '2026/1', zeroblob(16), NULL)", "key is taken"),
    ("REPLACE INTO reference VALUES ('command', 'c-1', zeroblob(16), 'other')", "key is taken"),
    (f"INSERT INTO reference {COMMAND} ON CONFLICT (kind, key) DO UPDATE SET digest = ''", "key is taken"),
    ("REPLACE INTO reference VALUES ('session', 1, zeroblob(16), NULL)", "not the next session number"),
    ("INSERT INTO reference VALUES ('session', 9, zeroblob(16), NULL)", "not the next session number"),
    ("INSERT INTO reference VALUES ('session', 'three', zeroblob(16), NULL)", "not the next session number"),
]

TREE_ATTACKS = [
    ("UPDATE subtree SET hash = zeroblob(32)", "never changed"),
    ("DELETE FROM subtree", "never removed"),
    ("INSERT OR REPLACE INTO subtree VALUES (1, 0, zeroblob(32))", "not the next number"),
    ("INSERT INTO subtree VALUES (1, 2, zeroblob(32))", "not the next number"),
    ("INSERT INTO subtree VALUES (2, 1, zeroblob(32))", "not the next number"),
    ("UPDATE checkpoint SET note = 'another'", "never changed"),
    ("DELETE FROM checkpoint", "never removed"),
    ("REPLACE INTO checkpoint VALUES (8, 'another')", "larger tree was signed"),
    ("INSERT INTO checkpoint VALUES (7, 'earlier')", "larger tree was signed"),
    ("UPDATE anchor SET token = x'00'", "never changed"),
    ("DELETE FROM anchor", "never removed"),
    ("REPLACE INTO anchor VALUES (8, 'rfc3161', x'01')", "is here already"),
]
ATTACKS = EVENT_ATTACKS + VERSION_ATTACKS + INDEX_ATTACKS + REFERENCE_ATTACKS


@pytest.fixture
def signed(
    path: Path, store: LedgerStore, new_session: Callable[..., list[RecordedEvent]]
) -> Iterator[sqlite3.Connection]:
    """A plain connection to a log of 256 events, one subtree, a checkpoint and a time stamp."""
    store.save(*[event for _ in range(64) for event in new_session()])
    with store.signing() as add:
        add(8, "note")
    store.add_anchor(8, "rfc3161", b"\x01")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA recursive_triggers=OFF")
        yield connection


@pytest.mark.parametrize(("attack", "message"), TREE_ATTACKS)
def test_the_database_keeps_the_tree_and_what_was_signed(
    signed: sqlite3.Connection, path: Path, attack: str, message: str
) -> None:
    """Given a log with its tree, every way to change hashes, checkpoints or time stamps is refused."""
    before = list(signed.iterdump())
    with pytest.raises(sqlite3.IntegrityError, match=message):
        signed.execute(attack)
    assert list(signed.iterdump()) == before
    assert list(check_store(path)) == []


def passes(connection: sqlite3.Connection, attack: str) -> bool:
    """Return True if an attack passes; what it did is taken back."""
    connection.execute("BEGIN")
    try:
        connection.execute(attack)
    except sqlite3.IntegrityError:
        return False
    finally:
        connection.execute("ROLLBACK")
    return True


@pytest.mark.parametrize(("attack", "message"), ATTACKS)
def test_the_database_itself_refuses(raw: sqlite3.Connection, path: Path, attack: str, message: str) -> None:
    """Given a plain connection, every way to change what is recorded is refused, and nothing has changed."""
    before = list(raw.iterdump())
    with pytest.raises(sqlite3.IntegrityError, match=message):
        raw.execute(attack)
    assert list(raw.iterdump()) == before
    assert list(check_store(path)) == []


@pytest.mark.parametrize("guard", [g for g in GUARDS if not g.startswith(LOG_TABLES)])
def test_every_guard_stops_what_would_pass_without_it(raw: sqlite3.Connection, guard: str) -> None:
    """Given one guard dropped, some attack passes: each of them is needed."""
    raw.execute(f"DROP TRIGGER {guard}")
    assert any(passes(raw, attack) for attack, _ in ATTACKS)


@pytest.mark.parametrize("guard", [g for g in GUARDS if g.startswith(LOG_TABLES)])
def test_every_guard_of_the_tree_is_needed_too(signed: sqlite3.Connection, guard: str) -> None:
    """As above."""
    signed.execute(f"DROP TRIGGER {guard}")
    assert any(passes(signed, attack) for attack, _ in TREE_ATTACKS)


def test_a_next_event_may_be_appended_by_anybody(raw: sqlite3.Connection, path: Path) -> None:
    """The guards stop changes, not appends; a forged row is then found by its hash."""
    raw.execute(f"INSERT INTO events VALUES (8, {FRESH})")
    names = [finding.name for finding in check_store(path)]
    assert names == ["event-recorded-at", "event-hash", "event-payload"]


@pytest.mark.parametrize("column", ["originator_id", "originator_version", "leaf_hash", "topic", "state"])
def test_a_row_of_another_shape_is_refused(raw: sqlite3.Connection, column: str) -> None:
    """STRICT and the CHECKs hold the types and lengths of the columns."""
    bad = {
        "originator_id": "randomblob(15)",
        "originator_version": "0",
        "topic": "x'00'",
        "recorded_at": "0",
        "state": "'text'",
        "leaf_hash": "zeroblob(31)",
    }
    good = dict(zip(bad, FRESH.split(", "), strict=True))
    values = ", ".join({**good, column: bad[column]}.values())
    with pytest.raises(sqlite3.IntegrityError):
        raw.execute(f"INSERT INTO events VALUES (8, {values})")
