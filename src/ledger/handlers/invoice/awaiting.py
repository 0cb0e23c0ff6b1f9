"""Documents that KSeF must have and has not taken: which they are, and by when the first has to be there.

Apart from the sending of them, so that whoever only asks needs no client of KSeF.
"""

from __future__ import annotations

from datetime import date
from typing import cast

from ledger.application.ledger import Ledger
from ledger.domain import events as e
from ledger.handlers.invoice.outage import deadline_of, is_freed
from ledger.store.mapper import DECODERS


def pending(ledger: Ledger) -> list[str]:
    """The numbers of all documents that KSeF must have and has not taken, in the order of their issue.

    One that was withdrawn is none of them, nor one that a total failure of KSeF freed before it was sent.
    """
    return [issued.number for issued in _pending(ledger)]


def _pending(ledger: Ledger) -> list[e.InvoiceIssued]:
    topic = e.InvoiceIssued.TOPIC
    over = (e.InvoiceAccepted.TOPIC, e.InvoiceWithdrawn.TOPIC)
    settled = {key for each in over for key, _ in ledger.store.payloads("invoice", each)}
    issued = (
        (key, cast("e.InvoiceIssued", DECODERS[topic](state)))
        for key, state in ledger.store.payloads("invoice", topic)
        if key not in settled
    )
    waiting = [(key, event) for key, event in issued if event.duty == "ksef"]
    if any(outage.kind == "total" for outage in ledger.state.outages):
        sent = {key for key, _ in ledger.store.payloads("invoice", e.InvoiceSubmitted.TOPIC)}
        waiting = [(key, event) for key, event in waiting if key in sent or not is_freed(ledger, event)]
    return [event for _, event in waiting]


def send_until(ledger: Ledger) -> date | None:
    """By which day the first document that waits for KSeF has to be there; None while none waits."""
    days = (deadline_of(ledger, issued).on for issued in _pending(ledger))
    return min((day for day in days if day is not None), default=None)
