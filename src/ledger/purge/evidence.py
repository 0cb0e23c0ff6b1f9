"""What can be said afterwards: a second look at every name of the plan, and where all that lay."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path

from ledger.domain.events import PurgeHost, PurgeTarget, TargetResult
from ledger.purge.directory import open_folder
from ledger.purge.mounts import mount_of
from ledger.purge.plan import PlannedTarget, look
from ledger.purge.walk import UNSYNCED, FoundFile, Removal, inventory

_BLOCK_DEVICES = Path("/sys/dev/block")
NOT_LOOKED = {"root-missing", "root-refused", "outside-roots", "other-disk"}
"""With one of these nobody could look, before or afterwards."""


def look_again(target: PlannedTarget, *, by_descriptor: bool) -> FoundFile:
    """What is left: whatever is found as before, and every name of the plan that this would not find."""
    scope, before = target
    after = look(scope, by_descriptor=by_descriptor)
    if scope.root is None or not before.entries or "root-missing" in after.flags:
        return after
    if after.left and "link" in after.flags:  # what stands in the place is counted already
        return after
    seen = {entry.path for entry in after.entries}
    names = {entry.path for entry in before.entries}
    tops = [path for path in names if path.rpartition("/")[0] not in names and path not in seen]
    try:
        with open_folder(scope.root, by_descriptor=by_descriptor) as root:
            for path in sorted(tops):
                after.add(inventory(root, path))
    except OSError as error:
        after.left += 1
        after.refused(error)
    return after


def measured(
    target: PlannedTarget, done: Removal, after: FoundFile, *, by_descriptor: bool, verified_at: datetime
) -> PurgeTarget:
    """The target as it stands in the event: its result follows from the look afterwards alone."""
    scope, before = target
    flags = (before.flags | done.flags | (after.flags - {"missing", "replaced"})) - {"too-many"}
    planned = {(entry.path, entry.identity) for entry in before.entries}
    if any((entry.path, entry.identity) not in planned for entry in after.entries):
        flags.add("appeared")
    return PurgeTarget(
        kind=scope.kind,
        locator=scope.locator,
        result=_result(target, done, after),
        files=done.files,
        bytes=done.bytes,
        method=("unlink" if by_descriptor else "unlink-by-path") if done.files or done.folders else "none",
        residual=after.residual,
        errno=done.errno or after.errno or before.errno,
        verified=None if scope.root is None else "lstat" if by_descriptor else "inventory",
        verified_at=None if scope.root is None else verified_at,
        flags=tuple(sorted(flags)),
    )


def appeared(target: PlannedTarget, *, by_descriptor: bool, verified_at: datetime) -> PurgeTarget:
    """The target as it stands in the event where it was placed while the purge ran: nothing was touched."""
    scope, found = target
    return PurgeTarget(
        kind=scope.kind,
        locator=scope.locator,
        result="residual" if found.residual else "failed",
        residual=found.residual,
        errno=found.errno,
        verified=None if scope.root is None else "lstat" if by_descriptor else "inventory",
        verified_at=None if scope.root is None else verified_at,
        flags=tuple(sorted({*found.flags, "appeared"} - {"too-many"})),
    )


def _result(target: PlannedTarget, done: Removal, after: FoundFile) -> TargetResult:
    if (target.found.flags | after.flags) & NOT_LOOKED or target.scope.note == "lost":
        return "failed"
    if UNSYNCED in done.flags:
        return "failed"
    if after.residual:
        return "residual"
    return "removed" if done.files or done.folders else "absent"


def unmeasured(target: PlannedTarget) -> PurgeTarget:
    """A target that a purge does not touch: a log of all sessions, or what lies at a vendor's."""
    scope, found = target
    result: TargetResult = "external"
    if scope.kind == "shared_log":
        result = "retained" if found.entries or found.residual else "absent"
    return PurgeTarget(kind=scope.kind, locator=scope.locator, result=result)


# --- the host ---------------------------------------------------------------------------------


def host_of(workstation: str, place: Path | None, true_host: str | None = None) -> PurgeHost:
    """Return the workstation and what its system says of the medium of a place; None where it is silent."""
    device = None
    try:
        device = None if place is None else place.lstat().st_dev
    except OSError:
        place = None
    filesystem, options = (None, None) if device is None else mount_of(device)
    return PurgeHost(
        workstation=workstation,
        system=_system(),
        filesystem=filesystem,
        mount_options=options,
        rotational=None if device is None else turns(device),
        true_host=true_host,
    )


def _system() -> str:
    if sys.platform == "win32":
        return "Windows"
    told = os.uname()
    return f"{told.sysname} {told.release} {told.machine}"


def turns(device: int) -> bool | None:
    """Whether the medium of a device turns; of a partition its disk is asked."""
    if not _BLOCK_DEVICES.is_dir():
        return None
    block = _BLOCK_DEVICES / f"{os.major(device)}:{os.minor(device)}"
    for folder in (block, block / ".."):
        try:
            return (folder / "queue" / "rotational").read_text(encoding="ascii").strip() == "1"
        except (OSError, ValueError):
            continue
    return None
