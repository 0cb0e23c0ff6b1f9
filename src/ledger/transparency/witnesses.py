"""What witnesses said of this log's checkpoints, as it is kept beside them."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from ledger.errors import BadNote, CosignatureBad
from ledger.message import msg, plain
from ledger.store.finding import CheckFinding
from ledger.store.reader import LogReader
from ledger.transparency.checkpoint import Checkpoint
from ledger.transparency.cosignature import KIND, Cosignature, WitnessKey, read_kept
from ledger.transparency.note import SIGNATURES_MAX, parse_note


class KeptCosignature(NamedTuple):
    """A stored cosignature: the checkpoint it was stored for, what it says, and what is wrong with it."""

    size: int
    cosignature: Cosignature | None
    findings: tuple[CheckFinding, ...]


def kept_cosignatures(store: LogReader) -> list[KeptCosignature]:
    """Return every stored cosignature held against its checkpoint and the key it was kept with, by size."""
    kept = _stored(store)
    notes = dict(store.checkpoints()) if kept else {}
    return [_verified(size, token, notes.get(size)) for size, token in kept]


def cosignatures_of(store: LogReader, until: int) -> dict[int, bytes]:
    """Return what is kept over checkpoints of at most so many events, by size, as it is kept."""
    found: defaultdict[int, bytes] = defaultdict(bytes)
    for size, token in _stored(store):
        if size <= until:
            found[size] += token
    return dict(found)


def cosigned_note(store: LogReader, checkpoint: Checkpoint) -> str:
    """Return the note with a line of each witness whose cosignature over it is kept, the newest one of each.

    A note has room for 16 signatures: where there are more witnesses, the first ones by name.
    """
    newest: dict[WitnessKey, Cosignature] = {}
    for each in kept_cosignatures(store):
        told = each.cosignature
        if each.size != checkpoint.size or told is None or each.findings:
            continue
        if told.key not in newest or newest[told.key].at < told.at:
            newest[told.key] = told
    room = SIGNATURES_MAX - len(parse_note(checkpoint.note).signatures)
    return checkpoint.note + "".join(newest[key].line() for key in sorted(newest)[:room])


def _stored(store: LogReader) -> list[tuple[int, bytes]]:
    return [(size, token) for size, kind, token in store.anchors() if kind == KIND]


def _verified(size: int, token: bytes, note: str | None) -> KeptCosignature:
    what = msg("the cosignature over the checkpoint of {size} events", size=size)
    try:
        told = read_kept(token)
    except CosignatureBad as error:
        fact = plain("{what}: {fact}", what=what, fact=error.message)
        return KeptCosignature(size, None, (CheckFinding("cosignature-damaged", fact),))
    try:
        is_over = note is not None and told.is_over(parse_note(note).text)
    except BadNote:  # which is a finding of its own
        is_over = False
    if is_over:
        return KeptCosignature(size, told, ())
    return KeptCosignature(
        size,
        told,
        (CheckFinding("cosignature-foreign", msg("{what} is not over it, or was changed", what=what)),),
    )
