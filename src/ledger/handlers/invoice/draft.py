"""Drafting: the amount of a customer's sessions on one invoice, before anything is recorded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from ledger import errors
from ledger.application.ledger import Ledger
from ledger.domain import events as e
from ledger.domain.invoice.document import Party
from ledger.domain.invoice.lines import Sums, lines_of, sums_of
from ledger.fa3.parties import check_buyer
from ledger.handlers.invoice.charges import Buyer, Charged, buyer_of, charged, require_named, require_unbilled
from ledger.handlers.invoice.document import BUYER_FIELDS, buyer_party


class Draft(NamedTuple):
    """An invoice to a customer before it is issued; sessions that cost nothing are left out."""

    buyer: Buyer
    party: Party
    words: dict[str, str]
    consumer: bool
    treatment: e.VatTreatment
    sessions: list[Charged]
    lines: list[e.InvoiceLine]
    vat_percent: int
    sums: Sums
    receipt: str | None


def drafted(ledger: Ledger, customer: str, streams: Sequence[UUID]) -> Draft:
    """Draft one invoice over sessions of a customer.

    Raises: NothingToBill, AlreadyBilled, NotBillable, NeedsReceipt, VatUndecided, BuyerIncomplete,
    MixedRates, MixedReceipts, InvoiceField.
    """
    buyer = buyer_of(ledger, customer)
    found = [charged(ledger, stream, buyer) for stream in streams]
    sessions = [each for each in found if each.charges]
    if not sessions:
        raise errors.NothingToBill("the sessions cost nothing, or there are none")
    for each in sessions:
        if each.session.customer not in buyer.codes:
            raise errors.NotBillable(f"session {each.number} is not of customer {buyer.code}")
        require_unbilled(ledger, each)
        require_named(ledger, each)
    known = ledger.find_customer(buyer.code)
    words = ledger.words(known.commitment)
    if words is None or not words.get("name"):
        raise errors.BuyerIncomplete(f"the name of customer {buyer.code} is not there any more")
    consumer = known.consumer == "yes" or (known.consumer == "unknown" and not _tax_number(words))
    _require_taxable(buyer.code, known.vat_treatment, words, consumer=consumer)
    if consumer:
        _require_demand(sessions)
    party = buyer_party(words, known.country, consumer=consumer)
    check_buyer(party, known.vat_treatment, is_consumer=consumer)
    lines = lines_of(charge for each in sessions for charge in each.charges)
    vat_percent = _rate_of(sessions, known.vat_treatment)
    return Draft(
        buyer,
        party,
        {key: words[key] for key in BUYER_FIELDS if key in words} | {"country": known.country},
        consumer,
        known.vat_treatment,
        sessions,
        lines,
        vat_percent,
        sums_of(lines, vat_percent),
        _receipt_of(sessions),
    )


def _tax_number(words: dict[str, str]) -> str | None:
    return words.get("nip") or words.get("vat_id")


def _require_taxable(code: str, treatment: e.VatTreatment, words: dict[str, str], *, consumer: bool) -> None:
    if treatment == "ask":
        raise errors.VatUndecided(f"customer {code} is abroad and nobody decided how help is taxed")
    if treatment == "pl" and not consumer and not words.get("nip"):
        raise errors.BuyerIncomplete(f"customer {code} is a business without a NIP")
    if treatment == "eu" and not words.get("vat_id"):
        raise errors.BuyerIncomplete(f"customer {code} is an EU business without a VAT number")
    if not words.get("address_line1") and not consumer:
        raise errors.BuyerIncomplete(f"customer {code} has no address")


def _require_demand(sessions: Sequence[Charged]) -> None:
    waiting = [each.number for each in sessions if each.session.invoice_requested_on is None]
    if waiting:
        raise errors.NeedsReceipt(f"a consumer asked for no invoice for session {waiting[0]}")


def _rate_of(sessions: Sequence[Charged], treatment: e.VatTreatment) -> int:
    if treatment != "pl":
        return 0
    percents = {each.vat_percent for each in sessions}
    if len(percents) > 1:
        raise errors.MixedRates("the sessions fall under different rates of VAT")
    return percents.pop()


def _receipt_of(sessions: Sequence[Charged]) -> str | None:
    receipts = {None if each.session.receipt is None else each.session.receipt.number for each in sessions}
    if len(receipts) > 1:
        raise errors.MixedReceipts("the sessions are not all settled by one receipt")
    return receipts.pop()
