"""The sealed form of personal data: AES-256-GCM, bound to the place of its event."""

from __future__ import annotations

from uuid import UUID

from ledger.domain import metadata
from ledger.errors import VaultDamaged
from ledger.message import msg

VaultClass = metadata.VaultClass
CLASSES: tuple[VaultClass, ...] = ("session", "tax", "customer")

NONCE_BYTES = 12


def place_of(kind: VaultClass, subject: UUID, stream: UUID, version: int) -> bytes:
    """Return the associated data of a box: moved to another row, it does not open."""
    return b"%b|%b|%b|%b" % (kind.encode(), subject.bytes, stream.bytes, version.to_bytes(8, "big"))


def seal(key: bytes, nonce: bytes, place: bytes, values: bytes) -> bytes:
    """Seal canonical values; a nonce is used once under a key."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - 23 ms of start-up

    return AESGCM(key).encrypt(nonce, values, place)


def unseal(key: bytes, nonce: bytes, place: bytes, box: bytes) -> bytes:
    """Open a box into canonical values; raises VaultDamaged."""
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - as above

    try:
        return AESGCM(key).decrypt(nonce, box, place)
    except (InvalidTag, ValueError) as error:
        raise VaultDamaged(msg("a row of the vault does not open with its key")) from error
