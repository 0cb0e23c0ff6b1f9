"""Folders and files that outlast a power cut; what a cut leaves is tried in tests/faults."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from ledger.folder.atomic_write import make_folder, written_beside
from tests.support.purges import everything


def test_a_folder_is_made_with_those_above_it_and_once(tmp_path: Path) -> None:
    for _ in range(2):
        make_folder(tmp_path / "a" / "b" / "c", 0o700)
    assert stat.S_IMODE((tmp_path / "a" / "b" / "c").stat().st_mode) == 0o700
    assert set(everything(tmp_path)) == {"a", "a/b", "a/b/c"}


def _half_written(path: Path) -> None:
    with written_beside(path) as out:
        out.write(b"half")
        raise OSError("full")


def test_file_keeps_old_bytes_until_new_ones_are_whole(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with pytest.raises(OSError, match="full"):
        _half_written(path)
    assert everything(tmp_path) == {"file": b"old"}
    with written_beside(path) as out:
        out.write(b"new")
        assert path.read_bytes() == b"old"
    assert everything(tmp_path) == {"file": b"new"}
