"""`session-ledger report billing`: started hours and money."""

from __future__ import annotations

from datetime import datetime

import click

from cli.context import App, pass_app
from cli.options import period_options
from cli.output import Report, report_options
from cli.params import Now
from cli.presentation.tables.billing import billing_of
from ledger.domain.clock import Period


@click.command()
@period_options
@report_options
@pass_app
def billing(app: App, period: Period, customer: str | None, as_of: datetime | Now | None) -> Report:
    """Report started hours and money, by session and by customer; a session is in the month it ended.

    What is to be billed, what is billed (by which document), settled by the till, billed elsewhere and
    free stand side by side. The total of JSON is what is to be billed. VAT is that of the buyer's document,
    taken once on its sum: none for a business abroad.

    \b
    Examples:
      session-ledger report billing --period 2026-11
      session-ledger report billing --period 2026-11 --customer K-041 -o november.html
    """
    snapshot = click.get_current_context().with_resource(app.snapshot(as_of))
    return billing_of(snapshot, period, app.lang, customer=customer)
