"""`session-ledger report reminder`: what a customer owes too late, as a letter."""

from __future__ import annotations

from datetime import date

import click

from cli.context import App, pass_app
from cli.output import Report, report_options
from cli.param_types import Typed
from cli.params import DATE, REPORTED_CUSTOMER
from ledger.domain.payments.recovery import EuroRate, euro_rate_of


@click.command()
@click.option("--customer", required=True, type=REPORTED_CUSTOMER, help="Who is reminded.")
@click.option("--demand", is_flag=True, help="A demand for payment, with a term; else a friendly reminder.")
@click.option("--within", type=click.IntRange(1, 90), default=7, show_default=True, help="Days of that term.")
@click.option("--on", type=DATE, help="The day of the letter, as 2026-11-16 or 16.11.2026; today without it.")
@click.option(
    "--rates-known-until", type=DATE, help="You looked: no new rate of interest came up to this day."
)
@click.option(
    "--eur-rate",
    "euro_rates",
    type=Typed("rate", euro_rate_of),
    multiple=True,
    help="Add the flat sum of recovery, at this rate of the euro: day, rate, table of the National Bank.",
)
@report_options
@pass_app
def reminder(
    app: App,
    customer: str,
    within: int,
    on: date | None,
    rates_known_until: date | None,
    euro_rates: tuple[EuroRate, ...],
    *,
    demand: bool,
) -> Report:
    """Remind a customer of overdue invoices, with statutory interest up to the day of the letter.

    It is a letter to print or to attach: nothing is recorded, and nothing is sent. Interest is commercial
    where the invoice names a NIP, else civil; each rate stands there with its notice in Monitor Polski.

    \b
    Examples:
      session-ledger report reminder --customer K-041 -o upomnienie.pdf
      session-ledger report reminder --customer K-041 --demand --within 14 -o wezwanie.pdf
      session-ledger report reminder --customer K-041 --demand --eur-rate "30.11.2026 4,2512 231/A/NBP/2026"
    """
    from cli.presentation.documents.reminder import Letter, reminder_report
    from ledger.fa3.seller import shop_of
    from ledger.handlers.payments.reminder import InterestAsked, reminder_of

    ledger = app.open()
    found = reminder_of(ledger, customer, InterestAsked(on, rates_known_until, euro_rates))
    letter = Letter(is_demand=demand, within_days=within, shop=shop_of(ledger.folder.read_config()))
    return reminder_report(found, letter, ledger.last_recorded_at(), app.lang)
