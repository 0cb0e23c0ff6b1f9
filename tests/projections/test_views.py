"""The files of the read models: one live file at any moment, however Windows answers whoever replaces it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.errors import StoreBusy
from ledger.folder import atomic_write
from projections.views import POINTER, live_file, next_file, point_to, remove_others
from tests.support import swapping
from tests.support.long import times
from tests.support.systems import IS_WINDOWS


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_every_reader_finds_a_read_model_while_they_are_swapped(tmp_path: Path) -> None:
    seen = swapping.main(tmp_path, times(100, 2_000))
    held = swapping.READERS if IS_WINDOWS else 0  # what a reader holds open there stays until the next swap
    assert (seen["refused"], seen["none"]) == (0, 0)
    assert 2 <= seen["files left"] <= 2 + held
    assert seen["looked"] > 0


def test_pointer_that_is_refused_for_a_moment_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    point_to(tmp_path, next_file(tmp_path))
    refused = iter(range(3))

    def read_text(path: Path, encoding: str) -> str:
        if next(refused, None) is not None:
            raise PermissionError(13, "Permission denied")
        return path.read_bytes().decode(encoding)

    monkeypatch.setattr(atomic_write, "WAIT_SECONDS", 2.0)
    monkeypatch.setattr(Path, "read_text", read_text)
    assert live_file(tmp_path) == tmp_path / "views-1.db"


def test_refused_pointer_is_no_missing_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    point_to(tmp_path, next_file(tmp_path))

    def read_text(_path: Path, encoding: str) -> str:
        raise PermissionError(13, f"Permission denied to read {encoding}")

    monkeypatch.setattr(Path, "read_text", read_text)
    with pytest.raises(StoreBusy, match=POINTER):
        live_file(tmp_path)


def test_pointer_to_a_file_replaced_meanwhile_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        point_to(tmp_path, next_file(tmp_path))
    remove_others(tmp_path, tmp_path / "views-3.db")
    told = iter(["views-1.db\n", "views-3.db\n"])

    def read_text(_path: Path, encoding: str) -> str:
        assert encoding == "ascii"
        return next(told)

    monkeypatch.setattr(Path, "read_text", read_text)
    assert live_file(tmp_path) == tmp_path / "views-3.db"


def test_pointer_to_a_file_that_is_not_there_is_none(tmp_path: Path) -> None:
    point_to(tmp_path, next_file(tmp_path))
    (tmp_path / "views-1.db").unlink()
    assert live_file(tmp_path) is None


def test_read_model_that_is_held_open_stays_until_the_next_replay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, held = next_file(tmp_path), next_file(tmp_path)
    (tmp_path / f"{held.name}-wal").touch()
    unlink = Path.unlink

    def refusing(path: Path, *, missing_ok: bool = False) -> None:
        if path == held:
            raise PermissionError(13, "Permission denied")
        unlink(path, missing_ok=missing_ok)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", refusing)
        remove_others(tmp_path, kept)
    assert names(tmp_path) == ["views-1.db", "views-2.db", "views-2.db-wal"]
    remove_others(tmp_path, kept)
    assert names(tmp_path) == ["views-1.db"]
