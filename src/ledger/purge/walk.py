"""Looking and deleting below a root: no link followed, no device crossed, nothing touched that was not seen.

Both walks take names from an opened folder and step into nothing but folders of the root's device.
"""

from __future__ import annotations

import errno
import os
import stat
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Literal, NamedTuple, Protocol

from ledger.purge.directory import OpenFolder, is_folder, is_on

DEPTH_MAX = 200
"""Folders deeper than this are left and flagged; each level holds a descriptor."""
ENTRIES_MAX = 1_000_000

EntryKind = Literal["file", "folder", "link", "other"]
UNSYNCED = "unsynced"
"""The flag of a target whose folder could not be synced: nobody can say that it is gone for good."""
Step = Callable[[str, str], None]
"""Told of each step just before it is taken: `enter`, `unlink` or `rmdir`, and the path below the root."""


class Witness(Protocol):
    """Told of what is done, as soon as it is."""

    def removed(self, entry: FolderEntry, flags: Iterable[str]) -> None:
        """Take that the name of a file is gone, and the flags of its removal."""
        ...

    def synced(self, folder: str) -> None:
        """Take that what was removed from a folder is on the medium."""
        ...


class FolderEntry(NamedTuple):
    """One name below a root, as `lstat` tells it."""

    path: str
    kind: EntryKind
    inode: int
    device: int
    size: int
    mtime_ns: int
    links: int

    @property
    def identity(self) -> tuple[int, int, EntryKind]:
        """What has to be the same for it to be the same thing."""
        return self.device, self.inode, self.kind


@dataclass(slots=True)
class FoundFile:
    """What a look came upon; entries in the order of deleting: what lies in a folder comes before it."""

    entries: list[FolderEntry] = field(default_factory=list[FolderEntry])
    left: int = 0
    """Things that are there and may not, or could not, be looked into."""
    flags: set[str] = field(default_factory=set[str])
    errno: str | None = None
    """The first thing the system refused."""

    @property
    def files(self) -> list[FolderEntry]:
        """Everything that is no folder."""
        return [entry for entry in self.entries if entry.kind != "folder"]

    @property
    def residual(self) -> int:
        """How many files are there; where only folders are, how many of those."""
        return len(self.files) + self.left or len(self.entries)

    def refused(self, error: OSError) -> None:
        """Remember why the system refused something."""
        self.errno = self.errno or errno_name(error)

    def add(self, other: FoundFile) -> None:
        """Take in what another look came upon."""
        self.entries += other.entries
        self.left += other.left
        self.flags |= other.flags
        self.errno = self.errno or other.errno


def errno_name(error: OSError) -> str:
    """The system's own name of an error: EACCES, EBUSY, EROFS."""
    return errno.errorcode.get(error.errno or 0, "UNKNOWN")


def entry_of(path: str, found: os.stat_result) -> FolderEntry:
    """An entry as the system tells it."""
    kind: EntryKind = "other"
    if is_folder(found):
        kind = "folder"
    elif stat.S_ISLNK(found.st_mode) or stat.S_ISDIR(found.st_mode):  # the second one is a junction
        kind = "link"
    elif stat.S_ISREG(found.st_mode):
        kind = "file"
    size = found.st_size if kind == "file" else 0
    return FolderEntry(path, kind, found.st_ino, found.st_dev, size, found.st_mtime_ns, found.st_nlink)


def inventory(root: OpenFolder, path: str) -> FoundFile:
    """Everything at and below a path; nothing where the path does not exist."""
    found = FoundFile()
    *parents, name = path.split("/")
    try:
        _through(root, parents, lambda folder: _look(folder, name, path, found))
    except FileNotFoundError:
        pass
    except _OtherDevice:
        found.left += 1
        found.flags.add("other-device")
    except OSError as error:
        found.left += 1
        found.refused(error)
    return found


class _OtherDevice(Exception):  # noqa: N818 - a turn of the walk that never leaves this module
    """The way leads over to another file system."""


def _through(root: OpenFolder, parents: Sequence[str], act: Callable[[OpenFolder], None]) -> None:
    """Act in the folder that the parents lead to, opened one in the other."""
    if not parents:
        act(root)
        return
    with root.enter(parents[0]) as inner:
        if not is_on(inner, root):
            raise _OtherDevice
        _through(inner, parents[1:], act)


def _look(folder: OpenFolder, name: str, path: str, found: FoundFile) -> None:
    try:
        entry = entry_of(path, folder.lstat(name))
    except FileNotFoundError:
        return
    if entry.kind == "folder":
        if entry.device != folder.device:
            found.left += 1
            found.flags.add("other-device")
            return
        if path.count("/") >= DEPTH_MAX:
            found.left += 1
            found.flags.add("too-deep")
            return
        try:
            with folder.enter(name) as inner:
                if not is_on(inner, folder):
                    found.left += 1
                    found.flags.add("other-device")
                    return
                for child in inner.names():
                    _look(inner, child, f"{path}/{child}", found)
        except OSError as error:
            found.left += 1
            found.refused(error)
    if len(found.entries) >= ENTRIES_MAX:
        found.flags.add("too-many")
        found.left += 1
        return
    found.entries.append(entry)


