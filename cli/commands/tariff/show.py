"""`session-ledger tariff show`: one price list."""

from __future__ import annotations

import click

from cli.commands.tariff.price_list import find_price_list
from cli.context import App, pass_app
from cli.output import Report, report_options
from cli.presentation.tables.tariff import tariff_report, tariff_text_report


@click.command()
@click.argument("tariff", required=False)
@click.option("--text", "whole", is_flag=True, help="The published text itself.")
@report_options
@pass_app
def show(app: App, tariff: str | None, *, whole: bool) -> Report:
    """Show a price list: bands, prices and the assumptions it names. Default: the one in force.

    \b
    Example:
      session-ledger tariff show
    """
    ledger = app.open()
    listed = find_price_list(ledger, tariff)
    if whole:
        return tariff_text_report(listed, ledger.last_recorded_at())
    return tariff_report(listed, ledger.tariff(listed.digest), ledger.last_recorded_at())
