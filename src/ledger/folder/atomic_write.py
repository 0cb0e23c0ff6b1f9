"""Files written whole or not at all, and what outlasts a power cut: bytes and names that were synced."""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, BinaryIO, TypeVar

from ledger.folder import access, lock
from ledger.folder.unusable_names import refuse_unusable

WAIT_SECONDS = 2.0 if sys.platform == "win32" else 0.0
"""How long a refusal is waited out. Windows refuses to replace, remove or open a file that another process
holds open; elsewhere an open file is in nobody's way, and a refusal is final."""
TRIES_MIN = 500 if sys.platform == "win32" else 0
"""So often it is tried at least: on a machine at work each try is slow, and so is whoever holds the file."""
WAIT_SECONDS_MAX = 30.0
_PAUSE_SECONDS = 0.002
_OTHERS = 0o077
_HELD_OPEN = {errno.EACCES, errno.EPERM, errno.EBUSY}

Answer = TypeVar("Answer")


def patiently(act: Callable[[], Answer]) -> Answer:
    """Return what an act returns; repeat it while the system says that a file is in use.

    It ends after WAIT_SECONDS and TRIES_MIN tries, and after WAIT_SECONDS_MAX in any case.
    """
    began, tries = time.monotonic(), 0
    while True:
        tries += 1
        try:
            return act()
        except OSError as error:
            waited = time.monotonic() - began
            is_over = (waited >= WAIT_SECONDS and tries >= TRIES_MIN) or waited >= WAIT_SECONDS_MAX
            if error.errno not in _HELD_OPEN or is_over:
                raise
            time.sleep(_PAUSE_SECONDS)


def flush_to_disk(descriptor: int) -> None:
    """Write an opened file's bytes to the medium.

    On macOS fsync() leaves them in the drive's own memory; F_FULLFSYNC empties that too (fcntl(2) there).
    A file system that does not know it, a share for one, gets the plain call.
    """
    if sys.platform == "darwin":
        import fcntl  # noqa: PLC0415 - Windows has none

        with suppress(OSError):
            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
            return
    os.fsync(descriptor)


