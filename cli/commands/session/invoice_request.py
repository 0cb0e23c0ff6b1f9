"""`session-ledger session invoice-request`: a consumer asks for an invoice."""

from __future__ import annotations

from datetime import date

import click

from cli.arguments import on_option, session_argument
from cli.context import App, pass_app
from cli.options import Recording, if_version_option, recording_options
from cli.presentation import next_steps
from ledger.message import msg


@click.command()
@session_argument
@on_option
@if_version_option
@recording_options
@pass_app
def invoice_request(app: App, recording: Recording, session: str, on: date) -> None:
    """Record that a consumer asks for an invoice; after a receipt, it is made out to that receipt.

    \b
    Example:
      session-ledger session invoice-request 17 --on 2026-11-20
    """
    from ledger.domain.session.commands import RequestInvoice
    from ledger.handlers.session import handle

    told = handle(app.open(), recording.said(), session, RequestInvoice(on=on))
    line = msg("Session {session}: an invoice is asked for", session=told.session)
    recording.tell(app, line, told)
    app.hint(next_steps.issue_session(told.session))
