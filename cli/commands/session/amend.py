"""`session-ledger session …`: amendments of a session."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from cli.arguments import reason_option, session_argument
from cli.commands.session.order_hint import tell_of_unknown_order
from cli.context import App, pass_app
from cli.options import Recording, at_option, if_version_option, personal_option, recording_options
from cli.params import HANDLE, INSTANT, ISSUE, ORDER_REF, Now
from cli.presentation import next_steps
from ledger.domain.clock import parse_instant
from ledger.domain.events import Issue
from ledger.errors import BadCombination
from ledger.message import Hint, msg

if TYPE_CHECKING:
    from ledger.application.metadata import Receipt


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

    command = ReclassifySession(issue=issue, order_ref=order_ref, reason=reason, at=at)
    receipt = handle(app.open(), recording.said(), session, command)
    line = msg("Session {session} is now {issue}", session=receipt.session, issue=issue)
    recording.tell(app, line, receipt)
    _tell_order(app, receipt, order_ref)


def _tell_order(app: App, receipt: Receipt, order_ref: str | None) -> None:
    if order_ref is not None:
        session = app.open().session(receipt.events[0].originator_id)
        tell_of_unknown_order(app, session.customer, order_ref, session.connected_at or session.requested_at)


def _stretch(text: str) -> tuple[datetime, datetime]:
    begins, dots, closes = text.partition("..")
    if not dots:
        raise BadCombination(
            msg("--add is FROM..UNTIL"), hint=Hint('--add "2026-11-16 10:00..2026-11-16 10:20"')
        )
    return parse_instant(begins), parse_instant(closes)


@click.command()
@session_argument
@click.option("--connection", type=click.IntRange(min=1), help="Which connection was otherwise.")
@click.option("--connected-at", type=INSTANT, help="When it really began.")
@click.option("--disconnected-at", type=INSTANT, help="When it really closed.")
@click.option("--add", "added", metavar="FROM..UNTIL", help="A connection that is missing.")
@click.option("--remove", type=click.IntRange(min=1), help="A connection that never was.")
@click.option("--ended-at", type=INSTANT, help="When the session really ended.")
@click.option("--issue", type=ISSUE, help="What it was about all along.")
@click.option("--order", "order_ref", type=ORDER_REF, help="The order it was about all along.")
@click.option("--technician", type=HANDLE, help="Whose connection --add is. Default: who says it.")
@reason_option
@if_version_option
@recording_options
@pass_app
def correct(
    app: App,
    recording: Recording,
    session: str,
    connection: int | None,
    connected_at: datetime | Now | None,
    disconnected_at: datetime | Now | None,
    added: str | None,
    remove: int | None,
    ended_at: datetime | Now | None,
    issue: Issue | None,
    order_ref: str | None,
    technician: str | None,
    reason: str,
) -> None:
    """Correct what is recorded: it always was so. Nothing is overwritten; the correction is recorded.

    \b
    Examples:
      session-ledger session correct 17 --ended-at "2026-11-16 18:50" --reason wrong-time
      session-ledger session correct 17 --issue test --reason "wrong-issue: only a test"
      session-ledger session correct 17 --connection 2 --disconnected-at "2026-11-16 19:05" --reason checked
    """
    from ledger.domain.session.commands import Correct
    from ledger.handlers.session import handle

    command = Correct(
        connection=connection,
        connected_at=app.moment(connected_at),
        disconnected_at=app.moment(disconnected_at),
        add=None if added is None else _stretch(added),
        remove=remove,
        ended_at=app.moment(ended_at),
        issue=issue,
        order_ref=order_ref,
        technician=technician,
        reason=reason,
    )
    receipt = handle(app.open(), recording.said(), session, command)
    line = msg("Session {session} corrected", session=receipt.session)
    recording.tell(app, line, receipt)
    _tell_order(app, receipt, order_ref)
    app.hint(next_steps.after_price_change(receipt.session))


@click.command()
@session_argument
@click.option("--percent", type=click.IntRange(0, 100), help="So many percent off.")
@click.option("--hours", type=click.IntRange(0, 1000), help="The last so many started hours free.")
@reason_option
@at_option
@if_version_option
@recording_options
@pass_app
def waive(
    app: App,
    recording: Recording,
    session: str,
    percent: int | None,
    hours: int | None,
    reason: str,
    at: datetime | None,
) -> None:
    """Goodwill, after every other discount. The last waiver stands; --percent 0 takes it back.

    \b
    Example:
      session-ledger session waive 17 --hours 1 --reason "goodwill: our link was slow"
    """
    from ledger.domain.session.commands import Waive
    from ledger.handlers.session import handle

    command = Waive(percent=percent, hours=hours, reason=reason, at=at)
    receipt = handle(app.open(), recording.said(), session, command)
    line = msg("Session {session} waiver recorded", session=receipt.session)
    recording.tell(app, line, receipt)
    app.hint(next_steps.after_price_change(receipt.session))


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
