"""`session-ledger quote`: the price of help, before anything is recorded."""

from __future__ import annotations

from datetime import datetime

import click

from cli.context import Desk, pass_desk
from cli.options import at_option
from cli.output import Column, Report, Table, report_options
from cli.params import CUSTOMER, ISSUE, ORDER_REF
from cli.words import Text
from ledger.clock import format_instant
from ledger.events import Issue


@click.command()
@click.option("--customer", type=CUSTOMER, help="Whose price. Default: somebody who bought nothing here.")
@click.option("--issue", type=ISSUE, default="other", show_default=True, help="What it is about.")
@click.option("--order", "order_ref", type=ORDER_REF, help="The order the hardware was bought under.")
@click.option("--minutes", type=click.IntRange(1, 2880), help="Also the total for help that long.")
@at_option
@report_options
@pass_desk
def quote(
    desk: Desk,
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
    from ledger.commands.prices import price_segments, quoted

    ledger = desk.open()
    moment = at or ledger.now()
    digest, told = quoted(
        ledger, customer=customer, issue=issue, order_ref=order_ref, at=moment, minutes=minutes
    )
    prices = price_segments(told)
    total = told.total
    document: dict[str, object] = {
        "schema": "session-ledger/quote/1",
        "at": format_instant(moment),
        "customer": customer,
        "issue": issue,
        "tariff": ledger.tariff(digest).id,
        "prices": [
            {
                "opens_at": format_instant(p.opens_at),
                "until": None if p.until is None else format_instant(p.until),
                "net_grosze": p.net_grosze,
                "gross_grosze": p.gross_grosze,
            }
            for p in prices
        ],
    }
    table = Table(
        "prices",
        Text("Cena rozpoczętej godziny", "Price of a started hour"),
        (
            Column("opens_at", Text("Otwarta od", "Opened from"), "instant"),
            Column("until", Text("do", "until"), "instant"),
            Column("net_grosze", Text("Netto", "Net"), "grosze"),
            Column("gross_grosze", Text("Brutto", "Gross"), "grosze"),
        ),
        [(p.opens_at, p.until, p.net_grosze, p.gross_grosze) for p in prices],
    )
    tables = [table]
    if total is not None:
        net, gross = total.rated.net_grosze, total.gross_grosze
        expected = (total.rated.started_hours, net, gross - net, gross)
        keys = ("started_hours", "net_grosze", "vat_grosze", "gross_grosze")
        document["expected"] = {
            "minutes": minutes,
            **dict(zip(keys, expected, strict=True)),
            "assumptions": list(total.assumptions),
        }
        tables.append(
            Table(
                "expected",
                Text(f"Razem za {minutes} min", f"Total for {minutes} min"),
                (
                    Column("started_hours", Text("Rozpoczęte godziny", "Started hours"), "integer"),
                    Column("net_grosze", Text("Netto", "Net"), "grosze"),
                    Column("vat_grosze", Text("VAT", "VAT"), "grosze"),
                    Column("gross_grosze", Text("Brutto", "Gross"), "grosze"),
                ),
                [expected],
            )
        )
    return Report("quote", Text("Wycena", "Quote"), document, tuple(tables), ledger.last_recorded_at())
