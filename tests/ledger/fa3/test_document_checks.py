"""What a document is refused for before it is written: its sums, and fields that FA(3) cannot hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from ledger.domain.invoice.document import Corrects, Document, DocumentNote, Party
from ledger.errors import InvoiceField, InvoiceSums
from ledger.fa3.totals import check_document
from ledger.fa3.validate import validate
from ledger.fa3.writer import fa3_xml
from tests.support.invoices import (
    AMERICAN,
    BUYER,
    CONSUMER,
    EXAMPLE,
    GERMAN,
    HALF,
    KINDS,
    NIGHT,
    OFF_HOURS,
    SELLER,
    SYSTEM,
    as_before,
    correction,
    invoice,
    row,
    summed,
    to,
)

INVOICE = KINDS["example"]
DOWN = KINDS["correction"]


def corrects(document: Document) -> Corrects:
    """What the correction corrects."""
    assert document.corrects is not None
    return document.corrects


def changed(document: Document, net: int = 0, vat: int = 0, gross: int = 0) -> Document:
    """The document with sums so many grosze off."""
    return replace(
        document,
        net_grosze=document.net_grosze + net,
        vat_grosze=document.vat_grosze + vat,
        gross_grosze=document.gross_grosze + gross,
    )


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        (changed(INVOICE, net=1, gross=1), "net 85001 gr, the rows come to 85000 gr"),
        (changed(INVOICE, vat=1, gross=1), "VAT 19551 gr, 23 % of net are 19550 gr"),
        (changed(INVOICE, gross=-1), "gross 104549 gr, net and VAT come to 104550 gr"),
        (changed(KINDS["eu"], vat=1, gross=1), "VAT 1 gr, 0 % of net are 0 gr"),
        (changed(DOWN, vat=2, gross=2), "VAT -4598 gr, 23 % of net are -4600 gr"),
        (summed(replace(DOWN, rows=(as_before(OFF_HOURS), to(NIGHT, 1)))), "row 1: stands as it was"),
        (summed(replace(DOWN, rows=(as_before(OFF_HOURS),))), "row 1: stands as it was"),
        (summed(replace(DOWN, rows=(as_before(HALF), to(OFF_HOURS, 1)))), "row 3: stands as it was"),
        (invoice(OFF_HOURS, OFF_HOURS), "row 1: its number does not go on"),
        (invoice(row(0, 1, 100_00)), "row 0: its number does not go on"),
        (invoice(row(1, 1, 100_00), as_before(row(2, 1, 1)), row(2, 1, 1)), "an invoice has no rows as they"),
        (invoice(to(OFF_HOURS, 0), NIGHT), "row 1: 0 hours"),
        (correction(to(OFF_HOURS, -1)), "row 1: -1 hours"),
        (invoice(row(1, 1, 100_00, 100_01)), "row 1: the discount is not between nothing and the price"),
        (invoice(row(1, 1, 100_00, -1)), "row 1: the discount is not between nothing and the price"),
        (invoice(replace(OFF_HOURS, net_grosze=1)), "row 1: net 1 gr, its hours come to 40000 gr"),
        (invoice(row(1, 1, 100_00, 100_00)), "an invoice of nothing is not issued"),
        (replace(INVOICE, corrects=corrects(DOWN)), "a correction, and only that, names what it corrects"),
        (replace(DOWN, corrects=None), "a correction, and only that, names what it corrects"),
        (
            changed(correction(as_before(row(1, 3, 1)), row(1, 2, 1)), vat=1, gross=1),
            "net and VAT go opposite ways",
        ),
    ],
)
def test_amounts_that_do_not_follow_are_refused(document: Document, fault: str) -> None:
    with pytest.raises(InvoiceSums) as refusal:
        fa3_xml(document, SYSTEM)
    assert fault in refusal.value.fact


@pytest.mark.parametrize("off", [-1, 1])
def test_vat_of_a_correction_may_be_a_grosz_off(off: int) -> None:
    """It is VAT after less VAT before, each rounded by itself; the file is valid all the same."""
    document = changed(DOWN, vat=off, gross=off)
    check_document(document)
    validate(fa3_xml(document, SYSTEM))


def test_everything_that_does_not_add_up_is_told_at_once() -> None:
    with pytest.raises(InvoiceSums, match=r"net 85001 gr.*gross 104550 gr"):
        check_document(changed(INVOICE, net=1))


def buyer(**changes: str | None) -> Document:
    """The invoice to another buyer."""
    return replace(INVOICE, buyer=replace(BUYER, **changes))  # type: ignore[arg-type] # names are those of texts


@pytest.mark.parametrize(
    ("document", "fact"),
    [
        (buyer(name="x" * 513), "buyer.name has 513 characters; FA(3) takes 512 at most"),
        (buyer(name=" \n "), "buyer.name is empty"),
        (buyer(name="Fir\x9fma"), "buyer.name holds the character U+009F, which KSeF refuses"),
        (buyer(name="Firma\ufdd0"), "buyer.name holds the character U+FDD0, which KSeF refuses"),
        (buyer(name="Firma\U0001ffff"), "buyer.name holds the character U+1FFFF, which KSeF refuses"),
        (buyer(name="Firma\ud800"), "buyer.name holds the character U+D800, which KSeF refuses"),
        (buyer(address_line1="x" * 513), "buyer.address_line1 has 513 characters; FA(3) takes 512 at most"),
        (buyer(address_line2="x" * 513), "buyer.address_line2 has 513 characters; FA(3) takes 512 at most"),
        (buyer(country="Polska"), "buyer.country is not a code of two letters"),
        (buyer(nip="774000145"), "buyer.nip is not a NIP of ten digits"),
        (buyer(nip="7740001455"), "buyer.nip is no NIP: its last digit does not prove the others"),
        (buyer(nip=None, vat_id="PL7740001454"), "buyer.vat_id is that of a business here"),
        (replace(INVOICE, seller=replace(SELLER, nip=None)), "seller.nip is missing"),
        (replace(INVOICE, seller=replace(SELLER, address_line1="")), "seller.address_line1 is empty"),
        (replace(INVOICE, seller=replace(SELLER, email="biuro")), "seller.email is not an e-mail address"),
        (replace(INVOICE, number="F" * 257), "number has 257 characters; FA(3) takes 256 at most"),
        (replace(INVOICE, place="x" * 257), "place has 257 characters; FA(3) takes 256 at most"),
        (replace(INVOICE, treatment="ask"), "treatment is not decided"),
        (summed(replace(INVOICE, vat_percent=9)), "vat_percent 9 is no rate of VAT"),
        (replace(INVOICE, made_at=datetime(2026, 11, 22, 9)), "made_at has no time zone"),  # noqa: DTZ001 - the point
        (invoice(replace(NIGHT, name="x" * 513)), "row 2, name has 513 characters"),
        (invoice(replace(NIGHT, unit_id="x" * 51)), "row 2, unit_id has 51 characters; FA(3) takes 50"),
        (
            replace(INVOICE, notes=(DocumentNote("k", "v"), DocumentNote("k", "x" * 257))),
            "notes[2].value has 257 characters",
        ),
        (replace(INVOICE, notes=(DocumentNote("", "v"),)), "notes[1].key is empty"),
        (
            replace(INVOICE, payment=replace(INVOICE.payment, bank_account="123")),
            "payment.bank_account is not an account number",
        ),
        (
            replace(INVOICE, payment=replace(INVOICE.payment, bank_name="x" * 257)),
            "payment.bank_name has 257 characters",
        ),
        (
            replace(DOWN, corrects=replace(corrects(DOWN), reason="x" * 257)),
            "corrects.reason has 257 characters",
        ),
        (
            replace(DOWN, corrects=replace(corrects(DOWN), ksef_number="5260250274-1")),
            "corrects.ksef_number is not a number of KSeF",
        ),
        (
            summed(replace(INVOICE, treatment="eu", buyer=replace(GERMAN, vat_id="PL7740001454"))),
            "buyer.vat_id is not a VAT number with the prefix of another member state",
        ),
        (
            summed(replace(INVOICE, treatment="eu", buyer=replace(GERMAN, vat_id=None))),
            "buyer.vat_id is not a VAT number with the prefix of another member state",
        ),
        (
            summed(replace(INVOICE, treatment="eu", buyer=GERMAN, is_consumer=True)),
            "treatment is that of a business of another member state, and buyer is a consumer",
        ),
        (
            replace(DOWN, corrects=replace(corrects(DOWN), buyer_before=replace(BUYER, nip="5252248481"))),
            "corrects.buyer_before has another NIP than buyer",
        ),
    ],
)
def test_a_field_that_cannot_be_written_is_named(document: Document, fact: str) -> None:
    """Its name and the limit, never what stands in it."""
    with pytest.raises(InvoiceField) as refusal:
        fa3_xml(document, SYSTEM)
    assert refusal.value.fact.startswith(fact)


@pytest.mark.parametrize(
    ("document", "wanted"),
    [
        (buyer(name="x" * 512), b"<Nazwa>" + 512 * b"x" + b"</Nazwa>"),
        (buyer(name=" Dom\t\n  Książki "), "<Nazwa>Dom Książki</Nazwa>".encode()),
        (buyer(nip="774-000-14-54"), b"<NIP>7740001454</NIP>"),
        (buyer(nip=None), b"<BrakID>1</BrakID>"),
        (buyer(nip=None, vat_id="DE136695976"), b"<KodUE>DE</KodUE>"),
        (buyer(nip=None, vat_id="CHE-116.281.710", country="CH"), b"<NrID>CHE-116.281.710</NrID>"),
        (replace(KINDS["non-eu"], buyer=replace(AMERICAN, vat_id="12-3456789")), b"<NrID>12-3456789</NrID>"),
        (
            replace(INVOICE, buyer=replace(CONSUMER, address_line1=""), is_consumer=True),
            b"<BrakID>1</BrakID>",
        ),
        (replace(INVOICE, seller=replace(SELLER, address_line2="", email=None)), "ul. Gęsia Jaźń 3".encode()),
        (
            replace(INVOICE, payment=replace(INVOICE.payment, bank_account=None)),
            b"<Termin>2026-12-06</Termin>",
        ),
        (replace(INVOICE, payment=replace(INVOICE.payment, bank_name=None)), b"<NrRB>PL61"),
        (summed(replace(INVOICE, vat_percent=8)), b"<P_14_2>68.00</P_14_2>"),
        (summed(replace(INVOICE, vat_percent=5)), b"<P_12>5</P_12>"),
        (
            replace(
                DOWN,
                corrects=replace(
                    corrects(DOWN), ksef_number=None, buyer_before=Party("Kto inny", nip="5252248481")
                ),
            ),
            b"<NIP>5252248481</NIP>",
        ),
        (correction(*(to(line, 1) for line in EXAMPLE)), b"<P_13_1>650.00</P_13_1>"),
        (replace(INVOICE, issued_on=date(2027, 1, 1)), b"<P_1>2027-01-01</P_1>"),
    ],
)
def test_what_can_be_written_is_valid(document: Document, wanted: bytes) -> None:
    xml = fa3_xml(document, SYSTEM)
    assert wanted in xml
    validate(xml)
