"""Wording of the printed invoice. The names of its lines are those of the XML."""

from __future__ import annotations

from cli.presentation.text import Text
from cli.presentation.wording import labels

TITLES = {
    "VAT": Text(pl="Faktura", en="Invoice"),
    "KOR": Text(pl="Faktura korygująca", en="Corrective invoice"),
}
LABELS = {
    "bank": Text(pl="Bank", en="Bank"),
    "account": Text(pl="Rachunek", en="Account"),
    "before": Text(pl="przed", en="before"),
    "after": Text(pl="po", en="after"),
    "buyer": labels.BUYER,
    "buyer_before": Text(pl="Nabywca przed korektą", en="Buyer before the correction"),
    "corrects": labels.CORRECTS,
    "due_on": Text(pl="Termin płatności", en="Due"),
    "in_ksef": Text(pl="Faktura wystawiona w KSeF", en="Invoice issued in KSeF"),
    "issued_on": Text(pl="Data wystawienia", en="Issued"),
    "ksef_number": labels.KSEF_NUMBER,
    "lines": Text(pl="Pozycje", en="Lines"),
    "method": Text(pl="Sposób zapłaty", en="Payment"),
    "nip": labels.NIP,
    "notes": Text(pl="Uwagi", en="Notes"),
    "place": Text(pl="Miejsce wystawienia", en="Place"),
    "reason": Text(pl="Przyczyna korekty", en="Reason"),
    "receipt": Text(pl="Do paragonu", en="To the till receipt"),
    "seller": Text(pl="Sprzedawca", en="Seller"),
    "served_from": Text(pl="Wykonano", en="Served"),
    "sessions": Text(pl="Sesje, których dotyczy dokument", en="The sessions behind the lines"),
    "state": Text(pl="Stan zapłaty", en="Paid"),
    "transfer": labels.BANK_TRANSFER,
    "unit": Text(pl="godz.", en="h"),
    "vat": Text(pl="Podsumowanie VAT", en="VAT summary"),
    "vat_difference": labels.DIFFERENCE,
    "vat_id": Text(pl="VAT UE", en="VAT ID"),
    "tax_id": Text(pl="Numer podatkowy", en="Tax ID"),
    "words": Text(pl="Słownie", en="In words"),
}
LINE_HEADS = {
    "number": Text(pl="Lp.", en="No."),
    "state": labels.STATE,
    "name": Text(pl="Nazwa usługi", en="Service"),
    "service_on": Text(pl="Wykonano", en="Served"),
    "unit": Text(pl="J.m.", en="Unit"),
    "quantity": Text(pl="Ilość", en="Qty"),
    "list": labels.NET_PRICE,
    "discount": Text(pl="Rabat", en="Discount"),
    "net": Text(pl="Wartość netto", en="Net amount"),
    "vat": labels.VAT,
}
VAT_HEADS = {
    "rate": Text(pl="Stawka", en="Rate"),
    "net": labels.NET,
    "vat": labels.VAT,
    "gross": labels.GROSS,
}
DUE = Text(pl="Do zapłaty", en="To pay")
SETTLED = labels.TOTAL
"""Heading of amounts that a till receipt settled; they are not to be paid again."""
BY_RECEIPT = Text(pl="rozliczono paragonem {receipt}", en="settled by till receipt {receipt}")
REFUND = Text(pl="Zmniejszenie należności", en="Reduction of what is due")
GROSS_FIRST = Text(pl="{gross} zł brutto, w tym VAT {vat}", en="PLN {gross} gross, of which VAT {vat}")
GROSS = Text(pl="{gross} zł", en="PLN {gross}")
NET_AND_VAT = Text(pl="netto {net} zł, VAT {vat} zł", en="net PLN {net}, VAT PLN {vat}")
UNPAID = Text(pl="nie zapłacono", en="not paid")
PAID = Text(pl="zapłacono {paid} zł", en="PLN {paid} paid")
LEFT = Text(pl="pozostaje {left} zł", en="PLN {left} left")
OVERPAID = Text(pl="nadpłata {left} zł", en="PLN {left} overpaid")
WITH_INVOICE = Text(pl="rozliczana z fakturą {number}", en="settled with invoice {number}")
"""Payments are kept on the invoice: a correction of its own has none."""
TREATMENTS = {
    "eu": Text(
        pl="np: odwrotne obciążenie, podatek rozlicza nabywca (art. 28b ustawy o VAT)",
        en="np: odwrotne obciążenie (reverse charge), VAT is accounted for by the customer",
    ),
    "non_eu": Text(
        pl="np: usługa świadczona poza terytorium kraju (art. 28b ustawy o VAT)",
        en="np: supplied outside Poland, not subject to Polish VAT",
    ),
}
QR_ALT = Text(
    pl="Kod QR do sprawdzenia faktury w KSeF: {url}", en="QR code to verify the invoice in KSeF: {url}"
)
ISSUER_ALT = Text(
    pl="Kod QR do sprawdzenia wystawcy: {url}", en="QR code to verify who issued the invoice: {url}"
)
XML = Text(pl="Faktura jako plik XML", en="The invoice as an XML file")
LEDGER = Text(
    pl="Księga: {name} · rozmiar {size} · skrót {root}", en="Ledger: {name} · size {size} · hash {root}"
)
PICTURE = Text(
    pl="Obraz faktury ustrukturyzowanej, którą jest załączony plik XML; jego skrót SHA-256: {digest}",
    en="A picture of the structured invoice, which is the attached XML file; its SHA-256: {digest}",
)
SAME_DATA = Text(
    pl="Te same dane w załączonym pliku XML; jego skrót SHA-256: {digest}",
    en="The same data as an XML file, attached; its SHA-256: {digest}",
)

