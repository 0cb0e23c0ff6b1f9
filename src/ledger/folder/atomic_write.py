"""What outlasts a power cut: a file's bytes once the file was synced, a name once its folder was."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


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
