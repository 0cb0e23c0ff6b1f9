"""After an erasure the bytes are looked for in the files, not asked of the interface."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest

from ledger.errors import ErasureIncomplete
from ledger.vault.entry import VaultEntry
from ledger.vault.remote_id_fingerprints import MonthKeys
from ledger.vault.vault import Vault

STREAM = UUID("019a8f5e-4c00-7abc-8def-0123456789ab")


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    with Vault.create(tmp_path, random.Random(3).randbytes) as made:  # noqa: S311 - the same keys in every run
        yield made


def on_disk(folder: Path) -> bytes:
    """Every byte of every file under the folder, write-ahead logs included."""
    return b"\n".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())


def secrets_of(folder: Path, subject: UUID) -> list[bytes]:
    """Both keys, and the box, as they are stored."""
    with closing(sqlite3.connect(folder / "keys" / "session.db")) as keys:
        found = keys.execute("SELECT * FROM key WHERE subject = ?", (subject.bytes,)).fetchone()
    with closing(sqlite3.connect(folder / "vault.db")) as raw:
        boxes = raw.execute("SELECT box FROM vault WHERE subject = ?", (subject.bytes,)).fetchall()
    return [found[1], found[2], *(box for (box,) in boxes)]


def test_personal_data_never_stand_in_clear(tmp_path: Path, vault: Vault) -> None:
    """Given 200 canaries, none is found in any file while they are kept."""
    canaries = [f"canary-{number:04}-Ślęzak" for number in range(200)]
    for number, canary in enumerate(canaries):
        vault.put("session", UUID(int=number), STREAM, number + 1, 0, {"name": canary})
    content = on_disk(tmp_path)
    assert len(content) > 50_000
    assert [canary for canary in canaries if canary.encode() in content] == []
    assert b"canary" not in content


def test_what_was_erased_is_in_no_file_any_more(tmp_path: Path, vault: Vault) -> None:
    """Given keys and boxes that were found in the files, none of their bytes are after the erasure."""
    dice = random.Random(5)  # noqa: S311 - the same order in every run
    subjects = [UUID(int=dice.getrandbits(128)) for _ in range(400)]
    for start in range(0, 400, 40):
        vault.put_many(
            [
                VaultEntry("session", subject, STREAM, start + place + 1, 0, {"name": f"canary {place}" * 5})
                for place, subject in enumerate(subjects[start : start + 40])
            ]
        )
    erased = dice.sample(subjects, 150)
    secrets = [secret for subject in erased for secret in secrets_of(tmp_path, subject)]
    assert len(secrets) == 450
    before = on_disk(tmp_path)
    assert all(secret in before for secret in secrets)

    for subject in erased[:50]:
        vault.erase("session", subject)
    vault.erase("session", *erased[50:])

    after = on_disk(tmp_path)
    parts = [part for secret in secrets for part in (secret[:12], secret[-12:])]
    assert [part.hex() for part in parts if part in after] == []
    kept = next(subject for subject in subjects if subject not in erased)
    assert all(secret in after for secret in secrets_of(tmp_path, kept))


def test_without_cutting_the_log_the_bytes_would_still_be_there(tmp_path: Path, vault: Vault) -> None:
    """The search has teeth: a plain DELETE leaves the key in the write-ahead log."""
    vault.put("session", UUID(int=1), STREAM, 1, 0, {"name": "canary"})
    key, *_ = secrets_of(tmp_path, UUID(int=1))
    with closing(sqlite3.connect(tmp_path / "keys" / "session.db", isolation_level=None)) as raw:
        raw.execute("PRAGMA secure_delete=ON")
        raw.execute("DELETE FROM key")
        assert key in on_disk(tmp_path)
    vault.erase("session", UUID(int=1))
    assert key not in on_disk(tmp_path)


@pytest.mark.parametrize("file", ["vault.db", "keys/session.db"])
def test_an_erasure_that_a_reader_holds_up_says_so_and_can_be_finished(
    tmp_path: Path, vault: Vault, file: str
) -> None:
    vault.put("session", UUID(int=1), STREAM, 1, 0, {"name": "canary"})
    secrets = secrets_of(tmp_path, UUID(int=1))
    with (
        Vault(tmp_path, bytes, busy_seconds=0.05) as impatient,
        closing(sqlite3.connect(tmp_path / file, isolation_level=None)) as reader,
    ):
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM sqlite_master").fetchone()
        with pytest.raises(ErasureIncomplete, match=Path(file).name):
            impatient.erase("session", UUID(int=1))
        assert any(secret in on_disk(tmp_path) for secret in secrets)
        reader.execute("ROLLBACK")
        impatient.erase("session", UUID(int=1))
    assert [secret for secret in secrets if secret in on_disk(tmp_path)] == []


def test_the_key_of_a_closed_month_is_in_no_file_any_more(tmp_path: Path) -> None:
    with MonthKeys.create(tmp_path, random.Random(3).randbytes) as months:  # noqa: S311 - the same keys in every run
        months.marks("2026-10", "123456789")
        months.marks("2026-11", "123456789")
        with closing(sqlite3.connect(tmp_path / "keys" / "month.db")) as raw:
            (october,), (november,) = raw.execute("SELECT key FROM month_key ORDER BY month").fetchall()
        assert october in on_disk(tmp_path)
        months.erase("2026-10")
        assert october not in on_disk(tmp_path)
        assert november in on_disk(tmp_path)
