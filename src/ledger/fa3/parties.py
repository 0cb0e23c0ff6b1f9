"""Seller and buyer in FA(3): who they are, and where.

The buyer's e-mail stays out: the tax office does not need it. The seller's stands on its paper anyway.
"""

from __future__ import annotations

import re

from ledger.domain.events import VatTreatment
from ledger.domain.invoice.document import Document, Party
from ledger.errors import InvoiceField
from ledger.fa3.countries import no_country
from ledger.fa3.values import EMAIL, matching, nip, token
from ledger.fa3.xml_tree import Element, element
from ledger.message import msg

EU_PREFIX = "AT|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|HR|HU|IE|IT|LT|LU|LV|MT|NL|PT|RO|SE|SI|SK|XI"
"""Prefixes of VAT numbers of the other member states; PL is missing: a NIP never stands in NrVatUE."""


def seller(party: Party, treatment: VatTreatment) -> Element:
    """Podmiot1. A service to a business of another member state asks for the prefix (art. 97 ust. 10)."""
    if party.nip is None:
        raise InvoiceField(msg("seller.nip is missing"))
    return element(
        "Podmiot1",
        treatment == "eu" and element("PrefiksPodatnika", "PL"),
        element(
            "DaneIdentyfikacyjne",
            element("NIP", nip(party.nip, "seller.nip")),
            element("Nazwa", token(party.name, "seller.name", longest=512)),
        ),
        _address(party, "seller"),
        party.email
        and element(
            "DaneKontaktowe",
            element(
                "Email",
                matching(party.email, "seller.email", EMAIL, msg("an e-mail address")),
            ),
        ),
    )


def buyer(document: Document) -> Element:
    """Podmiot2: neither a unit of a local authority (JST) nor a member of a VAT group (GV)."""
    party = document.buyer
    return element(
        "Podmiot2",
        _identity(party, document.treatment, "buyer", is_consumer=document.is_consumer),
        _address(party, "buyer") if party.address_line1.strip() else None,
        element("JST", "2"),
        element("GV", "2"),
    )


def buyer_before(party: Party, document: Document) -> Element:
    """Podmiot2K: the buyer as it stood on the invoice that is corrected."""
    field = "corrects.buyer_before"
    address = _address(party, field) if party.address_line1.strip() else None
    return element(
        "Podmiot2K", _identity(party, document.treatment, field, is_consumer=document.is_consumer), address
    )


def check_buyer(party: Party, treatment: VatTreatment, *, is_consumer: bool) -> None:
    """Raise InvoiceField for a buyer that cannot be written, before a document is made of it."""
    _identity(party, treatment, "buyer", is_consumer=is_consumer)
    if party.address_line1.strip():
        _address(party, "buyer")


def _identity(party: Party, treatment: VatTreatment, field: str, *, is_consumer: bool) -> Element:
    if is_consumer and treatment == "eu":
        raise InvoiceField(
            msg("treatment is that of a business of another member state, and buyer is a consumer")
        )
    number = _consumer() if is_consumer else _number(party, treatment, field)
    return element(
        "DaneIdentyfikacyjne", *number, element("Nazwa", token(party.name, f"{field}.name", longest=512))
    )


def _consumer() -> tuple[Element, ...]:
    return (element("BrakID", "1"),)


def _number(party: Party, treatment: VatTreatment, field: str) -> tuple[Element, ...]:
    """The tax number by the country that gave it."""
    if treatment == "eu":
        return _eu_number(party.vat_id or "", field)
    if treatment == "pl" and party.nip is not None:
        return (element("NIP", nip(party.nip, f"{field}.nip")),)
    if party.vat_id is None:
        return _consumer()
    if treatment == "pl" and re.match(EU_PREFIX, party.vat_id):
        return _eu_number(party.vat_id, field)
    if party.vat_id.startswith("PL"):
        raise InvoiceField(
            msg("{field}.vat_id is that of a business here, which is named by its NIP", field=field)
        )
    number = token(party.vat_id, f"{field}.vat_id", longest=50)
    return _country(party, field), element("NrID", number)


def _eu_number(vat_id: str, field: str) -> tuple[Element, ...]:
    pattern, what = (
        f"({EU_PREFIX})[0-9A-Z+*]{{1,12}}",
        msg("a VAT number with the prefix of another member state"),
    )
    text = matching(vat_id, f"{field}.vat_id", pattern, what)
    return element("KodUE", text[:2]), element("NrVatUE", text[2:])


def _country(party: Party, field: str) -> Element:
    code = matching(party.country, f"{field}.country", "[A-Z]{2}", msg("a code of two letters"))
    if unknown := no_country(code):
        raise InvoiceField(unknown[0], hint=unknown[1])
    return element("KodKraju", code)


def _address(party: Party, field: str) -> Element:
    return element(
        "Adres",
        _country(party, field),
        element("AdresL1", token(party.address_line1, f"{field}.address_line1", longest=512)),
        party.address_line2.strip()
        and element("AdresL2", token(party.address_line2, f"{field}.address_line2", longest=512)),
    )
