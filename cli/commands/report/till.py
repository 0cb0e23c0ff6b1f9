"""`session-ledger report till`: sessions settled by till receipts."""

from __future__ import annotations

import click

from cli.context import App, pass_app
from cli.output import Column, Report, Row, Table, report_options
from cli.params import PERIOD
from cli.presentation.columns import period_document, titled
from cli.presentation.text import Text
from ledger.domain.clock import Period, format_instant

_NET = Column("net_grosze", Text("Netto", "Net"), "grosze")


_VAT = Column("vat_grosze", Text("VAT", "VAT"), "grosze")


_GROSS = Column("gross_grosze", Text("Brutto", "Gross"), "grosze")


@click.command()
@click.option("--period", required=True, type=PERIOD, help="By the day of the receipt.")
@report_options
@pass_app
def till(app: App, period: Period) -> Report:
    """Sessions settled by a receipt of the till, receipt by receipt; VAT is taken once on each.

    An invoice made out to a receipt afterwards changes nothing here: the till has counted the sale.

    \b
    Example:
      session-ledger report till --period 2026-11
    """
    from projections.queries.receipts import receipts

    ledger = app.open()
    moment = ledger.last_recorded_at()
    found = list(receipts(ledger, period))
    columns = (
        Column("receipt", Text("Paragon", "Receipt")),
        Column("on", Text("Dzień", "Day"), "date"),
        Column("sessions", Text("Sesje", "Sessions")),
        _NET,
        _VAT,
        _GROSS,
        Column("invoice", Text("Faktura do paragonu", "Invoice to it")),
    )
    rows: list[Row] = [
        (each.receipt, each.on, tuple(map(str, each.sessions)), *each.sums, each.invoice) for each in found
    ]
    document = {
        "schema": "session-ledger/report-till/1",
        "period": period_document(period),
        "as_of": format_instant(moment),
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
    title = titled(Text("Sprzedaż na paragony", "Sales by receipt"), period)
    return Report("till", title, document, (Table("till", title, columns, rows),), moment)
