"""`session-ledger session workspace` and `session artefact`: where the files of a session belong."""

from __future__ import annotations

import os
from pathlib import Path

import click

from cli.arguments import session_argument
from cli.context import App, pass_app
from cli.options import Recording, if_version_option, recording_options
from cli.params import ARTEFACT_KIND
from cli.presentation import next_steps
from cli.presentation.text import Text
from ledger.domain.events import ArtefactKind


@click.command()
@session_argument
@pass_app
def workspace(app: App, session: str) -> None:
    """Print the folder for a session's files, made for you alone while the session is not over.

    Received files, recordings and notes that lie in it are deleted by session purge.

    \b
    Example:
      session-ledger session workspace 17
    """
    from ledger.handlers import purge as purging

    click.echo(str(purging.workspace(app.open(), session)))  # as it is: a script changes into it


@click.command()
@session_argument
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--kind", required=True, type=ARTEFACT_KIND, help="What the file is.")
@if_version_option
@recording_options
@pass_app
def artefact(app: App, recording: Recording, session: str, path: Path, kind: ArtefactKind) -> None:
    """A file outside the workspace goes with the session, and is deleted with it. Its path is kept apart.

    It has to lie below one of purge.roots, so that a purge can never delete anywhere else.

    \b
    Example:
      session-ledger session artefact 17 ~/Downloads/report.pdf --kind received
    """
    from ledger.handlers import purge as purging

    absolute = Path(os.path.abspath(path.expanduser()))  # noqa: PTH100 - no link is resolved
    receipt = purging.note_artefact(app.open(), recording.said(), session, path=absolute, kind=kind)
    line = Text(
        pl=f"Sesja {receipt.session}: plik zapisany ({kind})",
        en=f"Session {receipt.session}: file noted ({kind})",
    )
    recording.tell(app, line, receipt)
    app.hint(next_steps.look_before_purge(receipt.session))
