"""What a person does with the transparency log: sign it, prove an event, rotate the key."""

from __future__ import annotations

from ledger.application.ledger import Ledger, Metadata, Receipt
from ledger.domain import events as e
from ledger.domain.ledger_state import LEDGER_STREAM
from ledger.transparency.evidence import proof_in
from ledger.transparency.proof import Proof


def prove(ledger: Ledger, named: str) -> list[Proof]:
    """Return a proof for each event of a session or document in the newest checkpoint, renewed if older.

    A document is proven with all it rests on: its sessions, its corrections. Raises SessionUnknown.
    """
    document = ledger.store.resolve("invoice", named)
    if document is None:
        streams = [ledger.find_session(named)[0]]
    else:
        invoice = ledger.invoice(document[0])
        sessions = dict.fromkeys(line.session for line in invoice.issued.lines)
        streams = [invoice.id, *(each.correction for each in invoice.corrections), *sessions]
    indexes = sorted(row[0] for stream in streams for row in ledger.store.stream_rows(stream.bytes))
    stored = ledger.store.checkpoints()
    if not stored or stored[-1][0] <= indexes[-1]:
        ledger.signer.checkpoint()
        stored = ledger.store.checkpoints()
    return [proof_in(ledger.store, index, stored[-1][1]) for index in indexes]


def rotate_key(ledger: Ledger, said: Metadata) -> Receipt:
    """Sign with the key in force for the last time, and record the next one, signed by both."""
    author = said.of_command("audit key rotate", {})
    if repeat := ledger.repeat_of(author, None):
        return repeat
    rotation = ledger.signer.prepare_rotation(ledger.entropy)
    event = e.SigningKeyRotated(**author.header(ledger.now()), **rotation._asdict())
    receipt = ledger.record(e.following(LEDGER_STREAM, ledger.state.version, event))
    ledger.reread_state()
    ledger.signer.checkpoint()
    return receipt
