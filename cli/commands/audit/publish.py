"""`session-ledger audit publish`: the log for any web server, and for whoever watches it."""

from __future__ import annotations

from pathlib import Path

import click

from cli.context import App, pass_app
from cli.presentation import next_steps
from ledger.message import msg


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--entries", is_flag=True, help="The events, too: codes and sums, no personal data.")
@pass_app
def publish(app: App, folder: Path, *, entries: bool) -> None:
    """Sign the log and bring a folder for a web server up to date: checkpoint and tiles (C2SP tlog-tiles).

    Whoever reads it can tell that nothing was changed or taken out, and that everybody is shown the same
    log; hashes and sizes alone tell nothing of anybody. Run it as often as you like: only what is new is
    written, the checkpoint last. Refused (3) where another or a longer log stands there.

    \b
    Examples:
      session-ledger audit publish /srv/www/log
      session-ledger audit publish /srv/www/log --entries
    """
    from ledger.handlers.audit.publication import publish_log

    published = publish_log(app.open(), folder, has_entries=entries)
    app.emit(
        msg(
            "{folder}: {size} events; written {written} files, {kept} stood there",
            folder=folder,
            size=published.size,
            written=published.written,
            kept=published.kept,
        )
    )
    app.hint(next_steps.AFTER_PUBLICATION)
