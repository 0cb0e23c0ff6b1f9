"""`session-ledger session correct`: what is recorded of a session, put right."""

from __future__ import annotations

from datetime import datetime

import click

from cli.arguments import reason_option, session_argument
from cli.commands.session.amount_told import tell_amount
from cli.commands.session.order_hint import order_of, order_of_session, tell_of_order
from cli.commands.session.overlaps_told import tell_overlaps
from cli.context import App, pass_app
from cli.options import Recording, if_version_option, recording_options
from cli.params import CUSTOMER, HANDLE, INSTANT, ISSUE, ORDER_REF, STRETCH, Now
from cli.presentation import next_steps
from ledger.domain.events import Issue
from ledger.message import msg


@click.command()
@session_argument
@click.option("--connection", type=click.IntRange(min=1), help="Which connection was otherwise.")
@click.option("--connected-at", type=INSTANT, help="When it really began.")
@click.option("--disconnected-at", type=INSTANT, help="When it really closed.")
@click.option("--add", "added", type=STRETCH, metavar="FROM..UNTIL", help="A connection that is missing.")
@click.option("--remove", type=click.IntRange(min=1), help="A connection that never was.")
@click.option("--ended-at", type=INSTANT, help="When the session really ended.")
@click.option("--customer", type=CUSTOMER, help="Whose session it was all along.")
@click.option("--issue", type=ISSUE, help="What it was about all along.")
@click.option("--order", "order_ref", type=ORDER_REF, help="The order it was about all along.")
@click.option("--technician", type=HANDLE, help="Whose connection --add is. Default: who says it.")
@reason_option
@if_version_option
@recording_options
@pass_app
def correct(
    app: App,
    recording: Recording,
    session: str,
    connection: int | None,
    connected_at: datetime | Now | None,
    disconnected_at: datetime | Now | None,
    added: tuple[datetime, datetime] | None,
    remove: int | None,
    ended_at: datetime | Now | None,
    customer: str | None,
    issue: Issue | None,
    order_ref: str | None,
    technician: str | None,
    reason: str,
) -> None:
    """Correct what is recorded: it always was so. Nothing is overwritten; the correction is recorded.

    With --customer the session is another customer's: its price is told anew, and an invoice of the former
    one says so until `invoice correct` takes the session off.

    \b
    Examples:
      session-ledger session correct 17 --ended-at "2026-11-16 18:50" --reason wrong-time
      session-ledger session correct 17 --issue test --reason "wrong-issue: only a test"
      session-ledger session correct 17 --customer K-042 --reason wrong-customer
      session-ledger session correct 17 --connection 2 --disconnected-at "2026-11-16 19:05" --reason checked
    """
    from ledger.domain.session.commands import Correct
    from ledger.handlers.session import handle

    command = Correct(
        connection=connection,
        connected_at=app.moment(connected_at),
        disconnected_at=app.moment(disconnected_at),
        add=added,
        remove=remove,
        ended_at=app.moment(ended_at),
        issue=issue,
        order_ref=order_of(app, customer, order_ref)
        if customer
        else order_of_session(app, session, order_ref),
        technician=technician,
        customer=customer,
        reason=reason,
    )
    receipt = handle(app.open(), recording.said(), session, command)
    line = msg("Session {session} corrected", session=receipt.session)
    recording.tell(app, line, receipt)
    with app.beside():
        if issue or order_ref or customer:
            tell_of_order(app, receipt)
        tell_amount(app, receipt, always=customer is not None)
        tell_overlaps(app, receipt.session)
    app.hint(next_steps.after_price_change(receipt.session))
