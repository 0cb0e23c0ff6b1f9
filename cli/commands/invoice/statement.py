"""`session-ledger invoice statement`: a customer's sessions of a period."""

from __future__ import annotations

import click

from cli.context import App, pass_app
from cli.output import Report, report_options
from cli.params import PERIOD, REPORTED_CUSTOMER
from ledger.domain.clock import Period


@click.command()
@click.option(
    "--period",
    required=True,
    type=PERIOD,
    help="By the day on which sessions ended: 2026-11, 11.2026 or November.",
)
@click.option("--customer", required=True, type=REPORTED_CUSTOMER, help="Whose sessions.")
@report_options
@pass_app
def statement(app: App, period: Period, customer: str) -> Report:
    """List a customer's sessions of a period as they are rated now, free and test sessions too; no invoice.

    \b
    Examples:
      session-ledger invoice statement --period 2026-11 --customer K-041
      session-ledger invoice statement --period 2026-11 --customer K-041 -o statement.pdf
    """
    from cli.presentation.documents.statement import statement_report
    from ledger.handlers.invoice.printout import statement_of
    from projections.read_models import billing

    snapshot = click.get_current_context().with_resource(app.snapshot(None))
    found = billing.of_period(snapshot.views, period, customer=snapshot.resolved_customer(customer))
    streams = [snapshot.ledger.find_session(str(each.session))[0] for each in found.sessions]
    return statement_report(
        statement_of(snapshot.ledger, customer, period, streams, snapshot.as_of), app.lang
    )
