"""The plan: what was seen before anything is touched, and its hash.

Only what a plan names will be removed. Its bytes are canonical JSON: sorted keys, no spaces, ASCII; the
SHA-256 of them stands in `PurgeStarted`. A plan holds paths and is never stored.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from ledger.purge.compare import compare
from ledger.purge.directory import open_folder
from ledger.purge.scope import PurgeScope
from ledger.purge.walk import FoundFile

FORMAT = "purge plan 1"


class PlannedTarget(NamedTuple):
    """One target and what was seen of it."""

    scope: PurgeScope
    found: FoundFile

    @property
    def files(self) -> int:
        """How many files are to be removed."""
        return 0 if self.scope.kind == "shared_log" else len(self.found.files)

    @property
    def size_bytes(self) -> int:
        """How many bytes are in them."""
        return 0 if self.scope.kind == "shared_log" else sum(entry.size for entry in self.found.files)


class PurgePlan(NamedTuple):
    """Every target of one purge, as seen on one workstation."""

    stream: UUID
    workstation: str
    targets: tuple[PlannedTarget, ...]

    @property
    def files(self) -> int:
        """How many files are to be removed."""
        return sum(target.files for target in self.targets)

    @property
    def size_bytes(self) -> int:
        """How many bytes are in them."""
        return sum(target.size_bytes for target in self.targets)

    @property
    def entries(self) -> int:
        """How many names, folders too, are to be removed."""
        return sum(len(t.found.entries) for t in self.targets if t.scope.kind != "shared_log")

    def canonical(self) -> bytes:
        """The bytes that are hashed."""
        document = {
            "format": FORMAT,
            "session": str(self.stream),
            "targets": [_document(target) for target in self.targets],
            "workstation": self.workstation,
        }
        return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()

    def digest(self) -> str:
        """SHA-256 of the plan, in hexadecimal."""
        return hashlib.sha256(self.canonical()).hexdigest()


def make_plan(
    stream: UUID, workstation: str, scopes: Sequence[PurgeScope], *, by_descriptor: bool
) -> PurgePlan:
    """Look at every scope; nothing is touched."""
    targets = [PlannedTarget(scope, look(scope, by_descriptor=by_descriptor)) for scope in scopes]
    names = Counter(
        entry.identity
        for target in targets
        for entry in target.found.files
        if target.scope.kind != "shared_log"
    )
    for target in targets:
        if any(e.kind == "file" and e.links > names[e.identity] for e in target.found.files):
            target.found.flags.add("hard-link")
    return PurgePlan(stream, workstation, tuple(targets))


def look(scope: PurgeScope, *, by_descriptor: bool) -> FoundFile:
    """What lies in a scope now. A root that is not there is said, and is not the same as nothing found."""
    if scope.root is None:
        return _nowhere(scope)
    try:
        with open_folder(scope.root, by_descriptor=by_descriptor) as root:
            found = scope.seek(root)
        compare(scope, found)
    except OSError as error:
        found = FoundFile()
        if scope.kind != "shared_log":  # a tool that was never here has no log here
            found.left = 1
            found.flags.add("root-missing" if isinstance(error, FileNotFoundError) else "root-refused")
            found.refused(error)
    return found


def _nowhere(scope: PurgeScope) -> FoundFile:
    found = FoundFile()
    if scope.kind == "artefact" and scope.note == "outside":
        found.left = 1
        found.flags.add("outside-roots")
    elif scope.kind in {"artefact", "workspace"}:
        found.flags.add("path-erased")
        found.left = int(scope.note == "lost")
    return found


def _document(target: PlannedTarget) -> dict[str, Any]:
    scope, found = target
    return {
        "entries": [
            {
                "device": entry.device,
                "inode": entry.inode,
                "links": entry.links,
                "mtime_ns": entry.mtime_ns,
                "path": entry.path,
                "size": entry.size,
                "type": entry.kind,
            }
            for entry in found.entries
        ],
        "flags": sorted(found.flags),
        "kind": scope.kind,
        "locator": scope.locator,
        "root": None if scope.root is None else str(scope.root),
    }
