"""What the vault is given and what a row of it says about itself; nothing in a row is personal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from ledger.errors import VaultDamaged
from ledger.message import msg
from ledger.vault.cipher import CLASSES, VaultClass

_TYPES = (str, str, bytes, bytes, int, int)
_UUID_BYTES = 16

Stored = tuple[str, VaultClass, bytes, bytes, int, int]
"""commitment, class, subject, stream, version, moment as the database gives them."""


class VaultEntry(NamedTuple):
    """What is put: whose data of which class, for which event, when (microseconds since 1970)."""

    kind: VaultClass
    subject: UUID
    stream: UUID
    version: int
    moment_us: int
    values: Mapping[str, str]


class VaultRow(NamedTuple):
    """What a row says about itself; nothing in it is personal."""

    commitment: str
    kind: VaultClass
    subject: UUID
    stream: UUID
    version: int
    moment_us: int


def row_of(stored: Stored) -> VaultRow:
    """Return a row as it is; raises VaultDamaged for one of other types than were written."""
    commitment, kind, subject, stream, version, moment_us = stored
    whole = tuple(map(type, stored)) == _TYPES and kind in CLASSES and version > 0
    if not whole or len(subject) != _UUID_BYTES or len(stream) != _UUID_BYTES:  # a damaged page
        raise VaultDamaged(msg("a row of the vault cannot be read"))
    return VaultRow(commitment, kind, UUID(bytes=subject), UUID(bytes=stream), version, moment_us)
