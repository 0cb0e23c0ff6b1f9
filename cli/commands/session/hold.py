"""`session-ledger session hold|release`: the deletion of a session's data suspended, and no longer."""

from __future__ import annotations

from datetime import date

import click

from cli.arguments import reason_option, session_argument
from cli.context import App, pass_app
from cli.options import Recording, if_version_option, recording_options
from cli.params import DATE
from cli.presentation import next_steps
from ledger.message import msg


@click.command()
@session_argument
@click.option(
    "--until", required=True, type=DATE, help="The day it is looked at again, as 2027-01-31 or 31.01.2027."
)
@reason_option
@if_version_option
@recording_options
@pass_app
def hold(app: App, recording: Recording, session: str, until: date, reason: str) -> None:
    """Keep the session's data for a reason, until a day; the deletion is refused meanwhile.

    \b
    Example:
      session-ledger session hold 17 --until 2027-01-31 --reason "legal-claim: dispute over the invoice"
    """
    from ledger.domain.session.commands import Hold
    from ledger.handlers.session import handle

    receipt = handle(app.open(), recording.said(), session, Hold(until=until, reason=reason))
    line = msg("Session {session} held until {until}", session=receipt.session, until=until)
    recording.tell(app, line, receipt)
    app.hint(next_steps.after_hold(receipt.session))


@click.command()
@session_argument
@if_version_option
@recording_options
@pass_app
def release(app: App, recording: Recording, session: str) -> None:
    """Let held data go.

    \b
    Example:
      session-ledger session release 17
    """
    from ledger.domain.session.commands import Release
    from ledger.handlers.session import handle

    receipt = handle(app.open(), recording.said(), session, Release())
    line = msg("Session {session} released", session=receipt.session)
    recording.tell(app, line, receipt)
    app.hint(next_steps.after_release(receipt.session))
