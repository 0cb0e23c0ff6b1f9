from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from ledger.domain.events import RecordedEvent
from ledger.errors import StoreDamaged
from ledger.store.checks import CHECKS, check_store
from ledger.store.event_store import LedgerStore
from ledger.store.sqlite.schema import SCHEMA

NewSession = Callable[..., list[RecordedEvent]]
TRIGGERS = [name for name, made in SCHEMA.items() if made.startswith("CREATE TRIGGER")]


@pytest.fixture
def filled(path: Path, store: LedgerStore, new_session: NewSession) -> Path:
    """A log of 30 sessions whose file holds everything: nothing is left in its write-ahead log."""
    with store.bulk() as bulk:
        for number in range(30):
            bulk.append(new_session(f"2026/{number}", f"c-{number}"))
    store.close()
    return path


def damage(path: Path, *statements: str) -> None:
    """Do what the owner of the file can do: take the guards off, change, put them on again."""
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        for trigger in TRIGGERS:
            raw.execute(f"DROP TRIGGER {trigger}")
        for statement in statements:
            raw.execute(statement)
        for trigger in TRIGGERS:
            raw.execute(SCHEMA[trigger])


def names(path: Path, *checks: str) -> list[str]:
    return [finding.name for finding in check_store(path, checks or None)]


def sentences(path: Path) -> str:
    return "\n".join(finding.sentence for finding in check_store(path))


def test_a_sound_log_has_nothing_to_say(filled: Path) -> None:
    assert list(check_store(filled)) == []


def test_taking_the_guards_off_and_on_is_no_damage_yet(filled: Path) -> None:
    damage(filled)
    assert list(check_store(filled)) == []


def test_a_changed_payload_is_found_by_its_hash(filled: Path) -> None:
    later = "CAST(replace(CAST(state AS TEXT), '18:10', '19:10') AS BLOB)"
    damage(filled, f"UPDATE events SET state = {later} WHERE leaf_index = 6")
    assert names(filled) == ["event-hash"]
    assert "event 6 is not what was recorded" in sentences(filled)


@pytest.mark.parametrize(
    "change",
    [
        "topic = 'session.cancelled:1'",
        "originator_version = 9",
        "originator_id = zeroblob(16)",
        "recorded_at = recorded_at + 1",
        "recorded_at = 9000000000000000000",
        "leaf_hash = zeroblob(32)",
    ],
)
def test_every_column_is_bound_by_the_hash(filled: Path, change: str) -> None:
    damage(filled, f"UPDATE events SET {change} WHERE leaf_index = 119")
    assert "event-hash" in names(filled, "events")


def test_two_events_that_changed_places_are_found(filled: Path) -> None:
    damage(
        filled,
        "UPDATE events SET leaf_index = -1 WHERE leaf_index = 5",
        "UPDATE events SET leaf_index = 5 WHERE leaf_index = 9",
        "UPDATE events SET leaf_index = 9 WHERE leaf_index = -1",
    )
    assert names(filled, "events") == ["event-hash", "event-hash"]


def test_a_removed_event_leaves_a_gap(filled: Path) -> None:
    damage(filled, "DELETE FROM events WHERE leaf_index = 5")
    assert names(filled, "events") == ["event-index"]
    assert names(filled, "versions") == ["stream-version"]
    assert "event 6 follows event 4" in sentences(filled)


def test_a_first_version_other_than_one_is_found(filled: Path) -> None:
    damage(filled, "UPDATE events SET originator_version = 5 WHERE leaf_index = 0")
    assert names(filled, "versions") == ["stream-version"]


def test_a_moment_that_goes_backwards_is_found(filled: Path) -> None:
    damage(filled, "UPDATE events SET recorded_at = recorded_at - 1 WHERE leaf_index = 7")
    assert names(filled, "events") == ["event-recorded-at", "event-hash"]


@pytest.mark.parametrize("change", ["topic = 'session.danced:1'", "state = x'7b'"])
def test_an_event_that_cannot_be_read_is_named(filled: Path, change: str) -> None:
    damage(filled, f"UPDATE events SET {change} WHERE leaf_index = 3")
    assert names(filled) == ["event-hash", "event-payload"]
    assert "event 3: event session.da" in sentences(filled)


@pytest.mark.parametrize("kind", ["session_ref", "command"])
def test_a_missing_key_is_found(filled: Path, kind: str) -> None:
    key = {"session_ref": "2026/7", "command": "c-7"}[kind]
    damage(filled, f"DELETE FROM reference WHERE kind = '{kind}' AND key = '{key}'")
    assert names(filled) == ["reference-missing"]
    assert f"{kind} '{key}' stands in the events" in sentences(filled)


def test_a_missing_session_number_is_found(filled: Path) -> None:
    damage(filled, "DELETE FROM reference WHERE kind = 'session' AND key = 30")
    assert names(filled) == ["reference-missing"]


def test_a_key_that_no_event_gives_is_found(filled: Path) -> None:
    damage(filled, "INSERT INTO reference VALUES ('customer', 'K-9', zeroblob(16), NULL)")
    assert names(filled) == ["reference-extra"]


@pytest.mark.parametrize("change", ["stream = zeroblob(16)", "digest = 'other'", "digest = NULL"])
def test_a_key_that_leads_elsewhere_is_found(filled: Path, change: str) -> None:
    damage(filled, f"UPDATE reference SET {change} WHERE kind = 'command' AND key = 'c-3'")
    assert names(filled) == ["reference-different"]


