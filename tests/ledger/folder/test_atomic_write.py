"""Folders and files that outlast a power cut; what a cut leaves is tried in tests/faults."""

from __future__ import annotations

import stat
from pathlib import Path

from ledger.folder.atomic_write import make_folder
from tests.support.purges import everything


def test_a_folder_is_made_with_those_above_it_and_once(tmp_path: Path) -> None:
    for _ in range(2):
        make_folder(tmp_path / "a" / "b" / "c", 0o700)
    assert stat.S_IMODE((tmp_path / "a" / "b" / "c").stat().st_mode) == 0o700
    assert set(everything(tmp_path)) == {"a", "a/b", "a/b/c"}
