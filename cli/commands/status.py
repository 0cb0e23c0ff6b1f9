"""`session-ledger status`: open matters on one screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.context import App, pass_app
from cli.output import Report, report_options
from cli.presentation.tables.due_dates import coming
from cli.presentation.tables.status import Status, status_report
from ledger.domain.invoice.state import Invoice
from ledger.handlers.privacy.retention import waiting_requests
from ledger.message import Code, Message, msg, plain
from projections.queries.sales_register import register
from projections.read_models import billing, deletions, sessions

if TYPE_CHECKING:
    from projections.read_side import Snapshot


@click.command()
@report_options
@pass_app
def status(app: App) -> Report:
    """Show what is open, not deleted, not billed or due; looks at the clock.

    \b
    Example:
      session-ledger status
    """
    with app.snapshot(None) as snapshot:
        open_states = ("requested", "connected", "disconnected")
        waiting = list(sessions.listed(snapshot.views, states=open_states))
        sla_seconds = snapshot.state.settings["purge.sla_seconds"]
        undeleted = [
            d for d in deletions.undeleted(snapshot.views, sla_seconds=sla_seconds) if not d.before_adoption
        ]
        overdue = [d for d in undeleted if deletions.is_overdue(d, snapshot.acts_at, sla_seconds)]
        unknown = deletions.unknown(snapshot.views)
        superseded = deletions.superseded(snapshot.views)
        asked = sorted(waiting_requests(snapshot.ledger, snapshot.position), key=lambda each: each.deadline)
        dates = coming(snapshot.ledger, snapshot.views, snapshot.acts_at)
        stored = snapshot.ledger.store.checkpoints(snapshot.position)
        signed = stored[-1][0] if stored else 0
        counts: list[tuple[str, Message, int]] = [
            (
                state,
                plain("{state}", state=Code("session_state", state)),
                sum(line.state == state for line in waiting),
            )
            for state in open_states
        ]
        counts += [
            ("undeleted", msg("ended, data not deleted"), len(undeleted)),
            ("overdue", msg("of these overdue"), len(overdue)),
            ("unknown", msg("deleted before the end"), unknown),
            ("erasure_requests", msg("requests for erasure"), len(asked)),
            (
                "certificate_superseded",
                msg("certificates superseded, none issued since"),
                len(superseded),
            ),
            *_billing_counts(snapshot),
            ("unsigned", msg("events not signed yet"), snapshot.position - signed),
        ]
        open_now = Status(counts, waiting, overdue, asked, dates)
        return status_report(open_now, snapshot.position, signed, snapshot.as_of, snapshot.acts_at, app.lang)


def _billing_counts(snapshot: Snapshot) -> list[tuple[str, Message, int]]:
    """Count help not billed, prices that changed, and documents that wait for KSeF."""
    found = register(snapshot.ledger.store, snapshot.position).documents.values()
    due = [each for each in found if each.issued.duty == "ksef"]
    unbilled = billing.unbilled(snapshot.views)
    return [
        ("unbilled", msg("ended, to be paid, not billed"), unbilled),
        (
            "changed_after_invoice",
            msg("come to something else than invoiced"),
            billing.changed(snapshot.views),
        ),
        ("ksef_to_send", msg("to be sent to KSeF"), _count(due, "issued")),
        (
            "ksef_waiting",
            msg("waits for KSeF"),
            _count(due, "submitted"),
        ),
        ("ksef_rejected", msg("rejected by KSeF"), _count(due, "rejected")),
    ]


def _count(documents: list[Invoice], state: str) -> int:
    return sum(each.state == state for each in documents)
