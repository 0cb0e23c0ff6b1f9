"""`session-ledger backup`: a consistent copy while others write."""

from __future__ import annotations

from pathlib import Path

import click

from cli.context import Desk, pass_desk
from cli.words import Text


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--with-session-keys", is_flag=True, help="Also the keys that the purge destroys; see below.")
@pass_desk
def backup(desk: Desk, folder: Path, *, with_session_keys: bool) -> None:
    """A consistent copy of the ledger in a new folder, while others go on writing.

    Left out unless asked for: the keys of session data and of the month fingerprints. In a copy that is
    kept they would keep alive what the purge destroys; without them, that data cannot be read in the copy.

    \b
    Example:
      session-ledger backup /media/backup/2026-11-16
    """
    from ledger.backup import backup as copy
    from ledger.folder import Folder

    copied = copy(Folder(desk.ledger_dir), folder, with_session_keys=with_session_keys)
    desk.emit(
        Text(pl=f"Skopiowano do {folder}: {', '.join(copied)}", en=f"Copied to {folder}: {', '.join(copied)}")
    )
    desk.hint(f"session-ledger --ledger {folder} check")