def test_two_sessions_that_changed_numbers_are_found(filled: Path) -> None:
    damage(
        filled,
        "UPDATE reference SET key = -1 WHERE kind = 'session' AND key = 3",
        "UPDATE reference SET key = 3 WHERE kind = 'session' AND key = 4",
        "UPDATE reference SET key = 4 WHERE kind = 'session' AND key = -1",
    )
    assert names(filled) == ["reference-different", "reference-different"]


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_a_missing_guard_is_found(filled: Path, trigger: str) -> None:
    with closing(sqlite3.connect(filled)) as raw:
        raw.execute(f"DROP TRIGGER {trigger}")
    assert names(filled) == ["store-guard"]
    assert f"has lost {trigger}" in sentences(filled)


def test_a_guard_that_guards_nothing_is_found(filled: Path) -> None:
    with closing(sqlite3.connect(filled)) as raw:
        raw.execute("DROP TRIGGER events_no_delete")
        raw.execute("CREATE TRIGGER events_no_delete BEFORE DELETE ON events BEGIN SELECT 1; END")
    assert names(filled) == ["store-guard"]


def test_a_trigger_that_somebody_added_is_found(filled: Path) -> None:
    with closing(sqlite3.connect(filled)) as raw:
        raw.execute("CREATE TRIGGER quiet AFTER INSERT ON events BEGIN SELECT 1; END")
    assert names(filled) == ["store-guard"]


def test_an_index_that_disagrees_with_its_table_is_found_by_sqlite(filled: Path) -> None:
    """Given the pages of an index overwritten by those of another, rows are missing from it."""
    with closing(sqlite3.connect(filled, isolation_level=None)) as raw:
        raw.execute("PRAGMA writable_schema=ON")
        raw.execute(
            "UPDATE sqlite_master SET sql = replace(sql, '''session''', '''other''') WHERE type = 'index'"
        )
    assert "store-integrity" in names(filled, "integrity")


@pytest.mark.parametrize("pages_kept", [0, 1, 2, 5, 10])
def test_a_file_cut_off_is_a_finding(filled: Path, pages_kept: int) -> None:
    content = filled.read_bytes()
    assert len(content) > 10 * 4096
    filled.write_bytes(content[: pages_kept * 4096])
    assert {"store-integrity", "store-unreadable", "store-guard"} & set(names(filled))


def test_a_file_cut_within_a_page_is_a_finding(filled: Path) -> None:
    content = filled.read_bytes()
    filled.write_bytes(content[:-100])
    assert names(filled) != []


def test_a_schema_with_bytes_that_are_no_text_is_a_finding(filled: Path) -> None:
    content = filled.read_bytes()
    assert content.count(b"topic TEXT NOT NULL") == 1
    filled.write_bytes(content.replace(b"topic TEXT NOT NULL", b"topic TEX\xd4 NOT NULL"))
    assert names(filled) == ["store-unreadable"]


def test_rows_that_lead_in_circles_are_a_finding(filled: Path) -> None:
    """Given the last event's index overwritten by a small one, reading on from it would never end."""
    with closing(sqlite3.connect(filled)) as raw:
        (stream,) = raw.execute("SELECT originator_id FROM events WHERE leaf_index = 119").fetchone()
    content, header_bytes = filled.read_bytes(), 9
    record = bytes([119, header_bytes, 0, 44])  # the index, then the header: no value, a blob of 16 bytes
    place = content.rindex(record)
    assert content[place + 1 + header_bytes :].startswith(stream)
    filled.write_bytes(content[:place] + b"\x03" + content[place + 1 :])
    assert "store-unreadable" in names(filled, "events")
    with LedgerStore.open(filled, lambda: 0) as damaged, pytest.raises(StoreDamaged, match="out of order"):
        list(damaged.pages(0, None, 40))


def test_what_is_no_database_is_a_finding(path: Path) -> None:
    path.write_bytes(b"no database" * 1000)
    assert names(path) == ["store-unreadable"]


def test_a_missing_file_is_a_finding(tmp_path: Path) -> None:
    assert names(tmp_path / "events.db") == ["store-unreadable"]


def test_a_check_can_be_asked_for_by_name(filled: Path) -> None:
    damage(filled, "UPDATE events SET state = x'7b' WHERE leaf_index = 3")
    assert {name: bool(names(filled, name)) for name in CHECKS} == {
        "integrity": False,
        "guards": False,
        "events": True,
        "versions": False,
        "references": False,
        "tree": False,
    }


@pytest.mark.parametrize("seed", [*range(60), 81])
def test_a_flipped_bit_never_crashes_the_check_and_never_changes_an_event_unnoticed(
    filled: Path, seed: int
) -> None:
    dice = random.Random(seed)  # noqa: S311 - the seed names the case
    content = bytearray(filled.read_bytes())
    with closing(sqlite3.connect(filled)) as raw:
        before = list(raw.execute("SELECT * FROM events ORDER BY leaf_index"))
    place = dice.randrange(100, len(content))
    content[place] ^= 1 << dice.randrange(8)
    filled.write_bytes(content)
    found = names(filled)
    if not found:
        with closing(sqlite3.connect(filled)) as raw:
            assert list(raw.execute("SELECT * FROM events ORDER BY leaf_index")) == before
