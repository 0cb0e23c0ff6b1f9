"""What every fact says, and the words that facts are told in."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal

import msgspec

Issue = Literal["hardware", "other", "test"]
Source = Literal["cli", "import", "desk"]


def is_told(source: Source) -> bool:
    """Return True where somebody told it as it happened; an import is late by its nature."""
    return source != "import"


Channel = Literal["phone", "email", "chat", "in_person", "other"]
EndedBy = Literal["technician", "customer", "link-lost"]
AcceptedHow = Literal["phone", "chat", "email"]
Consumer = Literal["yes", "no", "sole_trader", "unknown"]
VatTreatment = Literal["pl", "eu", "non_eu", "ask"]
Evidence = Literal["declared", "measured", "absence_measured"]
TargetKind = Literal["workspace", "artefact", "pattern", "shared_log", "vault", "vendor"]
TargetResult = Literal["removed", "absent", "retained", "residual", "failed", "external"]
"""Removed here; gone before; kept until the month closes; still there; not tried; not ours to delete."""
PurgeMethod = Literal["none", "unlink", "unlink-by-path", "erase-key-and-row"]
Verification = Literal["lstat", "inventory", "key-lookup"]
ArtefactKind = Literal["received", "chat", "recording", "screenshot"]

REASON_CODES = (
    "wrong-time",
    "wrong-issue",
    "wrong-customer",
    "missing-connection",
    "double-entry",
    "goodwill",
    "complaint",
    "checked",
    "legal-claim",
    "inspection",
    "contract",
    "data-changed",
    "price-change",
    "other",
)


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What every fact says: when in the world, who said so, from where."""

    TOPIC: ClassVar[str]

    at: datetime
    by: str
    source: Source = "cli"
    workstation: str | None = None
    command: str | None = None
    command_digest: str | None = None


class Personal(Event, frozen=True, kw_only=True):
    """A fact part of which lies in the vault, bound to it by a commitment."""

    commitment: str | None = None
    fields: tuple[str, ...] = ()
    """Names of what the vault keeps for it, without the words: contact, path. Empty in older events."""


class Reasoned(Personal, frozen=True, kw_only=True):
    """A fact that somebody gave a reason for: a code here, the sentence in the vault."""

    reason: str = "other"
