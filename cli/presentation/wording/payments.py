"""What is said of transfers: why one is proposed or listed, and what became of it."""

from __future__ import annotations

from ledger.message import msg

TRANSFERS = msg("Transfers of bank statements")
STATES = {
    "proposed": msg("proposed"),
    "listed": msg("to decide"),
    "set-aside": msg("set aside"),
    "assigned": msg("assigned"),
    "returned": msg("returned"),
}
WHY = {
    "number": msg("number of the invoice, all that is owed"),
    "number-part": msg("number of the invoice, a part of what is owed"),
    "ksef-number": msg("KSeF number, all that is owed"),
    "split-payment": msg("split payment, all that is owed"),
    "own-money": msg("between own accounts"),
    "bank": msg("the bank for itself"),
    "outgoing": msg("transfer out"),
    "private": msg("private"),
    "other": msg("another reason"),
    "refund": msg("money given back: for what?"),
    "returned": msg("the bank took a transfer back"),
    "taken-back": msg("the same file takes it back"),
    "batch": msg("a batch that the bank does not take apart"),
    "no-details": msg("without payer or title"),
    "split-payment-idc": msg("the tax number in /IDC/ is not ours"),
    "split-payment-vat": msg("more VAT than on the invoice"),
    "account-of-another": msg("the account of another buyer"),
    "more-than-owed": msg("more than is owed"),
    "paid-already": msg("the invoice is paid already"),
    "too-little-for-several": msg("several invoices, too little for all"),
    "two-readings": msg("the title reads in two ways"),
    "ksef-number-unknown": msg("a KSeF number that is not known"),
    "ksef-number-wrong": msg("a KSeF number with wrong check digits"),
    "ksef-number-collective": msg("a collective KSeF identifier"),
    "number-unknown": msg("a number that was not issued here"),
    "number-goes-on": msg("the number goes on"),
    "number-of-something-else": msg("maybe no number of an invoice"),
    "other-order": msg("parts of the number in another order"),
    "short-number": msg("only the end of a number"),
    "account-and-amount": msg("known account and the amount"),
    "account-and-all": msg("known account, all that it owes"),
    "account": msg("known account"),
    "name-and-amount": msg("name and amount"),
    "amount": msg("amount alone"),
    "maybe-known": msg("maybe known from another format"),
    "nothing": msg("nothing fits"),
    "person": msg("chosen by a person"),
}
"""Text of each rule or reason, by its code."""