def sync(path: Path) -> None:
    """Have the bytes of a file on the disk, or the names in a folder where a folder can be opened."""
    if os.name != "posix" and path.is_dir():
        return
    # Windows flushes no handle that was opened for reading alone.
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        flush_to_disk(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def written_beside(path: Path, mode: int = 0o666, *, beside: Path | None = None) -> Generator[BinaryIO]:
    """Open a binary file that takes its name only when all of it is on disk.

    It is written under another name in the same folder, by chance or as given, and renamed; if the block
    fails, nothing of it stays. What a killed writer left under a given name is written over. Raises OSError,
    and BlockingIOError while another process writes under the given name.
    """
    import secrets  # noqa: PLC0415 - most commands write no file

    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part") if beside is None else beside
    try:
        file = os.fdopen(_claimed(unfinished, mode), "wb")
    except OSError as error:
        if error.filename is not None:
            error.filename = str(path)  # people know the file by this name
        raise
    try:
        yield file
        file.flush()
        flush_to_disk(file.fileno())
        let_go(file)
        patiently(lambda: unfinished.replace(path))
    except BaseException:
        with suppress(OSError):  # what did not fit on the disk does not fit now either
            let_go(file)
        discard(unfinished)
        raise
    finally:
        file.close()
    sync(path.parent)


def _claimed(unfinished: Path, mode: int) -> int:
    """Open the file that is written, emptied, and lock it; raises BlockingIOError where another does."""
    no_links = getattr(os, "O_NOFOLLOW", 0)
    while True:
        descriptor = os.open(unfinished, os.O_RDWR | os.O_CREAT | no_links, mode)
        try:
            lock.claim(descriptor)
            is_ours = os.name != "posix" or _is_named(descriptor, unfinished)
        except BaseException:
            os.close(descriptor)
            raise
        if is_ours:
            return _emptied(descriptor, unfinished, mode)
        os.close(descriptor)  # renamed by its writer before the lock was free: the target itself by now


def _emptied(descriptor: int, unfinished: Path, mode: int) -> int:
    """Return the claimed file with its mode and nothing in it; where that fails, the file goes."""
    try:
        if not mode & _OTHERS:  # of a killed writer: its mode may be another
            unfinished.chmod(mode)
            access.restrict(unfinished)
        os.ftruncate(descriptor, 0)
    except BaseException:
        if os.name == "posix":  # before the lock is given back; elsewhere the next writer writes over it
            with suppress(OSError):
                discard(unfinished)
        os.close(descriptor)
        raise
    return descriptor


def _is_named(descriptor: int, path: Path) -> bool:
    """Return True if an open file still has this name."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.lstat())
    except FileNotFoundError:
        return False


def let_go(file: IO[bytes]) -> None:
    """Close a file where an open one is not renamed or removed; elsewhere it stays locked until it was."""
    if os.name != "posix":
        file.close()


def write_whole(path: Path, content: bytes, mode: int = 0o666, *, beside: Path | None = None) -> None:
    """Give a file this content, whole or not at all; it is on disk when this returns."""
    with written_beside(path, mode, beside=beside) as file:
        file.write(content)


def write_new(path: Path, content: bytes, mode: int = 0o666) -> None:
    """Make a file that was not there; it is on disk when this returns, its name once the folder is synced."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        if not mode & _OTHERS:
            access.restrict(path)
        file.write(content)
        file.flush()
        flush_to_disk(file.fileno())


def move(path: Path, target: Path) -> None:
    """Give a file another's name; the name is on disk when this returns."""
    patiently(lambda: path.replace(target))
    sync(target.parent)


def discard(path: Path, *, waits: bool = False) -> bool:
    """Remove a file that is of no more use; False where another process holds it open, and it stays.

    `waits`: as long as for a file that is replaced.
    """

    def remove() -> None:
        path.unlink(missing_ok=True)

    try:
        patiently(remove) if waits else remove()
    except OSError as error:
        if error.errno not in _HELD_OPEN:
            raise
        return False
    return True


def discard_folder(folder: Path) -> bool:
    """Remove a folder with all in it; False where another process holds a part of it open, which stays."""
    from shutil import rmtree  # noqa: PLC0415 - most commands remove none

    try:
        patiently(lambda: rmtree(folder))
    except FileNotFoundError:
        return True
    except OSError as error:
        if error.errno not in {*_HELD_OPEN, errno.ENOTEMPTY}:
            raise
        return False
    return True


@contextmanager
def temporary_folder() -> Generator[Path]:
    """Make a folder for this user alone, gone afterwards; what somebody holds open there stays behind."""
    from tempfile import mkdtemp  # noqa: PLC0415 - most commands need none

    folder = Path(mkdtemp(prefix="session-ledger-"))
    try:
        yield folder
    finally:
        discard_folder(folder)


def make_folder(folder: Path, mode: int = 0o777) -> None:
    """Make a folder, and those above it, where there is none; its name is on the disk when this returns.

    The folder above is synced although this one may be there: whoever made it may have died before that.
    One that may not be read cannot be synced. Raises OSError, also for a drive that is not there, and
    FileTrouble for a name that Windows gives to no folder.
    """
    refuse_unusable(folder)
    parent = folder.absolute().parent
    if not parent.exists() and parent != folder.absolute():
        make_folder(parent)
    made = not folder.exists()
    folder.mkdir(mode=mode, exist_ok=True)
    if made and not mode & _OTHERS:
        access.restrict(folder)
    with suppress(PermissionError):
        sync(parent)


def sync_folders(top: Path) -> None:
    """Have the names in a folder and in all below it on the disk."""
    for folder, _, _ in os.walk(top):
        sync(Path(folder))
