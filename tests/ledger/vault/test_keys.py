from __future__ import annotations

import os
import stat
from pathlib import Path
from uuid import UUID

import pytest

from ledger.errors import KeyReadable, KeysMissing
from ledger.vault.keys import create_key_file, open_key_file
from ledger.vault.remote_id_fingerprints import MonthKeys
from ledger.vault.vault import Vault

pytestmark = pytest.mark.skipif(os.name != "posix", reason="file modes are those of POSIX")

STREAM = UUID("019a8f5e-4c00-7abc-8def-0123456789ab")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_keys_are_made_for_their_owner_alone(tmp_path: Path) -> None:
    """Given a process whose files everybody may read, keys and their logs are 0600 in a 0700 folder."""
    before = os.umask(0)
    try:
        with (
            Vault.create(tmp_path, bytes) as vault,
            MonthKeys.create(tmp_path, bytes) as months,
        ):
            for kind in ("session", "tax", "customer"):
                vault.put(kind, UUID(int=1), STREAM, 1, 0, {})
            months.marks("2026-11", "1")
            files = sorted((tmp_path / "keys").iterdir())
            assert len([file for file in files if file.suffix == ".db"]) == 4
            assert len(files) == 12
            assert {mode(file) for file in files} == {0o600}
            assert mode(tmp_path / "keys") == 0o700
    finally:
        os.umask(before)


@pytest.mark.parametrize("bits", [0o640, 0o620, 0o610, 0o604, 0o602, 0o601, 0o666])
def test_a_key_file_that_others_can_use_is_refused(tmp_path: Path, bits: int) -> None:
    with Vault.create(tmp_path, bytes) as vault:
        (tmp_path / "keys" / "session.db").chmod(bits)
        with pytest.raises(KeyReadable, match=r"session\.db can be read by others") as caught:
            vault.put("session", UUID(int=1), STREAM, 1, 0, {})
        assert "chmod" in caught.value.hint
        (tmp_path / "keys" / "session.db").chmod(0o600)
        vault.put("session", UUID(int=1), STREAM, 1, 0, {})


@pytest.mark.parametrize("bits", [0o750, 0o701, 0o777])
def test_a_key_folder_that_others_can_enter_is_refused(tmp_path: Path, bits: int) -> None:
    MonthKeys.create(tmp_path, bytes).close()
    (tmp_path / "keys").chmod(bits)
    with pytest.raises(KeyReadable, match="keys can be read by others"):
        MonthKeys(tmp_path, bytes)


def test_a_key_file_is_never_made_on_opening(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir(mode=0o700)
    with pytest.raises(KeysMissing):
        open_key_file(tmp_path / "keys" / "session.db")
    assert list((tmp_path / "keys").iterdir()) == []


def test_making_a_key_file_again_keeps_its_keys(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "session.db"
    create_key_file(path)
    with Vault.create(tmp_path, bytes) as vault:
        vault.put("session", UUID(int=1), STREAM, 1, 0, {})
        create_key_file(path)
        assert vault.has_keys("session", UUID(int=1))
