"""`session-ledger take-up`: make a copy the ledger that is used."""

from __future__ import annotations

import click

from cli.context import App, pass_app
from cli.options import yes_option
from cli.presentation import next_steps
from ledger.message import msg


@click.command("take-up")
@yes_option
@pass_app
def take_up(app: App, *, yes: bool) -> None:
    """Make a copy the ledger that is worked with, after the first one is lost.

    New, empty files take the place of the keys that backup left out. Session data that only those keys
    opened are erased: they cannot be read any more. The signer goes on from the newest stored checkpoint.

    \b
    Example:
      session-ledger --ledger /media/backup/2026-11-16 take-up --yes
    """
    from ledger.application.backup import take_up as take
    from ledger.folder.layout import Folder

    question = msg("Work with this copy from now on? Session data whose keys were left out will be erased.")
    app.confirm(question, yes=yes)
    removed = take(Folder(app.ledger_dir), app.environment().entropy)
    app.emit(msg("The copy is the ledger now; rows removed that nothing opens: {removed}", removed=removed))
    app.hint(next_steps.AFTER_TAKE_UP)
