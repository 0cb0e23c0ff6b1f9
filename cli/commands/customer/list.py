"""`session-ledger customer list`: all customers."""

from __future__ import annotations

import click

from cli.context import App, pass_app
from cli.output import Report, report_options
from cli.presentation.tables.customer import customers_report


@click.command("list")
@report_options
@pass_app
def list_(app: App) -> Report:
    """List all customers, with their names from the vault.

    \b
    Example:
      session-ledger customer list -f csv -o customers.csv
    """
    return customers_report(app.open())
