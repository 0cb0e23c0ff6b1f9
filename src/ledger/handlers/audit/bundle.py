"""The auditor's bundle of a ledger: all events as they are hashed, what was signed, proofs of sessions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from ledger.application.ledger import Ledger
from ledger.domain import merkle
from ledger.errors import StoreDamaged
from ledger.message import Hint, msg, step
from ledger.store.reader import line_of
from ledger.transparency import anchor
from ledger.transparency.bundle import BundleSource, write_bundle
from ledger.transparency.checkpoint import Checkpoint
from ledger.transparency.key_rotation import key_chain, rotations
from ledger.transparency.note import VerifierKey
from ledger.transparency.proof import Proof
from ledger.transparency.recompute import recompute
from ledger.transparency.witnesses import cosignatures_of


def export(ledger: Ledger, target: Path, sessions: Iterable[int] | None = None) -> list[str]:
    """Sign the log as it stands and write the bundle; the names of its files. `sessions` None: all of them.

    Raises BundleTarget, what the signer refuses, and StoreDamaged for events that are not those it signed.
    """
    newest = ledger.signer.checkpoint()
    store = ledger.store
    recomputed = recompute(store, {newest.size})
    if recomputed.findings or recomputed.roots.get(newest.size) != newest.root:
        hint = Hint(step("audit verify"), " names what differs; nothing was written")
        raise StoreDamaged(msg("the events are not those that were signed"), hint=hint)
    return write_signed(ledger, target, newest, ledger.signer.key().verifier, sessions)


def write_signed(
    ledger: Ledger,
    target: Path,
    newest: Checkpoint,
    key: VerifierKey,
    sessions: Iterable[int] | None = None,
) -> list[str]:
    """Write the bundle of the log as it is up to a checkpoint, whether or not it is what was signed.

    `key` is the one in force. Raises BundleTarget, and StoreDamaged for a log that cannot be read.
    """
    store = ledger.store
    numbers = [int(number) for number in store.keys("session")] if sessions is None else list(sessions)
    chain = key_chain(rotations(store), key)
    source = BundleSource(
        lines=(line_of(row) for rows in store.pages(0, newest.size) for row in rows),
        size=newest.size,
        hashes=store.hashes,
        checkpoints=store.checkpoints(newest.size),
        vkeys=[str(key) for key in chain.keys],
        proofs=dict(proofs_of(ledger, newest, numbers)),
        has_all_proofs=sessions is None,
        anchors=[(size, token) for size, kind, token in store.anchors() if kind == anchor.KIND],
        cosignatures=cosignatures_of(store, newest.size),
    )
    return write_bundle(target, source)


def proofs_of(ledger: Ledger, newest: Checkpoint, numbers: Iterable[int]) -> Iterator[tuple[int, str]]:
    """Yield a file for each session, with a proof of each of its events in the newest checkpoint."""
    read = merkle.tiles(ledger.store.hashes, newest.size)
    for number in numbers:
        stream, _ = ledger.find_session(str(number))
        proofs = [
            Proof(
                line_of(row),
                row[0],
                tuple(merkle.inclusion_proof(read, row[0], newest.size)),
                newest,
            )
            for row in ledger.store.stream_rows(stream.bytes, newest.size)
        ]
        yield number, "".join(proof.text for proof in proofs)
