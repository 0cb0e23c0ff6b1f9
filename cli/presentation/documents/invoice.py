"""An invoice or a correction on paper: the picture of its XML, and the sessions that it charges."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace

from cli.presentation.catalogue import said
from cli.presentation.documents.amount_words import amount_in_words
from cli.presentation.documents.amounts import amount, iban
from cli.presentation.documents.invoice_sessions import (
    Sentences,
    readings_of,
    rule_words,
    sentences_of,
    session_block,
)
from cli.presentation.documents.qr import qr_svg
from cli.presentation.documents.typesetting import PAGE, set_pages
from cli.presentation.moments import on_day
from cli.presentation.text import Lang, harmless
from cli.presentation.wording import invoice as w
from ledger.domain.clock import office_time
from ledger.domain.invoice.document import Corrects, Document, DocumentRow, Paper, Party
from ledger.ksef.qr_link import verification_url
from ledger.message import Message
from ledger.transparency.anchor import short_root

XML_NAME = "invoice.xml"
"""What the template calls the file; in the PDF it bears the document's number."""

Field = tuple[str, str]


def invoice_pdf(paper: Paper, lang: Lang) -> bytes:
    """Return the document as PDF/A-3a and PDF/UA-1, its XML attached; the same paper gives the same bytes."""
    return set_pages(
        "invoice.typ",
        _page(paper, lang),
        paper.covered_at,
        attached={XML_NAME: paper.xml},
        is_accessible=True,
    )


def file_stem(document: Document) -> str:
    """Return the document's number as the name of a file: FV-2026-11-0001."""
    return "".join(each if each.isalnum() else "-" for each in document.number)


def title_of(document: Document, lang: Lang) -> str:
    """Faktura FV/2026/11/0001."""
    return f"{said(w.TITLES[document.kind], lang)} {harmless(document.number)}"


def _page(paper: Paper, lang: Lang) -> dict[str, object]:
    document, moment = paper.document, office_time(paper.covered_at)
    sentences = sentences_of(paper.sessions)
    return {
        "title": title_of(document, lang),
        "author": harmless(document.seller.name),
        "lang": lang,
        "dated": [*moment.timetuple()[:6]],
        "page": said(PAGE, lang),
        "xml": [f"{file_stem(document)}.xml", said(w.XML, lang)],
        "head": _fields(_head(document, lang), lang),
        "codes": list(_codes(paper, lang)),
        "parties": [_party(title, party, document, lang) for title, party in _parties(document)],
        "correction": _fields(_correction(document.corrects, lang), lang),
        "lines": _lines(document, lang),
        "vat": _vat(document, lang),
        "due": due_of(document, lang),
        "payment": _payment(paper, lang),
        "notes": list(_notes(paper, lang)),
        "sessions_title": said(w.LABELS["sessions"], lang),
        "sessions": [session_block(each, sentences, lang) for each in paper.sessions],
        "sentences_title": said(w.SENTENCES, lang),
        "sentences": _sentences(sentences, lang),
        "readings_title": said(w.READINGS, lang),
        "readings": [
            (f"{number}.", line) for number, line in enumerate(readings_of(paper.sessions, lang), 1)
        ],
        "picture": _picture(paper, lang),
        "ledger": _ledger(paper, lang),
    }


def _fields(fields: Iterator[tuple[str, str]], lang: Lang) -> list[Field]:
    """Labels said, values made harmless; what has no value is left out."""
    return [(said(w.LABELS[key], lang), harmless(value)) for key, value in fields if value]


# --- head -------------------------------------------------------------------------------------


def _head(document: Document, lang: Lang) -> Iterator[Field]:
    yield "issued_on", on_day(document.issued_on, lang)
    days = sorted({row.service_on for row in document.rows})
    if days:
        yield "served_from", " – ".join(on_day(day, lang) for day in dict.fromkeys((days[0], days[-1])))
    yield "place", document.place or ""
    yield "receipt", document.receipt or ""


