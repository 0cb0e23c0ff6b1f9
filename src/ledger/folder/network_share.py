"""The file systems on which no ledger may lie: those of another machine, where SQLite's locks do not hold."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path, PureWindowsPath

_MOUNTS = Path("/proc/self/mountinfo")
_SHARES = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ncpfs", "fuse.sshfs", "fuse.davfs", "davfs"}
_DRIVE_REMOTE = 4
_LITERAL = ("\\\\?\\", "\\\\.\\")


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
    """Return True for a path on a share, also by a drive's letter or by a link that leads to one."""
    import ctypes  # noqa: PLC0415 - only Windows needs it

    dll = getattr(ctypes, "windll")  # noqa: B009 - other systems have none, and their type checkers neither
    kind_of: Callable[[str], int] = dll.kernel32.GetDriveTypeW
    told, real = path.absolute(), os.path.realpath(path)
    return is_network_drive(PureWindowsPath(told), kind_of) or is_network_drive(
        PureWindowsPath(real), kind_of
    )


def is_network_drive(path: PureWindowsPath, kind_of: Callable[[str], int]) -> bool:
    r"""Return True for `\\server\share`, however it is written, and for a letter that stands for one.

    `kind_of` is GetDriveTypeW of kernel32: it takes a root such as `C:\`.
    """
    for literal in _LITERAL:
        if str(path).startswith(literal):  # Pythons differ in what they call its drive
            first = str(path).removeprefix(literal).partition("\\")[0]
            root = first if first[1:] == ":" else f"{literal}{first}"
            return first.upper() == "UNC" or kind_of(f"{root}\\") == _DRIVE_REMOTE
    return path.drive.startswith("\\\\") or kind_of(f"{path.drive}\\") == _DRIVE_REMOTE


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
