from __future__ import annotations

import hashlib
import hmac
import json
import random
import sqlite3
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.errors import KeysMissing, LedgerMissing, StoreBusy, VaultDamaged
from ledger.vault.cipher import CLASSES, VaultClass
from ledger.vault.commitment import canonical
from ledger.vault.entry import VaultEntry
from ledger.vault.vault import Vault

SUBJECT, OTHER = UUID(int=1), UUID(int=2)
STREAM = UUID("019a8f5e-4c00-7abc-8def-0123456789ab")
NAME = {"name": "Józef Ślęzak", "email": "jozef@example.pl"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def vault(folder: Path) -> Iterator[Vault]:
    """A new vault with entropy that repeats from run to run."""
    with Vault.create(folder, random.Random(3).randbytes) as made:  # noqa: S311 - the same keys in every run
        yield made


def stored(path: Path, statement: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as raw:
        return raw.execute(statement).fetchall()


def nothing_recorded(_stream: UUID, _version: int) -> None:
    """A log without any event."""


@pytest.mark.parametrize("kind", CLASSES)
def test_what_is_put_is_got_by_its_commitment(vault: Vault, kind: VaultClass) -> None:
    commitment = vault.put(kind, SUBJECT, STREAM, 1, 0, NAME)
    assert vault.get(commitment) == NAME
    assert vault.get("A" * 43) is None


@settings(max_examples=20, deadline=None)  # each example makes the files of a vault
@given(values=st.dictionaries(st.text(), st.text(), max_size=4), version=st.integers(1, 2**63 - 1))
def test_any_text_comes_back(
    tmp_path_factory: pytest.TempPathFactory, values: dict[str, str], version: int
) -> None:
    folder = tmp_path_factory.mktemp("any")
    with Vault.create(folder, random.Random(3).randbytes) as vault:  # noqa: S311 - the same keys in every run
        commitment = vault.put("session", SUBJECT, STREAM, version, 0, values)
        assert vault.get(commitment) == values
        assert vault.matches("session", SUBJECT, STREAM, version, commitment, values) is True


def test_the_commitment_is_the_hmac_it_is_said_to_be(vault: Vault, folder: Path) -> None:
    """HMAC-SHA-256 under the stored key of stream, version in 8 bytes, and sorted compact JSON."""
    commitment = vault.put("session", SUBJECT, STREAM, 2, 0, NAME)
    ((key,),) = stored(folder / "keys" / "session.db", "SELECT commitment_key FROM key")
    values = json.dumps(NAME, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    expected = hmac.new(key, STREAM.bytes + (2).to_bytes(8, "big") + values, hashlib.sha256).digest()
    assert urlsafe_b64decode(commitment + "=") == expected
    assert len(commitment) == 43


def test_the_order_of_the_values_does_not_matter() -> None:
    assert canonical({"b": "2", "a": "ł"}) == canonical({"a": "ł", "b": "2"}) == '{"a":"ł","b":"2"}'.encode()


@pytest.mark.parametrize(
    ("subject", "stream", "version", "values"),
    [
        (OTHER, STREAM, 1, NAME),
        (SUBJECT, UUID(int=9), 1, NAME),
        (SUBJECT, STREAM, 2, NAME),
        (SUBJECT, STREAM, 1, {**NAME, "name": "Jozef Slezak"}),
    ],
)
def test_a_commitment_binds_subject_stream_version_and_values(
    vault: Vault, subject: UUID, stream: UUID, version: int, values: dict[str, str]
) -> None:
    vault.put("session", OTHER, STREAM, 1, 0, {})
    commitment = vault.put("session", SUBJECT, STREAM, 1, 0, NAME)
    assert vault.matches("session", SUBJECT, STREAM, 1, commitment, NAME) is True
    assert vault.matches("session", subject, stream, version, commitment, values) is False


def test_after_erasure_nobody_can_read_or_compare(vault: Vault) -> None:
    """Given two classes of one subject and another subject, only what was named is gone."""
    erased = vault.put("session", SUBJECT, STREAM, 1, 0, NAME)
    kept = vault.put("tax", SUBJECT, STREAM, 2, 0, NAME)
    other = vault.put("session", OTHER, STREAM, 3, 0, NAME)
    vault.erase("session", SUBJECT)
    assert vault.get(erased) is None
    assert vault.matches("session", SUBJECT, STREAM, 1, erased, NAME) is None
    assert not vault.has_keys("session", SUBJECT)
    assert vault.get(kept) == vault.get(other) == NAME
    assert {row.commitment for row in vault.rows()} == {kept, other}


def test_erasing_what_is_not_there_is_no_error(vault: Vault) -> None:
    vault.erase("session", SUBJECT)
    vault.erase("session")


def test_a_subject_that_comes_back_after_erasure_gets_new_keys(vault: Vault) -> None:
    before = vault.put("customer", SUBJECT, STREAM, 1, 0, NAME)
    vault.erase("customer", SUBJECT)
    after = vault.put("customer", SUBJECT, STREAM, 1, 0, NAME)
    assert before != after
    assert vault.matches("customer", SUBJECT, STREAM, 1, before, NAME) is False


def test_many_are_put_as_one(vault: Vault, folder: Path) -> None:
    """Given entries of several subjects and classes, keys are made once for each subject in a class."""
    places: list[tuple[VaultClass, int]] = [
        ("session", 1),
        ("session", 2),
        ("tax", 1),
        ("session", 1),
        ("customer", 3),
    ]
    entries = [
        VaultEntry(kind, UUID(int=subject), STREAM, version, 0, {"n": str(version)})
        for version, (kind, subject) in enumerate(places, 1)
    ]
    commitments = vault.put_many(entries)
    assert [vault.get(commitment) for commitment in commitments] == [entry.values for entry in entries]
    counts = [len(stored(folder / "keys" / f"{kind}.db", "SELECT * FROM key")) for kind in CLASSES]
    assert counts == [2, 1, 1]
    assert vault.put_many([]) == []


def test_every_box_has_a_nonce_of_its_own(vault: Vault, folder: Path) -> None:
    vault.put_many([VaultEntry("session", SUBJECT, STREAM, version, 0, NAME) for version in range(1, 51)])
    assert len(set(stored(folder / "vault.db", "SELECT nonce FROM vault"))) == 50
    assert len(set(stored(folder / "vault.db", "SELECT box FROM vault"))) == 50


def test_a_repeated_put_finds_its_own_row_and_makes_it_young(vault: Vault) -> None:
    """A command that died before its event and is repeated: one row, of the second moment."""
    first = vault.put("session", SUBJECT, STREAM, 1, 1000, NAME)
    assert vault.put("session", SUBJECT, STREAM, 1, 2000, NAME) == first
    assert [(row.commitment, row.moment_us) for row in vault.rows()] == [(first, 2000)]


# --- a lost race ------------------------------------------------------------------------------


def test_a_lost_race_takes_its_own_rows_and_unused_keys_away(vault: Vault) -> None:
    kept = vault.put("session", SUBJECT, STREAM, 1, 0, NAME)
    lost = [
        vault.put("session", SUBJECT, STREAM, 2, 0, NAME),
        vault.put("session", OTHER, UUID(int=7), 1, 0, NAME),
    ]
    assert vault.remove([*lost, "B" * 43], nothing_recorded) == 2
    assert [row.commitment for row in vault.rows()] == [kept]
    assert vault.has_keys("session", SUBJECT)
    assert not vault.has_keys("session", OTHER)


def test_a_lost_race_leaves_the_row_that_the_winner_needs(vault: Vault) -> None:
    """Given two commands that said the very same thing, loser and winner share one row."""
    shared = vault.put("customer", SUBJECT, STREAM, 2, 0, NAME)
    assert vault.put("customer", SUBJECT, STREAM, 2, 0, NAME) == shared
    log = {(STREAM, 2): shared}
    assert vault.remove([shared], lambda stream, version: log.get((stream, version))) == 0
    assert vault.get(shared) == NAME


def test_no_key_dies_under_somebody_who_writes(folder: Path, vault: Vault) -> None:
    """Given threads that put and take back rows of one subject, every row that stays opens."""
    barrier, kept = Barrier(4), list[str]()

    def work(number: int) -> None:
        with Vault(folder, random.Random(number).randbytes) as own:  # noqa: S311 - the same keys in every run
            barrier.wait()
            for turn in range(25):
                commitment = own.put("session", SUBJECT, UUID(int=number), turn + 1, 0, NAME)
                if turn % 5:
                    own.remove([commitment], nothing_recorded)
                else:
                    kept.append(commitment)

    threads = [Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(kept) == 20
    assert [vault.get(commitment) for commitment in kept] == [NAME] * 20


# --- the files --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE vault SET box = zeroblob(length(box))",
        "UPDATE vault SET box = substr(box, 1, 10)",
        "UPDATE vault SET nonce = zeroblob(12)",
        "UPDATE vault SET version = 2",
        "UPDATE vault SET stream = zeroblob(16)",
        "UPDATE vault SET class = 'tax'",
        "UPDATE vault SET commitment = 'x'",
    ],
)
def test_a_changed_row_does_not_open(vault: Vault, folder: Path, damage: str) -> None:
    """The box is bound to class, subject, stream, version and commitment."""
    vault.put("tax", SUBJECT, STREAM, 9, 0, NAME)
    vault.erase("tax")
    commitment = vault.put("session", SUBJECT, STREAM, 1, 0, NAME)
    with closing(sqlite3.connect(folder / "vault.db")) as raw:
        raw.execute(damage + f" WHERE commitment = '{commitment}'")
        raw.commit()
    with pytest.raises(VaultDamaged):
        vault.get("x" if "'x'" in damage else commitment)


def test_a_box_of_another_subject_does_not_open_in_this_ones_place(vault: Vault, folder: Path) -> None:
    mine = vault.put("session", SUBJECT, STREAM, 1, 0, NAME)
    vault.put("session", OTHER, STREAM, 1, 0, NAME)
    with closing(sqlite3.connect(folder / "vault.db")) as raw:
        raw.execute("UPDATE vault SET subject = ? WHERE commitment = ?", (OTHER.bytes, mine))
        raw.commit()
    with pytest.raises(VaultDamaged):
        vault.get(mine)


def test_a_row_that_a_damaged_page_gives_is_damaged(vault: Vault, folder: Path) -> None:
    """Given a class that no vault has, neither reading nor walking takes it for anything else."""
    commitment = vault.put("session", SUBJECT, STREAM, 1, 0, NAME)
    with closing(sqlite3.connect(folder / "vault.db")) as raw:
        raw.execute("PRAGMA ignore_check_constraints=ON")
        raw.execute("UPDATE vault SET class = 'cession'")
        raw.commit()
    with pytest.raises(VaultDamaged, match="cannot be read"):
        vault.get(commitment)
    with pytest.raises(VaultDamaged, match="cannot be read"):
        list(vault.rows())


def test_rows_are_walked_through_page_by_page(vault: Vault) -> None:
    """More rows than one reading takes."""
    entries = [VaultEntry("session", SUBJECT, STREAM, version, 0, {}) for version in range(1, 5012)]
    commitments = vault.put_many(entries)
    assert [row.commitment for row in vault.rows()] == sorted(commitments)


def test_a_copy_without_session_keys_reads_the_rest(vault: Vault, folder: Path) -> None:
    """Nothing of that class is said to be erased, and nothing is written under keys that are elsewhere."""
    session = vault.put("session", SUBJECT, STREAM, 1, 0, NAME)
    customer = vault.put("customer", SUBJECT, STREAM, 2, 0, NAME)
    vault.close()
    for file in (folder / "keys").glob("session.db*"):
        file.unlink()
    with Vault(folder, bytes) as copy:
        assert copy.absent_classes() == ["session"]
        assert copy.get(session) is None
        assert copy.get(customer) == NAME
        assert copy.matches("session", SUBJECT, STREAM, 1, session, NAME) is None
        with pytest.raises(KeysMissing):
            copy.put("session", OTHER, STREAM, 3, 0, NAME)
        with pytest.raises(KeysMissing):
            copy.erase("session", SUBJECT)
        assert len(list(copy.rows())) == 2


def test_a_folder_without_vault_is_no_ledger(tmp_path: Path) -> None:
    with pytest.raises(LedgerMissing):
        Vault(tmp_path, bytes)


def test_making_a_vault_again_leaves_what_is_there(folder: Path, vault: Vault) -> None:
    commitment = vault.put("session", SUBJECT, STREAM, 1, 0, NAME)
    with Vault.create(folder, bytes) as again:
        assert again.get(commitment) == NAME


def test_the_order_of_writing_is_key_then_row(vault: Vault, folder: Path) -> None:
    """Given a row that cannot be written, its keys are on disk already, and no row is without keys."""
    with closing(sqlite3.connect(folder / "vault.db")) as raw:
        raw.execute("CREATE TRIGGER stop BEFORE INSERT ON vault BEGIN SELECT RAISE(ABORT, 'no'); END")
    with pytest.raises(sqlite3.IntegrityError):
        vault.put("session", SUBJECT, STREAM, 1, 0, NAME)
    assert vault.has_keys("session", SUBJECT)
    assert list(vault.rows()) == []


def test_a_vault_that_somebody_writes_to_is_a_conflict(folder: Path, vault: Vault) -> None:
    with closing(sqlite3.connect(folder / "vault.db", isolation_level=None)) as raw:
        raw.execute("BEGIN IMMEDIATE")
        with (
            Vault(folder, bytes, busy_seconds=0.05) as impatient,
            pytest.raises(StoreBusy, match=r"vault\.db"),
        ):
            impatient.put("session", SUBJECT, STREAM, 1, 0, NAME)
    assert list(vault.rows()) == []


def test_every_file_has_the_settings_of_the_ledger(vault: Vault, folder: Path) -> None:
    """Given the files as they lie on disk, they are in WAL mode; the rest is asserted on opening."""
    vault.put_many([VaultEntry(kind, SUBJECT, STREAM, 1, 0, NAME) for kind in CLASSES])
    for file in ("vault.db", *(f"keys/{kind}.db" for kind in CLASSES)):
        assert stored(folder / file, "PRAGMA journal_mode") == [("wal",)]
