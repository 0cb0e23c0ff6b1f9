"""`session-ledger report deletion-protocol`: deletions as a form to sign."""

from __future__ import annotations

from datetime import datetime

import click

from cli.arguments import deletion_period_option
from cli.context import App, pass_app
from cli.options import as_of_option
from cli.output import Report, report_options
from cli.params import Now
from cli.presentation.tables.deletion_register import protocol_of
from ledger.domain.clock import Period


@click.command()
@deletion_period_option
@as_of_option
@report_options
@pass_app
def protocol(app: App, period: Period, as_of: datetime | Now | None) -> Report:
    """Report what was deleted in a period as a protocol, a form to sign; PDF is its main format.

    \b
    Example:
      session-ledger --lang pl report deletion-protocol --period 2026-11 -o protokol.pdf
    """
    with app.snapshot(as_of) as snapshot:
        return protocol_of(snapshot, period, app.lang)
