"""`session-ledger customer list`: all customers."""

from __future__ import annotations

import click

from cli.context import App, pass_app
from cli.output import Report, report_options
from cli.presentation.tables.customer import customers_report


@click.command("list")
@click.option("--search", help="Only those with these words, or this NIP, in their code or data.")
@report_options
@pass_app
def list_(app: App, search: str | None) -> Report:
    """List all customers, with their names from the vault, or those that a search finds.

    Names are found without capitals and accents, a NIP with and without dashes and PL.

    \b
    Examples:
      session-ledger customer list -f csv -o customers.csv
      session-ledger customer list --search krawiecki
    """
    ledger = app.open()
    if search is None:
        return customers_report(ledger)
    from ledger.handlers.customer_search import search as searched

    return customers_report(ledger, searched(ledger, search))
