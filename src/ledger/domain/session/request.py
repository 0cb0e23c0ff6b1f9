"""The command that opens a session."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

import msgspec

from ledger.domain import events as e


class RequestHelp(msgspec.Struct, frozen=True, kw_only=True):
    """A customer asks for help; the remote ID, the contact and the description go to the vault."""

    NAME: ClassVar[str] = "request"
    PERSONAL: ClassVar[tuple[str, ...]] = ("remote_id", "contact", "description")

    customer: str
    issue: e.Issue
    at: datetime | None = None
    session_ref: str | None = None
    order_ref: str | None = None
    channel: e.Channel | None = None
    scheduled_for: datetime | None = None
    remote_id: str | None = None
    contact: str | None = None
    description: str | None = None

    def arguments(self) -> dict[str, Any]:
        """Return what the digest is taken from; personal data is compared in the vault."""
        fields = msgspec.structs.asdict(self)
        return {key: value for key, value in fields.items() if key not in self.PERSONAL}

    @property
    def personal(self) -> dict[str, str]:
        """The fields for the vault that are not empty."""
        fields = msgspec.structs.asdict(self)
        return {key: fields[key] for key in self.PERSONAL if fields[key]}
