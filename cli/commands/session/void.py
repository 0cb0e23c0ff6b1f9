"""`session-ledger session void`: a session that was recorded twice is put aside."""

from __future__ import annotations

import click

from cli.arguments import reason_option, session_argument
from cli.commands.session.amount_told import tell_amount
from cli.context import App, pass_app
from cli.options import Recording, if_version_option, recording_options
from cli.presentation import next_steps
from ledger.message import msg


@click.command()
@session_argument
@click.option("--undo", is_flag=True, help="It was no mistake: the session counts again.")
@reason_option
@if_version_option
@recording_options
@pass_app
def void(app: App, recording: Recording, session: str, reason: str, *, undo: bool) -> None:
    """Put a session aside that was recorded by mistake, a second time: it counts in no sum.

    Its data are still to be deleted, and it stays in the deletion history, marked. An invoice that charges it
    is put right by `invoice correct`.

    \b
    Examples:
      session-ledger session void 17 --reason "double-entry: the same call as 16"
      session-ledger session void 17 --undo --reason checked
    """
    from ledger.domain.session.commands import Void
    from ledger.handlers.session import handle

    receipt = handle(app.open(), recording.said(), session, Void(undo=undo, reason=reason))
    number = receipt.session
    line = msg("Session {number} put aside, out of every sum", number=number)
    if undo:
        line = msg("Session {number} counts again", number=number)
    recording.tell(app, line, receipt)
    with app.beside():
        tell_amount(app, receipt)
        if (
            not undo
            and receipt.events
            and app.open().session(receipt.events[0].originator_id).purged_at is None
        ):
            app.hint(next_steps.after_release(number))
