"""Samples of deletions: drawn and recorded, and what the reviewer says of each session."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple

from ledger.application.ledger import Ledger, Metadata, PersonalData, Receipt
from ledger.domain import events as e
from ledger.domain.clock import Period
from ledger.domain.identifiers import check_key
from ledger.domain.ledger_state import LEDGER_STREAM
from ledger.domain.sampling import draw, sample_id
from ledger.domain.session import decide as d
from ledger.domain.session.evolve import Session
from ledger.errors import BadReason, SampleEmpty
from ledger.handlers.reasons import REASON_MAX_CHARACTERS
from ledger.handlers.session import tell
from ledger.transparency.checkpoint import parse_checkpoint, root_text


class Drawn(NamedTuple):
    """A sample, and the receipt of its recording."""

    event: e.SampleDrawn
    receipt: Receipt


def draw_sample(ledger: Ledger, said: Metadata, *, period: Period, size: int, nonce: str) -> Drawn:
    """Draw from the sessions that ended in a period, by the newest checkpoint; the log is signed if unsigned.

    The same sample again records nothing. Raises: SampleEmpty.
    """
    check_key(nonce, "the inspector's word")
    author = ledger.author(said, "audit sample", {"period": str(period), "size": size, "nonce": nonce})
    if repeat := ledger.repeat_of(author, None):
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
        raise SampleEmpty(f"no session of the period stands in the signed {checkpoint.size} events")
    event = e.SampleDrawn(
        **author.header(ledger.now()),
        sample=sample,
        first=period.first,
        until=period.until,
        nonce=nonce,
        tree_size=checkpoint.size,
        root=root_text(checkpoint.root),
        population=len(population),
        sessions=draw(checkpoint.root, nonce, population, size),
    )
    receipt = ledger.record(LEDGER_STREAM, ledger.state.version, [event])
    ledger.reread_state()
    return Drawn(event, receipt)


def review(
    ledger: Ledger, said: Metadata, named: str, *, result: Literal["ok", "exception"], note: str
) -> Receipt:
    """Say what came of looking at a session's deletion; the sentence goes to the vault's class `tax`."""
    sentence = note.strip()
    if not sentence or len(sentence) > REASON_MAX_CHARACTERS:
        raise BadReason("a note is a sentence of at most 2000 characters")
    _, number = ledger.find_session(named)
    drawn_in = [each.sample for each in ledger.state.samples if number in each.sessions]

    def decide(session: Session, author: d.Author, moment: datetime) -> list[e.Event]:
        return d.review(session, author, at=moment, result=result, sample=drawn_in[-1] if drawn_in else None)

    words = PersonalData("tax", {"reason": sentence})
    return tell(ledger, said, named, "review", {"result": result}, decide=decide, at=None, words=words)
