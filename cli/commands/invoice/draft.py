"""`session-ledger invoice draft`: the plan of a period's documents."""

from __future__ import annotations

import click

from cli.commands.session.overlaps_told import tell_overlaps_among
from cli.context import App, pass_app
from cli.output import Report, report_options
from cli.params import PERIOD, REPORTED_CUSTOMER
from ledger.domain.clock import Period
from ledger.message import plain


@click.command()
@click.option(
    "--period",
    required=True,
    type=PERIOD,
    help="The month whose help is to be billed: 2026-11, 11.2026 or November.",
)
@click.option("--customer", type=REPORTED_CUSTOMER, help="Only this customer.")
@report_options
@pass_app
def draft(app: App, period: Period, customer: str | None) -> Report:
    """Plan what `invoice issue` would issue, and what would wait and why; nothing is recorded.

    \b
    Example:
      session-ledger invoice draft --period 2026-11
    """
    from cli.presentation.tables.invoice import plan_report
    from ledger.handlers.invoice.plan import plan

    ledger = app.open(for_reports=True)
    planned = plan(ledger, period, customer=customer)
    _tell_what_is_missing(app)
    tell_overlaps_among(app, {number for each in planned for number in each.sessions})
    return plan_report(ledger, planned, period, has_lines=customer is not None)


def _tell_what_is_missing(app: App) -> None:
    """Warn of a missing seller now, not at the first invoice: the plan could not be carried out."""
    from ledger.errors import SellerIncomplete
    from ledger.fa3.seller import seller_of

    try:
        seller_of(app.open().folder.read_config())
    except SellerIncomplete as why:
        app.say(plain("{fact} ({code})", fact=why.message, code=why.code))
        app.hint(why.hint)
