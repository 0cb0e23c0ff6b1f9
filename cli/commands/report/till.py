"""`session-ledger report till`: sessions settled by till receipts."""

from __future__ import annotations

import click

from cli.context import App, pass_app
from cli.output import Report, report_options
from cli.params import PERIOD
from cli.presentation.tables.till import till_report
from ledger.domain.clock import Period


@click.command()
@click.option(
    "--period", required=True, type=PERIOD, help="By the day of the receipt: 2026-11, 11.2026 or November."
)
@report_options
@pass_app
def till(app: App, period: Period) -> Report:
    """Report sessions settled by a till receipt, receipt by receipt; VAT is taken once on each.

    An invoice made out to a receipt afterwards changes nothing here: the till has counted the sale.

    \b
    Example:
      session-ledger report till --period 2026-11
    """
    from projections.queries.receipts import receipts

    ledger = app.open()
    found = list(receipts(ledger, period))
    return till_report(found, period, ledger.last_recorded_at())
