"""`session-ledger session purge`: delete a session's data, measured or declared."""

from __future__ import annotations

from datetime import datetime

import click

from cli.context import App, pass_app
from cli.options import (
    Recording,
    at_option,
    clock_is_right_option,
    dry_run_option,
    if_version_option,
    recording_options,
    yes_option,
)
from cli.params import SESSION
from ledger.domain.clock import SaidInstant
from ledger.errors import BadCombination
from ledger.message import msg


@click.command()
@click.argument("session", type=SESSION, metavar="S", required=False)
@click.option("--ended", is_flag=True, help="Every session whose data wait to be deleted, held ones aside.")
@click.option("--declare", is_flag=True, help="It was done by hand: somebody says so.")
@clock_is_right_option
@dry_run_option
@yes_option
@at_option
@if_version_option
@recording_options
@click.pass_context
@pass_app
def purge(
    app: App,
    ctx: click.Context,
    recording: Recording,
    session: str | None,
    at: datetime | None,
    *,
    ended: bool,
    declare: bool,
    clock_is_right: bool,
    dry_run: bool,
    yes: bool,
) -> None:
    """Delete a session's files and personal data, look whether they are gone, and record what was seen.

    Looks in the session's workspace, at its noted artefacts and for the patterns of ledger.toml. Only what
    the plan names is removed; --dry-run shows the plan. Exit status 3 when something is still there.

    --declare records instead that it was done by hand. That is somebody's word: it is counted apart, and
    no certificate is made from it.

    \b
    Examples:
      session-ledger session purge 17
      session-ledger session purge --ended --yes
      session-ledger session purge 17 --declare --yes --at "2026-11-16 18:55"
    """
    from cli.commands.session import purge_steps as purging

    if (session is None) != ended:
        raise BadCombination(msg("either a session or --ended is named"))
    if declare and clock_is_right:
        raise BadCombination(msg("--clock-is-right goes with what is measured, not with --declare"))
    if declare and session is not None:
        _declare(app, recording, session, at, dry_run=dry_run, yes=yes)
        return
    if at is not None or declare:
        raise BadCombination(msg("--at goes with --declare, and --declare with one session"))
    if session is None:
        if recording.command_id is not None or recording.if_version is not None:
            raise BadCombination(msg("--command-id and --if-version go with one session"))
        failed = purging.purge_ended(app, recording, dry_run=dry_run, yes=yes, clock_is_right=clock_is_right)
    else:
        failed = purging.purge_one(
            app, recording, session, dry_run=dry_run, yes=yes, clock_is_right=clock_is_right
        )
    if failed:
        ctx.exit(3)


def _declare(
    app: App, recording: Recording, session: str, at: datetime | None, *, dry_run: bool, yes: bool
) -> None:
    from ledger.domain.session.commands import DeclarePurged
    from ledger.handlers.session import erasable, handle

    number, fields = erasable(app.open(), session)
    what = ", ".join(fields) or "-"
    if dry_run:
        app.emit(
            msg(
                "Session {number}: the deletion would be recorded and erased from the vault: {what}",
                number=number,
                what=what,
            )
        )
        return
    question = msg(
        "Session {number}: erase from the vault ({what})? It cannot be undone.", number=number, what=what
    )
    app.confirm(question, yes=yes)
    receipt = handle(app.open(), recording.said(), session, DeclarePurged(at=at))
    when = SaidInstant(receipt.events[-1].event.at, "second")
    line = msg("Session {session} data deleted {when} (declared)", session=receipt.session, when=when)
    recording.tell(app, line, receipt)
