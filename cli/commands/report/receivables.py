"""`session-ledger report receivables`: unpaid invoices by age."""

from __future__ import annotations

from datetime import datetime

import click

from cli.context import App, pass_app
from cli.options import as_of_option
from cli.output import Report, report_options
from cli.params import CUSTOMER, Now
from cli.presentation.tables.receivables import receivables_report
from ledger.domain.clock import office_time
from projections.queries import sales_register as view


@click.command()
@click.option("--customer", type=CUSTOMER, help="Only this customer.")
@as_of_option
@report_options
@pass_app
def receivables(app: App, customer: str | None, as_of: datetime | Now | None) -> Report:
    """Report what is still to be paid, by how long it is overdue; corrections are counted in.

    Days are counted to today, whenever something was last recorded; with --as-of to that day.

    \b
    Example:
      session-ledger report receivables -o unpaid.xlsx
    """
    ledger = app.open()
    position, moment = app.position_at(as_of)
    today = office_time(ledger.now() if as_of is None else moment).date()
    found = list(view.receivables(view.register(ledger.store, position), today, customer=customer))
    return receivables_report(ledger, found, today, moment)
