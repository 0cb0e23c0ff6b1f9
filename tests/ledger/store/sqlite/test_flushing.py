"""What keeps a commit through a power cut, beyond what every connection asserts."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

import pytest

from ledger.store.sqlite.database import open_database


@pytest.mark.parametrize(("system", "expected"), [("darwin", 1), ("linux", 0)])
def test_database_empties_the_memory_of_the_drive_on_macos_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, system: str, expected: int
) -> None:
    """Elsewhere fsync() reaches the medium."""
    with closing(open_database(tmp_path / "a.db", create=True)):
        monkeypatch.setattr(sys, "platform", system)
        with closing(open_database(tmp_path / "b.db", create=True)) as database:
            for pragma in ("fullfsync", "checkpoint_fullfsync"):
                assert database.execute(f"PRAGMA {pragma}").fetchone() == (expected,)
