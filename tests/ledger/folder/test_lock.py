"""The lock of a file, here by the system's own means and by those of Windows, held by two threads in turn."""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path
from types import ModuleType

import pytest

from ledger.folder import lock

BEHIND_ALL = 2**30


def _fake_msvcrt() -> ModuleType:
    """Make what the lock uses of the runtime of Windows: a byte of a file, held by one descriptor."""
    holders: dict[int, int] = {}

    def locking(descriptor: int, mode: int, count: int) -> None:
        assert (count, os.lseek(descriptor, 0, os.SEEK_CUR)) in {(1, 0), (1, BEHIND_ALL)}
        file = os.fstat(descriptor).st_ino
        if mode == fake.__dict__["LK_UNLCK"]:
            assert holders.pop(file) == descriptor
        elif holders.setdefault(file, descriptor) != descriptor:
            raise PermissionError(13, "Permission denied")

    fake = ModuleType("msvcrt")
    fake.__dict__.update(LK_UNLCK=0, LK_NBLCK=2, locking=locking)
    return fake


@pytest.fixture(params=["here", "windows"])
def _system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "windows":
        monkeypatch.setattr(sys, "platform", "win32")
        monkeypatch.setitem(sys.modules, "msvcrt", _fake_msvcrt())
        monkeypatch.setitem(sys.modules, "fcntl", None)


@pytest.mark.usefixtures("_system")
def test_second_holder_waits_for_first(tmp_path: Path) -> None:
    seen: list[str] = []
    taken = threading.Event()

    def second() -> None:
        taken.wait(5)
        with lock.held(tmp_path / "lock"):
            seen.append("second")

    other = threading.Thread(target=second)
    other.start()
    with lock.held(tmp_path / "lock"):
        taken.set()
        time.sleep(0.1)
        seen.append("first")
    other.join(5)
    assert seen == ["first", "second"]


@pytest.mark.usefixtures("_system")
def test_lock_is_free_again_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="inside"), lock.held(tmp_path / "lock"):
        raise ValueError("inside")
    with lock.held(tmp_path / "lock"):
        pass


@pytest.mark.usefixtures("_system")
def test_claimed_file_is_refused_to_another_writer_and_read_by_all(tmp_path: Path) -> None:
    path = tmp_path / "file.part"
    path.write_bytes(b"names")
    with path.open("r+b") as first, path.open("r+b") as second:
        lock.claim(first.fileno())
        with pytest.raises(BlockingIOError):
            lock.claim(second.fileno())
        assert (first.read(), second.read()) == (b"names", b"names")
