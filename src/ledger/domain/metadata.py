"""What travels with every command: who records it, and the personal data that goes to the vault."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, NamedTuple

from ledger.domain.clock import format_instant
from ledger.domain.events import Source

VaultClass = Literal["session", "tax", "customer"]
"""How long the vault keeps something: until the session's purge, the tax years, the customer's erasure."""
_DIGEST_CHARACTERS = 32


class Metadata(NamedTuple):
    """Who records, on which workstation, under which command id, from where.

    `digest` is that of the command, once it has an id (see `of_command`). `seen` is the version of the
    stream that the person looked at; None where nothing is asserted about it.
    """

    by: str
    workstation: str | None = None
    command_id: str | None = None
    source: Source = "cli"
    digest: str | None = None
    seen: int | None = None

    def of_command(self, name: str, arguments: Mapping[str, object]) -> Metadata:
        """Return the metadata with the digest of a command; without a command id there is none.

        The digest is the first half of the hexadecimal SHA-256 over the JSON of [name, arguments], keys
        sorted, instants in UTC. It is stored: the same command must give the same digest for ever.
        """
        if self.command_id is None:
            return self
        text = json.dumps([name, arguments], sort_keys=True, ensure_ascii=False, default=_as_text)
        digest = hashlib.sha256(text.encode()).hexdigest()[:_DIGEST_CHARACTERS]
        return self._replace(digest=digest)

    def without_command(self) -> Metadata:
        """Return the metadata of an event that is recorded with another one, which bears the command id."""
        return self._replace(command_id=None, digest=None)

    def header(self, at: datetime) -> dict[str, Any]:
        """Return the fields that every event begins with."""
        return {
            "at": at,
            "by": self.by,
            "source": self.source,
            "workstation": self.workstation,
            "command": self.command_id,
            "command_digest": self.digest,
        }


class PersonalData(NamedTuple):
    """Personal data and typed sentences, by field, and the class of the vault that keeps them."""

    vault_class: VaultClass
    values: dict[str, str]

    @property
    def fields(self) -> tuple[str, ...]:
        """Return the names of the fields, sorted; numbered lines of a file count as one, `lines`."""
        return tuple(sorted({"lines" if name.isdigit() else name for name in self.values}))


def _as_text(value: object) -> str:
    return format_instant(value) if isinstance(value, datetime) else str(value)
