"""Wording of the printed invoice. The names of its lines are those of the XML."""

from __future__ import annotations

from cli.presentation.wording import labels
from ledger.message import msg, msg_in

TITLES = {
    "VAT": msg("Invoice"),
    "KOR": msg("Corrective invoice"),
}
LABELS = {
    "bank": msg("Bank"),
    "account": msg("Account"),
    "bic": msg("BIC (SWIFT)"),
    "before": msg_in("invoice", "before"),
    "after": msg_in("invoice", "after"),
    "buyer": labels.BUYER,
    "buyer_before": msg("Buyer before the correction"),
    "corrects": labels.CORRECTS,
    "due_on": msg_in("invoice", "Due"),
    "in_ksef": msg("Invoice issued in KSeF"),
    "issued_on": msg_in("invoice", "Issued"),
    "ksef_number": labels.KSEF_NUMBER,
    "lines": msg_in("invoice", "Lines"),
    "method": msg("Payment"),
    "nip": labels.NIP,
    "notes": msg("Notes"),
    "place": msg("Place"),
    "reason": msg_in("invoice", "Reason"),
    "receipt": msg("To the till receipt"),
    "seller": labels.SELLER,
    "served_from": msg("Served"),
    "sessions": msg("The sessions behind the lines"),
    "state": msg_in("invoice", "Paid"),
    "transfer": labels.BANK_TRANSFER,
    "unit": msg("h"),
    "vat": msg("VAT summary"),
    "vat_difference": labels.DIFFERENCE,
    "vat_id": msg("VAT ID"),
    "tax_id": msg("Tax ID"),
    "words": msg("In words"),
}
LINE_HEADS = {
    "number": msg("No."),
    "state": labels.STATE,
    "name": msg("Service"),
    "service_on": msg("Served"),
    "unit": msg("Unit"),
    "quantity": msg("Qty"),
    "list": labels.NET_PRICE,
    "discount": msg("Discount"),
    "net": msg("Net amount"),
    "vat": labels.VAT,
}
VAT_HEADS = {
    "rate": msg("Rate"),
    "net": labels.NET,
    "vat": labels.VAT,
    "gross": labels.GROSS,
}
DUE = msg("To pay")
SETTLED = labels.TOTAL
"""Heading of amounts that a till receipt settled; they are not to be paid again."""
BY_RECEIPT = msg("settled by till receipt {receipt}")
REFUND = msg("Reduction of what is due")
GROSS_FIRST = msg("PLN {gross} gross, of which VAT {vat}")
GROSS = msg("PLN {gross}")
NET_AND_VAT = msg("net PLN {net}, VAT PLN {vat}")
UNPAID = msg("not paid")
PAID = msg("PLN {paid} paid")
LEFT = msg("PLN {left} left")
OVERPAID = msg("PLN {left} overpaid")
WITH_INVOICE = msg("settled with invoice {number}")
"""Payments are kept on the invoice: a correction of its own has none."""
TREATMENTS = {
    "eu": msg("np: odwrotne obciążenie (reverse charge), VAT is accounted for by the customer"),
    "non_eu": msg("np: supplied outside Poland, not subject to Polish VAT"),
}
QR_ALT = msg("QR code to verify the invoice in KSeF: {url}")
ISSUER_ALT = msg("QR code to verify who issued the invoice: {url}")
XML = msg("The invoice as an XML file")
LEDGER = msg("Ledger: {name} · size {size} · hash {root}")
PICTURE = msg("A picture of the structured invoice, which is the attached XML file; its SHA-256: {digest}")
SAME_DATA = msg("The same data as an XML file, attached; its SHA-256: {digest}")

SESSION_TITLE = msg("Session {number}")
HOUR_HEADS = {
    "opened": msg("Hour opened"),
    "band": labels.BAND,
    "list": labels.NET_PRICE,
    "discount": msg("Discount"),
    "net": msg_in("invoice", "Net"),
    "rule": labels.PRICE_LIST,
}
BANDS = {
    "office": labels.OFFICE_HOURS,
    "off_hours": labels.OFF_HOURS,
    "night": labels.NIGHT,
}
ISSUES = {
    "hardware": msg("hardware"),
    "other": labels.OTHER_MATTER,
    "test": msg("test"),
}
NO_HOURS = msg("No started hours.")
TAKEN_OFF = msg("Nothing is charged for it any more: this correction takes it off.")
WAIVED = msg("PLN {amount} net waived.")
NOT_DELETED = msg("Data not deleted yet.")
DELETED = {
    "measured": msg("Data deleted {at}, measured."),
    "absence_measured": msg("Data deleted {at}, measured to be absent."),
    "declared": msg("Data deleted {at}, declared only."),
}
READINGS = msg("How the price list was read")
TOGETHER = msg("(only together with {places} would change it)")
RULES = {
    "list_price": labels.LIST_PRICE,
    "customer_discount": msg("discount for a customer of the shop"),
    "hardware_free": msg("free: hardware bought here"),
    "hardware_out_of_office": msg("hardware bought here, outside the hours of free help"),
}
SENTENCES = msg("Sentences of the price list")
