from __future__ import annotations

import os
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest

from ledger.store.finding import CheckFinding
from ledger.vault.checks import (
    ORPHAN_AFTER_US,
    Committed,
    Log,
    check_files,
    check_missing,
    check_orphans,
    check_rights,
    check_rows,
    check_vault,
    repair,
)
from ledger.vault.entry import VaultEntry
from ledger.vault.remote_id_fingerprints import MonthKeys
from ledger.vault.vault import Vault
from tests.support.systems import needs_modes

STREAM = UUID("019a8f5e-4c00-7abc-8def-0123456789ab")
SUBJECT = UUID(int=1)
HOUR_LATER_US = ORPHAN_AFTER_US + 1


class Held(dict[tuple[UUID, int], str]):
    """What the events hold: the commitment of each stream and version."""

    def at(self, stream: UUID, version: int) -> str | None:
        return self.get((stream, version))


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    """A vault of 20 rows under one subject, put at the moment 0."""
    entropy = random.Random(3).randbytes  # noqa: S311 - the same keys in every run
    MonthKeys.create(tmp_path, entropy).close()
    with Vault.create(tmp_path, entropy) as made:
        made.put_many([VaultEntry("session", SUBJECT, STREAM, v, 0, {"n": "canary"}) for v in range(1, 21)])
        yield made


@pytest.fixture
def log(vault: Vault) -> Held:
    """A log that holds the commitments of all of them."""
    return Held({(row.stream, row.version): row.commitment for row in vault.rows()})


def names(findings: Iterator[CheckFinding]) -> list[str]:
    return [finding.name for finding in findings]


def asked(log: Held) -> Log:
    """The log as the checks ask it; every stream is session 5."""
    committed = [Committed("session", SUBJECT, *place, commitment) for place, commitment in log.items()]

    def subject_of(_: UUID) -> str:
        return "session 5"

    return Log(log.at, committed, subject_of)


def all_names(folder: Path, log: Held) -> list[str]:
    """The names of everything that is found an hour later."""
    return names(check_vault(folder, bytes, asked(log), HOUR_LATER_US))


def change(path: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(path)) as raw:
        raw.execute(statement, values)
        raw.commit()


def test_a_sound_vault_has_nothing_to_say(tmp_path: Path, vault: Vault, log: Held) -> None:
    assert all_names(tmp_path, log) == []
    assert repair(vault, log.at, HOUR_LATER_US) == 0
    assert len(list(vault.rows())) == 20


def test_a_row_without_event_is_a_finding_after_one_hour(vault: Vault, log: Held) -> None:
    del log[STREAM, 7]
    assert names(check_orphans(vault, asked(log), ORPHAN_AFTER_US)) == []
    (finding,) = check_orphans(vault, asked(log), HOUR_LATER_US)
    assert finding.name == "vault-row-without-event"
    assert finding.sentence == "the vault row of session data of session 5, its event 7, belongs to no event"


def test_a_row_whose_place_another_event_took_is_a_finding(vault: Vault, log: Held) -> None:
    """Given a lost race whose command died before it took its row away."""
    log[STREAM, 7] = "the winner's"
    assert names(check_orphans(vault, asked(log), HOUR_LATER_US)) == ["vault-row-without-event"]


def test_repair_removes_orphans_and_nothing_else(vault: Vault, log: Held) -> None:
    del log[STREAM, 7]
    assert repair(vault, log.at, ORPHAN_AFTER_US) == 0
    assert repair(vault, log.at, HOUR_LATER_US) == 1
    assert sorted(row.version for row in vault.rows()) == [v for v in range(1, 21) if v != 7]
    assert names(check_orphans(vault, asked(log), HOUR_LATER_US)) == []
    assert vault.has_keys("session", SUBJECT)


def test_a_missing_row_is_a_finding_while_its_keys_live(tmp_path: Path, vault: Vault, log: Held) -> None:
    change(tmp_path / "vault.db", "DELETE FROM vault WHERE commitment = ?", log[STREAM, 7])
    (finding,) = check_missing(vault, asked(log))
    told = (finding.name, str(finding.sentence))
    assert told == ("vault-row-missing", "the session data of session 5, its event 7, are missing")
    vault.erase("session", SUBJECT)
    assert names(check_missing(vault, asked(log))) == []


def test_an_interrupted_erasure_is_a_finding_and_repair_ends_it(
    tmp_path: Path, vault: Vault, log: Held
) -> None:
    """Given a crash after the keys were gone, the rows are left."""
    change(tmp_path / "keys" / "session.db", "DELETE FROM key")
    assert names(check_rows(vault, asked(log).subject_of)) == ["vault-row-without-key"] * 20
    assert repair(vault, log.at, 0) == 20
    assert names(check_rows(vault, asked(log).subject_of)) == []


