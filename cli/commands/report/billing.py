"""`session-ledger report billing`: started hours and money."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import click

from cli.context import App, pass_app
from cli.options import period_options
from cli.output import Report, report_options
from cli.params import Now
from cli.presentation.tables.billing import billing_report
from cli.presentation.text import Lang
from ledger.domain.clock import Period
from projections.queries.explain import started_hours
from projections.queries.month_money import month_money
from projections.read_models import billing as view

if TYPE_CHECKING:
    from projections.read_side import Snapshot


@click.command()
@period_options
@report_options
@pass_app
def billing(app: App, period: Period, customer: str | None, as_of: datetime | Now | None) -> Report:
    """Report started hours and money, by session and by customer; a session is in the month it ended.

    What is to be billed, what is billed (by which document), settled by the till, billed elsewhere and
    free stand side by side. The total of JSON is what is to be billed. VAT is that of the buyer's document,
    taken once on its sum: none for a business abroad.

    \b
    Examples:
      session-ledger report billing --period 2026-11
      session-ledger report billing --period 2026-11 --customer K-041 -o november.html
    """
    snapshot = click.get_current_context().with_resource(app.snapshot(as_of))
    found = view.of_period(snapshot.views, period, customer=snapshot.resolved_customer(customer))
    money = month_money(snapshot.views, snapshot.ledger, snapshot.position, found.sessions)
    drawings = _drawings(snapshot, period, found.sessions, app.lang)
    return billing_report(snapshot.ledger, found, money, period, snapshot.as_of, app.lang, drawings)


def _drawings(
    snapshot: Snapshot, period: Period, sessions: list[view.BilledSession], lang: Lang
) -> Iterator[str]:
    """Draw the month; what draws is imported only for the formats that show it."""
    from cli.presentation.charts.started_hours import month_drawings

    numbers = [session.session for session in sessions]
    opened = started_hours(snapshot.views, snapshot.ledger.store, snapshot.position, numbers)
    yield from month_drawings(snapshot.state, period, len(numbers), opened, lang)
