"""`session-ledger session explain`: every grosz of one session, and what it rests on."""

from __future__ import annotations

from datetime import datetime

import click

from cli.arguments import session_argument
from cli.commands.session.order_hint import tell_of_its_order
from cli.context import App, pass_app
from cli.options import as_of_option
from cli.output import Report, report_options
from cli.params import Now
from cli.presentation.tables.explain import explain_report
from projections.queries.explain import explained


@click.command()
@session_argument
@as_of_option
@report_options
@pass_app
def explain(app: App, session: str, as_of: datetime | Now | None) -> Report:
    """Every started hour of a session: band, price, discount, rule, and the sentence of the price list.

    Assumptions are readings of what the price list leaves open; another reading would change the amount.

    \b
    Example:
      session-ledger session explain 17
    """
    stream, number = app.open(for_reports=True).find_session(session)
    with app.beside():
        tell_of_its_order(app, stream)
    with app.snapshot(as_of) as snapshot:
        found = explained(snapshot.views, snapshot.ledger.store, stream, snapshot.position)
        return explain_report(found, number, snapshot.as_of, app.lang)
