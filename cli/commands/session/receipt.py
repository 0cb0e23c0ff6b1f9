"""`session-ledger session receipt`: a till receipt settles a session."""

from __future__ import annotations

from datetime import datetime

import click

from cli.arguments import session_argument
from cli.context import App, pass_app
from cli.options import Recording, at_option, if_version_option, recording_options
from cli.params import CODE
from ledger.message import msg


@click.command()
@session_argument
@click.option("--number", required=True, type=CODE, help="The number the till printed.")
@at_option
@if_version_option
@recording_options
@pass_app
def receipt(app: App, recording: Recording, session: str, number: str, at: datetime | None) -> None:
    """Record that a till receipt settles the session instead of an invoice.

    \b
    Example:
      session-ledger session receipt 17 --number 000123 --at "2026-11-16 18:55"
    """
    from ledger.domain.session.commands import SettleByReceipt
    from ledger.handlers.session import handle

    told = handle(app.open(), recording.said(), session, SettleByReceipt(number=number, at=at))
    line = msg("Session {session}: settled by receipt {number}", session=told.session, number=number)
    recording.tell(app, line, told)
