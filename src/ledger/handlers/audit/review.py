"""Samples of deletions, drawn for a reviewer and recorded."""

from __future__ import annotations

from typing import NamedTuple

from ledger.application.ledger import Ledger, Metadata, Receipt
from ledger.domain import events as e
from ledger.domain.clock import Period
from ledger.domain.identifiers import check_key
from ledger.domain.ledger_state import LEDGER_STREAM
from ledger.domain.sampling import draw, sample_id
from ledger.errors import SampleEmpty
from ledger.message import msg
from ledger.transparency.checkpoint import parse_checkpoint, root_text


class Drawn(NamedTuple):
    """A sample, and the receipt of its recording."""

    event: e.SampleDrawn
    receipt: Receipt


def draw_sample(ledger: Ledger, metadata: Metadata, *, period: Period, size: int, nonce: str) -> Drawn:
    """Draw from the sessions that ended in a period, by the newest checkpoint; the log is signed if unsigned.

    The same sample again records nothing. Raises: SampleEmpty.
    """
    check_key(nonce, msg("the inspector's word"))
    metadata = metadata.of_command("audit sample", {"period": str(period), "size": size, "nonce": nonce})
    if repeat := ledger.repeat_of(metadata):
        event = next(each.event for each in repeat.events if isinstance(each.event, e.SampleDrawn))
        return Drawn(event, repeat)
    stored = ledger.store.checkpoints()
    checkpoint = parse_checkpoint(stored[-1][1]) if stored else ledger.signer.checkpoint()
    sample = sample_id(checkpoint.root, nonce, f"{period.first}..{period.until}", size)
    for known in ledger.state.samples:
        if known.sample == sample:
            return Drawn(known, Receipt((), ledger.last_recorded_at(), repeated=True))
    population = ledger.read_models.ended_sessions(period, checkpoint.size)
    if not population:
        raise SampleEmpty(
            msg("no session of the period stands in the signed {size} events", size=checkpoint.size)
        )
    event = e.SampleDrawn(
        **metadata.header(ledger.now()),
        sample=sample,
        first=period.first,
        until=period.until,
        nonce=nonce,
        tree_size=checkpoint.size,
        root=root_text(checkpoint.root),
        population=len(population),
        sessions=draw(checkpoint.root, nonce, population, size),
    )
    receipt = ledger.record(e.following(LEDGER_STREAM, ledger.state.version, event))
    ledger.reread_state()
    return Drawn(event, receipt)
