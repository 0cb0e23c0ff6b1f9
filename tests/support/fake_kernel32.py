"""`ledger.purge.windows_directory.Kernel` over a folder of this system, refusing what Windows refuses.

Refused are: a folder opened without FILE_FLAG_BACKUP_SEMANTICS; an access that an open handle does not
share, or that does not share what an open handle has; deleting without DELETE, flushing without
GENERIC_WRITE; a folder that is not empty; a read-only file unless the flag says otherwise; renaming what is
open, or lies above something open. A link stands for a junction, a file of mode 0400 for a read-only one.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from ledger.purge import windows_directory as w

_DRIVE = "\\\\?\\C:"
NOT_FOUND, DENIED, SHARING, NOT_EMPTY, UNKNOWN = 2, 5, 32, 145, 87
_ATTRIBUTES_ONLY = w.FILE_READ_ATTRIBUTES
_READS = w.FILE_LIST_DIRECTORY
_SHARE_READ, _SHARE_WRITE, _SHARE_DELETE = 1, 2, 4


@dataclass
class Opened:
    """A handle: where it leads, and how it was opened."""

    path: Path
    access: int
    share: int
    inode: int
    is_doomed: bool = False


@dataclass
class FakeKernel:
    """One drive of Windows, whose root is a folder here."""

    root: Path
    has_disposition_ex: bool = True
    flushes_folders: bool = True
    kind: str = "NTFS"
    file_id_offset: int = 0
    """Added to each file id: ReFS has those of 128 bits."""
    opened: dict[int, Opened] = field(default_factory=dict[int, Opened])
    flushed: list[Path] = field(default_factory=list[Path])
    asked: list[tuple[int, int, int]] = field(default_factory=list[tuple[int, int, int]])
    """Access, share and flags of each open."""
    _next: count[int] = field(default_factory=lambda: count(1))

    # --- the calls -----------------------------------------------------------------------------

    def open(self, path: str, access: int, share: int, flags: int) -> int:
        here = self.here(path)
        self.asked.append((access, share, flags))
        follows = not flags & w.FILE_FLAG_OPEN_REPARSE_POINT
        try:
            found = here.stat() if follows else here.lstat()
        except FileNotFoundError:
            raise w.refusal(NOT_FOUND) from None
        is_folder = here.is_dir() if follows or here.is_symlink() else stat.S_ISDIR(found.st_mode)
        if is_folder and not flags & w.FILE_FLAG_BACKUP_SEMANTICS:
            raise w.refusal(DENIED)
        wanted = Opened(
            here.resolve() if follows else here.parent.resolve() / here.name, access, share, found.st_ino
        )
        if access & ~_ATTRIBUTES_ONLY and any(_in_the_way(each, wanted) for each in self.opened.values()):
            raise w.refusal(SHARING)
        handle = next(self._next)
        self.opened[handle] = wanted
        return handle

    def close(self, handle: int) -> None:
        opened = self.opened.pop(handle)
        if opened.is_doomed:
            _remove(opened.path)

    def path_of(self, handle: int) -> str:
        return self.there(self.opened[handle].path)

    def look(self, handle: int) -> w.HandleInfo:
        found = self.opened[handle].path.lstat()
        is_link = stat.S_ISLNK(found.st_mode)
        attributes = w.FILE_ATTRIBUTE_DIRECTORY * (stat.S_ISDIR(found.st_mode) or is_link)
        attributes |= w.FILE_ATTRIBUTE_REPARSE_POINT * is_link
        attributes |= w.FILE_ATTRIBUTE_READONLY * (
            stat.S_ISREG(found.st_mode) and not found.st_mode & stat.S_IWUSR
        )
        tag = 0xA0000003 if is_link else 0  # IO_REPARSE_TAG_MOUNT_POINT: a junction
        return w.HandleInfo(
            attributes,
            tag,
            found.st_dev,
            found.st_ino + self.file_id_offset,
            found.st_size,
            found.st_mtime_ns,
            found.st_nlink,
        )

    def filesystem(self, handle: int) -> str:
        assert handle in self.opened
        return self.kind

    def names(self, path: str) -> list[str]:
        return [each.name for each in self.here(path).iterdir()]

    def dispose(self, handle: int, flags: int) -> None:
        opened = self._deletable(handle)
        if not self.has_disposition_ex:
            raise w.refusal(UNKNOWN)
        assert flags & 0x1
        if self._is_readonly(handle) and not flags & 0x10:
            raise w.refusal(DENIED)
        if flags & 0x2:
            _remove(opened.path)
        else:
            opened.is_doomed = True

    def dispose_plainly(self, handle: int) -> None:
        opened = self._deletable(handle)
        if self._is_readonly(handle):
            raise w.refusal(DENIED)
        opened.is_doomed = True

    def set_attributes(self, handle: int, attributes: int) -> None:
        opened = self.opened[handle]
        if not opened.access & w.FILE_WRITE_ATTRIBUTES:
            raise w.refusal(DENIED)
        opened.path.chmod(0o400 if attributes & w.FILE_ATTRIBUTE_READONLY else 0o600)

    def flush(self, handle: int) -> None:
        opened = self.opened[handle]
        if not opened.access & w.GENERIC_WRITE:
            raise w.refusal(DENIED)
        if not self.flushes_folders:
            raise w.refusal(1)
        self.flushed.append(opened.path)

    # --- what others do ------------------------------------------------------------------------

    @contextmanager
    def held_by_another(self, path: Path, *, shares_deletion: bool = False) -> Generator[None]:
        """Another program has a file open for reading."""
        share = _SHARE_READ | _SHARE_WRITE | _SHARE_DELETE * shares_deletion
        handle = self.open(self.there(path), _READS, share, w.FLAGS)
        try:
            yield
        finally:
            self.close(handle)

    def rename(self, path: Path, target: Path) -> None:
        """Another program renames something."""
        for each in self.opened.values():
            if each.path == path or path in each.path.parents:
                raise w.refusal(DENIED)
        path.rename(target)

    # --- names ---------------------------------------------------------------------------------

    def there(self, path: Path) -> str:
        """Return the path on the drive."""
        rest = path.relative_to(self.root.resolve()).parts
        return "\\".join((_DRIVE, *rest)) if rest else f"{_DRIVE}\\"

    def here(self, path: str) -> Path:
        """Return the path on this system."""
        assert path.startswith(_DRIVE), "a path that Windows would change"
        return self.root.resolve().joinpath(*filter(None, path.removeprefix(_DRIVE).split("\\")))

    def _deletable(self, handle: int) -> Opened:
        opened = self.opened[handle]
        if not opened.access & w.DELETE:
            raise w.refusal(DENIED)
        if stat.S_ISDIR(opened.path.lstat().st_mode) and any(opened.path.iterdir()):
            raise w.refusal(NOT_EMPTY)
        return opened

    def _is_readonly(self, handle: int) -> bool:
        return bool(self.look(handle).attributes & w.FILE_ATTRIBUTE_READONLY)


def _in_the_way(there: Opened, wanted: Opened) -> bool:
    """Return True if one of two handles to the same thing does not share what the other has."""
    if there.inode != wanted.inode or not there.access & ~_ATTRIBUTES_ONLY:
        return False
    return not (_allows(there.share, wanted.access) and _allows(wanted.share, there.access))


def _allows(share: int, access: int) -> bool:
    needed = _SHARE_READ * bool(access & _READS)
    needed |= _SHARE_WRITE * bool(access & w.GENERIC_WRITE)
    needed |= _SHARE_DELETE * bool(access & w.DELETE)
    return share & needed == needed


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        path.rmdir()
    else:
        path.unlink()
    assert not os.path.lexists(path)
