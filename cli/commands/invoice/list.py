"""`session-ledger invoice list`: every issued document."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from cli.commands.invoice.document_period import by_option, chosen_in
from cli.context import App, pass_app
from cli.options import as_of_option
from cli.output import Report, report_options
from cli.params import CUSTOMER, PERIOD, Now
from cli.presentation.wording import labels
from ledger.domain.clock import Period, format_instant

if TYPE_CHECKING:
    from projections.queries.sales_register import PeriodBy


@click.command("list")
@click.option("--period", type=PERIOD, help="Only what was issued in it, as 2026-11 or 11.2026; see --by.")
@by_option
@click.option("--customer", type=CUSTOMER, help="Only this customer.")
@as_of_option
@report_options
@pass_app
def list_(
    app: App,
    period: Period | None,
    by: PeriodBy,
    customer: str | None,
    as_of: datetime | Now | None,
) -> Report:
    """List every document that was issued, in the order of issue.

    Help of November is usually invoiced in December: --by help lists by the month of the help.

    \b
    Examples:
      session-ledger invoice list --period 2026-12
      session-ledger invoice list --period 2026-11 --by help
    """
    from cli.presentation.tables.invoice import invoice_document, list_table
    from projections.queries.sales_register import register

    ledger = app.open()
    position, moment = app.position_at(as_of)
    found = register(ledger.store, position)
    theirs = [each for each in found.documents.values() if customer in (None, each.issued.customer)]
    chosen = chosen_in(app, theirs, period, by)
    document = {
        "schema": "session-ledger/invoices/1",
        "as_of": format_instant(moment),
        "invoices": [invoice_document(found, invoice) for invoice in chosen],
    }
    title = labels.DOCUMENTS
    return Report("invoices", title, document, (list_table(ledger, found, chosen),), moment)
