"""`session-ledger session list`: sessions by state, customer or period."""

from __future__ import annotations

from datetime import datetime

import click

from cli.context import App, pass_app
from cli.options import as_of_option
from cli.output import Report, report_options
from cli.params import CUSTOMER, PERIOD, Now, Word
from cli.presentation.tables.sessions import session_list_report
from cli.presentation.wording import labels
from ledger.domain.clock import Period
from ledger.domain.session.evolve import STATES
from projections.read_models import sessions as view


@click.command("list")
@click.option(
    "--state", "states", multiple=True, type=Word("session_state", STATES), help="May be given again."
)
@click.option("--customer", type=CUSTOMER, help="Only this customer.")
@click.option("--period", type=PERIOD, help="Requested in this period.")
@as_of_option
@report_options
@pass_app
def list_(
    app: App,
    states: tuple[str, ...],
    customer: str | None,
    period: Period | None,
    as_of: datetime | Now | None,
) -> Report:
    """Sessions by state, customer or period.

    \b
    Example:
      session-ledger session list --state connected --state disconnected
    """
    with app.snapshot(as_of) as snapshot:
        lines = list(
            view.listed(
                snapshot.views,
                states=states,
                customer=snapshot.resolved_customer(customer),
                begins_at=None if period is None else period.begins_at,
                ends_at=None if period is None else period.ends_at,
            )
        )
        return session_list_report("session-list", labels.SESSIONS, lines, snapshot.as_of)
