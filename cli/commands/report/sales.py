"""`session-ledger report sales`: the sales register."""

from __future__ import annotations

from datetime import datetime

import click

from cli.context import App, pass_app
from cli.options import as_of_option
from cli.output import Report, report_options
from cli.param_types import Word
from cli.params import PERIOD, Now
from cli.presentation import next_steps
from cli.presentation.tables.sales import sales_report
from ledger.domain.clock import Period, parse_period
from ledger.domain.invoice.state import Invoice
from ledger.message import msg
from projections.queries import sales_register as view


@click.command()
@click.option(
    "--period",
    required=True,
    type=PERIOD,
    help="The months of VAT, or of issue with --by issued: 2026-11, 11.2026 or 2026-Q4.",
)
@click.option(
    "--by",
    type=Word("document_day", ["vat", "issued"]),
    default="vat",
    show_default=True,
    help="By the month a document counts in, or by its day of issue.",
)
@as_of_option
@report_options
@pass_app
def sales(app: App, period: Period, by: str, as_of: datetime | Now | None) -> Report:
    """Report the sales register: every document, its tax and its marker in the tax declaration.

    A reduction outside KSeF counts in the month in which the buyer confirmed it; until then it is
    listed in the month of issue without a VAT period, and is not in the sums. Neither is an invoice made out
    to a receipt, which the till has counted. A withdrawn one is listed without amounts: its number is taken.

    \b
    Examples:
      session-ledger report sales --period 2026-11
      session-ledger report sales --period 2026-11 -o november.xlsx
    """
    ledger = app.open()
    position, moment = app.position_at(as_of)
    found = view.register(ledger.store, position)
    chosen = [(d, view.vat_period(found, d)) for d in found.documents.values()]
    chosen = [(d, month) for d, month in chosen if _is_of(d, month, period, by)]
    waiting = [d.issued.number for d, month in chosen if month is None and d.state != "withdrawn"]
    if waiting:
        app.say(
            msg(
                "no VAT period, not in the sums, until the buyer confirms: {listed}",
                listed=", ".join(waiting),
            )
        )
        app.hint(next_steps.record_received(waiting[0]))
    outages = view.outages_at(ledger.store, position)
    return sales_report(ledger, found, chosen, period, by, moment, app.lang, outages)


def _is_of(invoice: Invoice, month: str | None, period: Period, by: str) -> bool:
    if by == "issued" or month is None:
        return period.first <= invoice.issued.issued_on < period.until
    first = parse_period(month).first
    return period.first <= first < period.until
