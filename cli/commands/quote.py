"""`session-ledger quote`: the price of help, before anything is recorded."""

from __future__ import annotations

from datetime import datetime

import click

from cli.commands.session.order_hint import tell_of_unknown_order
from cli.context import App, pass_app
from cli.options import at_option
from cli.output import Column, Report, Table, report_options
from cli.params import CUSTOMER, ISSUE, ORDER_REF
from cli.presentation.text import Text
from ledger.domain.clock import format_instant
from ledger.domain.events import Issue
from ledger.domain.rating.quote import Quote, QuotedTotal
from ledger.handlers.quote import price_segments, quoted


@click.command()
@click.option("--customer", type=CUSTOMER, help="Whose price. Default: somebody who bought nothing here.")
@click.option("--issue", type=ISSUE, default="other", show_default=True, help="What it is about.")
@click.option("--order", "order_ref", type=ORDER_REF, help="The order the hardware was bought under.")
@click.option("--minutes", type=click.IntRange(1, 2880), help="Also the total for help that long.")
@at_option
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
    """What a started hour costs now, or from a moment on, as a timeline; nothing is recorded.

    \b
    Example:
      session-ledger quote --at "2026-11-16 21:50" --minutes 90
    """
    ledger = app.open()
    moment = at or ledger.now()
    digest, told = quoted(
        ledger, customer=customer, issue=issue, order_ref=order_ref, at=moment, minutes=minutes
    )
    tell_of_unknown_order(app, customer, order_ref, moment)
    document: dict[str, object] = {
        "schema": "session-ledger/quote/1",
        "at": format_instant(moment),
        "customer": customer,
        "issue": issue,
        "tariff": ledger.tariff(digest).id,
        "prices": [
            {
                "opens_at": format_instant(price.opens_at),
                "until": None if price.until is None else format_instant(price.until),
                "net_grosze": price.net_grosze,
                "gross_grosze": price.gross_grosze,
            }
            for price in price_segments(told)
        ],
    }
    tables = [_price_table(told)]
    if told.total is not None:
        expected = dict(zip(_EXPECTED, _expected(told.total), strict=True))
        assumptions = list(told.total.assumptions)
        document["expected"] = {"minutes": minutes, **expected, "assumptions": assumptions}
        tables.append(_total_table(told.total))
    return Report("quote", Text("Wycena", "Quote"), document, tuple(tables), ledger.last_recorded_at())


_EXPECTED = ("started_hours", "net_grosze", "vat_grosze", "gross_grosze")


def _expected(total: QuotedTotal) -> tuple[int, int, int, int]:
    net, gross = total.rated.net_grosze, total.gross_grosze
    return total.rated.started_hours, net, gross - net, gross


def _price_table(told: Quote) -> Table:
    columns = (
        Column("opens_at", Text("Otwarta od", "Opened from"), "instant"),
        Column("until", Text("do", "until"), "instant"),
        Column("net_grosze", Text("Netto", "Net"), "grosze"),
        Column("gross_grosze", Text("Brutto", "Gross"), "grosze"),
    )
    rows = [(p.opens_at, p.until, p.net_grosze, p.gross_grosze) for p in price_segments(told)]
    return Table("prices", Text("Cena rozpoczętej godziny", "Price of a started hour"), columns, rows)


def _total_table(total: QuotedTotal) -> Table:
    columns = (
        Column("started_hours", Text("Rozpoczęte godziny", "Started hours"), "integer"),
        Column("net_grosze", Text("Netto", "Net"), "grosze"),
        Column("vat_grosze", Text("VAT", "VAT"), "grosze"),
        Column("gross_grosze", Text("Brutto", "Gross"), "grosze"),
    )
    title = Text(f"Razem za {total.minutes} min", f"Total for {total.minutes} min")
    return Table("expected", title, columns, [_expected(total)])
