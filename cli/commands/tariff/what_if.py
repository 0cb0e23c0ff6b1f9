"""`session-ledger tariff what-if`: what another reading of the price list would have cost."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from cli.context import App, pass_app
from cli.options import as_of_option
from cli.output import Column, Report, Row, Table, report_options
from cli.params import CUSTOMER, PERIOD, Now
from cli.presentation.columns import CUSTOMER_CODE, REF, SESSION, period_document, titled
from cli.presentation.text import Lang, Text
from ledger.domain.clock import Period, format_instant
from ledger.errors import BadCombination
from projections.queries import what_if as view

if TYPE_CHECKING:
    from projections.read_side import Snapshot


@click.command("what-if")
@click.argument("changes", nargs=-1, metavar="KEY=VALUE…")
@click.option("--period", required=True, type=PERIOD, help="Sessions of this period.")
@click.option("--customer", type=CUSTOMER, help="Only this customer.")
@click.option(
    "--favour",
    type=click.Choice(["customer"]),
    help="Read in the customer's favour whatever favours the shop.",
)
@as_of_option
@report_options
@pass_app
def what_if(
    app: App,
    changes: tuple[str, ...],
    period: Period,
    customer: str | None,
    favour: str | None,
    as_of: datetime | Now | None,
) -> Report:
    """What another reading of the price list would have cost, session by session and in total.

    \b
    Examples:
      session-ledger tariff what-if boundary=per_band --period 2026-11
      session-ledger tariff what-if --favour customer --period 2026-11
    """
    said = dict(_change(text) for text in changes)
    if not said and favour is None:
        raise BadCombination("no other reading is named", hint="boundary=per_band, or --favour customer")
    with app.snapshot(as_of) as snapshot:
        found = view.compare(
            snapshot.views,
            snapshot.ledger.store,
            snapshot.position,
            period,
            said,
            favour_customer=favour is not None,
            customer=snapshot.resolved_customer(customer),
        )
        if favour is not None:
            said = view.favouring(snapshot.state, period) | said
        return _what_if_report(snapshot, period, said, found, app.lang)


def _change(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        raise BadCombination(f"{text!r} is not KEY=VALUE", hint="for example boundary=per_band")
    return key.strip(), value.strip()


def _what_if_report(
    snapshot: Snapshot, period: Period, said: dict[str, str], found: list[view.Compared], lang: Lang
) -> Report:
    customers = view.by_customer(found)
    changed = [s for s in found if s.net_grosze != s.other_net_grosze]
    total = {
        "net_grosze": sum(c.net_grosze for c in customers),
        "other_net_grosze": sum(c.other_net_grosze for c in customers),
        "sessions_changed": len(changed),
    }
    document = {
        "schema": "session-ledger/what-if/1",
        "changes": said,
        "sessions": [
            {
                "session": s.session,
                "session_ref": s.session_ref,
                "net_grosze": s.net_grosze,
                "other_net_grosze": s.other_net_grosze,
            }
            for s in found
        ],
        "customers": [c._asdict() for c in customers],
        "total": total,
        "period": period_document(period),
        "as_of": format_instant(snapshot.as_of),
    }
    net = Column("net_grosze", Text("Netto", "Net"), "grosze")
    other = Column("other_net_grosze", Text("Inaczej", "Otherwise"), "grosze")
    difference = Column("difference_grosze", Text("Różnica", "Difference"), "grosze")
    session_rows: list[Row] = [
        (
            s.session,
            s.session_ref,
            s.customer,
            s.net_grosze,
            s.other_net_grosze,
            s.other_net_grosze - s.net_grosze,
        )
        for s in changed
    ]
    customer_rows: list[Row] = [
        (c.customer, c.net_grosze, c.other_net_grosze, c.other_net_grosze - c.net_grosze) for c in customers
    ]
    if customer_rows:
        nets = (total["net_grosze"], total["other_net_grosze"])
        customer_rows.append((Text("razem", "total").said(lang), *nets, nets[1] - nets[0]))
    return Report(
        "what-if",
        titled(Text("Przy innym odczytaniu", "Under another reading"), period),
        document,
        (
            Table(
                "sessions",
                Text("Sesje, które się zmieniają", "Sessions that change"),
                (SESSION, REF, CUSTOMER_CODE, net, other, difference),
                session_rows,
            ),
            Table(
                "customers",
                Text("Klienci", "Customers"),
                (CUSTOMER_CODE, net, other, difference),
                customer_rows,
            ),
        ),
        snapshot.as_of,
    )
