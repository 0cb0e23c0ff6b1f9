"""`session-ledger report deletions`: the deletion history."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.context import App, pass_app
from cli.options import period_options
from cli.output import Report, report_options
from cli.params import Now, Word
from cli.presentation.tables.deletion_extras import extras
from cli.presentation.tables.deletion_register import deletion_register
from cli.presentation.tables.deletions import deletions_report
from cli.presentation.tables.tree_heads import heads_of
from cli.presentation.wording.deletion_register import OTHER_KINDS
from ledger.domain.clock import Period
from ledger.errors import BadCombination
from ledger.handlers.privacy.deletion_register import KINDS, Kind
from ledger.handlers.privacy.deletion_standing import listed
from ledger.message import msg
from projections.read_models import deletions as view

if TYPE_CHECKING:
    pass


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
            origin, title = snapshot.state.origin, OTHER_KINDS[kind]
            told = listed(snapshot.ledger, snapshot.state, snapshot.position, period, (kind,))
            return deletion_register(told, period, origin, snapshot.as_of, app.lang, title)
        sla_seconds = snapshot.state.settings["purge.sla_seconds"]
        found = view.history(
            snapshot.views, period, sla_seconds=sla_seconds, customer=snapshot.resolved_customer(customer)
        )
        given_up = snapshot.as_of - timedelta(days=snapshot.state.settings["purge.abandoned_days"])
        summary = view.summary(found, view.abandoned(snapshot.views, given_up, period))
        overdue = any(view.is_overdue(d, snapshot.acts_at, sla_seconds) for d in found)
        heads = heads_of(snapshot.ledger.store, snapshot.position, since)
        more = extras(snapshot.ledger, snapshot.state, snapshot.position, period, found)
        return deletions_report(
            found,
            summary,
            heads,
            more,
            period=period,
            sla_seconds=sla_seconds,
            as_of=snapshot.as_of,
            lang=app.lang,
            overdue=overdue,
        )
