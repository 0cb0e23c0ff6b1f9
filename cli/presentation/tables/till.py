"""Sessions settled by till receipts, as a report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cli.presentation.columns import GROSS, NET, ON, RECEIPT, SESSIONS, VAT, period_document, titled
from cli.presentation.formats.model import Column, Report, Row, Table
from ledger.domain.clock import Period, format_instant
from ledger.message import msg
from projections.queries.receipts import TillReceipt


def till_report(found: Sequence[TillReceipt], period: Period, as_of: datetime) -> Report:
    """Return the receipts of a period and their sums."""
    columns = (
        RECEIPT,
        ON,
        SESSIONS,
        NET,
        VAT,
        GROSS,
        Column("invoice", msg("Invoice to it")),
    )
    rows: list[Row] = [
        (each.receipt, each.on, tuple(map(str, each.sessions)), *each.sums, each.invoice) for each in found
    ]
    document = {
        "schema": "session-ledger/report-till/1",
        "period": period_document(period),
        "as_of": format_instant(as_of),
        "receipts": [
            {
                "receipt": each.receipt,
                "on": each.on.isoformat(),
                "sessions": list(each.sessions),
                "net_grosze": each.sums.net_grosze,
                "vat_grosze": each.sums.vat_grosze,
                "gross_grosze": each.sums.gross_grosze,
                "invoice": each.invoice,
            }
            for each in found
        ],
        "total": {
            "net_grosze": sum(each.sums.net_grosze for each in found),
            "vat_grosze": sum(each.sums.vat_grosze for each in found),
            "gross_grosze": sum(each.sums.gross_grosze for each in found),
        },
    }
    title = titled(msg("Sales by receipt"), period)
    return Report("till", title, document, (Table("till", title, columns, rows),), as_of)
