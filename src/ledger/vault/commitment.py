"""A commitment binds an event to words without telling them: HMAC under a key that dies with the words."""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from uuid import UUID


def canonical(values: Mapping[str, str]) -> bytes:
    """The words as the same bytes whatever order they came in: compact JSON, keys sorted, UTF-8."""
    return json.dumps(dict(values), sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def text_of(digest: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def commitment(key: bytes, stream: UUID, version: int, words: bytes) -> str:
    """HMAC-SHA-256 over the event's place and the canonical words: 43 characters of base64url."""
    said = b"%s|%d|%s" % (str(stream).encode(), version, words)
    return text_of(hmac.digest(key, said, hashlib.sha256))
