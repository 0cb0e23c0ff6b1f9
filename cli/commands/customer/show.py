"""`session-ledger customer show`: one customer and their purchases."""

from __future__ import annotations

import click

from cli.context import App, pass_app
from cli.options import tell_version
from cli.output import Report, report_options
from cli.params import CUSTOMER
from cli.presentation.tables.customer import customer_report


@click.command()
@click.argument("code", type=CUSTOMER)
@report_options
@pass_app
def show(app: App, code: str) -> Report:
    """Show one customer: data and purchases.

    \b
    Example:
      session-ledger customer show K-041
    """
    tell_version(app, app.open().find_customer(code).version)
    return customer_report(app.open(), code)
