"""`session-ledger session list`: sessions by state, customer or period."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from cli.context import App, pass_app
from cli.options import as_of_option
from cli.output import Report, report_options
from cli.params import PERIOD, REPORTED_CUSTOMER, Now, Word
from cli.presentation.tables.sessions import session_list_report
from cli.presentation.wording import labels
from ledger.domain.clock import Period
from ledger.domain.session.evolve import STATES
from projections.read_models import sessions as view

if TYPE_CHECKING:
    from ledger.application.ledger import Ledger


@click.command("list")
@click.option(
    "--state", "states", multiple=True, type=Word("session_state", STATES), help="May be given again."
)
@click.option("--customer", type=REPORTED_CUSTOMER, help="Only this customer.")
@click.option("--period", type=PERIOD, help="Requested in this period: 2026-11, 11.2026 or November.")
@click.option("--search", help="Only those of customers found so, or with it in reference or order.")
@as_of_option
@report_options
@pass_app
def list_(
    app: App,
    states: tuple[str, ...],
    customer: str | None,
    period: Period | None,
    search: str | None,
    as_of: datetime | Now | None,
) -> Report:
    """Sessions by state, customer or period.

    --search looks for words, or a NIP, in the customer's code and data, and in the session's reference and
    order.

    \b
    Examples:
      session-ledger session list --state connected --state disconnected
      session-ledger session list --search krawiecki
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
        if search is not None:
            lines = _answering(snapshot.ledger, lines, search)
        return session_list_report("session-list", labels.SESSIONS, lines, snapshot.as_of)


def _answering(ledger: Ledger, lines: list[view.SessionLine], text: str) -> list[view.SessionLine]:
    from ledger.domain.payments.folding import folded
    from ledger.handlers.customer_search import search

    customers, wanted = search(ledger, text), folded(text)

    def answers(line: view.SessionLine) -> bool:
        codes = (line.session_ref, line.order_ref)
        return line.customer in customers or any(wanted in folded(code) for code in codes if code)

    return [line for line in lines if answers(line)]
