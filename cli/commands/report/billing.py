"""`session-ledger report billing`: started hours and money."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import click

from cli.context import App, pass_app
from cli.options import period_options
from cli.output import Column, Report, Row, Table, report_options
from cli.params import Now
from cli.presentation.columns import CUSTOMER_CODE, REF, SESSION, period_document, titled
from cli.presentation.text import Lang, Text
from ledger.domain.clock import Period, format_instant
from projections.read_models import billing as view

if TYPE_CHECKING:
    from ledger.application.ledger import Ledger
    from projections.read_side import Snapshot

_NAME = Column("name", Text("Nazwa", "Name"))
_TOTAL = Text("razem", "total")
_BANDS = {
    "office": Text("Biuro", "Office"),
    "off_hours": Text("Poza biurem", "Off hours"),
    "night": Text("Noc", "Night"),
}
_HOURS = Column("started_hours", Text("Godziny", "Started hours"), "integer")
_NET = Column("net_grosze", Text("Netto", "Net"), "grosze")


@click.command()
@period_options
@report_options
@pass_app
def billing(app: App, period: Period, customer: str | None, as_of: datetime | Now | None) -> Report:
    """Started hours and money, by session and by customer; sessions stand in the month they ended.

    What is not to be billed (billed elsewhere, open, over 48 h and not confirmed) is shown and not
    counted. VAT is taken once, on each customer's sum.

    \b
    Examples:
      session-ledger report billing --period 2026-11
      session-ledger report billing --period 2026-11 --customer K-041 -o november.html
    """
    snapshot = click.get_current_context().with_resource(app.snapshot(as_of))
    found = view.of_period(snapshot.views, period, customer=snapshot.resolved_customer(customer))
    return _billing_report(snapshot, period, found, app.lang)


def _billing_report(snapshot: Snapshot, period: Period, found: view.Billing, lang: Lang) -> Report:
    total = (
        sum(s.counted for s in found.sessions),
        sum(c.started_hours for c in found.customers),
        sum(c.net_grosze for c in found.customers),
        sum(c.vat_grosze for c in found.customers),
        sum(c.gross_grosze for c in found.customers),
    )
    keys = ("sessions", "started_hours", "net_grosze", "vat_grosze", "gross_grosze")
    document = {
        "schema": "session-ledger/report-billing/1",
        "period": period_document(period),
        "as_of": format_instant(snapshot.as_of),
        "sessions": [_session_document(s) for s in found.sessions],
        "customers": [c._asdict() for c in found.customers],
        "exceptions": [
            {"session": x.session, "session_ref": x.session_ref, "kind": x.kind} for x in found.exceptions
        ],
        "total": dict(zip(keys, total, strict=True)),
    }
    title = titled(Text("Rozliczenie", "Billing"), period)
    return Report(
        "billing",
        title,
        document,
        (
            _session_table(found.sessions),
            _customer_table(snapshot.ledger, found.customers, total, lang),
            _exception_table(found.exceptions),
        ),
        snapshot.as_of,
        charts=_drawings(snapshot, period, found.sessions, lang),
    )


def _drawings(
    snapshot: Snapshot, period: Period, sessions: list[view.BilledSession], lang: Lang
) -> Iterator[str]:
    """The month's drawing; what draws is imported only for the formats that show it."""
    from cli.presentation.charts.started_hours import month_drawings

    yield from month_drawings(snapshot, period, sessions, lang)


def _session_document(session: view.BilledSession) -> dict[str, object]:
    document = session._asdict()
    del document["vat_percent"], document["counted"]
    document["connected_at"] = format_instant(session.connected_at)
    document["ended_at"] = format_instant(session.ended_at)
    return document


def _session_table(sessions: list[view.BilledSession]) -> Table:
    bands = list(dict.fromkeys(band for s in sessions for band in s.band_hours))
    columns = (
        SESSION,
        REF,
        CUSTOMER_CODE,
        Column("issue", Text("Rodzaj", "Issue")),
        Column("connected_at", Text("Połączono", "Connected"), "instant"),
        Column("ended_at", Text("Zakończono", "Ended"), "instant"),
        _HOURS,
        *(Column(f"{band}_hours", _BANDS.get(band, Text(band, band)), "integer") for band in bands),
        _NET,
        Column("waived_grosze", Text("Ulga", "Waived"), "grosze"),
        Column("billed", Text("Rozliczono", "Billed as")),
        Column("assumptions", Text("Założenia", "Assumptions")),
    )
    rows = [
        (
            s.session,
            s.session_ref,
            s.customer,
            s.issue,
            s.connected_at,
            s.ended_at,
            s.started_hours,
            *(s.band_hours.get(band, 0) for band in bands),
            s.net_grosze,
            s.waived_grosze,
            s.billed,
            tuple(s.assumptions),
        )
        for s in sessions
    ]
    return Table("sessions", Text("Sesje", "Sessions"), columns, rows)


def _customer_table(
    ledger: Ledger, customers: list[view.BilledCustomer], total: tuple[int, ...], lang: Lang
) -> Table:
    """The sums with names; the vault is opened only for a format that shows them."""
    columns = (
        CUSTOMER_CODE,
        _NAME,
        _HOURS,
        _NET,
        Column("vat_grosze", Text("VAT", "VAT"), "grosze"),
        Column("gross_grosze", Text("Brutto", "Gross"), "grosze"),
    )

    def rows() -> Iterator[Row]:
        for sums in customers:
            yield (sums.customer, ledger.customer_name(sums.customer), *sums[1:])
        if customers:
            yield (None, _TOTAL.said(lang), *total[1:])

    return Table("customers", Text("Klienci", "Customers"), columns, rows())


def _exception_table(exceptions: list[view.BillingException]) -> Table:
    columns = (SESSION, REF, CUSTOMER_CODE, Column("kind", Text("Co sprawdzić", "To look at")))
    return Table("exceptions", Text("Wyjątki", "Exceptions"), columns, [tuple(x) for x in exceptions])
