"""`session-ledger tariff list`: every published price list."""

from __future__ import annotations

import click

from cli.context import App, pass_app
from cli.output import Report, report_options
from cli.presentation.tables.tariff import tariffs_report


@click.command("list")
@report_options
@pass_app
def list_(app: App) -> Report:
    """List every published price list, with the day from which it holds.

    \b
    Example:
      session-ledger tariff list
    """
    ledger = app.open()
    return tariffs_report(ledger.state, ledger.last_recorded_at())
