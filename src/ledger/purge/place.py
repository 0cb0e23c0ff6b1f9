"""Identity of folders and files that outlasts a remount and a restart.

A device number is given anew at every mount and says nothing. Used instead, in this order: the UUID that the
kernel keeps of a file system (FS_IOC_GETFSUUID, Linux 6.9), and the `f_fsid` of statvfs(3) on file systems
that derive it from what is on the medium. Without either the file system is unknown, and the inode counts
only together with its generation (FS_IOC_GETVERSION).

On Windows the volume's serial number, which is written when it is formatted, and the file id, in which NTFS
counts how often the record was used before (FILE_ID_INFO; [MS-FSCC] 2.1.9). FAT gives ids anew: there the
file system is unknown.
"""

from __future__ import annotations

import os
import platform
import stat
import sys
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from ledger.domain.events import Place
from ledger.domain.identifiers import handle_of
from ledger.purge.mounts import mount_of
from ledger.purge.windows_directory import (
    FILE_READ_ATTRIBUTES,
    FILE_SHARE_READ_AND_WRITE,
    FLAGS,
    Kernel,
    extended,
)

if sys.platform == "linux":
    import fcntl
if sys.platform == "win32":
    from ledger.purge.kernel32 import Kernel32

_GETFSUUID = 0x80111500
"""_IOR(0x15, 0, struct fsuuid2), linux/fs.h: a length and up to 16 bytes."""
_GETVERSION = 0x80087601
"""_IOR('v', 1, long), linux/fs.h."""
_UUID_BYTES = 16
_STABLE_FSID = frozenset({"ext2", "ext3", "ext4", "btrfs", "f2fs", "zfs", "bcachefs", "erofs", "squashfs"})
"""Their f_fsid comes from the UUID on the medium; that of others comes from the device number."""


_LASTING_IDS = frozenset({"NTFS", "ReFS"})
_FILE_ID_MAX = (1 << 64) - 1


class SeenPlace(NamedTuple):
    """What stands at a path now: its identity, and if it is a link."""

    place: Place
    is_link: bool
    is_folder: bool


def true_host() -> str:
    """Return the host's own name as a handle, as `--workstation` has it where nothing is named."""
    return handle_of(platform.node())


def seen_at(path: Path) -> SeenPlace | None:
    """Return what stands at a path, a link as itself; None where nothing does. Raises OSError."""
    if sys.platform == "win32":
        return seen_by_handle(Kernel32(), extended(os.path.abspath(path)))  # noqa: PTH100 - no link is followed
    try:
        found = os.stat(path, follow_symlinks=False)  # noqa: PTH116 - as the walk asks
    except (FileNotFoundError, NotADirectoryError):
        return None
    generation = None if stat.S_ISLNK(found.st_mode) else _generation(path)
    filesystem = filesystem_of(path if stat.S_ISDIR(found.st_mode) else path.parent)
    return SeenPlace(
        Place(inode=found.st_ino, filesystem=filesystem, generation=generation),
        stat.S_ISLNK(found.st_mode),
        stat.S_ISDIR(found.st_mode),
    )


def filesystem_of(folder: Path) -> str | None:
    """Return the identity of the file system that a folder lies on; None where it has none that lasts."""
    if sys.platform == "win32":
        try:
            seen = seen_at(folder)
        except OSError:
            return None
        return None if seen is None else seen.place.filesystem
    uuid = _ioctl(folder, _GETFSUUID, 1 + _UUID_BYTES)
    if uuid is not None and uuid[0] == _UUID_BYTES and any(uuid[1:]):
        return f"uuid:{uuid[1:].hex()}"
    try:
        fsid = os.statvfs(folder).f_fsid if hasattr(os, "statvfs") else 0
        kind, _ = mount_of(folder.lstat().st_dev)
    except OSError:
        return None
    return f"fsid:{fsid:016x}" if fsid and kind in _STABLE_FSID else None


def seen_by_handle(kernel: Kernel, path: str) -> SeenPlace | None:
    r"""Return what stands at a path `\\?\…` of Windows; None where nothing does. Raises OSError."""
    try:
        handle = kernel.open(path, FILE_READ_ATTRIBUTES, FILE_SHARE_READ_AND_WRITE, FLAGS)
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        found, kind = kernel.look(handle), kernel.filesystem(handle)
    finally:
        kernel.close(handle)
    is_lasting = kind in _LASTING_IDS and found.volume
    return SeenPlace(
        Place(
            inode=_in_64_bits(found.file_id),
            filesystem=f"volume:{found.volume:016x}" if is_lasting else None,
        ),
        found.is_link,
        found.is_folder,
    )


def _in_64_bits(file_id: int) -> int:
    """Return an id of ReFS, of 128 bits, as an event can hold it; one of NTFS as it is."""
    if file_id <= _FILE_ID_MAX:
        return file_id
    return int.from_bytes(sha256(file_id.to_bytes(16, "little")).digest()[:8], "little")


def filesystem_above(path: Path) -> str | None:
    """Return the identity of the file system of the nearest folder above a path that is there."""
    for folder in path.parents:
        if folder.is_dir():
            return filesystem_of(folder)
    return None


def is_same(remembered: Place, now: Place) -> bool | None:
    """Return True for the same thing, False for another one, None where that cannot be known."""
    if remembered.inode != now.inode:
        return False
    generations = (remembered.generation, now.generation)
    if None not in generations and generations[0] != generations[1]:
        return False
    if None not in (remembered.filesystem, now.filesystem):
        return remembered.filesystem == now.filesystem
    return True if None not in generations else None


def _generation(path: Path) -> int | None:
    found = _ioctl(path, _GETVERSION, 8)
    return None if found is None else int.from_bytes(found[:4], sys.byteorder)


def _ioctl(path: Path, request: int, size: int) -> bytes | None:
    """Ask the kernel about an opened file or folder; None where it does not answer."""
    if sys.platform != "linux":
        return None
    answer = bytearray(size)
    with suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
        try:
            fcntl.ioctl(descriptor, request, answer)
        finally:
            os.close(descriptor)
        return bytes(answer)
    return None