# --- deleting ---------------------------------------------------------------------------------


@dataclass(slots=True)
class Removal:
    """What a deletion did, as far as it can know itself; a look afterwards has the last word."""

    files: int = 0
    bytes: int = 0
    folders: int = 0
    flags: set[str] = field(default_factory=set[str])
    errno: str | None = None


def sync(folder: OpenFolder, done: Removal) -> None:
    """Have what was removed from a folder on the medium; until then a power cut could bring it back."""
    try:
        folder.sync()
    except OSError as error:
        done.errno = done.errno or errno_name(error)
        done.flags.add(UNSYNCED)


def remove(
    root: OpenFolder, entries: Iterable[FolderEntry], step: Step, witness: Witness | None = None
) -> Removal:
    """Remove what the entries name, where it is still the same thing; every touched folder is synced."""
    done = Removal()
    planned = list(entries)
    names = {entry.path for entry in planned}
    tops = [entry for entry in planned if entry.path.rpartition("/")[0] not in names]
    below: dict[str, list[FolderEntry]] = {}
    for entry in planned:
        below.setdefault(entry.path.rpartition("/")[0], []).append(entry)
    deleter = _Deleter(below, done, step, witness)
    for top in tops:
        *parents, _ = top.path.split("/")
        try:
            _through(root, parents, partial(deleter.remove_top, top))
        except FileNotFoundError:
            deleter.vanished()
        except _OtherDevice:
            done.flags.add("other-device")
        except OSError as error:
            deleter.refused(error)
    return done


class _Deleter:
    """One deletion under way."""

    def __init__(
        self, below: dict[str, list[FolderEntry]], done: Removal, step: Step, witness: Witness | None
    ) -> None:
        self._below, self._done, self._step, self._witness = below, done, step, witness
        self._names: Counter[tuple[int, int, EntryKind]] = Counter()  # that were removed, by what they named

    def refused(self, error: OSError) -> None:
        """Remember the first thing the system refused; a link where a folder was has been put there."""
        if error.errno in {errno.ELOOP, errno.ENOTDIR}:
            self._done.flags.add("swapped")
        self._done.errno = self._done.errno or errno_name(error)

    def vanished(self) -> None:
        """Flag what was gone when its turn came: somebody else took it away, or only moved it."""
        self._done.flags.add("missing")

    def remove_top(self, entry: FolderEntry, folder: OpenFolder) -> None:
        """Remove one thing and what lies in it, and sync the folder it lay in."""
        self.remove(folder, entry)
        sync(folder, self._done)
        if self._witness is not None and UNSYNCED not in self._done.flags:
            self._witness.synced(entry.path.rpartition("/")[0])

    def remove(self, folder: OpenFolder, entry: FolderEntry) -> None:
        """Remove one thing and what lies in it, as far as the plan names it."""
        name = entry.path.rpartition("/")[2]
        try:
            if entry_of(entry.path, folder.lstat(name)).identity != entry.identity:
                self._done.flags.add("swapped")
            elif entry.kind == "folder":
                self._remove_folder(folder, name, entry)
            else:
                self._remove_file(folder, name, entry)
        except FileNotFoundError:
            self.vanished()
        except OSError as error:
            self.refused(error)

    def _remove_file(self, folder: OpenFolder, name: str, entry: FolderEntry) -> None:
        self._step("unlink", entry.path)
        known = entry.links - self._names[entry.identity]
        is_linked = folder.lstat(name).st_nlink > known
        left, flags = folder.unlink(name), set[str]()
        if left is not None:  # the look before may be older than a link, or a swap, of the last moment
            if entry_of(entry.path, left).identity != entry.identity:
                flags.add("swapped")
            is_linked = left.st_nlink >= known
        if entry.kind == "file" and is_linked:
            flags.add("hard-link")  # a name that the plan did not see
        if self._witness is not None:
            self._witness.removed(entry, flags)
        self._done.flags |= flags
        self._names[entry.identity] += 1
        self._done.files += 1
        self._done.bytes += entry.size

    def _remove_folder(self, folder: OpenFolder, name: str, entry: FolderEntry) -> None:
        self._step("enter", entry.path)
        with folder.enter(name) as inner:
            if (inner.device, inner.inode, inner.mount) != (entry.device, entry.inode, folder.mount):
                self._done.flags.add("swapped")
                return
            for child in self._below.get(entry.path, []):
                self.remove(inner, child)
            inner.sync()
        if self._witness is not None:
            self._witness.synced(entry.path)
        self._step("rmdir", entry.path)
        try:
            folder.rmdir(name)
        except OSError as error:
            if error.errno not in {errno.ENOTEMPTY, errno.EEXIST}:
                raise
        else:
            self._done.folders += 1
