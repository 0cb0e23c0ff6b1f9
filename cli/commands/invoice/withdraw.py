"""`session-ledger invoice withdraw`: a document that KSeF rejected is put aside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.arguments import number_argument, reason_option
from cli.context import App, pass_app
from cli.options import Recording, dry_run_option, if_version_option, recording_options, yes_option
from cli.presentation import next_steps
from ledger.domain.clock import local_month
from ledger.domain.events import SessionBilled, SessionUnbilled
from ledger.message import Hint, Message, msg

if TYPE_CHECKING:
    from ledger.handlers.invoice.withdraw import Withdrawal

_OF_SESSIONS = SessionBilled | SessionUnbilled


@click.command()
@number_argument
@reason_option
@dry_run_option
@yes_option
@if_version_option
@recording_options
@pass_app
def withdraw(app: App, recording: Recording, number: str, *, reason: str, dry_run: bool, yes: bool) -> None:
    """Put aside a document that KSeF rejected; its sessions can be invoiced again.

    What KSeF rejects was never an invoice. Its number stays taken, and the register lists it. Of a
    correction: what it corrects stands as it did before.

    \b
    Example:
      session-ledger invoice withdraw FV/2026/11/0001 --reason "data-changed: another NIP"
    """
    from ledger.handlers.invoice.withdraw import withdraw as withdrawn
    from ledger.handlers.invoice.withdraw import withdrawal

    ledger, found = app.open(), None
    if recording.command_id is None or ledger.store.resolve("command", recording.command_id) is None:
        found = withdrawal(ledger, number)
        if dry_run:
            app.emit(_outcome(found, msg("{number}: to be withdrawn", number=number)))
            return
        app.confirm(
            msg("Withdraw {number}? Its number is not given again.", number=number),
            yes=yes,
        )
    receipt = withdrawn(ledger, recording.said(), number, reason=reason)
    done = msg("{number}: withdrawn", number=number)
    streams = [event.originator_id for event in receipt.events if isinstance(event.event, _OF_SESSIONS)]
    sessions = [ledger.session_number(stream) for stream in streams]
    if found is None:
        recording.tell(app, done, receipt, number=number, sessions=sessions)
        return
    recording.tell(
        app, _outcome(found, done), receipt, number=number, sessions=sessions, elsewhere=found.elsewhere
    )
    _lead_on(app, found)


def _outcome(found: Withdrawal, done: Message) -> Message:
    """Return the line about the document with what becomes of its sessions."""
    numbers = ", ".join(str(each.number) for each in found.sessions)
    if not found.sessions:
        return done
    if found.invoice is found.original:
        return msg("{done}; to be billed again: session {numbers}", done=done, numbers=numbers)
    original = found.original.issued.number
    return msg(
        "{done}; as before the correction, on {original}: session {numbers}",
        done=done,
        original=original,
        numbers=numbers,
    )


def _lead_on(app: App, found: Withdrawal) -> None:
    """Say whom to inform, and the next step."""
    number, original = found.invoice.issued.number, found.original.issued.number
    for each in found.invoice.sent[-1:]:
        app.say(
            msg(
                "{number}: it was sent to the buyer on {on}; tell them that it counts for nothing",
                number=number,
                on=each.on,
            )
        )
    for session in found.elsewhere:
        app.say(
            msg(
                "session {session} stands elsewhere by now and stays there; correct {original}",
                session=session,
                original=original,
            )
        )
    if found.invoice is not found.original:
        app.hint(next_steps.correct_original(original))
    elif found.sessions:
        app.hint(_issue_again(found))


def _issue_again(found: Withdrawal) -> Hint:
    """Return the command that bills the sessions again; all of them if they ended in one month."""
    first, *others = found.sessions
    ends = [each.session.ended_at for each in found.sessions]
    months = {local_month(end) for end in ends if end is not None}
    if not others or len(months) > 1:
        return next_steps.issue_session(first.number)
    customer = found.invoice.issued.customer
    return next_steps.issue_month(months.pop(), customer)
