"""`session-ledger session reclassify|note|confirm`: amendments of a session."""

from __future__ import annotations

from datetime import datetime

import click

from cli.arguments import reason_option, session_argument
from cli.commands.session.amount_told import tell_amount
from cli.commands.session.order_hint import order_of_session, tell_of_order
from cli.context import App, pass_app
from cli.options import Recording, at_option, if_version_option, personal_option, recording_options
from cli.params import ISSUE, ORDER_REF
from ledger.domain.events import Issue
from ledger.message import Code, msg


@click.command()
@session_argument
@click.option("--issue", required=True, type=ISSUE, help="What it is about from then on.")
@click.option("--order", "order_ref", type=ORDER_REF, help="The order the hardware was bought under.")
@reason_option
@at_option
@if_version_option
@recording_options
@pass_app
def reclassify(
    app: App,
    recording: Recording,
    session: str,
    issue: Issue,
    order_ref: str | None,
    reason: str,
    at: datetime | None,
) -> None:
    """From a moment on the session is about something else.

    \b
    Example:
      session-ledger session reclassify 17 --issue other --reason "the test became real help"
    """
    from ledger.domain.session.commands import ReclassifySession
    from ledger.handlers.session import handle

    named = order_of_session(app, session, order_ref)
    command = ReclassifySession(issue=issue, order_ref=named, reason=reason, at=at)
    receipt = handle(app.open(), recording.said(), session, command)
    line = msg("Session {session} is now {issue}", session=receipt.session, issue=Code("issue", issue))
    recording.tell(app, line, receipt)
    with app.beside():
        tell_of_order(app, receipt)
        tell_amount(app, receipt)


@click.command()
@session_argument
@personal_option("--summary", required=True, help="What was done; goes to the vault. - reads standard input.")
@at_option
@if_version_option
@recording_options
@pass_app
def note(app: App, recording: Recording, session: str, summary: str, at: datetime | None) -> None:
    """Note what was done; kept for questions that an invoice may raise.

    \b
    Example:
      session-ledger session note 17 --summary "driver reinstalled, printer tested"
    """
    from ledger.domain.session.commands import Note
    from ledger.handlers.session import handle

    receipt = handle(app.open(), recording.said(), session, Note(summary=summary, at=at))
    line = msg("Session {session} noted", session=receipt.session)
    recording.tell(app, line, receipt)


@click.command()
@session_argument
@reason_option
@if_version_option
@recording_options
@pass_app
def confirm(app: App, recording: Recording, session: str, reason: str) -> None:
    """Somebody looked at a session over 48 hours: it may be billed.

    \b
    Example:
      session-ledger session confirm 17 --reason "checked: data recovery over the weekend"
    """
    from ledger.domain.session.commands import Confirm
    from ledger.handlers.session import handle

    receipt = handle(app.open(), recording.said(), session, Confirm(reason=reason))
    line = msg("Session {session} confirmed", session=receipt.session)
    recording.tell(app, line, receipt)
