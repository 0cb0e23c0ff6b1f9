"""What an event keeps of personal data: a keyed fingerprint that nobody can guess values against.

HMAC-SHA-256 under 32 random bytes of the subject. While the key lives, values can be compared with it;
when the key is gone, nothing can.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from uuid import UUID

import msgspec

_encode = msgspec.json.Encoder(order="sorted").encode


def canonical(values: Mapping[str, str]) -> bytes:
    """Return the values as compact JSON in UTF-8, keys sorted: the same values always give the same bytes."""
    return _encode(values)


def commitment_of(key: bytes, stream: UUID, version: int, values: bytes) -> str:
    """Return the commitment of canonical values to their event: 43 characters of base64url."""
    return text_of(hmac.digest(key, stream.bytes + version.to_bytes(8, "big") + values, "sha256"))


def text_of(digest: bytes) -> str:
    """Return a digest as base64url without padding."""
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
