"""The XML of an invoice or a correction in the structure FA(3), the same bytes for the same document.

What stands where is told as plain nested elements; `fa3_xml` alone turns them into bytes. Source: the
schema FA(3) 1-0E and the Ministry's brochure.
"""

from __future__ import annotations

from ledger.domain.invoice.document import Corrects, Document, DocumentNote, DocumentRow
from ledger.errors import InvoiceField
from ledger.fa3.parties import buyer, buyer_before, seller
from ledger.fa3.totals import check_document
from ledger.fa3.values import amount, matching, moment, token
from ledger.fa3.vat_rates import Rate, rate_of
from ledger.fa3.xml_tree import Element, element, to_bytes
from ledger.message import Hint, msg

NAMESPACE = "http://crd.gov.pl/wzor/2025/06/25/13775/"
UNIT = "godz."
TRANSFER = "6"
BIC = r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?"
"""The form of a bank's code in the schema."""
EFFECTS = {"original": "1", "correction": "2", "other": "3"}
KSEF_NUMBER = (
    r"([1-9](\d[1-9]|[1-9]\d)\d{7}|M\d{9}|[A-Z]{3}\d{7})-(20[2-9]\d|2[1-9]\d\d|[3-9]\d{3})(0[1-9]|1[0-2])"
    r"(0[1-9]|[12]\d|3[01])-[0-9A-F]{6}-?[0-9A-F]{6}-[0-9A-F]{2}"
)


def fa3_xml(document: Document, system: str) -> bytes:
    """The document as FA(3), made by the program `system`: UTF-8 without BOM, one element a line.

    Raises InvoiceSums where its amounts do not add up, InvoiceField where a field cannot be written.
    """
    rate = rate_of(document.treatment, document.vat_percent)
    check_document(document)
    parts = (_header(document, system), *_parties(document), _body(document, rate))
    return to_bytes(Element("Faktura", parts, (("xmlns", NAMESPACE),)))


def _header(document: Document, system: str) -> Element:
    return element(
        "Naglowek",
        Element("KodFormularza", "FA", (("kodSystemowy", "FA (3)"), ("wersjaSchemy", "1-0E"))),
        element("WariantFormularza", "3"),
        element("DataWytworzeniaFa", moment(document.made_at)),
        element("SystemInfo", token(system, "system", longest=256)),
    )


def _parties(document: Document) -> tuple[Element, Element]:
    return seller(document.seller, document.treatment), buyer(document)


def _body(document: Document, rate: Rate) -> Element:
    """P_6 takes the day that all rows share, P_6A the days of rows that differ: never both."""
    days = {row.service_on for row in document.rows}
    return element(
        "Fa",
        element("KodWaluty", "PLN"),
        element("P_1", document.issued_on.isoformat()),
        document.place and element("P_1M", token(document.place, "place", longest=256)),
        element("P_2", token(document.number, "number", longest=256)),
        len(days) == 1 and element("P_6", min(days).isoformat()),
        *_sums(document, rate),
        _annotations(rate),
        element("RodzajFaktury", document.kind),
        *(_correction(document.corrects, document) if document.corrects else ()),
        document.receipt is not None and element("FP", "1"),
        *_notes(document),
        *(_row(row, rate, dated=len(days) > 1) for row in document.rows),
        _payment(document),
    )


def _sums(document: Document, rate: Rate) -> tuple[Element | None, ...]:
    """A correction of other data than amounts has no rows, and of its sums only P_15 (sample 5)."""
    return (
        element(rate.net_field, amount(document.net_grosze)) if document.rows else None,
        element(rate.vat_field, amount(document.vat_grosze)) if document.rows and rate.vat_field else None,
        element("P_15", amount(document.gross_grosze)),
    )