SESSION_TITLE = Text(pl="Sesja {number}", en="Session {number}")
HOUR_HEADS = {
    "opened": Text(pl="Godzina rozpoczęta", en="Hour opened"),
    "band": labels.BAND,
    "list": labels.NET_PRICE,
    "discount": Text(pl="Rabat", en="Discount"),
    "net": Text(pl="Do zapłaty netto", en="Net"),
    "rule": labels.PRICE_LIST,
}
BANDS = {
    "office": labels.OFFICE_HOURS,
    "off_hours": labels.OFF_HOURS,
    "night": labels.NIGHT,
}
ISSUES = {
    "hardware": Text(pl="sprzęt", en="hardware"),
    "other": labels.OTHER_MATTER,
    "test": Text(pl="test", en="test"),
}
NO_HOURS = Text(pl="Bez rozpoczętych godzin.", en="No started hours.")
WAIVED = Text(pl="Odstąpiono od {amount} zł netto.", en="PLN {amount} net waived.")
NOT_DELETED = Text(pl="Dane jeszcze nie usunięte.", en="Data not deleted yet.")
DELETED = {
    "measured": Text(pl="Dane usunięte {at}, zmierzono.", en="Data deleted {at}, measured."),
    "absence_measured": Text(
        pl="Dane usunięte {at}, zmierzono, że ich nie ma.", en="Data deleted {at}, measured to be absent."
    ),
    "declared": Text(
        pl="Dane usunięte {at}, oświadczono bez pomiaru.", en="Data deleted {at}, declared only."
    ),
}
READINGS = Text(pl="Przyjęte odczytanie cennika", en="How the price list was read")
TOGETHER = Text(
    pl="(kwotę zmieniłoby tylko razem z punktem {places})", en="(only together with {places} would change it)"
)
RULES = {
    "list_price": labels.LIST_PRICE,
    "customer_discount": Text(pl="rabat dla klienta sklepu", en="discount for a customer of the shop"),
    "hardware_free": Text(pl="bezpłatnie: sprzęt kupiony u nas", en="free: hardware bought here"),
    "hardware_out_of_office": Text(
        pl="sprzęt kupiony u nas, poza godzinami bezpłatnej pomocy",
        en="hardware bought here, outside the hours of free help",
    ),
}
SENTENCES = Text(pl="Zdania cennika", en="Sentences of the price list")
