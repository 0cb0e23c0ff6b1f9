"""Correcting: a document of its own that turns an invoice into what its sessions come to now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from ledger import errors
from ledger.application.ledger import Ledger, Metadata, PersonalData, Receipt
from ledger.domain import events as e
from ledger.domain.clock import office_time
from ledger.domain.invoice.bill import standing_lines
from ledger.domain.invoice.document import Corrects, Party
from ledger.domain.invoice.ksef_duty import Candidate, judge
from ledger.domain.invoice.lines import Sums, standing_after, sums_of
from ledger.domain.invoice.state import Invoice, require_correctable, require_live
from ledger.domain.reasons import split_reason
from ledger.domain.session.state import Session
from ledger.handlers.invoice.changes import changes_of
from ledger.handlers.invoice.charges import Charged, buyer_of
from ledger.handlers.invoice.document import BUYER_FIELDS, REASONS_PL, buyer_party
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
from ledger.handlers.invoice.outage import awaits_number
from ledger.handlers.invoice.repeat import is_of_document
from ledger.message import Hint, Money, msg


class CorrectionBasis(NamedTuple):
    """An invoice as its corrections left it: lines, sums, the buyer's words."""

    invoice: Invoice
    corrections: list[Invoice]
    lines: list[e.InvoiceLine]
    sums: Sums
    words: dict[str, str]
    treatment: e.VatTreatment


class CorrectionDraft(NamedTuple):
    """What a correction would say; `rows` is empty where only the buyer's data change."""

    standing: CorrectionBasis
    rows: list[e.InvoiceLine]
    sums: Sums
    """The difference."""
    sessions: list[Charged]
    """The sessions whose amount changes and that stay on the invoice."""
    freed: list[Session]
    """The sessions that are on no invoice from then on."""
    buyer: Party
    words: dict[str, str]
    buyer_before: Party | None


def standing_invoice(ledger: Ledger, invoice: Invoice) -> CorrectionBasis:
    """An invoice with every correction applied.

    Raises DocumentWithdrawn, CorrectionOfCorrection, BuyerIncomplete.
    """
    require_live(invoice)
    require_correctable(invoice)
    corrections = [ledger.invoice(each.correction) for each in invoice.corrections]
    lines = standing_lines(invoice.issued, (each.issued for each in corrections))
    last = [invoice, *corrections][-1].issued
    words = ledger.words(last.commitment)
    if words is None:
        raise errors.BuyerIncomplete(msg("the buyer of {number} was erased", number=invoice.issued.number))
    buyer = {key: text for key, text in words.items() if key in {*BUYER_FIELDS, "country"}}
    sums = sums_of(lines, invoice.issued.vat_percent)
    return CorrectionBasis(invoice, corrections, lines, sums, buyer, last.treatment)


def correction_drafted(
    ledger: Ledger, number: str, *, to_zero: bool = False, only_shown: bool = False
) -> CorrectionDraft:
    """What a correction of the invoice would say now; nothing is recorded.

    A session of another customer, or put aside, is taken off. Only shown, it may come before KSeF's number
    for the invoice. Raises InvoiceUnknown, DocumentWithdrawn, CorrectionOfCorrection, CorrectionTooEarly,
    WrongBuyerInKsef, NothingToCorrect.
    """
    standing = standing_invoice(ledger, ledger.find_invoice(number))
    issued = standing.invoice.issued
    if not only_shown:
        _require_accepted(ledger, standing)
    rows, billed, freed = changes_of(ledger, standing.invoice, standing.corrections, to_zero=to_zero)
    changed = {row.session for row in rows}
    lines = standing_after(standing.lines, rows)
    country = standing.words.get("country") or ledger.find_customer(issued.customer).country
    before = buyer_party(standing.words, country, consumer=issued.consumer)
    words, now = _buyer_now(ledger, standing, before, to_zero=not lines)
    if not rows and now == before:
        raise errors.NothingToCorrect(
            msg("{number} says what its sessions come to", number=number),
            hint=Hint("correct the session first: session correct"),
        )
    after = sums_of(lines, issued.vat_percent)
    sums = Sums(*(new - old for new, old in zip(after, standing.sums, strict=True)))
    sessions = [each for each in billed if each.session.id in changed]
    return CorrectionDraft(
        standing, rows, sums, sessions, freed, now, words, None if now == before else before
    )


def _require_accepted(ledger: Ledger, standing: CorrectionBasis) -> None:
    invoice = standing.invoice
    for each in (invoice, *standing.corrections):
        if awaits_number(ledger, each):
            number, is_rejected = each.issued.number, each.state == "rejected"
            hint = (
                Hint(msg("session-ledger invoice withdraw {number}", number=number)) if is_rejected else None
            )
            raise errors.CorrectionTooEarly(
                msg("{number} has no number of KSeF yet", number=number), hint=hint
            )


def _buyer_now(
    ledger: Ledger, standing: CorrectionBasis, before: Party, *, to_zero: bool
) -> tuple[dict[str, str], Party]:
    """The buyer's data as they are now; in KSeF another NIP is no correction."""
    known = ledger.find_customer(buyer_of(ledger, standing.invoice.issued.customer).code)
    words = ledger.words(known.commitment)
    if to_zero or words is None:
        return standing.words, before
    now = {key: words[key] for key in BUYER_FIELDS if key in words} | {"country": known.country}
    party = buyer_party(now, known.country, consumer=standing.invoice.issued.consumer)
    if party.nip != before.nip and standing.invoice.issued.duty == "ksef":
        number = standing.invoice.issued.number
        hint = Hint(
            msg(
                "session-ledger invoice correct {number} --to-zero, then session-ledger invoice issue",
                number=number,
            )
        )
        raise errors.WrongBuyerInKsef(msg("{number} names another NIP", number=number), hint=hint)
    return now, party