def _annotations(rate: Rate) -> Element:
    """All of them are mandatory, also where they say no."""
    return element(
        "Adnotacje",
        element("P_16", "2"),
        element("P_17", "2"),
        element("P_18", "1" if rate.buyer_accounts else "2"),
        element("P_18A", "2"),
        element("Zwolnienie", element("P_19N", "1")),
        element("NoweSrodkiTransportu", element("P_22N", "1")),
        element("P_23", "2"),
        element("PMarzy", element("P_PMarzyN", "1")),
    )


def _correction(corrects: Corrects, document: Document) -> tuple[Element | None, ...]:
    before = corrects.buyer_before
    if before is not None and corrects.ksef_number and before.nip != document.buyer.nip:
        raise InvoiceField(
            msg("corrects.buyer_before has another NIP than buyer, and in KSeF a NIP cannot be corrected"),
            hint=Hint("correct the invoice to zero and issue a new one"),
        )
    return (
        element("PrzyczynaKorekty", token(corrects.reason, "corrects.reason", longest=256)),
        element("TypKorekty", EFFECTS[corrects.effect]),
        element(
            "DaneFaKorygowanej",
            element("DataWystFaKorygowanej", corrects.issued_on.isoformat()),
            element("NrFaKorygowanej", token(corrects.number, "corrects.number", longest=256)),
            *_ksef_number(corrects.ksef_number),
        ),
        buyer_before(before, document) if before is not None else None,
    )


def _ksef_number(number: str | None) -> tuple[Element, ...]:
    if number is None:
        return (element("NrKSeFN", "1"),)
    number = matching(number, "corrects.ksef_number", KSEF_NUMBER, msg("a number of KSeF"))
    return element("NrKSeF", "1"), element("NrKSeFFaKorygowanej", number)


def _notes(document: Document) -> list[Element]:
    receipt = (DocumentNote("Paragon", document.receipt),) if document.receipt is not None else ()
    return [
        element(
            "DodatkowyOpis",
            note.row is not None and element("NrWiersza", str(note.row)),
            element("Klucz", token(note.key, f"notes[{place}].key", longest=256)),
            element("Wartosc", token(note.value, f"notes[{place}].value", longest=256)),
        )
        for place, note in enumerate(receipt + document.notes, 1)
    ]


def _row(row: DocumentRow, rate: Rate, *, dated: bool) -> Element:
    """Price before the discount, discount off one hour, net of the line: art. 106e ust. 1 pkt 9-11."""
    return element(
        "FaWiersz",
        element("NrWierszaFa", str(row.number)),
        element("UU_ID", token(row.unit_id, f"row {row.number}, unit_id", longest=50)),
        dated and element("P_6A", row.service_on.isoformat()),
        element("P_7", token(row.name, f"row {row.number}, name", longest=512)),
        element("P_8A", UNIT),
        element("P_8B", str(row.quantity)),
        element("P_9A", amount(row.list_grosze)),
        row.discount_grosze > 0 and element("P_10", amount(row.discount_grosze)),
        element("P_11", amount(row.net_grosze)),
        element("P_12", rate.name),
        row.before and element("StanPrzed", "1"),
    )


def _payment(document: Document) -> Element | None:
    """Nothing where nothing is to be paid any more: a reduction, or what the till has taken already."""
    if document.gross_grosze <= 0 or document.receipt is not None:
        return None
    payment = document.payment
    return element(
        "Platnosc",
        element("TerminPlatnosci", element("Termin", payment.due_on.isoformat())),
        element("FormaPlatnosci", TRANSFER),
        payment.bank_account
        and element(
            "RachunekBankowy",
            element(
                "NrRB",
                matching(
                    payment.bank_account, "payment.bank_account", r"[0-9A-Z]{10,34}", msg("an account number")
                ),
            ),
            payment.bank_bic
            and element(
                "SWIFT", matching(payment.bank_bic, "payment.bank_bic", BIC, msg("a code of a bank"))
            ),
            payment.bank_name
            and element("NazwaBanku", token(payment.bank_name, "payment.bank_name", longest=256)),
        ),
    )
