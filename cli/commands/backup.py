"""`session-ledger backup`: a consistent copy while others write."""

from __future__ import annotations

from pathlib import Path

import click

from cli.context import App, pass_app
from cli.presentation import next_steps
from ledger.message import msg


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
    app.emit(msg("Copied to {folder}: {listed}", folder=folder, listed=", ".join(copied)))
    app.hint(next_steps.after_backup(folder))