def correct(
    ledger: Ledger,
    said: Metadata,
    number: str,
    *,
    reason: str,
    tool: str,
    to_zero: bool = False,
    on: date | None = None,
    effect: e.CorrectionEffect | None = None,
    expected_gross_grosze: int | None = None,
) -> Receipt:
    """Issue a correction; `to_zero` takes everything off and frees the sessions for a new invoice.

    Without `effect`: a reduction counts on the correction's own date, anything else on the invoice's.
    `expected_gross_grosze` is the difference that a person saw.
    Raises what `correction_drafted` does, DraftChanged, BadIssueDate, ExemptionEnded, SellerIncomplete,
    Conflict.
    """
    code, sentence = split_reason(reason)
    told = {"number": number, "reason": code, "to_zero": to_zero, "on": on, "effect": effect}
    author = said.of_command("invoice correct", told)

    def attempt() -> Receipt:
        return _correct(
            ledger,
            author,
            number,
            (code, sentence),
            tool=tool,
            to_zero=to_zero,
            on=on,
            effect=effect,
            expected_gross_grosze=expected_gross_grosze,
        )

    return tried_again(ledger, attempt)


def _correct(
    ledger: Ledger,
    author: Metadata,
    number: str,
    reason: tuple[str, PersonalData | None],
    *,
    tool: str,
    to_zero: bool,
    on: date | None,
    effect: e.CorrectionEffect | None,
    expected_gross_grosze: int | None,
) -> Receipt:
    code, sentence = reason
    if repeat := ledger.repeat_of(author, belongs=is_of_document, is_looked_up=True):
        return repeat
    draft, now = correction_drafted(ledger, number, to_zero=to_zero), ledger.now()
    _require_difference(draft, expected_gross_grosze)
    corrected = draft.standing.invoice
    ledger.require_seen(author, corrected.id, corrected.version)
    original = corrected.issued
    day = on or office_time(now).date()
    drawn = draw(ledger, "invoice.correction_series", day)
    require_issue_day(day, now, drawn.seen, original.issued_on)
    ruling = judge(
        standing_of(ledger, day),
        Candidate(draft.sums.gross_grosze, is_consumer=original.consumer, original_duty=original.duty),
    )
    effect = effect or ("correction" if draft.sums.gross_grosze < 0 else "original")
    term = ledger.state.settings["invoice.term_days"] if draft.sums.gross_grosze > 0 else 0
    issuing = Issuing(author, now, day, ledger.ids.new(), drawn)
    issued = e.InvoiceIssued(
        **author.header(now),
        reason=code,
        number=drawn.number,
        customer=original.customer,
        issued_on=day,
        due_on=day + timedelta(days=term),
        lines=tuple(draft.rows),
        vat_percent=original.vat_percent,
        net_grosze=draft.sums.net_grosze,
        vat_grosze=draft.sums.vat_grosze,
        gross_grosze=draft.sums.gross_grosze,
        xml_sha256="",
        xml_bytes=0,
        duty=ruling.duty,
        treatment=original.treatment,
        consumer=original.consumer,
        receipt=original.receipt,
        corrects=draft.standing.invoice.id,
        effect=effect,
    )
    words = draft.words | ({} if sentence is None else sentence.values)
    corrects = _corrects(draft, words.get("reason") or REASONS_PL[code], effect)
    others = [
        drawn_event(issuing, ruling.counts_grosze),
        *_corrected(draft, issuing),
        *obligation_began(ledger, issuing, begins=ruling.begins),
    ]
    return publish(ledger, issuing, Unpublished(issued, draft.buyer, words, corrects), others, tool=tool)


def _require_difference(draft: CorrectionDraft, expected_grosze: int | None) -> None:
    """Raise DraftChanged unless the correction comes to the difference that a person saw, if any."""
    gross_grosze = draft.sums.gross_grosze
    if expected_grosze is not None and gross_grosze != expected_grosze:
        seen, now = Money(expected_grosze), Money(gross_grosze)
        raise errors.DraftChanged(
            msg("a correction by {seen} was seen, and now it comes to {now}", seen=seen, now=now)
        )


def _corrects(draft: CorrectionDraft, reason: str, effect: e.CorrectionEffect) -> Corrects:
    invoice = draft.standing.invoice
    return Corrects(
        number=invoice.issued.number,
        issued_on=invoice.issued.issued_on,
        reason=reason,
        effect=effect,
        ksef_number=None if invoice.accepted is None else invoice.accepted.ksef_number,
        buyer_before=draft.buyer_before,
    )


def _corrected(draft: CorrectionDraft, issuing: Issuing) -> Iterator[e.RecordedEvent]:
    """The invoice knows its correction; its sessions what they come to now, or that they stand on nothing."""
    invoice, number = draft.standing.invoice, issuing.drawn.number
    corrected = e.InvoiceCorrected(**issuing.header, correction=issuing.stream, number=number)
    yield e.RecordedEvent(invoice.id, invoice.version + 1, corrected)
    for each in draft.sessions:
        yield billed_event(each, issuing, invoice.issued.number, number)
    for session in draft.freed:
        freed = e.SessionUnbilled(**issuing.header, invoice=invoice.id, number=number)
        yield e.RecordedEvent(session.id, session.version + 1, freed)
