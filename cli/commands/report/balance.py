"""`session-ledger report balance`: what a customer owes at the end of a day, as a letter to confirm."""

from __future__ import annotations

from datetime import date

import click

from cli.context import App, pass_app
from cli.output import Report, report_options
from cli.params import DATE, REPORTED_CUSTOMER


@click.command()
@click.option("--customer", type=REPORTED_CUSTOMER, help="Whom to write to; who has a balance without it.")
@click.option("--on", required=True, type=DATE, help="The last day that is counted in.")
@click.option(
    "--within", type=click.IntRange(1, 90), default=14, show_default=True, help="Days for the answer."
)
@report_options
@pass_app
def balance(app: App, customer: str | None, on: date, within: int) -> Report:
    """Ask a customer to confirm the balance of their account at the end of a day.

    A letter in two parts: one to keep, with the open documents and the payments on them, one to sign and
    send back. Without --customer it tells who had something open on that day. Nothing is recorded, and
    nothing is sent. What was recorded later about that day is counted in.

    \b
    Examples:
      session-ledger report balance --on 2026-12-31
      session-ledger report balance --customer K-041 --on 2026-12-31 -o saldo.pdf
    """
    from cli.presentation.documents.balance import balance_report, balances_report
    from ledger.fa3.seller import shop_of
    from ledger.handlers.payments.balance import balance_of, balances

    ledger = app.open()
    as_of = ledger.last_recorded_at()
    if customer is None:
        return balances_report(balances(ledger, on), on, as_of)
    shop = shop_of(ledger.folder.read_config())
    return balance_report(balance_of(ledger, customer, on), shop, within, as_of, app.lang)
