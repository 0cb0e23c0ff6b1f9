"""`session-ledger session import`: sessions in bulk."""

from __future__ import annotations

import click

from cli.commands.import_options import ImportSource, import_options, take_in
from cli.context import App, pass_app
from cli.presentation import next_steps
from ledger.domain.clock import local_month


@click.command("import")
@import_options
@pass_app
def import_(
    app: App,
    source: ImportSource,
) -> None:
    """Import sessions from a table (CSV, XLSX, ODS, XLS), all of them or none.

    Columns: session_ref, customer, issue, connected_at, ended_at; requested_at, order_ref, technician,
    remote_id, channel, ended_by, purged_at, billed_as. Rows of one session_ref are connections of one
    session; an empty ended_at is an open one. The same file again changes nothing; a file that grew
    extends what had not ended.

    \b
    Examples:
      session-ledger session import november.csv --dry-run
      session-ledger session import historia.xlsx --errors zle-wiersze.csv
    """
    from ledger.imports.session_rows import COLUMNS
    from ledger.imports.sessions import import_sessions

    ledger = app.open()
    outcome = take_in(
        app,
        source,
        COLUMNS,
        lambda sheet, layout, bar: import_sessions(
            ledger, source.recording.said(), sheet, layout=layout, dry_run=source.dry_run, progress=bar
        ),
    )
    if outcome.last_ended_at is not None:
        app.hint(next_steps.after_session_import(local_month(outcome.last_ended_at)))
