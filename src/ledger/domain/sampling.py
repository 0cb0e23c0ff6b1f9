r"""Samples for a reviewer: drawn from a signed root and a word, so that nobody can pick beforehand.

A session's lot is SHA-256 over the 32 bytes of the root, the word, a line feed and the session's number
in decimal. The sessions with the smallest lots are the sample. By hand:

    { echo ROOT | base64 -d; printf 'WORD\n17'; } | sha256sum
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


def lot(root: bytes, nonce: str, session: int) -> bytes:
    """What a session draws under a root and a word."""
    return hashlib.sha256(root + f"{nonce}\n{session}".encode()).digest()


def draw(root: bytes, nonce: str, population: Iterable[int], size: int) -> tuple[int, ...]:
    """The `size` sessions with the smallest lots, smallest first; all of them where there are fewer."""
    return tuple(sorted(set(population), key=lambda session: lot(root, nonce, session))[:size])


def sample_id(root: bytes, nonce: str, days: str, size: int) -> str:
    """The name of a sample: what it was drawn from, in twelve hexadecimal digits."""
    return hashlib.sha256(root + f"{nonce}\n{days}\n{size}".encode()).hexdigest()[:12]


def lot_by_hand(root: str, nonce: str, session: int) -> str:
    """Return the line of a shell that gives a session's lot; the root as checkpoints write it."""
    return f"{{ echo {root} | base64 -d; printf '{nonce}\\n{session}'; }} | sha256sum"
