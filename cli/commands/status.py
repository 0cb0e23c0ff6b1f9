"""`session-ledger status`: one screen of what wants doing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.context import App, pass_app
from cli.output import Report, report_options
from cli.presentation.tables.due_dates import coming
from cli.presentation.tables.status import Status, status_report
from cli.presentation.text import Text
from ledger.domain.invoice.state import Invoice
from ledger.handlers.privacy.retention import waiting_requests
from projections.queries.sales_register import register
from projections.read_models import billing, deletions, sessions

if TYPE_CHECKING:
    from projections.read_side import Snapshot


@click.command()
@report_options
@pass_app
def status(app: App) -> Report:
    """What is open, ended and not deleted, asked for and not connected; looks at the clock.

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
        counts: list[tuple[str, Text, int]] = [
            (state, Text(f"w stanie {state}", f"{state}"), sum(line.state == state for line in waiting))
            for state in open_states
        ]
        counts += [
            ("undeleted", Text("zakończone, dane nieusunięte", "ended, data not deleted"), len(undeleted)),
            ("overdue", Text("w tym po terminie", "of these overdue"), len(overdue)),
            ("unknown", Text("usunięcie przed końcem sesji", "deleted before the end"), unknown),
            ("erasure_requests", Text("żądania usunięcia danych", "requests for erasure"), len(asked)),
            (
                "certificate_superseded",
                Text("potwierdzenia zastąpione, bez nowego", "certificates superseded, none issued since"),
                len(superseded),
            ),
            *_billing_counts(snapshot),
            ("unsigned", Text("zdarzenia niepodpisane", "events not signed yet"), snapshot.position - signed),
        ]
        open_now = Status(counts, waiting, overdue, asked, dates)
        return status_report(open_now, snapshot.position, signed, snapshot.as_of, snapshot.acts_at, app.lang)


def _billing_counts(snapshot: Snapshot) -> list[tuple[str, Text, int]]:
    """What of billing wants doing: help not billed, prices that changed, documents that wait for KSeF."""
    found = register(snapshot.ledger.store, snapshot.position).documents.values()
    due = [each for each in found if each.issued.duty == "ksef"]
    unbilled = billing.unbilled(snapshot.views)
    return [
        ("unbilled", Text("zakończone, nierozliczone, płatne", "ended, to be paid, not billed"), unbilled),
        (
            "changed_after_invoice",
            Text("kwota inna niż na fakturze", "come to something else than invoiced"),
            billing.changed(snapshot.views),
        ),
        ("ksef_to_send", Text("do wysłania do KSeF", "to be sent to KSeF"), _count(due, "issued")),
        (
            "ksef_waiting",
            Text("czeka na odpowiedź KSeF", "waits for KSeF"),
            _count(due, "submitted"),
        ),
        ("ksef_rejected", Text("odrzucone przez KSeF", "rejected by KSeF"), _count(due, "rejected")),
    ]


def _count(documents: list[Invoice], state: str) -> int:
    return sum(each.state == state for each in documents)
