"""`session-ledger customer show`: one customer, their purchases and their last sessions."""

from __future__ import annotations

import click

from cli.context import App, pass_app
from cli.options import tell_version
from cli.output import Report, report_options
from cli.params import CUSTOMER
from cli.presentation.tables.customer import customer_report
from projections.read_models import sessions as view

LAST_SESSIONS = 20
"""How many are shown; `session list --customer` has all."""


@click.command()
@click.argument("code", type=CUSTOMER)
@report_options
@pass_app
def show(app: App, code: str) -> Report:
    """Show one customer: data, purchases, and the last sessions.

    \b
    Example:
      session-ledger customer show K-041
    """
    tell_version(app, app.open().find_customer(code).version)
    with app.snapshot(None) as snapshot:
        found = list(view.listed(snapshot.views, customer=snapshot.resolved_customer(code)))
        return customer_report(snapshot.ledger, code, found[-LAST_SESSIONS:], sessions_total=len(found))