def _codes(paper: Paper, lang: Lang) -> Iterator[dict[str, str]]:
    """KOD I, beneath it the KSeF number, or OFFLINE while there is none; then KOD II, where it is made."""
    document = paper.document
    if not paper.in_ksef or document.seller.nip is None:
        return
    digest = hashlib.sha256(paper.xml).digest()
    url = verification_url(document.seller.nip, document.issued_on, digest, paper.qr_base_url)
    title = said(w.LABELS["in_ksef"], lang) if paper.ksef_number else ""
    yield _code(url, said(w.QR_ALT, lang), paper.ksef_number or "OFFLINE", title)
    if paper.issuer_url is not None:
        yield _code(paper.issuer_url, said(w.ISSUER_ALT, lang), "CERTYFIKAT", "")


def _code(url: str, alt: str, label: str, title: str) -> dict[str, str]:
    return {"svg": qr_svg(url), "alt": alt.format(url=url), "label": label, "url": url, "title": title}


def _parties(document: Document) -> Iterator[tuple[str, Party]]:
    """Who stands beside whom; toward the EU the seller's number bears its country (art. 97 ust. 10)."""
    seller = document.seller
    if document.treatment == "eu" and seller.nip is not None:
        seller = replace(seller, nip=None, vat_id=f"PL{seller.nip}")
    yield "seller", seller
    if document.corrects is not None and document.corrects.buyer_before is not None:
        yield "buyer_before", document.corrects.buyer_before
    yield "buyer", document.buyer


def _party(title: str, party: Party, document: Document, lang: Lang) -> dict[str, object]:
    """Return the lines of a party; the seller's e-mail is printed, the buyer's is not."""
    country = "" if party.country == "PL" else party.country
    foreign = "vat_id" if document.treatment == "eu" else "tax_id"
    numbers = (("nip", party.nip), (foreign, party.vat_id))
    lines = [party.address_line1, party.address_line2, country]
    lines += [party.email or ""] if title == "seller" else []
    lines += [f"{said(w.LABELS[key], lang)}: {value}" for key, value in numbers if value]
    return {
        "title": said(w.LABELS[title], lang),
        "name": harmless(party.name),
        "lines": [harmless(line) for line in lines if line],
    }


def _correction(corrects: Corrects | None, lang: Lang) -> Iterator[Field]:
    if corrects is None:
        return
    yield "corrects", f"{corrects.number} ({on_day(corrects.issued_on, lang)})"
    yield "ksef_number", corrects.ksef_number or ""
    yield "reason", corrects.reason


# --- lines and sums ---------------------------------------------------------------------------


def _rate(document: Document) -> str:
    return f"{document.vat_percent} %" if document.treatment == "pl" else "np"


def _lines(document: Document, lang: Lang) -> dict[str, object]:
    is_correction = document.kind == "KOR"
    heads = [(key, said(head, lang)) for key, head in w.LINE_HEADS.items() if is_correction or key != "state"]
    return {
        "title": said(w.LABELS["lines"], lang),
        "heads": heads,
        "rows": [_line(row, document, lang) for row in document.rows],
        "before": [row.before for row in document.rows],
    }


def _line(row: DocumentRow, document: Document, lang: Lang) -> list[str]:
    state = said(w.LABELS["before" if row.before else "after"], lang)
    return [
        str(row.number),
        *([state] if document.kind == "KOR" else []),
        harmless(row.name if lang == "pl" or row.name_en is None else f"{row.name_en} ({row.name})"),
        on_day(row.service_on, lang),
        said(w.LABELS["unit"], lang),
        str(row.quantity),
        amount(row.list_grosze, lang),
        amount(row.discount_grosze, lang) if row.discount_grosze else "–",
        amount(row.net_grosze, lang),
        _rate(document),
    ]


def _vat(document: Document, lang: Lang) -> dict[str, object]:
    """Return the sums of the document's one rate; for a consumer gross first."""
    sums = {"net": document.net_grosze, "vat": document.vat_grosze, "gross": document.gross_grosze}
    order = ("gross", "vat", "net") if document.is_consumer else ("net", "vat", "gross")
    told = [amount(sums[key], lang) for key in order]
    title = "vat" if document.kind == "VAT" else "vat_difference"
    return {
        "title": said(w.LABELS[title], lang),
        "heads": [said(w.VAT_HEADS[key], lang) for key in ("rate", *order)],
        "rows": [[_rate(document), *told]],
    }


