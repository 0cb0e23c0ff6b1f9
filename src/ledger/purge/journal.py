"""What an attempt has removed, written down as it goes: so its repeat knows it when it was killed.

A line is written after each removal, and another one once the folder it lay in is synced. Lines hold inodes
and counts, no paths. While the machine has run on, every line counts; after a power cut those that were
synced, since a removal that was not may have come undone. What no line tells, nobody saw: it stays in doubt.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Self

import msgspec

from ledger.domain.events import PurgeTarget, TargetKind
from ledger.domain.session.doubts import DOUBTS
from ledger.folder.atomic_write import write_whole
from ledger.purge.plan import PlannedTarget, PurgePlan
from ledger.purge.walk import FolderEntry

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_AS_IT_IS = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
"""Windows writes another end of line by a descriptor that does not say so."""
VAULT = "vault/session"
"""The locator of the session's words."""
_UNTOUCHED = {"shared_log", "vendor"}


class RemovedEarlier(msgspec.Struct, frozen=True):
    """What attempts before had removed of a target, all of it seen; or that something is in doubt."""

    files: int = 0
    size_bytes: int = 0
    flags: tuple[str, ...] = ()
    in_doubt: bool = False


class _Head(msgspec.Struct):
    plan: str
    plan_before: str
    """Of the attempt before: it is the last one that was recorded until this one is."""
    host: str
    boot: str
    planned: dict[str, list[int]]
    """The inode of each file, by target."""
    flags: dict[str, list[str]]
    """Doubts of the plan, by target."""
    kept: dict[str, RemovedEarlier]
    lost: bool = False
    """An attempt before was killed, and nothing is known of what it removed."""


class _Line(msgspec.Struct, omit_defaults=True):
    target: str = ""
    inode: int = 0
    size_bytes: int = 0
    flags: list[str] = []
    synced: int = 0
    """Of the removals told so far: the place of the first one in a folder that is synced now, from 1."""


class JournalReport(NamedTuple):
    """What a journal says of the attempt that wrote it."""

    head: _Head
    removed: tuple[_Line, ...]

    def kept(self, plan: PurgePlan) -> dict[str, RemovedEarlier]:
        """Return what was removed of each target before this plan, by locator.

        A file of the plan before is there, or a line tells of its removal; else the target is in doubt.
        """
        present = Counter(entry.inode for target in _touched(plan) for entry in target.found.files)
        found: dict[str, RemovedEarlier] = {}
        for locator in {*self.head.planned, *self.head.kept, *(line.target for line in self.removed)}:
            lines = [line for line in self.removed if line.target == locator]
            planned = Counter(self.head.planned.get(locator, ()))
            left = planned - Counter(line.inode for line in lines)
            before = self.head.kept.get(locator, RemovedEarlier())
            flags = {*before.flags, *self.head.flags.get(locator, ())}
            flags.update(flag for line in lines for flag in line.flags)
            found[locator] = RemovedEarlier(
                files=before.files + len(lines),
                size_bytes=before.size_bytes + sum(line.size_bytes for line in lines),
                flags=tuple(sorted(flags)),
                in_doubt=before.in_doubt or not left <= present,
            )
        return found


def path_of(folder: Path, stream: object, workstation: str) -> Path:
    """Return where the journal of a session's purge on a workstation is, beside the ledger."""
    return folder / f"purge-{stream}-{hashlib.sha256(workstation.encode()).hexdigest()[:8]}.journal"


def read(path: Path, plan: str, host: str) -> JournalReport | None:
    """Return what the attempt with this plan wrote on this host; None where there is no such journal."""
    try:
        head, *lines = path.read_bytes().split(b"\n")
        told = msgspec.json.decode(head, type=_Head)
    except (OSError, ValueError, msgspec.MsgspecError):
        return None
    if plan not in {told.plan, told.plan_before} or told.host != host:
        return None
    removed: list[_Line] = []
    synced: set[int] = set()
    for line in lines:
        try:
            said = msgspec.json.decode(line, type=_Line)
        except (ValueError, msgspec.MsgspecError):  # torn: nothing after it counts
            break
        if said.synced:
            synced.add(said.synced - 1)
        else:
            removed.append(said)
    if told.boot != boot_id() or not told.boot:
        removed = [line for place, line in enumerate(removed) if place in synced]
    return JournalReport(told, tuple(removed))


