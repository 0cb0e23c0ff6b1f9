"""`session-ledger report deletion-register`: every deletion of a period."""

from __future__ import annotations

from datetime import datetime

import click

from cli.arguments import deletion_period_option
from cli.context import App, pass_app
from cli.options import as_of_option
from cli.output import Report, report_options
from cli.params import Now
from cli.presentation.tables.deletion_register import register_of
from ledger.domain.clock import Period


@click.command()
@deletion_period_option
@as_of_option
@report_options
@pass_app
def register(app: App, period: Period, as_of: datetime | Now | None) -> Report:
    """Report the register of deletions in a period: purges, retention, erasures on request.

    \b
    Example:
      session-ledger --lang pl report deletion-register --period 2026-11 -o rejestr.pdf
    """
    with app.snapshot(as_of) as snapshot:
        return register_of(snapshot, period, app.lang)
