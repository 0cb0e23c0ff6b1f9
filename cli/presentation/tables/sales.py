"""The sales register as a report."""

from __future__ import annotations

from datetime import datetime

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
from cli.presentation.wording import labels
from ledger.application.ledger import ERASED, Ledger
from ledger.domain.clock import Period, format_instant
from ledger.domain.invoice.state import Invoice
from ledger.message import msg
from projections.queries import sales_register as view

_SALES_COLUMNS = (
    NUMBER,
    KIND,
    ISSUED_ON,
    Column("service_from", msg("Service from"), "date"),
    Column("service_until", msg("Service until"), "date"),
    Column("vat_period", msg("VAT period")),
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
)


def sales_report(
    ledger: Ledger,
    found: view.Register,
    chosen: list[tuple[Invoice, str | None]],
    period: Period,
    by: str,
    as_of: datetime,
) -> Report:
    """Return the register of the chosen documents, each with its month of VAT.

    Documents without a month are left out of the total.
    """
    rows = [_sales_row(ledger, found, d, month) for d, month in chosen]
    counted = [d.issued for d, month in chosen if month is not None and d.issued.receipt is None]
    total = {
        "documents": len(counted),
        "net_grosze": sum(issued.net_grosze for issued in counted),
        "vat_grosze": sum(issued.vat_grosze for issued in counted),
        "gross_grosze": sum(issued.gross_grosze for issued in counted),
    }
    keys = [column.key for column in _SALES_COLUMNS]
    document = {
        "schema": "session-ledger/report-sales/1",
        "period": period_document(period),
        "by": by,
        "as_of": format_instant(as_of),
        "documents": [dict(zip(keys, map(_plain, row), strict=True)) for row in rows],
        "total": total,
    }
    title = titled(msg("Sales register"), period)
    tables = (Table("sales", title, _SALES_COLUMNS, rows), _total_table(total))
    return Report("sales", title, document, tables, as_of)


def _sales_row(ledger: Ledger, found: view.Register, invoice: Invoice, month: str | None) -> Row:
    from ledger.fa3.jpk import jpk_marker

    issued = invoice.issued
    words = ledger.words(issued.commitment)
    days = [line.service_on for line in issued.lines]
    accepted = None if invoice.accepted is None else invoice.accepted.ksef_number
    sent = invoice.submissions[-1].mode if invoice.submissions else None
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
    )


def _plain(cell: object) -> object:
    return cell if cell is None or isinstance(cell, str | int) else str(cell)


def _total_table(total: dict[str, int]) -> Table:
    columns = (Column("documents", labels.DOCUMENTS, "integer"), NET, VAT, GROSS)
    return Table("total", labels.TOTAL, columns, [tuple(total.values())])
