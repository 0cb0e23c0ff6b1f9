"""A lock that one process holds at a time, by a file; the system lets go of it for a process that dies."""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

_PAUSE_SECONDS = 0.02
_HELD = {errno.EACCES, errno.EDEADLK, 0}
"""How locking() says that another holds it; Wine sets no number."""
_BEHIND_ALL = 2**30
"""The byte that a writer locks: Windows lets nobody read a locked one, and this one is not in the file."""


@contextmanager
def held(path: Path) -> Generator[None]:
    """Hold the lock of a file, which is made where there is none; waits for as long as another holds it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if sys.platform == "win32":
            with _held_on_windows(descriptor):
                yield
        else:
            import fcntl  # noqa: PLC0415 - Windows has none

            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
    finally:
        os.close(descriptor)


def claim(descriptor: int) -> None:
    """Lock an open file as its only writer until it is closed; raises BlockingIOError where another did."""
    if sys.platform == "win32":
        _claim_on_windows(descriptor)
    else:
        import fcntl  # noqa: PLC0415 - Windows has none

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _claim_on_windows(descriptor: int) -> None:
    import msvcrt  # noqa: PLC0415 - no other system has it

    os.lseek(descriptor, _BEHIND_ALL, os.SEEK_SET)
    try:
        # Pyright on another system knows none of its names.
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    except OSError as error:
        if error.errno not in _HELD:
            raise
        raise BlockingIOError(errno.EAGAIN, "locked by another process") from error
    finally:
        os.lseek(descriptor, 0, os.SEEK_SET)


@contextmanager
def _held_on_windows(descriptor: int) -> Generator[None]:
    """Hold the first byte, which need not be there."""
    import msvcrt  # noqa: PLC0415 - no other system has it

    # Pyright on another system knows none of its names.
    while True:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
            break
        except OSError as error:  # LK_LOCK would wait, and give up after ten seconds
            if error.errno not in _HELD:
                raise
            time.sleep(_PAUSE_SECONDS)
    try:
        yield
    finally:
        # Closing would let go of it too, but only at some later time.
        os.lseek(descriptor, 0, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)  # type: ignore[attr-defined,unused-ignore]
