"""A disk between two syncs: what is surely on it, what may be, and what may be left after a power cut.

As POSIX has it, which is harsher than any file system: a file's bytes and size are kept once the file was
synced, a name once its folder was, and nothing else is promised. What was done since may be there, missing,
or torn, each by itself.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import NamedTuple

from tests.faults.trace import Op, Record

SECTOR = 512
Image = dict[str, bytes | None]
"""Files by path with what each holds; None for a folder."""
Lies = Callable[[str], bool]
"""Whether a disk only says that it synced the file of this path."""


class Change(NamedTuple):
    """Bytes written at a place, or (data is None) the size set."""

    serial: int
    offset: int
    data: bytes | None


@dataclass(slots=True)
class File:
    """What is on the disk of a file, and what was done to it since it was synced."""

    mode: int
    kept: bytearray = field(default_factory=bytearray)
    since: list[Change] = field(default_factory=list[Change])


class Naming(NamedTuple):
    """A name given, taken, or (both) handed on within one folder."""

    serial: int
    gives: tuple[str, Node] | None
    takes: str | None


@dataclass(slots=True)
class Directory:
    """The names that are on the disk, those that a program sees, and what was done since the last sync."""

    mode: int
    kept: dict[str, Node] = field(default_factory=dict[str, "Node"])
    seen: dict[str, Node] = field(default_factory=dict[str, "Node"])
    since: list[Naming] = field(default_factory=list[Naming])


Node = File | Directory


class Choice(NamedTuple):
    """What of the unsynced a power cut leaves."""

    changes: Callable[[Sequence[Change]], list[Change]]
    names: Callable[[Sequence[Naming]], list[Naming]]


def everything() -> Choice:
    """No power cut: what a program sees."""
    return Choice(list[Change], list[Naming])


class Disk:
    """The files below a folder while the changes of a trace are made to them, one after the other."""

    def __init__(self, root: Path) -> None:
        self._root = str(root)
        self.lies: Lies = lambda _: False
        self._inodes: dict[int, Node] = {}
        self.top = self._found(root)
        self.taken = 0
        """How many changes were made."""

    def _found(self, path: Path) -> Node:
        """What is there before the trace begins lies on the disk."""
        known = path.lstat()
        node: Node
        if path.is_dir():
            names = {each.name: self._found(each) for each in path.iterdir()}
            node = Directory(known.st_mode & 0o7777, dict(names), dict(names))
        else:
            node = File(known.st_mode & 0o7777, bytearray(path.read_bytes()))
        self._inodes[known.st_ino] = node
        return node

    def take(self, records: Sequence[Record], until: int) -> None:
        """Make the changes up to a place in the trace."""
        for record in records[self.taken : until]:
            self._make(record)
            self.taken += 1

    def _make(self, record: Record) -> None:
        op, serial = record.op, self.taken
        if op is Op.UNSEEN:
            raise AssertionError(f"a change of {record.path} that cannot be followed")
        if op in {Op.WRITE, Op.TRUNCATE}:
            file = self._inodes[record.inode]
            assert isinstance(file, File)
            file.since.append(Change(serial, record.offset, record.data if op is Op.WRITE else None))
        elif op is Op.SYNC:
            if not self.lies(record.path):
                _sync(self._inodes[record.inode])
        elif op is Op.MODE:
            self._inodes[record.inode].mode = record.mode
        else:
            self._name(record, serial)

    def _name(self, record: Record, serial: int) -> None:
        folder, name = self._place(record.path)
        if record.op in {Op.CREATE, Op.MKDIR}:
            node = File(record.mode) if record.op is Op.CREATE else Directory(record.mode)
            self._inodes[record.inode] = node
            _rename(folder, Naming(serial, (name, node), None))
        elif record.op in {Op.UNLINK, Op.RMDIR}:
            _rename(folder, Naming(serial, None, name))
        else:
            other, second = self._place(record.second)
            node = folder.seen[name]
            if record.op is Op.LINK:
                _rename(other, Naming(serial, (second, node), None))
            elif other is folder:
                _rename(folder, Naming(serial, (second, node), name))
            else:
                _rename(other, Naming(serial, (second, node), None))
                _rename(folder, Naming(serial, None, name))

    def _place(self, path: str) -> tuple[Directory, str]:
        """The folder of a path, as the program sees it, and the name in it."""
        *parents, name = os.path.relpath(path, self._root).split("/")
        folder = self.top
        for each in parents:
            assert isinstance(folder, Directory)
            folder = folder.seen[each]
        assert isinstance(folder, Directory)
        return folder, name

    def copy(self, *, lies: Lies = lambda _: False) -> Disk:
        """Another disk that is as this one."""
        other = deepcopy(self)
        other.lies = lies
        return other

    def image(self, choice: Choice) -> Image:
        """The files as a choice leaves them."""
        return dict(_image(self.top, "", choice))

    def modes(self) -> dict[str, int]:
        """The rights of everything that a program sees or the disk holds, by path."""
        return dict(_modes(self.top, ""))


def _rename(folder: Directory, naming: Naming) -> None:
    folder.since.append(naming)
    _apply_name(folder.seen, naming)


def _apply_name(names: dict[str, Node], naming: Naming) -> None:
    if naming.takes is not None:
        names.pop(naming.takes, None)
    if naming.gives is not None:
        names[naming.gives[0]] = naming.gives[1]


def _sync(node: Node) -> None:
    if isinstance(node, File):
        for change in node.since:
            apply_change(node.kept, change)
    else:
        node.kept = dict(node.seen)
    node.since.clear()


def apply_change(content: bytearray, change: Change) -> None:
    """Write, or set the size; what lies between is zeros."""
    end = change.offset + len(change.data or b"")
    if len(content) < end:
        content.extend(bytes(end - len(content)))
    if change.data is None:
        del content[change.offset :]
    else:
        content[change.offset : end] = change.data


def _image(node: Node, path: str, choice: Choice) -> Iterator[tuple[str, bytes | None]]:
    if isinstance(node, File):
        content = node.kept
        if node.since:
            content = bytearray(content)
            for change in choice.changes(node.since):
                apply_change(content, change)
        yield path, bytes(content)
        return
    if path:
        yield path, None
    names = node.kept
    if node.since:
        names = dict(names)
        for naming in choice.names(node.since):
            _apply_name(names, naming)
    for name, each in names.items():
        yield from _image(each, f"{path}/{name}" if path else name, choice)


def _modes(node: Node, path: str) -> Iterator[tuple[str, int]]:
    yield path, node.mode
    if isinstance(node, Directory):
        for name, each in {**node.kept, **node.seen}.items():
            yield from _modes(each, f"{path}/{name}" if path else name)


# --- choices ------------------------------------------------------------------------------------


def power_cut(random: Random, now: int) -> Choice:
    """One way in which the power goes: what of the unsynced is there is drawn in one of several manners."""
    cut = random.randrange(max(now - 60, 0), now + 1)
    kept = random.choice((0.0, 0.1, 0.5, 0.9, 1.0))
    in_order = random.random() < 0.25
    names_in_order = random.random() < 0.5
    torn = random.choice((0.0, 0.2, 0.8))

    def changes(since: Sequence[Change]) -> list[Change]:
        if in_order:
            return [change for change in since if change.serial < cut]
        found: list[Change] = []
        for change in since:
            if random.random() < kept:
                found += _torn(change, random) if random.random() < torn else [change]
            elif change.data is not None and random.random() < 0.1:  # the size is there, the bytes are not
                found += [Change(change.serial, change.offset + len(change.data), b"")]
        return found

    def names(since: Sequence[Naming]) -> list[Naming]:
        if names_in_order:
            return [naming for naming in since if naming.serial < cut]
        return [naming for naming in since if random.random() < kept]

    return Choice(changes, names)


def _torn(change: Change, random: Random) -> list[Change]:
    """Some sectors of a write, one of them broken off inside; of a truncation, all or nothing."""
    if change.data is None:
        return [change] if random.random() < 0.5 else []
    found: list[Change] = []
    end = change.offset + len(change.data)
    at = change.offset
    while at < end:
        until = min(at - at % SECTOR + SECTOR, end)
        if random.random() < 0.6:
            piece = change.data[at - change.offset : until - change.offset]
            if random.random() < 0.1:
                piece = piece[: random.randrange(len(piece) + 1)]
            found.append(Change(change.serial, at, piece))
        at = until
    return found