@pytest.mark.parametrize(
    "damage", ["box = zeroblob(30)", "nonce = zeroblob(12)", "version = 99", "commitment = 'x'"]
)
def test_a_row_that_does_not_open_is_a_finding(tmp_path: Path, vault: Vault, log: Held, damage: str) -> None:
    change(tmp_path / "vault.db", f"UPDATE vault SET {damage} WHERE commitment = ?", log[STREAM, 7])
    (finding,) = check_rows(vault, asked(log).subject_of)
    assert finding.name == "vault-row-damaged"
    assert "canary" not in finding.sentence


def test_a_copy_without_session_keys_is_unreadable_and_nothing_is_missing(
    tmp_path: Path, vault: Vault, log: Held
) -> None:
    vault.close()
    for file in (tmp_path / "keys").glob("session.db*"):
        file.unlink()
    with Vault(tmp_path, bytes) as copy:
        assert names(check_files(tmp_path)) == ["vault-unreadable"]
        assert names(check_rows(copy, asked(log).subject_of)) == []
        assert names(check_missing(copy, asked(log))) == []
        assert repair(copy, log.at, HOUR_LATER_US) == 0
        assert len(list(copy.rows())) == 20


@needs_modes
def test_keys_that_others_can_read_are_a_finding(tmp_path: Path, vault: Vault, log: Held) -> None:
    vault.close()
    (tmp_path / "keys" / "session.db").chmod(0o644)
    assert all_names(tmp_path, log) == ["key-readable", "vault-unreadable"]


@pytest.mark.parametrize("file", ["vault.db", "keys/session.db", "keys/month.db"])
def test_a_file_that_is_no_database_is_a_finding(tmp_path: Path, vault: Vault, log: Held, file: str) -> None:
    vault.close()
    (tmp_path / file).write_bytes(b"no database" * 1000)
    assert all_names(tmp_path, log)[0] == "vault-damaged"


def test_a_vault_that_is_not_there_is_a_finding(tmp_path: Path, vault: Vault, log: Held) -> None:
    vault.close()
    (tmp_path / "vault.db").unlink()
    assert all_names(tmp_path, log) == ["vault-damaged", "vault-unreadable"]


@pytest.mark.parametrize("pages_kept", [0, 1, 2, 3])
def test_a_vault_cut_off_is_a_finding(tmp_path: Path, vault: Vault, log: Held, pages_kept: int) -> None:
    vault.close()
    path = tmp_path / "vault.db"
    content = path.read_bytes()
    assert len(content) > pages_kept * 4096
    path.write_bytes(content[: pages_kept * 4096])
    assert all_names(tmp_path, log) != []


@pytest.mark.parametrize("seed", range(30))
def test_a_flipped_bit_never_crashes_the_check(tmp_path: Path, vault: Vault, log: Held, seed: int) -> None:
    """Given a row that was changed by it, the check says so."""
    before = sorted(vault.rows())
    vault.close()
    dice = random.Random(seed)  # noqa: S311 - the seed names the case
    path = tmp_path / dice.choice(["vault.db", "keys/session.db"])
    content = bytearray(path.read_bytes())
    content[dice.randrange(100, len(content))] ^= 1 << dice.randrange(8)
    path.write_bytes(content)
    if not all_names(tmp_path, log):
        with Vault(tmp_path, bytes) as sound:
            assert sorted(sound.rows()) == before
            assert all(sound.get(commitment) == {"n": "canary"} for commitment in log.values())


@pytest.mark.skipif(os.name != "posix", reason="modes are those of POSIX")
@pytest.mark.parametrize("name", [".", "ledger.toml", "vault.db", "keys"])
def test_what_others_may_write_is_a_finding(tmp_path: Path, name: str) -> None:
    for each in ("ledger.toml", "vault.db"):
        (tmp_path / each).touch(0o600)
    (tmp_path / "keys").mkdir(0o700)
    tmp_path.chmod(0o700)
    assert list(check_rights(tmp_path)) == []
    path = tmp_path / name
    path.chmod(path.stat().st_mode | 0o002)
    assert [finding.name for finding in check_rights(tmp_path)] == ["folder-writable"]
    path.chmod(path.stat().st_mode & ~0o002 | 0o020)
    assert list(check_rights(tmp_path)) == [], "the owner's own group is no other person"
    os.chown(path, -1, 65533) if os.geteuid() == 0 else pytest.skip("another group needs root")
    assert [finding.name for finding in check_rights(tmp_path)] == ["folder-writable"]
