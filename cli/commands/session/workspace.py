"""`session-ledger session workspace` and `session artefact`: where the files of a session belong."""

from __future__ import annotations

import os
from pathlib import Path

import click

from cli.arguments import session_argument
from cli.context import App, pass_app
from cli.options import Recording, if_version_option, personal_option, recording_options
from cli.params import ARTEFACT_KIND
from cli.presentation import next_steps
from ledger.domain.events import ArtefactKind
from ledger.errors import BadCombination
from ledger.message import Code, msg


@click.command()
@session_argument
@recording_options
@pass_app
def workspace(app: App, recording: Recording, session: str) -> None:
    """Print the folder for a session's files, made for you alone while the session is not over.

    Received files, recordings and notes that lie in it are deleted by session purge. The place is remembered
    with the session, so that a purge can tell it from another one.

    \b
    Example:
      session-ledger session workspace 17
    """
    from ledger.application.metadata import Receipt
    from ledger.handlers import workspace as places

    ledger = app.open()
    path, receipt = places.workspace(ledger, recording.said(), session)
    if recording.as_json:
        known = Receipt((), ledger.last_recorded_at(), ledger.find_session(session)[1])
        recording.tell(app, str(path), receipt or known, path=str(path))
    else:
        click.echo(str(path))  # as it is: a script changes into it


@click.command()
@session_argument
@click.argument("path", type=click.Path(path_type=Path), required=False)
@click.option("--kind", type=ARTEFACT_KIND, help="What the file is.")
@click.option("--withdraw", type=click.IntRange(min=1), metavar="N", help="Take file number N off the list.")
@personal_option("--reason", metavar="TEXT", help="Why it is taken off.")
@if_version_option
@recording_options
@pass_app
def artefact(
    app: App,
    recording: Recording,
    session: str,
    path: Path | None,
    kind: ArtefactKind | None,
    withdraw: int | None,
    reason: str | None,
) -> None:
    """A file outside the workspace goes with the session, and is deleted with it. Its path is kept apart.

    It has to lie below one of purge.roots, so that a purge can never delete anywhere else. One that was
    noted by mistake is taken off the list with --withdraw; the note and the reason stay in the history.

    \b
    Examples:
      session-ledger session artefact 17 ~/Downloads/report.pdf --kind received
      session-ledger session artefact 17 --withdraw 1 --reason "double-entry"
    """
    from ledger.handlers import workspace as places

    if withdraw is not None:
        if path is not None or kind is not None or reason is None:
            raise BadCombination(msg("--withdraw goes with --reason, and with no file"))
        receipt = places.withdraw_artefact(
            app.open(), recording.said(), session, number=withdraw, reason=reason
        )
        line = msg(
            "Session {session}: file {withdraw} taken off the list",
            session=receipt.session,
            withdraw=withdraw,
        )
        recording.tell(app, line, receipt)
        return
    if path is None or kind is None or reason is not None:
        raise BadCombination(msg("a file goes with --kind; --reason goes with --withdraw"))
    absolute = Path(os.path.abspath(path.expanduser()))  # noqa: PTH100 - no link is resolved
    receipt = places.note_artefact(app.open(), recording.said(), session, path=absolute, kind=kind)
    line = msg("Session {session}: file noted ({kind})", session=receipt.session, kind=Code("artefact", kind))
    recording.tell(app, line, receipt)
    app.hint(next_steps.look_before_purge(receipt.session))
