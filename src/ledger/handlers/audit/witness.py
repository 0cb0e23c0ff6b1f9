"""What a person does with a witness: ask it for a cosignature, and keep its answer."""

from __future__ import annotations

from typing import NamedTuple

from ledger.application.ledger import Ledger
from ledger.domain import merkle
from ledger.domain.clock import format_instant, from_epoch_seconds
from ledger.errors import (
    CosignatureAhead,
    CosignatureForeign,
    CosignatureKey,
    StoreDamaged,
    WitnessSize,
)
from ledger.message import Hint, Message, msg, step
from ledger.transparency.checkpoint import parse_checkpoint
from ledger.transparency.cosignature import KIND, Cosignature, WitnessKey, read_answer, size_said
from ledger.transparency.key_rotation import key_chain, rotations
from ledger.transparency.note import parse_note
from ledger.transparency.proof import consistency_text
from ledger.transparency.witnesses import kept_cosignatures

AHEAD_SECONDS_MAX = 600
"""Clocks differ; a moment further ahead is no difference of clocks."""


class WitnessRequest(NamedTuple):
    """The body for a witness (C2SP tlog-witness, add-checkpoint): from which size it leads to which."""

    since: int
    size: int
    body: str


class AttachedCosignature(NamedTuple):
    """A cosignature, the size of the checkpoint it is over, and whether it was here already."""

    cosignature: Cosignature
    size: int
    repeated: bool


def request(ledger: Ledger, *, since: int | None = None, key: WitnessKey | None = None) -> WitnessRequest:
    """Sign the log as it stands and prove to a witness that this continues what it cosigned last.

    `since` None: the newest size that the witness is known to have cosigned, 0 for none. Raises WitnessSize,
    CosignatureKey where several witnesses are known and none is named, StoreDamaged.
    """
    newest = ledger.signer.checkpoint()
    first = _last_cosigned(ledger, key) if since is None else since
    if first > newest.size:
        raise WitnessSize(_beyond(first, newest.size))
    store, hashes = ledger.store, list[bytes]()
    if 0 < first < newest.size:
        known = dict(store.checkpoints()).get(first)
        root = merkle.root(store.hashes, first) if known is None else parse_checkpoint(known).root
        hashes = merkle.consistency_proof(store.hashes, first, newest.size)
        if not merkle.is_consistent(first, newest.size, hashes, root, newest.root):
            hint = Hint(step("audit verify"), " names what differs; nothing was written")
            raise StoreDamaged(msg("the events are not those that were signed"), hint=hint)
    return WitnessRequest(first, newest.size, consistency_text(first, hashes, newest.note))


def _last_cosigned(ledger: Ledger, key: WitnessKey | None) -> int:
    told = [(each.cosignature.key, each.size) for each in kept_cosignatures(ledger.store) if each.cosignature]
    known = {witness for witness, _ in told}
    if key is None and len(known) > 1:
        names = ", ".join(sorted({each.name for each in known}))
        raise CosignatureKey(msg("which witness is asked? there are cosignatures of {names}", names=names))
    return max((size for witness, size in told if key in {None, witness}), default=0)


def attach(ledger: Ledger, answer: bytes, key: WitnessKey) -> list[AttachedCosignature]:
    """Keep a witness' cosignatures over stored checkpoints; the same one again changes nothing.

    Raises CosignatureBad, CosignatureKey, CosignatureKind, CosignatureForeign, CosignatureAhead, and
    WitnessSize for an answer that only says at which size the witness is. Then nothing is kept.
    """
    _check_is_another(ledger, key)
    said = size_said(answer)
    if said is not None:
        raise _behind(ledger, said)
    found = [(each, _covered(ledger, each)) for each in read_answer(answer, key)]
    for each, _ in found:
        if each.at > int(ledger.now().timestamp()) + AHEAD_SECONDS_MAX:
            at = format_instant(from_epoch_seconds(each.at))
            raise CosignatureAhead(msg("{witness} says that it cosigned at {at}", witness=key.name, at=at))
    return [
        AttachedCosignature(each, size, repeated=not ledger.store.add_anchor(size, KIND, each.kept()))
        for each, size in found
    ]


def _check_is_another(ledger: Ledger, key: WitnessKey) -> None:
    """Raise CosignatureKey for the ledger's own key: a shop is no witness of itself."""
    if not ledger.folder.signing_key.exists():  # a copy without it knows none of its keys
        return
    own = key_chain(rotations(ledger.store), ledger.signer.key().verifier).keys
    if key.public in {each.public for each in own}:
        raise CosignatureKey(msg("this is the key of the ledger itself, which is no witness"))


def _behind(ledger: Ledger, said: int) -> WitnessSize:
    size = ledger.store.length()
    if said > size:
        return WitnessSize(_beyond(said, size))
    fact = msg("the witness cosigned nothing: it knows this log at {size} events", size=said)
    return WitnessSize(fact, hint=Hint(step("audit witness request", "--since", str(said))))


def _beyond(said: int, size: int) -> Message:
    return msg("the witness cosigned {said} events of this log, which has {size}", said=said, size=size)


def _covered(ledger: Ledger, cosignature: Cosignature) -> int:
    """Return the size of the checkpoint that a cosignature is over; raises CosignatureForeign."""
    for size, note in reversed(ledger.store.checkpoints()):
        if cosignature.is_over(parse_note(note).text):
            return size
    raise CosignatureForeign(
        msg("the cosignature of {witness} is over no checkpoint of this ledger", witness=cosignature.key.name)
    )
