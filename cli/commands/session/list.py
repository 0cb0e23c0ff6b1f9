"""`session-ledger session list`, and the same table under `report sessions`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import click

from cli.context import App, pass_app
from cli.options import as_of_option
from cli.output import Column, Report, Table, report_options
from cli.params import CUSTOMER, PERIOD, Now
from cli.presentation.columns import CUSTOMER_CODE, REF, SESSION
from cli.presentation.text import Text
from ledger.domain.clock import Period, format_instant
from ledger.domain.session.evolve import STATES
from projections.read_models import sessions as view

_COLUMNS = (
    SESSION,
    REF,
    CUSTOMER_CODE,
    Column("state", Text("Stan", "State")),
    Column("issue", Text("Rodzaj", "Issue")),
    Column("order_ref", Text("Zamówienie", "Order")),
    Column("technicians", Text("Technicy", "Technicians")),
    Column("connections", Text("Połączenia", "Connections"), "integer"),
    Column("requested_at", Text("Zgłoszono", "Requested"), "instant"),
    Column("connected_at", Text("Połączono", "Connected"), "instant"),
    Column("ended_at", Text("Zakończono", "Ended"), "instant"),
    Column("purged_at", Text("Usunięto dane", "Data deleted"), "instant"),
    Column("held_until", Text("Wstrzymane do", "Held until")),
)


def session_list_report(
    name: str,
    title: Text,
    lines: Sequence[view.SessionLine],
    as_of: datetime,
    more: dict[str, object] | None = None,
) -> Report:
    """Return a report of session lines; `more` precedes them in the JSON."""
    document: dict[str, object] = {
        "schema": f"session-ledger/{name}/1",
        **(more or {}),
        "as_of": format_instant(as_of),
        "sessions": [_document(line) for line in lines],
    }
    return Report(name, title, document, (Table("sessions", title, _COLUMNS, list(lines)),), as_of)


def _document(line: view.SessionLine) -> dict[str, object]:
    found: dict[str, object] = {"session": line.number}
    for key, value in line._asdict().items():
        if key != "number":
            found[key] = format_instant(value) if isinstance(value, datetime) else value
    return found


@click.command("list")
@click.option("--state", "states", multiple=True, type=click.Choice(STATES), help="May be given again.")
@click.option("--customer", type=CUSTOMER, help="Only this customer.")
@click.option("--period", type=PERIOD, help="Requested in this period.")
@as_of_option
@report_options
@pass_app
def list_(
    app: App,
    states: tuple[str, ...],
    customer: str | None,
    period: Period | None,
    as_of: datetime | Now | None,
) -> Report:
    """Sessions by state, customer or period.

    \b
    Example:
      session-ledger session list --state connected --state disconnected
    """
    with app.snapshot(as_of) as snapshot:
        lines = list(
            view.listed(
                snapshot.views,
                states=states,
                customer=snapshot.resolved_customer(customer),
                begins_at=None if period is None else period.begins_at,
                ends_at=None if period is None else period.ends_at,
            )
        )
        return session_list_report("session-list", Text("Sesje", "Sessions"), lines, snapshot.as_of)
