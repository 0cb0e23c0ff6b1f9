"""Proofs as documents carry them: an event in the first stored checkpoint that covers it.

The first one, so that the same event gives the same bytes however long the log has grown since.
"""

from __future__ import annotations

from ledger.domain import merkle
from ledger.store.event_store import LedgerStore
from ledger.transparency.checkpoint import parse_checkpoint
from ledger.transparency.proof import Proof


def proof_of(store: LedgerStore, index: int) -> Proof | None:
    """Return the proof of an event; None while no checkpoint covers it. Raises StoreDamaged, BadNote."""
    found = store.checkpoint_over(index)
    if found is None:
        return None
    return proof_in(store, index, found[1])


def proof_in(store: LedgerStore, index: int, note: str) -> Proof:
    """Return the proof of an event in a given checkpoint, which covers it."""
    checkpoint = parse_checkpoint(note)
    hashes = merkle.inclusion_proof(merkle.tiles(store.hashes, checkpoint.size), index, checkpoint.size)
    return Proof(store.leaf(index), index, tuple(hashes), checkpoint)
