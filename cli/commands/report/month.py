"""`session-ledger report month`: the month for who owns the shop."""

from __future__ import annotations

from datetime import datetime

import click

from cli.context import App, pass_app
from cli.options import as_of_option
from cli.output import Report, report_options
from cli.params import PERIOD, Now
from cli.presentation.tables.month_overview import month_of
from ledger.domain.clock import Period, office_time


@click.command()
@click.option("--period", required=True, type=PERIOD, help="One month: 2026-11, 11.2026 or November.")
@as_of_option
@report_options
@pass_app
def month(app: App, period: Period, as_of: datetime | Now | None) -> Report:
    """Report a month to its owner: turnover by customer, free help, goodwill, nights, deletions, in pictures.

    What is not billed, billed, paid and overdue stands side by side; a session is in the month it ended.
    Days overdue are counted to today, whenever something was last recorded; with --as-of to that day.
    Customers and technicians are named by their codes.

    \b
    Examples:
      session-ledger report month --period 2026-11
      session-ledger report month --period 2026-11 -o november.pdf
    """
    snapshot = click.get_current_context().with_resource(app.snapshot(as_of))
    now = app.open().now() if as_of is None else snapshot.as_of
    return month_of(snapshot, period, office_time(now).date(), app.lang)
