"""`session-ledger report sessions`: what was requested in a period, and where it stands."""

from __future__ import annotations

from datetime import datetime

import click

from cli.context import App, pass_app
from cli.options import period_options
from cli.output import Report, report_options
from cli.params import Now
from cli.presentation.columns import period_document, titled
from cli.presentation.tables.sessions import session_list_report
from cli.presentation.wording import labels
from ledger.domain.clock import Period
from projections.read_models import sessions as view


@click.command()
@period_options
@report_options
@pass_app
def sessions(app: App, period: Period, customer: str | None, as_of: datetime | Now | None) -> Report:
    """Report the sessions requested in a period, with their states and connections.

    \b
    Example:
      session-ledger report sessions --period 2026-11 -f csv
    """
    with app.snapshot(as_of) as snapshot:
        lines = list(
            view.listed(
                snapshot.views,
                customer=snapshot.resolved_customer(customer),
                begins_at=period.begins_at,
                ends_at=period.ends_at,
            )
        )
        title = titled(labels.SESSIONS, period)
        return session_list_report(
            "report-sessions", title, lines, snapshot.as_of, {"period": period_document(period)}
        )
