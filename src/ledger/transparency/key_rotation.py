"""The keys that signed a log, one after another, as its own events tell.

A checkpoint of at most so many events as stood before a rotation is the old key's, a larger one the new
key's; both keys sign the rotation, so that whoever trusts one of them can trust all.
"""

from __future__ import annotations

from base64 import b64decode
from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple

from ledger.domain.events import SigningKeyRotated
from ledger.domain.ledger_state import LEDGER_STREAM
from ledger.errors import BadNote
from ledger.message import msg
from ledger.store.finding import CheckFinding
from ledger.store.mapper import read_fact
from ledger.store.reader import LogReader
from ledger.transparency.note import VerifierKey, is_signed_bytes, parse_verifier_key
from ledger.transparency.signer import rotation_bytes


class Rotated(NamedTuple):
    """A recorded rotation and its event's index."""

    leaf_index: int
    event: SigningKeyRotated


class KeyChain(NamedTuple):
    """The keys, oldest first, and the index of the rotation that ended each but the last."""

    keys: tuple[VerifierKey, ...]
    rotated_at: tuple[int, ...]

    def key_for(self, size: int) -> VerifierKey | None:
        """Return the key that signs a checkpoint of that size; None where no key is known."""
        return self.keys[bisect_left(self.rotated_at, size)] if self.keys else None


def rotations(store: LogReader) -> list[Rotated]:
    """Every rotation, in order."""
    return [
        Rotated(row[0], fact)
        for row in store.stream_rows(LEDGER_STREAM.bytes)
        if row[3] == SigningKeyRotated.TOPIC
        and isinstance(fact := read_fact(row[3], row[5], LEDGER_STREAM, row[2]), SigningKeyRotated)
    ]


def key_chain(recorded: list[Rotated], present: VerifierKey | None) -> KeyChain:
    """Return the chain that the rotations tell; without one, the key that is present here. Raises BadNote."""
    if not recorded:
        return KeyChain((present,) if present else (), ())
    lines = [recorded[0].event.from_vkey, *(each.event.to_vkey for each in recorded)]
    return KeyChain(tuple(map(parse_verifier_key, lines)), tuple(each.leaf_index for each in recorded))


def broken_links(recorded: list[Rotated], trusted: VerifierKey | None) -> Iterator[CheckFinding]:
    """Rotations that their keys did not sign, and a key to trust that is none of the chain's."""
    before: str | None = None
    lines: list[str] = []
    for index, fact in recorded:
        if before not in (None, fact.from_vkey) or not _is_signed(fact):
            yield CheckFinding(
                "key-rotation",
                msg("the rotation in event {index} is not signed by both its keys", index=index),
            )
        before = fact.to_vkey
        lines += [fact.from_vkey, fact.to_vkey]
    if recorded and trusted is not None and str(trusted) not in lines:
        yield CheckFinding("key-unknown", msg("the key to trust is none of those that the log names"))


def _is_signed(fact: SigningKeyRotated) -> bool:
    message = rotation_bytes(fact.from_vkey, fact.to_vkey)
    pairs = ((fact.from_vkey, fact.signed_by_old), (fact.to_vkey, fact.signed_by_new))
    try:
        return all(
            is_signed_bytes(parse_verifier_key(vkey), b64decode(signature, validate=True), message)
            for vkey, signature in pairs
        )
    except (BadNote, ValueError):
        return False
