"""`session-ledger session show`: one session, and all that happened."""

from __future__ import annotations

from datetime import datetime

import click

from cli.arguments import session_argument
from cli.context import App, pass_app
from cli.options import as_of_option, tell_version
from cli.output import Report, report_options
from cli.params import Now
from cli.presentation.tables.session_shown import happened, session_report, session_until


@click.command()
@session_argument
@as_of_option
@report_options
@pass_app
def show(app: App, session: str, as_of: datetime | Now | None) -> Report:
    """Show one session and every event recorded of it, by whom and when.

    \b
    Example:
      session-ledger session show 17
    """
    ledger = app.open(for_reports=True)
    stream, number = ledger.find_session(session)
    position, dated = app.position_at(as_of)
    found = session_until(ledger, stream, position)
    if as_of is None:
        tell_version(app, found.version)
    return session_report(found, happened(ledger, stream, position), number, dated, app.lang)
