"""`session-ledger status`: open matters on one screen."""

from __future__ import annotations

import click

from cli.context import App, pass_app
from cli.output import Report, report_options
from cli.presentation.tables.status import open_matters, status_report


@click.command()
@report_options
@pass_app
def status(app: App) -> Report:
    """Show what is open, not deleted, not billed or due; looks at the clock.

    \b
    Example:
      session-ledger status
    """
    with app.snapshot(None) as snapshot:
        found = open_matters(snapshot)
        return status_report(
            found, snapshot.position, found.signed, snapshot.as_of, snapshot.acts_at, app.lang
        )
