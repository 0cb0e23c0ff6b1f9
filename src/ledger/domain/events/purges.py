"""Facts about the deletion of a session's files: where they lie, what a purge was about, what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal

import msgspec

from ledger.domain.events.base import (
    ArtefactKind,
    Event,
    Evidence,
    Personal,
    PurgeMethod,
    Reasoned,
    TargetKind,
    TargetResult,
    Verification,
)


class PurgeTarget(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One thing a purge was about, and what was measured of it; the locator holds no personal data."""

    kind: TargetKind
    locator: str
    result: TargetResult
    files: int = 0
    bytes: int = 0
    method: PurgeMethod = "none"
    residual: int = 0
    """How many of its files are still there."""
    errno: str | None = None
    """Why the first of them could not be removed, as the system names it: EACCES, EBUSY, EROFS."""
    verified: Verification | None = None
    verified_at: datetime | None = None
    flags: tuple[str, ...] = ()
    """hard-link, appeared, swapped, other-device: what a reviewer should know of it."""


class Place(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Identity of a folder or a file; its path lies in the vault, under the commitment of the event."""

    inode: int
    filesystem: str | None = None
    """Identity of the file system, lasting over a remount: uuid:…, fsid:…, volume:…; None without one."""
    generation: int | None = None
    """Inode generation, another one for a new file under an old inode; None where it is not given."""


class WorkspaceMade(Personal, frozen=True, kw_only=True):
    """The session's own folder was made, or found, in a place that its purge has to look at."""

    TOPIC: ClassVar[str] = "session.workspace_made:1"

    place: Place
    host: str | None = None
    """The true name of the host."""


class PurgeHost(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Where targets lay: the workstation and what its system says of the medium."""

    workstation: str
    system: str
    filesystem: str | None = None
    mount_options: str | None = None
    rotational: bool | None = None
    true_host: str | None = None
    """The host's own name, beside the workstation that was named; None in events of older releases."""


class PurgeStarted(Event, frozen=True, kw_only=True):
    """A purge began on one workstation; only what its hashed plan names will be touched."""

    TOPIC: ClassVar[str] = "session.purge_started:1"

    plan: str
    """SHA-256 of the plan, in hexadecimal."""
    targets: int
    files: int
    bytes: int
    true_host: str | None = None
    doubts: tuple[str, ...] | None = None
    """Flags of the plan that keep the deletion from being claimed."""


class PartPurged(Event, frozen=True, kw_only=True):
    """One workstation's part is done; others that were used have not reported yet."""

    TOPIC: ClassVar[str] = "session.part_purged:1"

    evidence: Literal["measured", "absence_measured"]
    plan: str
    targets: tuple[PurgeTarget, ...]
    host: PurgeHost
    rule: int | None = None


class PurgeFailed(Event, frozen=True, kw_only=True):
    """Something of the session's data is still there; a later purge may complete it."""

    TOPIC: ClassVar[str] = "session.purge_failed:1"

    plan: str
    targets: tuple[PurgeTarget, ...]
    host: PurgeHost
    rule: int | None = None


class DataPurged(Event, frozen=True, kw_only=True):
    """The session's data are gone. `declared`: somebody says so; nothing was measured here.

    `measured`: removed here and found gone; `absence_measured`: nothing was seen being removed, but the
    absence was. `plan`, `targets` and `host` are those of the workstation that finished last.
    """

    TOPIC: ClassVar[str] = "session.data_purged:2"

    evidence: Evidence = "declared"
    plan: str | None = None
    targets: tuple[PurgeTarget, ...] = ()
    host: PurgeHost | None = None
    rule: int | None = None
    """None: the place was no part of the evidence. 2: it was, and a flag in DOUBTS denies `measured`."""
    clock: datetime | None = None
    """What the clock showed, where the deletion is dated by the end or the beginning it cannot precede."""


class ArtefactNoted(Personal, frozen=True, kw_only=True):
    """A file that belongs to the session lies outside its workspace; its path lies in the vault."""

    TOPIC: ClassVar[str] = "session.artefact_noted:1"

    artefact: ArtefactKind
    place: Place | None = None
    host: str | None = None


class ArtefactWithdrawn(Reasoned, frozen=True, kw_only=True):
    """A file was noted by mistake; no purge looks for it any more."""

    TOPIC: ClassVar[str] = "session.artefact_withdrawn:1"

    artefact: int
    """Its number in the session, counted from 1."""