def due_of(document: Document, lang: Lang) -> dict[str, str]:
    """Return the amount to be paid, or to be given back."""
    is_refund = document.gross_grosze < 0
    sign = -1 if is_refund else 1
    told = {
        "net": amount(sign * document.net_grosze, lang),
        "vat": amount(sign * document.vat_grosze, lang),
        "gross": amount(sign * document.gross_grosze, lang),
    }
    shown = w.GROSS_FIRST if document.is_consumer else w.GROSS
    label = w.REFUND if is_refund else w.DUE if document.receipt is None else w.SETTLED
    return {
        "label": said(label, lang),
        "amount": said(shown, lang).format(**told),
        "under": "" if document.is_consumer else said(w.NET_AND_VAT, lang).format(**told),
        "words_label": said(w.LABELS["words"], lang),
        "words": amount_in_words(abs(document.gross_grosze), lang),
    }


# --- payment, notes, proof --------------------------------------------------------------------


def _payment(paper: Paper, lang: Lang) -> list[Field]:
    document = paper.document
    payment = document.payment
    is_settled = document.receipt is not None and document.kind == "VAT"

    def told() -> Iterator[Field]:
        if is_to_be_paid(document):
            yield "method", said(w.LABELS["transfer"], lang)
            yield "due_on", on_day(payment.due_on, lang)
            yield "account", iban(payment.bank_account or "")
            yield "bank", payment.bank_name or ""
            yield "bic", payment.bank_bic or ""
        if is_settled and not paper.paid_grosze:
            yield "state", said(w.BY_RECEIPT, lang).format(receipt=document.receipt)
        elif document.corrects is not None:
            yield "state", said(w.WITH_INVOICE, lang).format(number=harmless(document.corrects.number))
        elif document.gross_grosze:
            yield "state", _paid(document.gross_grosze, paper.paid_grosze, lang)

    return _fields(told(), lang)


def is_to_be_paid(document: Document) -> bool:
    """Return True if the buyer is asked for a transfer: not if money goes back, or the till took it."""
    return document.gross_grosze > 0 and document.receipt is None


def _paid(gross: int, paid: int, lang: Lang) -> str:
    """How much of a sum came in, and what is left."""
    left = gross - paid
    if not paid:
        return said(w.UNPAID, lang)
    told: list[Message] = [w.PAID]
    if left:
        told.append(w.LEFT if left > 0 else w.OVERPAID)
    figures = {"paid": amount(paid, lang), "left": amount(abs(left), lang)}
    return ", ".join(said(each, lang).format(**figures) for each in told)


def _notes(paper: Paper, lang: Lang) -> Iterator[str]:
    """Return the treatment of VAT if it is not the usual one, and the notes of the XML.

    A note beside a line tells of a session's deletion, which stands with the session where it is printed.
    """
    document = paper.document
    if document.treatment in w.TREATMENTS:
        yield said(w.TREATMENTS[document.treatment], lang)
    for note in document.notes:
        if note.row is None or not paper.sessions:
            yield harmless(f"{note.key}: {note.value}")


def _sentences(sentences: Sentences, lang: Lang) -> list[Field]:
    return [
        (f"[{number}]", harmless(f"{rule_words(rule, lang)}: „{quote}”"))
        for (rule, quote), number in sentences.items()
    ]


def _picture(paper: Paper, lang: Lang) -> str:
    """Which of the two is the invoice: in KSeF the XML, and this only its picture."""
    digest = hashlib.sha256(paper.xml).hexdigest()
    return said(w.PICTURE if paper.in_ksef else w.SAME_DATA, lang).format(digest=digest)


def _ledger(paper: Paper, lang: Lang) -> str:
    """Return size and root of the tree that holds the document's event, for the foot of every page."""
    told = {"name": harmless(paper.origin), "size": paper.tree_size, "root": short_root(paper.root)}
    return said(w.LEDGER, lang).format(**told)
