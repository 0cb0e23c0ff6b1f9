"""What outlasts a power cut: a file's bytes once the file was synced, a name once its folder was."""

from __future__ import annotations

import os
import secrets
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO


def sync(path: Path) -> None:
    """Have the bytes of a file on the disk, or the names in a folder where a folder can be opened."""
    if os.name != "posix" and path.is_dir():
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(folder: Path, mode: int = 0o777) -> None:
    """Make a folder, and those above it, where there is none; its name is on the disk when this returns.

    The folder above is synced although this one may be there: whoever made it may have died before that.
    One that may not be read cannot be synced.
    """
    parent = folder.absolute().parent
    if not parent.exists():
        make_folder(parent)
    folder.mkdir(mode=mode, exist_ok=True)
    with suppress(PermissionError):
        sync(parent)


def sync_folders(top: Path) -> None:
    """Have the names in a folder and in all below it on the disk."""
    for folder, _, _ in os.walk(top):
        sync(Path(folder))


@contextmanager
def written_beside(path: Path) -> Generator[BinaryIO]:
    """Open a binary file that takes its name only when all of it is on disk.

    It is written under another name in the same folder and renamed; if the block fails, nothing of it stays.
    Raises OSError.
    """
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with beside.open("xb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    sync(path.parent)
