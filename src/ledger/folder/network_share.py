"""The file systems on which no ledger may lie: those of another machine, where SQLite's locks do not hold."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_MOUNTS = Path("/proc/self/mountinfo")
_SHARES = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ncpfs", "fuse.sshfs", "fuse.davfs", "davfs"}
_DRIVE_REMOTE = 4


def network_share(path: Path) -> str | None:
    """Return the kind of network share that a path would lie on: `nfs`; None for a disk of this machine.

    On macOS nothing says so, and the answer is None.
    """
    if sys.platform == "win32":
        return "a network drive" if _is_remote(path) else None
    there = path.absolute()
    while not there.exists() and there != there.parent:
        there = there.parent
    kind = _kind_of_mount(there.stat().st_dev)
    return kind if kind in _SHARES else None


def _is_remote(path: Path) -> bool:
    r"""Return True for `\\server\share` and for a drive letter that stands for one."""
    drive = path.absolute().drive
    if drive.startswith("\\\\"):
        return not drive.startswith(("\\\\?\\", "\\\\.\\")) or drive.upper().startswith("\\\\?\\UNC\\")
    import ctypes  # noqa: PLC0415 - only Windows needs it

    dll = getattr(ctypes, "windll")  # noqa: B009 - other systems have none, and their type checkers neither
    return bool(dll.kernel32.GetDriveTypeW(f"{drive}\\") == _DRIVE_REMOTE)


def _kind_of_mount(device: int) -> str | None:
    """Return the file system's type of a device, from mountinfo (proc(5)); None where that is silent."""
    try:
        mounts = _MOUNTS.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    wanted = f"{os.major(device)}:{os.minor(device)}"
    for line in mounts.splitlines():
        mount, dash, kind = line.partition(" - ")
        fields = mount.split()
        if dash and len(fields) > 2 and fields[2] == wanted:  # noqa: PLR2004 - the third field is the device
            return kind.split(" ", 1)[0]
    return None