class Journal:
    """The journal of an attempt under way; of one that cannot be written nothing is claimed."""

    def __init__(self, path: Path, descriptor: int | None) -> None:
        self._path, self._descriptor = path, descriptor
        self._told = 0
        self._open: dict[tuple[str, str], list[int]] = {}

    @classmethod
    def begin(
        cls,
        path: Path,
        plan: PurgePlan,
        host: str,
        *,
        plan_before: str,
        kept: Mapping[str, RemovedEarlier],
        lost: bool,
    ) -> Self:
        """Write what is planned, and what attempts before had removed."""
        planned = {t.scope.locator: [entry.inode for entry in t.found.files] for t in _touched(plan)}
        flags = {t.scope.locator: sorted(t.found.flags & DOUBTS) for t in _touched(plan)}
        head = _Head(
            plan.digest(),
            plan_before,
            host,
            boot_id(),
            {locator: inodes for locator, inodes in planned.items() if inodes},
            {locator: found for locator, found in flags.items() if found},
            dict(kept),
            lost,
        )
        try:
            write_whole(path, msgspec.json.encode(head) + b"\n", 0o600)
            return cls(path, os.open(path, os.O_WRONLY | os.O_APPEND | _AS_IT_IS))
        except OSError:
            return cls(path, None)

    def of(self, locator: str) -> TargetJournal:
        """Return what is told of the removals of one target."""
        return TargetJournal(self, locator)

    def removed(self, locator: str, entry: FolderEntry, flags: Iterable[str]) -> None:
        """Tell of a file whose name is gone, with the doubts of its removal."""
        self._told += 1
        self._open.setdefault((locator, entry.path.rpartition("/")[0]), []).append(self._told)
        doubts = sorted(DOUBTS & set(flags))
        self._write([_Line(target=locator, inode=entry.inode, size_bytes=entry.size, flags=doubts)])

    def synced(self, locator: str, folder: str) -> None:
        """Tell that what was removed from a folder is on the medium."""
        self._write([_Line(synced=place) for place in self._open.pop((locator, folder), ())])

    def erases(self, locator: str) -> None:
        """Tell that every file was seen gone, and the words of a target go now; the vault syncs itself."""
        self._told += 1
        self._write([_Line(target=locator), _Line(synced=self._told)])

    def _write(self, lines: list[_Line]) -> None:
        if self._descriptor is None or not lines:
            return
        try:
            os.write(self._descriptor, b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
        except OSError:  # a torn line ends what counts
            self.close()

    def close(self) -> None:
        """Let the file go; it stays."""
        if self._descriptor is not None:
            with suppress(OSError):
                os.close(self._descriptor)
            self._descriptor = None

    def end(self) -> None:
        """Remove it: the outcome is recorded."""
        self.close()
        with suppress(OSError):
            self._path.unlink(missing_ok=True)


class TargetJournal(NamedTuple):
    """The journal as it is told of one target."""

    journal: Journal
    locator: str

    def removed(self, entry: FolderEntry, flags: Iterable[str]) -> None:
        """Tell of a file whose name is gone."""
        self.journal.removed(self.locator, entry, flags)

    def synced(self, folder: str) -> None:
        """Tell that what was removed from a folder is on the medium."""
        self.journal.synced(self.locator, folder)


def removed_before(
    kept: Mapping[str, RemovedEarlier], plan: PurgePlan, told: Mapping[str, PurgeTarget]
) -> dict[str, PurgeTarget]:
    """Return the targets of which attempts that were killed had removed something, as if they had told it.

    `told` is what attempts have told that were not.
    """
    kinds: dict[str, TargetKind] = {target.scope.locator: target.scope.kind for target in plan.targets}
    kinds[VAULT] = "vault"
    return {
        locator: PurgeTarget(
            kind=kinds[locator],
            locator=locator,
            result="removed",
            files=each.files,
            bytes=each.size_bytes,
            method="erase-key-and-row" if locator == VAULT else "unlink",
            flags=tuple(sorted({*each.flags, *(told[locator].flags if locator in told else ())})),
        )
        for locator, each in kept.items()
        if locator in kinds and each.files and not each.in_doubt
    }


def boot_id() -> str:
    """Return what names the time since the machine was started, or a part of it; nothing where none does."""
    try:
        if sys.platform == "win32":
            from ledger.purge.volatile_key import id_until_logoff  # noqa: PLC0415 - only there

            return id_until_logoff()
        return _BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _touched(plan: PurgePlan) -> list[PlannedTarget]:
    return [target for target in plan.targets if target.scope.kind not in _UNTOUCHED]
