"""Samples of deletions, drawn for a reviewer and recorded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ledger.application.ledger import Ledger, Metadata, Receipt
from ledger.domain import events as e
from ledger.domain.clock import Period
from ledger.domain.identifiers import check_key
from ledger.domain.ledger_state import LEDGER_STREAM
from ledger.domain.sampling import draw, sample_id
from ledger.errors import SampleEmpty
from ledger.message import msg
from ledger.transparency.checkpoint import Checkpoint, parse_checkpoint, root_text


class Lots(NamedTuple):
    """What is drawn from a signed root and a word: the sample's name, and its sessions in their order."""

    sample: str
    population: Sequence[int]
    """The sessions that ended in the period and stand under the checkpoint."""
    sessions: tuple[int, ...]


def lots_of(ledger: Ledger, checkpoint: Checkpoint, period: Period, nonce: str, size: int) -> Lots:
    """Draw `size` of the sessions that ended in a period; the same root and word give the same ones.

    Nothing is recorded. Raises BadKey for a word that cannot stand in an event.
    """
    check_key(nonce, msg("the inspector's word"))
    population = ledger.read_models.ended_sessions(period, checkpoint.size)
    sample = sample_id(checkpoint.root, nonce, f"{period.first}..{period.until}", size)
    return Lots(sample, population, draw(checkpoint.root, nonce, population, size))


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
    lots = lots_of(ledger, checkpoint, period, nonce, size)
    for known in ledger.state.samples:
        if known.sample == lots.sample:
            return Drawn(known, Receipt((), ledger.last_recorded_at(), repeated=True))
    if not lots.population:
        raise SampleEmpty(
            msg("no session of the period stands in the signed {size} events", size=checkpoint.size)
        )
    event = e.SampleDrawn(
        **metadata.header(ledger.now()),
        sample=lots.sample,
        first=period.first,
        until=period.until,
        nonce=nonce,
        tree_size=checkpoint.size,
        root=root_text(checkpoint.root),
        population=len(lots.population),
        sessions=lots.sessions,
    )
    receipt = ledger.record(e.following(LEDGER_STREAM, ledger.state.version, event))
    ledger.reread_state()
    return Drawn(event, receipt)
