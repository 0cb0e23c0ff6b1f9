"""`session-ledger invoice show`: one document."""

from __future__ import annotations

import click

from cli.arguments import number_argument
from cli.context import App, pass_app
from cli.options import tell_version
from cli.output import Report, report_options


@click.command()
@number_argument
@click.option("--trace", is_flag=True, help="Each amount down to its hours, sentences, events and the tree.")
@report_options
@pass_app
def show(app: App, number: str, *, trace: bool) -> Report:
    """Show one document: its lines, payments and state; with --trace the source of each amount.

    Its number is known however it is typed: fv-2026-11-1 is FV/2026/11/0001.

    \b
    Examples:
      session-ledger invoice show FV/2026/11/0001
      session-ledger invoice show FV/2026/11/0001 --trace -f json
    """
    from cli.presentation.tables.invoice_shown import shown

    ledger = app.open()
    tell_version(app, ledger.find_invoice(number).version)
    return shown(ledger, number, trace=trace)
