"""The sales register as a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from cli.presentation.catalogue import said
from cli.presentation.columns import (
    BUYER,
    CORRECTS,
    CUSTOMER_CODE,
    DUE_ON,
    GROSS,
    ISSUED_ON,
    KIND,
    NET,
    NIP,
    NUMBER,
    PAID,
    RECEIPT,
    VAT,
    period_document,
    titled,
)
from cli.presentation.formats.model import Column, Report, Row, Table
from cli.presentation.text import Lang
from cli.presentation.wording import labels
from cli.presentation.wording.vocabulary import reason_words, word
from ledger.application.ledger import ERASED, Ledger
from ledger.domain.clock import Period, format_instant
from ledger.domain.events import InvoiceIssued
from ledger.domain.invoice.state import Invoice
from ledger.domain.ksef_outage import Outage
from ledger.message import Message, msg
from projections.queries import sales_register as view

_SALES_COLUMNS = (
    NUMBER,
    KIND,
    ISSUED_ON,
    Column("service_from", msg("Service from"), "date"),
    Column("service_until", msg("Service until"), "date"),
    Column("vat_period", labels.VAT_PERIOD),
    CUSTOMER_CODE,
    BUYER,
    NIP,
    NET,
    VAT,
    GROSS,
    DUE_ON,
    PAID,
    Column("ksef_number", labels.KSEF_NUMBER),
    Column("jpk_marker", msg("JPK marker")),
    RECEIPT,
    Column("counts_in_vat", msg("Counts in VAT")),
    CORRECTS,
    Column("withdrawn_on", msg("Withdrawn"), "date"),
    Column("xml_sha256", msg("XML hash")),
    Column("vat_rate", msg("VAT rate")),
    Column("country", labels.COUNTRY),
)
_KEYS = [column.key for column in _SALES_COLUMNS]
_BRIEF = (
    *("number", "kind", "issued_on", "vat_period", "buyer", "nip", "vat_rate"),
    *("net_grosze", "vat_grosze", "gross_grosze", "jpk_marker"),
)
"""The columns of paper; receipt, correction and its reason, and withdrawal are said with the kind."""


def sales_report(
    ledger: Ledger,
    found: view.Register,
    chosen: list[tuple[Invoice, str | None]],
    period: Period,
    by: str,
    as_of: datetime,
    lang: Lang,
    outages: Sequence[Outage],
) -> Report:
    """Return the register of the chosen documents, each with its month of VAT.

    Documents without a month are left out of the total.
    """
    rows = [_sales_row(ledger, found, d, month, outages) for d, month in chosen]
    counted = [d.issued for d, month in chosen if month is not None and d.issued.receipt is None]
    total = {
        "documents": len(counted),
        "net_grosze": sum(issued.net_grosze for issued in counted),
        "vat_grosze": sum(issued.vat_grosze for issued in counted),
        "gross_grosze": sum(issued.gross_grosze for issued in counted),
    }
    rates = view.sums_by_rate(counted)
    abroad = _eu_sales(ledger, [d.issued for d, month in chosen if month is not None])
    document = {
        "schema": "session-ledger/report-sales/1",
        "period": period_document(period),
        "by": by,
        "as_of": format_instant(as_of),
        "documents": [dict(zip(_KEYS, map(_plain, row), strict=True)) for row in rows],
        "total": total,
        "rates": [each._asdict() for each in rates],
        "eu_sales": [dict(zip(_EU_KEYS, row, strict=True)) for row in abroad],
        "markers": _markers(rows),
    }
    title = titled(msg("Sales register"), period)
    tables = (Table("sales", title, _SALES_COLUMNS, rows), _total_table(total), *_sums_tables(rates, abroad))
    reasons = {d.issued.number: d.issued.reason for d, _ in chosen if d.issued.corrects is not None}
    brief = (_brief_table(title, rows, reasons, lang), *_sums_tables(rates, abroad), _proof_table(rows))
    return Report("sales", title, document, tables, as_of, brief=brief)


def _sales_row(
    ledger: Ledger, found: view.Register, invoice: Invoice, month: str | None, outages: Sequence[Outage]
) -> Row:
    from ledger.fa3.jpk import jpk_marker

    issued = invoice.issued
    words = ledger.words(issued.commitment)
    days = [line.service_on for line in issued.lines]
    accepted = None if invoice.accepted is None else invoice.accepted.ksef_number
    sent = view.issued_in(invoice, outages)
    is_withdrawn = invoice.state == "withdrawn"
    amounts = (issued.net_grosze, issued.vat_grosze, issued.gross_grosze, issued.due_on, invoice.paid_grosze)
    return (
        issued.number,
        view.kind_of(issued),
        issued.issued_on,
        min(days, default=None),
        max(days, default=None),
        month,
        issued.customer,
        ERASED if words is None else words.get("name", ERASED),
        None if words is None or issued.consumer else words.get("nip") or words.get("vat_id"),
        *([None] * len(amounts) if is_withdrawn else amounts),
        accepted,
        None if is_withdrawn else jpk_marker(issued.duty, accepted, sent).field,
        issued.receipt,
        "no" if month is None or issued.receipt is not None else "yes",
        None if issued.corrects is None else found.original_of(invoice).issued.number,
        view.withdrawn_on(invoice),
        issued.xml_sha256,
        view.rate_of(issued),
        None if words is None else words.get("country"),
    )


def _plain(cell: object) -> object:
    return cell if cell is None or isinstance(cell, str | int) else str(cell)


def _total_table(total: dict[str, int]) -> Table:
    columns = (Column("documents", labels.DOCUMENTS, "integer"), NET, VAT, GROSS)
    return Table("total", labels.TOTAL, columns, [tuple(total.values())])


# --- sums by rate, sales to the EU, and the register on paper ------------------------------------

_EU_COLUMNS = (
    CUSTOMER_CODE,
    BUYER,
    Column("vat_id", msg("EU VAT number")),
    Column("documents", labels.DOCUMENTS, "integer"),
    NET,
)
_EU_KEYS = [column.key for column in _EU_COLUMNS]


def _sums_tables(rates: list[view.RateSums], abroad: list[Row]) -> list[Table]:
    """Return the sums by rate and, where there is any, the services to the EU that VAT-UE asks for."""
    columns = (
        Column("vat_rate", msg("VAT rate")),
        Column("documents", labels.DOCUMENTS, "integer"),
        NET,
        VAT,
        GROSS,
    )
    title = msg("Sums by rate")
    tables = [Table("rates", title, columns, [tuple(each) for each in rates])]
    if abroad:
        eu = msg("Services to EU businesses (art. 28b, VAT-UE)")
        tables.append(Table("eu_sales", eu, _EU_COLUMNS, abroad))
    return tables


def _eu_sales(ledger: Ledger, counted: list[InvoiceIssued]) -> list[Row]:
    """Return customer, name, VAT number, documents and net of each EU business, by code."""
    found: dict[str, list[InvoiceIssued]] = {}
    for issued in counted:
        if issued.treatment == "eu":
            found.setdefault(issued.customer, []).append(issued)
    rows: list[Row] = []
    for customer in sorted(found):
        words = ledger.words(found[customer][-1].commitment) or {}
        net = sum(each.net_grosze for each in found[customer])
        rows.append((customer, words.get("name", ERASED), words.get("vat_id"), len(found[customer]), net))
    return rows


def _markers(rows: list[Row]) -> dict[str, int]:
    """Return how many documents bear each marker of the declaration."""
    place = _KEYS.index("jpk_marker")
    markers = [str(row[place]) for row in rows if row[place] is not None]
    return {marker: markers.count(marker) for marker in ("NrKSeF", "OFF", "BFK", "DI")}


def _brief_table(title: Message, rows: list[Row], reasons: Mapping[str, str | None], lang: Lang) -> Table:
    named = {key: _SALES_COLUMNS[_KEYS.index(key)] for key in _BRIEF}
    return Table("sales", title, tuple(named.values()), [_brief_row(row, reasons, lang) for row in rows])


def _brief_row(row: Row, reasons: Mapping[str, str | None], lang: Lang) -> Row:
    told = dict(zip(_KEYS, row, strict=True))
    notes = [
        said(note.of(what=told[key]), lang) for key, note in _KIND_NOTES.items() if told[key] is not None
    ]
    if reason := reasons.get(str(told["number"])):
        notes.append(reason_words(reason, lang))
    kind = word("kind", told["kind"], lang)
    cells = told | {"kind": ", ".join([str(kind), *notes])}
    return tuple(cells[key] for key in _BRIEF)


_KIND_NOTES = {
    "receipt": msg("to receipt {what}"),
    "corrects": msg("of {what}"),
    "withdrawn_on": msg("withdrawn {what}"),
}


def _proof_table(rows: list[Row]) -> Table:
    """Return what a register on paper is checked by: KSeF's number and the hash of each document."""
    keys = ("number", "ksef_number", "xml_sha256")
    columns = tuple(_SALES_COLUMNS[_KEYS.index(key)] for key in keys)
    places = [_KEYS.index(key) for key in keys]
    title = msg("KSeF numbers and SHA-256 of the documents")
    return Table("proof", title, columns, [tuple(row[place] for place in places) for row in rows])
