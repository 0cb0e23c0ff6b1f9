"""`session-ledger invoice list`: every issued document."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from cli.context import App, pass_app
from cli.options import as_of_option
from cli.output import Report, report_options
from cli.params import CUSTOMER, PERIOD, Now
from cli.presentation.wording import labels
from ledger.domain.clock import Period, format_instant

if TYPE_CHECKING:
    pass


@click.command("list")
@click.option("--period", type=PERIOD, help="Only what was issued in it.")
@click.option("--customer", type=CUSTOMER, help="Only this customer.")
@as_of_option
@report_options
@pass_app
def list_(app: App, period: Period | None, customer: str | None, as_of: datetime | Now | None) -> Report:
    """Every document that was issued, in the order of issue.

    \b
    Example:
      session-ledger invoice list --period 2026-11
    """
    from cli.presentation.tables.invoice import invoice_document, list_table
    from projections.queries.sales_register import register

    ledger = app.open()
    position, moment = app.position_at(as_of)
    found = register(ledger.store, position)
    chosen = [
        invoice
        for invoice in found.documents.values()
        if customer in (None, invoice.issued.customer)
        and (period is None or period.first <= invoice.issued.issued_on < period.until)
    ]
    document = {
        "schema": "session-ledger/invoices/1",
        "as_of": format_instant(moment),
        "invoices": [invoice_document(found, invoice) for invoice in chosen],
    }
    title = labels.DOCUMENTS
    return Report("invoices", title, document, (list_table(ledger, found, chosen),), moment)
