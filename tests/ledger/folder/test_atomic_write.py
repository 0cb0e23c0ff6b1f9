"""Folders and files that outlast a power cut; what a cut leaves is tried in tests/faults."""

from __future__ import annotations

import os
import stat
import sys
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from ledger.folder import atomic_write, lock
from ledger.folder.atomic_write import (
    discard,
    discard_folder,
    make_folder,
    sync,
    temporary_folder,
    write_whole,
    written_beside,
)
from tests.support.held_open import held_open
from tests.support.purges import everything

fcntl = pytest.importorskip("fcntl", reason="the fakes look at descriptors as POSIX does")


def test_a_folder_is_made_with_those_above_it_and_once(tmp_path: Path) -> None:
    for _ in range(2):
        make_folder(tmp_path / "a" / "b" / "c", 0o700)
    assert stat.S_IMODE((tmp_path / "a" / "b" / "c").stat().st_mode) == 0o700
    assert set(everything(tmp_path)) == {"a", "a/b", "a/b/c"}


def test_file_is_written_whole_with_its_mode(tmp_path: Path) -> None:
    beside = tmp_path / ".key.part"
    beside.write_bytes(b"of a writer that died")
    write_whole(tmp_path / "key", b"new", 0o600, beside=beside)
    assert everything(tmp_path) == {"key": b"new"}
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600


@pytest.mark.parametrize(("module", "call"), [(Path, "chmod"), (os, "ftruncate")], ids=["mode", "length"])
def test_file_that_cannot_be_prepared_leaves_no_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: object, call: str
) -> None:
    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, call, fails)
    with pytest.raises(OSError, match="No space left"):
        write_whole(tmp_path / "key", b"new", 0o600, beside=tmp_path / ".key.part")
    assert everything(tmp_path) == {}


class HeldOpen:
    """`Path.replace` and `Path.unlink` as Windows answers them while another process has the target open."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, refusals: int) -> None:
        self.left = refusals
        for name in ("replace", "unlink"):
            monkeypatch.setattr(Path, name, self._refusing(getattr(Path, name)))

    def _refusing(self, act: Callable[..., object]) -> Callable[..., object]:
        def refusing(path: Path, *more: object, **options: object) -> object:
            if path.exists() and self.left:
                self.left -= 1
                raise PermissionError(13, "Permission denied")
            return act(path, *more, **options)

        return refusing


def test_replacement_is_tried_again_while_target_is_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(atomic_write, "WAIT_SECONDS", 2.0)
    held = HeldOpen(monkeypatch, refusals=3)
    write_whole(tmp_path / "file", b"new")
    assert held.left == 0
    assert everything(tmp_path) == {"file": b"new"}


def test_refused_replacement_is_final_after_the_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(atomic_write, "WAIT_SECONDS", 0.05)
    HeldOpen(monkeypatch, refusals=10_000)
    with pytest.raises(PermissionError):
        write_whole(tmp_path / "file", b"new")


@pytest.mark.parametrize(("refusals", "is_done"), [(9, True), (10, False)])
def test_slow_machine_tries_as_often_as_a_quick_one(
    monkeypatch: pytest.MonkeyPatch, refusals: int, *, is_done: bool
) -> None:
    """Each try takes a second: the wait is over after two, and whoever holds the file is as slow."""
    seconds, left = count(0.0), iter(range(refusals))

    def act() -> bool:
        if next(left, None) is not None:
            raise PermissionError(13, "Permission denied")
        return True

    monkeypatch.setattr(atomic_write, "WAIT_SECONDS", 2.0)
    monkeypatch.setattr(atomic_write, "TRIES_MIN", 10)
    monkeypatch.setattr(time, "monotonic", lambda: next(seconds))
    if is_done:
        assert atomic_write.patiently(act)
    else:
        with pytest.raises(PermissionError):
            atomic_write.patiently(act)


def test_file_that_is_held_open_is_not_discarded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    HeldOpen(monkeypatch, refusals=1)
    assert [discard(tmp_path / "file"), discard(tmp_path / "file")] == [False, True]


def test_temporary_folder_is_gone_but_for_what_is_held_open() -> None:
    with temporary_folder() as folder:
        (folder / "views").mkdir()
        (folder / "views" / "a").touch()
    assert not folder.exists()
    with held_open("a"), temporary_folder() as kept:
        (kept / "a").touch()
    assert [each.name for each in kept.iterdir()] == ["a"]
    assert discard_folder(kept)
    assert discard_folder(kept)


def test_no_file_is_flushed_by_a_handle_for_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows refuses that."""

    def fsync(descriptor: int) -> None:
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            assert fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE != os.O_RDONLY

    monkeypatch.setattr(os, "fsync", fsync)
    write_whole(tmp_path / "file", b"new")
    sync(tmp_path / "file")


def test_macos_empties_the_memory_of_the_drive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(fcntl, "F_FULLFSYNC", 51, raising=False)

    def full_flush(_descriptor: int, command: int) -> None:
        asked.append(command)

    monkeypatch.setattr(fcntl, "fcntl", full_flush)
    write_whole(tmp_path / "file", b"new")
    assert asked == [51, 51]  # the file, then its folder


def test_macos_falls_back_where_the_file_system_knows_no_full_flush(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []

    def refused(_descriptor: int, _command: int) -> int:
        raise OSError(45, "Operation not supported")

    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(fcntl, "F_FULLFSYNC", 51, raising=False)
    monkeypatch.setattr(fcntl, "fcntl", refused)
    monkeypatch.setattr(os, "fsync", synced.append)
    write_whole(tmp_path / "file", b"new")
    assert len(synced) == 2


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


def test_name_that_another_writer_has_claimed_is_refused(tmp_path: Path) -> None:
    path, beside = tmp_path / "file", tmp_path / ".file.part"
    with written_beside(path, beside=beside) as out:
        out.write(b"first")
        with pytest.raises(BlockingIOError):
            write_whole(path, b"second", beside=beside)
    assert everything(tmp_path) == {"file": b"first"}


def test_writer_that_waited_for_a_renamed_file_leaves_the_target_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It opened the first writer's file just before that one got its name."""
    path, beside = tmp_path / "file", tmp_path / ".file.part"
    claim = lock.claim
    seen: list[bytes] = []

    def slow(descriptor: int) -> None:
        if not seen:
            beside.write_bytes(b"first")
            beside.replace(path)
        claim(descriptor)
        seen.append(path.read_bytes())

    monkeypatch.setattr(lock, "claim", slow)
    with written_beside(path, beside=beside) as out:
        out.write(b"second")
        assert path.read_bytes() == b"first"
    assert everything(tmp_path) == {"file": b"second"}
