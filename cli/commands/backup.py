"""`session-ledger backup`: a consistent copy while others write."""

from __future__ import annotations

from pathlib import Path

import click

from cli.context import App, pass_app
from cli.options import yes_option
from cli.presentation.text import Text


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--with-session-keys", is_flag=True, help="Also the keys that the purge destroys; see below.")
@pass_app
def backup(app: App, folder: Path, *, with_session_keys: bool) -> None:
    """Copy the ledger into a new folder, consistently, while others go on writing.

    Left out unless asked for: the keys of session data and of the month fingerprints. In a copy that is
    kept they would keep alive what the purge destroys; without them, that data cannot be read in the copy.

    \b
    Example:
      session-ledger backup /media/backup/2026-11-16
    """
    from ledger.application.backup import backup as copy
    from ledger.folder.layout import Folder

    copied = copy(Folder(app.ledger_dir), folder, with_session_keys=with_session_keys)
    app.emit(
        Text(pl=f"Skopiowano do {folder}: {', '.join(copied)}", en=f"Copied to {folder}: {', '.join(copied)}")
    )
    app.hint(f"session-ledger --ledger {folder} check")


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

    question = Text(
        pl="Pracować dalej na tej kopii? Dane sesji, których klucze pominięto, zostaną usunięte.",
        en="Work with this copy from now on? Session data whose keys were left out will be erased.",
    )
    app.confirm(question, yes=yes)
    removed = take(Folder(app.ledger_dir), app.environment().entropy)
    app.emit(
        Text(
            pl=f"Kopia jest teraz księgą; usunięto zapisów, których nic nie otwiera: {removed}",
            en=f"The copy is the ledger now; rows removed that nothing opens: {removed}",
        )
    )
    app.hint(
        "session-ledger check, then session-ledger audit verify --since NOTE with a checkpoint from elsewhere"
    )
