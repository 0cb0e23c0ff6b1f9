"""Issuing: sessions of a customer become a numbered document, in one transaction.

The number, the document and each session's "billed" are written together at the versions the draft saw: a
second number, a second bill or an unseen correction is a conflict, and then nothing is written. What another
issuer caused is decided again from the start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from ledger import errors
from ledger.application.ledger import Ledger, Metadata, Receipt
from ledger.domain import events as e
from ledger.domain.clock import month_period, office_time
from ledger.domain.invoice.ksef_duty import Candidate, judge
from ledger.handlers.invoice.charges import Charged
from ledger.handlers.invoice.draft import Draft, drafted
from ledger.handlers.invoice.ksef_duty import standing_of
from ledger.handlers.invoice.numbered import (
    Issuing,
    Unpublished,
    billed_event,
    draw,
    drawn_event,
    obligation_began,
    publish,
    require_issue_day,
    tried_again,
)
from ledger.handlers.invoice.plan import PlannedInvoice
from ledger.handlers.invoice.repeat import is_of_document, of_issue
from ledger.message import Money, msg


class IssuedPeriod(NamedTuple):
    """The outcome of a plan: documents issued, and customers whose sessions wait, each with the reason."""

    issued: list[e.InvoiceIssued]
    waiting: list[tuple[str, errors.Refused]]


# --- issuing ----------------------------------------------------------------------------------


def issue_period(
    ledger: Ledger,
    said: Metadata,
    planned: Iterable[PlannedInvoice],
    *,
    tool: str,
    on: date | None = None,
    advance: Callable[[], None] | None = None,
    expected_gross_grosze: int | None = None,
) -> IssuedPeriod:
    """Issue the documents of a plan, each in a transaction of its own; the log is signed once, at the end.

    What is refused meanwhile waits with the rest of the plan. `advance` is called after each document.
    """
    every = list(planned)
    outcome = IssuedPeriod([], [(each.customer, each.why) for each in every if each.waits and each.why])
    with ledger.signing.once():
        for each in (planned for planned in every if planned.state == "issue"):
            try:
                receipt = issue(
                    ledger,
                    said,
                    customer=each.customer,
                    sessions=each.streams,
                    tool=tool,
                    on=on,
                    expected_gross_grosze=expected_gross_grosze,
                )
            except errors.Refused as why:
                outcome.waiting.append((each.customer, why))
            else:
                outcome.issued.append(document_in(receipt))
            if advance is not None:
                advance()
    return outcome


def draft_session(ledger: Ledger, said: Metadata, named: str) -> Draft | None:
    """Draft the invoice over one session; None where the same command has issued it already.

    Raises: SessionUnknown, FindingsOpen, and what `drafted` does.
    """
    stream, _ = ledger.find_session(named)
    if said.command_id is not None and ledger.store.resolve("command", said.command_id) is not None:
        return None
    draft = drafted(ledger, ledger.session(stream).customer, [stream])
    require_settled(ledger, draft.sessions)
    return draft


def issue_session(
    ledger: Ledger,
    said: Metadata,
    named: str,
    *,
    tool: str,
    on: date | None = None,
    expected_gross_grosze: int | None = None,
) -> Receipt:
    """Issue one invoice over one session; raises SessionUnknown, and what `issue` does."""
    stream, _ = ledger.find_session(named)
    customer = ledger.session(stream).customer
    return issue(
        ledger,
        said,
        customer=customer,
        sessions=[stream],
        tool=tool,
        on=on,
        expected_gross_grosze=expected_gross_grosze,
    )


def document_in(receipt: Receipt) -> e.InvoiceIssued:
    """Return the document that a receipt is of."""
    issued = receipt.events[0].event
    assert isinstance(issued, e.InvoiceIssued)  # noqa: S101 - the document comes first
    return issued


def issue(
    ledger: Ledger,
    said: Metadata,
    *,
    customer: str,
    sessions: Sequence[UUID],
    tool: str,
    on: date | None = None,
    expected_gross_grosze: int | None = None,
) -> Receipt:
    """Issue one invoice over these sessions of a customer; `tool` is the program as the XML names it.

    `expected_gross_grosze` is the amount that a person saw. Raises: DraftChanged, FindingsOpen, BadIssueDate,
    ExemptionEnded, SellerIncomplete, XmlInvalid, Conflict, and what `drafted` does.
    """
    author = of_issue(said, customer, sessions, on)
    return tried_again(
        ledger,
        lambda: _issue(
            ledger,
            author,
            customer=customer,
            sessions=sessions,
            tool=tool,
            on=on,
            expected_gross_grosze=expected_gross_grosze,
        ),
    )


def _issue(
    ledger: Ledger,
    author: Metadata,
    *,
    customer: str,
    sessions: Sequence[UUID],
    tool: str,
    on: date | None,
    expected_gross_grosze: int | None,
) -> Receipt:
    if repeat := ledger.repeat_of(author, belongs=is_of_document, is_looked_up=True):
        return repeat
    draft, now = drafted(ledger, customer, sessions), ledger.now()
    require_gross(draft, expected_gross_grosze)
    require_settled(ledger, draft.sessions)
    day = on or office_time(now).date()
    drawn = draw(ledger, "invoice.series", day)
    require_issue_day(day, now, drawn.seen, max(each.service_on for each in draft.sessions))
    candidate = Candidate(draft.sums.gross_grosze, is_consumer=draft.consumer)
    ruling = judge(standing_of(ledger, day), candidate)
    issuing = Issuing(author, now, day, ledger.ids.new(), drawn)
    issued = e.InvoiceIssued(
        **author.header(now),
        number=drawn.number,
        customer=draft.buyer.code,
        issued_on=day,
        due_on=day + timedelta(days=ledger.state.settings["invoice.term_days"]),
        lines=tuple(draft.lines),
        vat_percent=draft.vat_percent,
        net_grosze=draft.sums.net_grosze,
        vat_grosze=draft.sums.vat_grosze,
        gross_grosze=draft.sums.gross_grosze,
        xml_sha256="",
        xml_bytes=0,
        duty=ruling.duty,
        treatment=draft.treatment,
        consumer=draft.consumer,
        receipt=draft.receipt,
    )
    others = [
        drawn_event(issuing, ruling.counts_grosze),
        *(billed_event(each, issuing, drawn.number) for each in draft.sessions),
        *obligation_began(ledger, issuing, begins=ruling.begins),
    ]
    return publish(ledger, issuing, Unpublished(issued, draft.party, draft.words), others, tool=tool)


def require_gross(draft: Draft, expected_grosze: int | None) -> None:
    """Raise DraftChanged unless the draft comes to the gross amount that a person saw, if they named one."""
    gross_grosze = draft.sums.gross_grosze
    if expected_grosze is not None and gross_grosze != expected_grosze:
        seen, now = Money(expected_grosze), Money(gross_grosze)
        raise errors.DraftChanged(
            msg("an invoice of {seen} was seen, and now it comes to {now}", seen=seen, now=now)
        )


def require_settled(ledger: Ledger, sessions: Iterable[Charged]) -> None:
    """Raise FindingsOpen for a session that reconcile.require holds back, by the read models."""
    if ledger.state.texts["reconcile.require"] == "off":
        return
    for each in sessions:
        found = ledger.read_models.open_findings(month_period(each.service_on)).get(each.number)
        if found:
            raise errors.FindingsOpen(
                msg("session {number} has the open finding {found}", number=each.number, found=found[0])
            )
