"""An opened folder, in two makes: by directory descriptor, and by path where those do not exist.

The first one cannot be led astray: whoever swaps a folder for a link meets a descriptor that still means
the folder, or an open that refuses links. The second one looks before each step, which leaves a moment
between look and step; what it did is therefore never called measured.
"""

from __future__ import annotations

import os
import stat
import sys
from contextlib import suppress
from pathlib import Path
from typing import Protocol, Self

_REPARSE_POINT = 0x400
"""FILE_ATTRIBUTE_REPARSE_POINT: junctions and links of Windows."""
_HOLDS: int | None = getattr(os, "O_PATH", None)
"""Opens whatever it is without touching it: no device is woken, no pipe waited for. Linux alone has it."""


class OpenFolder(Protocol):
    """What a walk needs of a folder. Every method raises OSError; none follows a link."""

    device: int
    inode: int

    @property
    def mount(self) -> int | None:
        """The mount it was reached through: a folder bound into another has its device."""
        ...

    def names(self) -> list[str]:
        """What lies in it, in order."""
        ...

    def lstat(self, name: str) -> os.stat_result:
        """What a name in it stands for, a link as itself."""
        ...

    def enter(self, name: str) -> Self:
        """The folder of that name; a link to one is refused."""
        ...

    def unlink(self, name: str) -> os.stat_result | None:
        """Remove a file or a link; return what it is now, with the names it has left; None where unknown."""
        ...

    def rmdir(self, name: str) -> None:
        """Remove an empty folder."""
        ...

    def sync(self) -> None:
        """Have what was removed from it on the medium."""
        ...

    def close(self) -> None:
        """Let it go."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *exception: object) -> None: ...


def descriptors_available() -> bool:
    """Whether this system deletes through directory descriptors."""
    if sys.platform == "win32":
        return True  # by handles
    with_descriptor = {os.open, os.stat, os.unlink, os.rmdir} <= os.supports_dir_fd
    listing = os.listdir in os.supports_fd
    return with_descriptor and listing and hasattr(os, "O_NOFOLLOW") and hasattr(os, "O_DIRECTORY")


class DescriptorFolder:
    """A folder held by its descriptor; every name is looked up in it and nowhere else."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        found = os.fstat(descriptor)
        self.device, self.inode = found.st_dev, found.st_ino
        self.mount: int | None = _mount_of(descriptor)

    @classmethod
    def open(cls, path: Path) -> Self:
        """The folder at a path; its last name may be no link."""
        return cls(os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC))

    def names(self) -> list[str]:
        """What lies in it, in order."""
        return sorted(os.listdir(self._descriptor))  # noqa: PTH208 - pathlib knows no descriptors

    def lstat(self, name: str) -> os.stat_result:
        """What a name in it stands for, a link as itself."""
        return os.stat(_one_name(name), dir_fd=self._descriptor, follow_symlinks=False)

    def enter(self, name: str) -> Self:
        """The folder of that name; a link to one is refused."""
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
        return type(self)(os.open(_one_name(name), flags, dir_fd=self._descriptor))

    def unlink(self, name: str) -> os.stat_result | None:
        """Remove a file or a link, held while its name goes: so what went, and what is left, is known."""
        if _HOLDS is None:
            os.unlink(_one_name(name), dir_fd=self._descriptor)
            return None
        flags = _HOLDS | os.O_NOFOLLOW | os.O_CLOEXEC
        held = os.open(_one_name(name), flags, dir_fd=self._descriptor)
        try:
            os.unlink(name, dir_fd=self._descriptor)
            with suppress(OSError):  # a server may know nothing of what it has removed
                return os.fstat(held)
            return None
        finally:
            os.close(held)

    def rmdir(self, name: str) -> None:
        """Remove an empty folder."""
        os.rmdir(_one_name(name), dir_fd=self._descriptor)

    def sync(self) -> None:
        """Have what was removed from it on the medium."""
        os.fsync(self._descriptor)

    def close(self) -> None:
        """Let it go."""
        os.close(self._descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        del exception
        self.close()


class PathFolder:
    """A folder known by its path, for systems without directory descriptors."""

    def __init__(self, path: Path) -> None:
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or _is_reparse_point(found):
            raise NotADirectoryError(20, "a link, or no folder")
        self._path = path
        self.device, self.inode = found.st_dev, found.st_ino
        self.mount: int | None = None

    @classmethod
    def open(cls, path: Path) -> Self:
        """The folder at a path; its last name may be no link."""
        return cls(path)

    def names(self) -> list[str]:
        """What lies in it, in order."""
        return sorted(entry.name for entry in self._path.iterdir())

    def lstat(self, name: str) -> os.stat_result:
        """What a name in it stands for, a link as itself."""
        return (self._path / _one_name(name)).lstat()

    def enter(self, name: str) -> Self:
        """The folder of that name; a link to one is refused."""
        return type(self)(self._path / _one_name(name))

    def unlink(self, name: str) -> os.stat_result | None:
        """Remove a file or a link; a junction is removed as the folder that Windows takes it for."""
        path = self._path / _one_name(name)
        found = path.lstat()
        if stat.S_ISDIR(found.st_mode) and _is_reparse_point(found):
            path.rmdir()
        else:
            path.unlink()
        return None

    def rmdir(self, name: str) -> None:
        """Remove an empty folder."""
        (self._path / _one_name(name)).rmdir()

    def sync(self) -> None:
        """Such a system cannot be asked to."""

    def close(self) -> None:
        """Nothing is held."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        del exception
        self.close()


def open_folder(path: Path, *, by_descriptor: bool) -> OpenFolder:
    """The folder at a path in the make that is asked for; raises OSError."""
    if sys.platform == "win32" and by_descriptor:
        from ledger.purge.kernel32 import Kernel32  # noqa: PLC0415 - only there
        from ledger.purge.windows_directory import HandleFolder, extended  # noqa: PLC0415 - the same

        return HandleFolder(Kernel32(), extended(str(path)))
    return DescriptorFolder.open(path) if by_descriptor else PathFolder.open(path)


def is_on(inner: OpenFolder, outer: OpenFolder) -> bool:
    """Whether a folder lies on the device and the mount of the one that it was entered from."""
    return (inner.device, inner.mount) == (outer.device, outer.mount)


def _mount_of(descriptor: int) -> int | None:
    """The number of the mount that a descriptor was opened through, by Linux; None elsewhere."""
    try:
        with open(f"/proc/self/fdinfo/{descriptor}", encoding="ascii") as told:  # noqa: PTH123 - once a folder
            line = next((each for each in told if each.startswith("mnt_id:")), "")
    except OSError:
        return None
    return int(line.partition(":")[2]) if line else None


def is_folder(found: os.stat_result) -> bool:
    """Whether it is a folder to go into: no link, no junction."""
    return stat.S_ISDIR(found.st_mode) and not _is_reparse_point(found)


def _is_reparse_point(found: os.stat_result) -> bool:
    return bool(getattr(found, "st_file_attributes", 0) & _REPARSE_POINT)


def _one_name(name: str) -> str:
    """The name, when it is one: no path, no way up; raises ValueError."""
    if name in {"", ".", ".."} or "/" in name or "\0" in name or (os.altsep and os.sep in name):
        raise ValueError("not the name of something in a folder")
    return name
