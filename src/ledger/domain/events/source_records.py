"""Facts about what the remote tools themselves recorded, and about what people made of it.

A record of a connection is a stream of its own and never edits a session. Remote ID, computer and user
names lie in the vault (class `session`); the fact keeps fingerprints of the month.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

import msgspec

from ledger.domain.events.base import Event, Personal, Reasoned

TimeBasis = Literal["utc", "utc-assumed", "offset", "local-declared"]
RecordKind = Literal[
    "remote_control", "view_only", "file_transfer", "terminal", "chat", "vpn", "meeting", "unknown", "attempt"
]
"""`attempt`: never let in, a wrong password or a scan; it is no connection."""


class RecordTimes(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """When a connection was, as a source wrote it: UTC, the source's own text, and how sure it is.

    Without a known end, `over_by` is when it was over at the latest: the tool had been started again. With
    `shared_end`, several of one address were open at once, and their ends cannot be told apart.
    """

    started_at: datetime
    ended_at: datetime | None = None
    started_text: str = ""
    ended_text: str = ""
    basis: TimeBasis = "utc"
    precision_ms: int = 1_000
    over_by: datetime | None = None
    shared_end: bool = False


class SourceSessionObserved(Personal, frozen=True, kw_only=True):
    """A source has a record of a connection. Opens the record's stream; `key` says which record it is."""

    TOPIC: ClassVar[str] = "record.observed:1"

    adapter: str
    instance: str
    key: str
    """uuid5 of (adapter, instance, native id), or the SHA-256 of the stable fields without one."""
    kind: RecordKind
    times: RecordTimes
    content: str
    """SHA-256 of all that the record says and is not personal; the rest is under the commitment."""
    technician: str | None = None
    """The handle that the source's user name is an alias of; None for one not known."""
    remote_id_fingerprints: tuple[str, str] | None = msgspec.field(default=None, name="marks")
    """Fingerprints of the remote ID under the key of the month in which it started."""
    duration_s: int | None = None
    """The duration that the source itself gives."""
    computer: str | None = None
    """Fingerprint of the computer's name under the month's key, where there is no remote ID."""
    customer: str | None = None
    """The customer whose computer it is known to be."""


class SourceSessionAmended(Personal, frozen=True, kw_only=True):
    """The source says something else of the same record now: the whole of it.

    Without a commitment of its own the words are those of before.
    """

    TOPIC: ClassVar[str] = "record.amended:1"

    kind: RecordKind
    times: RecordTimes
    content: str
    technician: str | None = None
    remote_id_fingerprints: tuple[str, str] | None = msgspec.field(default=None, name="marks")
    duration_s: int | None = None


class SourceSessionMatched(Reasoned, frozen=True, kw_only=True):
    """The record is of this session: a person says so, or nothing else could be meant."""

    TOPIC: ClassVar[str] = "record.matched:1"

    session: UUID
    how: Literal["person", "rule"] = "person"


class RecordComputerKnown(Event, frozen=True, kw_only=True):
    """The record's computer is known to be this customer's now; it was not when the record was imported."""

    TOPIC: ClassVar[str] = "record.computer_known:1"

    customer: str


class SourceSessionDismissed(Reasoned, frozen=True, kw_only=True):
    """The record is nothing to bill, for a reason."""

    TOPIC: ClassVar[str] = "record.dismissed:1"


class QuarantinedLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line that could not be taken in: its number, and a word that says why."""

    line: int
    reason: str


class RecordDataErased(Event, frozen=True, kw_only=True):
    """The personal data of a record, or the quarantined lines of a source, were erased from the vault."""

    TOPIC: ClassVar[str] = "record.data_erased:1"

    data: Literal["session"] = "session"
    why: Literal["retention", "purged", "erasure-request"] = "retention"


class SourceImported(Personal, frozen=True, kw_only=True):
    """A file of a source brought something new: records, or lines that could not be read.

    `lines` = observed + duplicate + amended + quarantined + skipped. Its stream is that of the source. In
    the vault lie the SHA-256 of the file, which could be guessed of a short one, and the lines of
    `quarantine`, those not seen before, under their numbers.
    """

    TOPIC: ClassVar[str] = "source.imported:1"

    adapter: str
    instance: str
    lines: int
    observed: int
    duplicate: int
    amended: int
    quarantined: int
    skipped: int = 0
    quarantine: tuple[QuarantinedLine, ...] = ()


class FindingAcknowledged(Reasoned, frozen=True, kw_only=True):
    """Somebody knows of a finding of the reconciliation and says why it may stand, while its facts stay."""

    TOPIC: ClassVar[str] = "finding.acknowledged:1"

    finding: str
    kind: str


class SessionUnrecorded(Reasoned, frozen=True, kw_only=True):
    """A session that no source has a record of is billed all the same, for a reason (`source waive`)."""

    TOPIC: ClassVar[str] = "session.unrecorded:1"


class LogRewritten(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What came of a log of all sessions at a month's close, in lines of the month."""

    name: str
    result: Literal["removed", "retained", "absent", "unknown", "failed"]
    """Removed; left as it is; no such file; in no form that can be rewritten; not allowed to."""
    removed: int = 0
    left: int = 0


class PeriodClosed(Reasoned, frozen=True, kw_only=True):
    """A month is closed: what stood open then is counted, and its fingerprint key is destroyed.

    Its reason says why findings were left open.
    """

    TOPIC: ClassVar[str] = "period.closed:1"

    month: str
    """2026-11"""
    findings: int = 0
    unpurged: int = 0
    unbilled: int = 0
    logs: tuple[LogRewritten, ...] = ()


class PeriodReopened(Reasoned, frozen=True, kw_only=True):
    """A closed month is open again, for a reason; its fingerprints stay gone."""

    TOPIC: ClassVar[str] = "period.reopened:1"

    month: str
