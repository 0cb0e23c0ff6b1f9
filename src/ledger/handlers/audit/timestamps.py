"""What a person does with time stamps over the log: keep one, and look at every one again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ledger.application.ledger import Ledger
from ledger.errors import AnchorBad, AnchorForeign
from ledger.message import msg, plain
from ledger.store.finding import CheckFinding
from ledger.transparency import anchor
from ledger.transparency.anchor import TimeStamp

if TYPE_CHECKING:
    from cryptography.x509 import Certificate


class Attached(NamedTuple):
    """A time stamp, the size of the checkpoint it is over, and whether it was here already."""

    stamp: TimeStamp
    size: int
    repeated: bool


class KeptTimestamp(NamedTuple):
    """A stored time stamp: the checkpoint it was stored for, what it says, and what is wrong with it."""

    size: int
    stamp: TimeStamp | None
    findings: tuple[CheckFinding, ...]


def attach(
    ledger: Ledger, answer: bytes, *, trusted: Sequence[Certificate] | None, size: int | None
) -> Attached:
    """Keep an authority's answer over a stored checkpoint; the same time stamp again changes nothing.

    Raises AnchorBad; AnchorForeign when it is over no checkpoint, or over another than that of `size`.
    """
    stamp = anchor.read(answer)
    covered = next((n for n, note in ledger.store.checkpoints() if stamp.is_over(note)), None)
    if covered is None:
        raise AnchorForeign(msg("the time stamp is over no checkpoint of this ledger"))
    if size is not None and covered != size:
        raise AnchorForeign(
            msg(
                "the time stamp is over the checkpoint of {covered} events, not of {size}",
                covered=covered,
                size=size,
            )
        )
    if trusted is not None:
        anchor.check_signature(answer, trusted)
    if any(n == covered and _is_same(stamp, kept) for n, kept in stored(ledger)):
        return Attached(stamp, covered, repeated=True)
    return Attached(stamp, covered, repeated=not ledger.store.add_anchor(covered, anchor.KIND, answer))


def stored(ledger: Ledger) -> Iterator[tuple[int, bytes]]:
    """(size, answer) of every time stamp that is kept, by size."""
    return ((size, answer) for size, kind, answer in ledger.store.anchors() if kind == anchor.KIND)


def _is_same(stamp: TimeStamp, kept: bytes) -> bool:
    try:
        return anchor.read(kept).token == stamp.token
    except AnchorBad:
        return False


def verify(ledger: Ledger, trusted: Sequence[Certificate] | None) -> list[KeptTimestamp]:
    """Every stored time stamp against its checkpoint; with certificates, its signature as well."""
    notes = dict(ledger.store.checkpoints())
    return [_verified(size, answer, notes.get(size), trusted) for size, answer in stored(ledger)]


def _verified(
    size: int, answer: bytes, note: str | None, trusted: Sequence[Certificate] | None
) -> KeptTimestamp:
    what = msg("the time stamp over the checkpoint of {size} events", size=size)
    try:
        stamp = anchor.read(answer)
    except AnchorBad as error:
        return KeptTimestamp(
            size,
            None,
            (CheckFinding("anchor-damaged", plain("{what}: {fact}", what=what, fact=error.message)),),
        )
    findings: list[CheckFinding] = []
    if note is None or not stamp.is_over(note):
        findings.append(CheckFinding("anchor-foreign", msg("{what} is over something else", what=what)))
    if trusted is not None:
        try:
            anchor.check_signature(answer, trusted)
        except AnchorBad as error:
            findings.append(
                CheckFinding("anchor-signature", plain("{what}: {fact}", what=what, fact=error.message))
            )
    return KeptTimestamp(size, stamp, tuple(findings))
