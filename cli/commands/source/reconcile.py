"""`session-ledger source reconcile`: records against sessions, both ways."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from cli.context import App, pass_app
from cli.options import as_of_option
from cli.output import Report, report_options
from cli.params import PERIOD, Now
from cli.presentation import next_steps
from cli.presentation.tables.reconcile import reconcile_report
from ledger.domain.clock import Period
from ledger.message import msg

if TYPE_CHECKING:
    from projections.queries.reconciliation import Reconciled


@click.command()
@click.option(
    "--period",
    required=True,
    type=PERIOD,
    help="2026-11, 'November 2026', 11.2026, 2026-Q4, 2026, a day, or FROM..UNTIL.",
)
@as_of_option
@report_options
@pass_app
def reconcile(app: App, period: Period, as_of: datetime | Now | None) -> Report:
    """Hold what the remote tools recorded against the sessions: nothing unbilled, nothing billed without.

    Compared is what would be billed. A finding that nobody acknowledged makes the exit status 3; its id
    stays the same until its facts change.

    \b
    Examples:
      session-ledger source reconcile --period 2026-11
      session-ledger source reconcile --period 2026-11 -o november.xlsx
    """
    from projections.queries import reconciliation

    with app.snapshot(as_of) as snapshot:
        found = reconciliation.reconciled(snapshot.views, snapshot.ledger, period, snapshot.as_of)
        _tell_what_next(app, found)
        return reconcile_report(snapshot.as_of, period, found, app.lang)


def _tell_what_next(app: App, found: Reconciled) -> None:
    waiting = found.waiting
    if not waiting:
        return
    app.say(msg("{n_waiting} open findings", n_waiting=len(waiting)))
    app.hint(next_steps.settle_finding(waiting[0]))
