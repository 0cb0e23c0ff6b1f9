"""`session-ledger quote`: the price of help, before anything is recorded."""

from __future__ import annotations

from datetime import datetime

import click

from cli.commands.session.order_hint import order_of, tell_of_unknown_order
from cli.context import App, pass_app
from cli.options import any_at_option
from cli.output import Report, report_options
from cli.params import CUSTOMER, ISSUE, ORDER_REF
from cli.presentation.tables.quote import quote_report
from ledger.domain.events import Issue
from ledger.fa3.seller import shop_of
from ledger.handlers.quote import quoted


@click.command()
@click.option(
    "--customer",
    type=CUSTOMER,
    help="Code, NIP or a part of the name. Default: a customer without purchases.",
)
@click.option("--issue", type=ISSUE, default="other", show_default=True, help="What it is about.")
@click.option("--order", "order_ref", type=ORDER_REF, help="The order the hardware was bought under.")
@click.option("--minutes", type=click.IntRange(1, 2880), help="Also the total for help that long.")
@any_at_option
@report_options
@pass_app
def quote(
    app: App,
    customer: str | None,
    issue: Issue,
    order_ref: str | None,
    minutes: int | None,
    at: datetime | None,
) -> Report:
    """Show what a started hour costs now, or from a moment on, as a timeline; nothing is recorded.

    \b
    Example:
      session-ledger quote --at "2026-11-16 21:50" --minutes 90
    """
    ledger = app.open()
    order_ref = order_of(app, customer, order_ref)
    moment = at or ledger.now()
    digest, told = quoted(
        ledger, customer=customer, issue=issue, order_ref=order_ref, at=moment, minutes=minutes
    )
    tell_of_unknown_order(app, customer, order_ref, moment)
    return quote_report(
        told,
        tariff=ledger.tariff(digest).id,
        customer=customer,
        issue=issue,
        at=moment,
        minutes=minutes,
        as_of=ledger.last_recorded_at(),
        shop=shop_of(ledger.folder.read_config()),
    )
