"""`session-ledger report deletions`: the deletion history."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from cli.context import App, pass_app
from cli.options import period_options
from cli.output import Report, report_options
from cli.params import Now, Word
from cli.presentation.tables.deletion_register import register_of
from cli.presentation.tables.deletions import deletions_of
from cli.presentation.wording.deletion_register import OTHER_KINDS
from ledger.domain.clock import Period
from ledger.errors import BadCombination
from ledger.handlers.privacy.deletion_register import KINDS, Kind
from ledger.message import msg


@click.command()
@click.option(
    "--kind",
    type=Word("deletion_kind", KINDS),
    default="sessions",
    show_default=True,
    help="Another kind gives its deletions in the period, as the register lists them.",
)
@click.option(
    "--since",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="NOTE",
    help="The checkpoint of an earlier report: checks that the history has only grown since.",
)
@period_options
@report_options
@pass_app
def deletions(
    app: App,
    period: Period,
    customer: str | None,
    as_of: datetime | Now | None,
    kind: Kind,
    since: Path | None,
) -> Report:
    """Report when the data of each session that ended in a period were deleted, and the evidence.

    Exit status 3 when anything is open past the time allowed, failed or unknown, or --since forks.

    \b
    Example:
      session-ledger report deletions --period 2026-11 -o deletions.html
    """
    if kind != "sessions" and customer is not None:
        raise BadCombination(msg("--customer goes with --kind sessions"))
    with app.snapshot(as_of) as snapshot:
        if kind != "sessions":
            return register_of(snapshot, period, app.lang, (kind,), OTHER_KINDS[kind])
        return deletions_of(snapshot, period, app.lang, customer=customer, since=since)
