"""`session-ledger session …`: the life of a session as it happens."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, cast, get_args

import click

from cli.arguments import session_argument
from cli.commands.session.amount_told import so_much, tell_closed
from cli.commands.session.expected_told import expected_document, expected_line, expected_of
from cli.commands.session.order_hint import order_of, tell_of_order
from cli.context import App, pass_app
from cli.options import (
    Recording,
    ask_option,
    at_option,
    if_version_option,
    personal_option,
    recording_options,
    yes_option,
)
from cli.params import (
    ACCEPTED_HOW,
    CHANNEL,
    CUSTOMER,
    ENDED_BY,
    HANDLE,
    INSTANT,
    ISSUE,
    ORDER_REF,
    PLANNED,
    SESSION_REF,
    TOKEN,
    Now,
)
from cli.presentation import next_steps
from ledger.domain.clock import SaidInstant, format_instant
from ledger.domain.events import AcceptedHow, Channel, Disconnected, EndedBy, Event, Issue, Quoted
from ledger.errors import NotConfirmed
from ledger.message import Money, joined, msg

if TYPE_CHECKING:
    from ledger.application.metadata import Metadata
    from ledger.domain.session.commands import End
    from ledger.handlers.session_amount import Told

FAR = timedelta(hours=8)
"""An end so long after the connection is perhaps a forgotten one."""


@click.command()
@click.option("--customer", required=True, type=CUSTOMER, help="Code, NIP, or a part of the name.")
@click.option("--issue", required=True, type=ISSUE, help="hardware bought here, other, or a test.")
@click.option("--ref", "session_ref", type=SESSION_REF, help="A reference of your own for the session.")
@click.option("--order", "order_ref", type=ORDER_REF, help="The order the hardware was bought under.")
@click.option("--channel", type=CHANNEL, help="How the customer got in touch.")
@click.option("--scheduled-for", type=PLANNED, help="When the help is to begin.")
@click.option(
    "--from-record", type=TOKEN, metavar="RECORD", help="A remote tool's record of help that nobody noted."
)
@personal_option("--remote-id", help="The TeamViewer ID; goes to the vault. - reads standard input.")
@personal_option("--contact", help="Whom to call back; goes to the vault.")
@personal_option("--description", help="What the trouble is; goes to the vault.")
@ask_option
@at_option
@recording_options
@pass_app
def request(
    app: App,
    recording: Recording,
    customer: str,
    issue: Issue,
    session_ref: str | None,
    order_ref: str | None,
    channel: Channel | None,
    scheduled_for: datetime | Now | None,
    from_record: str | None,
    remote_id: str | None,
    contact: str | None,
    description: str | None,
    at: datetime | None,
) -> None:
    """Open a session: a customer asks for help.

    With --from-record the remote ID and the moment are the record's, where nothing else is said, and the
    commands that would tell of its connection are hints: nothing of it is recorded by itself.

    \b
    Example:
      session-ledger session request --customer K-041 --issue other --remote-id -
    """
    from ledger.domain.session.request import RequestHelp
    from ledger.handlers import session as sessions

    command = RequestHelp(
        customer=customer,
        issue=issue,
        at=at,
        session_ref=session_ref,
        order_ref=order_of(app, customer, order_ref),
        channel=channel,
        scheduled_for=app.moment(scheduled_for),
        remote_id=remote_id,
        contact=contact,
        description=description,
    )
    proposed = None
    if from_record is None:
        receipt = sessions.request(app.open(), recording.said(), command)
    else:
        from ledger.handlers.session_from_record import request_from_record

        receipt, proposed = request_from_record(app.open(), recording.said(), from_record, command)
    number = receipt.session
    line = msg("Session {number} requested", number=number)
    recording.tell(app, line, receipt)
    with app.beside():
        tell_of_order(app, receipt)
        if remote_id is not None:
            from cli.commands.session.remote_id_told import tell_of_odd_id

            tell_of_odd_id(app, remote_id)
        tell_closed(app, app.open().state.closed_month(_last(receipt.events[0].event)))
    if proposed is None:
        app.hint(next_steps.after_request(number))
    else:
        app.hint(next_steps.in_turn(proposed.steps(number)))


@click.command()
@session_argument
@click.option("--minutes", type=click.IntRange(1, 2880), help="Also the total for help that long.")
@at_option
@if_version_option
@recording_options
@pass_app
def quote(app: App, recording: Recording, session: str, minutes: int | None, at: datetime | None) -> None:
    """Quote the price before connecting, as a timeline, and record the quote.

    What --minutes adds is told, not recorded.

    \b
    Example:
      session-ledger session quote 17 --minutes 50
    """
    from ledger.domain.session.commands import QuotePrice
    from ledger.handlers.session import handle

    receipt = handle(app.open(), recording.said(), session, QuotePrice(at=at))
    quoted = cast("Quoted", receipt.events[0].event)
    lines = [msg("Session {session} quoted, a started hour:", session=receipt.session)]
    for price in quoted.prices:
        until = "" if price.until is None else msg("until {until}", until=SaidInstant(price.until, "minute"))
        if price.gross_grosze == price.net_grosze:  # free, or a buyer whose document has no VAT
            text = msg(
                "  from {begins} {until}  {net} PLN, without VAT",
                begins=SaidInstant(price.opens_at, "minute"),
                until=until,
                net=Money(price.net_grosze),
            )
            lines.append(text)
            continue
        lines.append(
            msg(
                "  from {begins} {until}  {gross} PLN gross ({net} net)",
                begins=SaidInstant(price.opens_at, "minute"),
                until=until,
                gross=Money(price.gross_grosze),
                net=Money(price.net_grosze),
            )
        )
    prices = [
        {
            "opens_at": format_instant(price.opens_at),
            "until": None if price.until is None else format_instant(price.until),
            "net_grosze": price.net_grosze,
            "gross_grosze": price.gross_grosze,
        }
        for price in quoted.prices
    ]
    expected = None if minutes is None else expected_of(app.open(), receipt, minutes)
    lines += [] if expected is None else [expected_line(expected)]
    more = {} if expected is None else {"expected": expected_document(expected)}
    recording.tell(app, joined(lines, "\n"), receipt, prices=prices, **more)
    with app.beside():
        tell_of_order(app, receipt)
    app.hint(next_steps.after_quote(receipt.session))


@click.command()
@session_argument
@click.option("--how", required=True, type=ACCEPTED_HOW, help="How the customer said yes.")
@click.option("--start-now", is_flag=True, help="Asked to begin at once, before the withdrawal period ends.")
@click.option("--loss-of-withdrawal", is_flag=True, help="Knows the right of withdrawal ends with the help.")
@click.option("--confirmation-sent", is_flag=True, help="A confirmation was sent on a durable medium.")
@at_option
@if_version_option
@recording_options
@pass_app
def accept(
    app: App,
    recording: Recording,
    session: str,
    how: AcceptedHow,
    at: datetime | None,
    *,
    start_now: bool,
    loss_of_withdrawal: bool,
    confirmation_sent: bool,
) -> None:
    """Record the customer's consent; the quoted price list then wins over a later one.

    \b
    Example:
      session-ledger session accept 17 --how phone --start-now
    """
    from ledger.domain.session.commands import Accept
    from ledger.handlers.session import handle

    command = Accept(
        how=how,
        start_now=start_now,
        loss_of_withdrawal=loss_of_withdrawal,
        confirmation_sent=confirmation_sent,
        at=at,
    )
    receipt = handle(app.open(), recording.said(), session, command)
    line = msg("Session {session} accepted", session=receipt.session)
    recording.tell(app, line, receipt)
    app.hint(next_steps.after_accept(receipt.session))


@click.command()
@session_argument
@click.option("--technician", type=HANDLE, help="Who connects. Default: who says it.")
@click.option("--after-drop", type=INSTANT, help="The technician's own connection was lost then.")
@at_option
@if_version_option
@recording_options
@pass_app
def connect(
    app: App,
    recording: Recording,
    session: str,
    technician: str | None,
    after_drop: datetime | Now | None,
    at: datetime | None,
) -> None:
    """Record that a technician's remote tool connects; the clock runs.

    Refused while the same technician is connected; another one may join.

    \b
    Examples:
      session-ledger session connect 17
      session-ledger session connect 17 --after-drop 18:20 --at 18:25
    """
    from ledger.domain.session.commands import Connect
    from ledger.handlers.session import handle

    dropped = app.moment(after_drop)
    command = Connect(technician=technician, after_drop=dropped, at=at)
    receipt = handle(app.open(), recording.said(), session, command)
    when = SaidInstant(_last(receipt.events[-1].event), "second")
    line = msg("Session {session} connected {when}", session=receipt.session, when=when)
    recording.tell(app, line, receipt)
    if dropped is not None and not any(isinstance(event.event, Disconnected) for event in receipt.events):
        app.say(msg("--after-drop closed nothing: no connection was open"))
    with app.beside():
        from cli.commands.session.overlaps_told import tell_overlaps

        tell_overlaps(app, receipt.session, until=receipt.events[-1].event.at)
    app.hint(next_steps.after_connect(receipt.session))


def _last(fact: Event) -> datetime:
    return fact.at


@click.command()
@session_argument
@click.option("--technician", type=HANDLE, help="Whose link; needed when two are connected.")
@at_option
@if_version_option
@recording_options
@pass_app
def disconnect(
    app: App, recording: Recording, session: str, technician: str | None, at: datetime | None
) -> None:
    """Record that the link was lost; the session goes on.

    \b
    Example:
      session-ledger session disconnect 17 --at 18:20
    """
    from ledger.domain.session.commands import Disconnect
    from ledger.handlers.session import handle

    receipt = handle(app.open(), recording.said(), session, Disconnect(technician=technician, at=at))
    when = SaidInstant(receipt.events[-1].event.at, "second")
    line = msg("Session {session} disconnected {when}", session=receipt.session, when=when)
    recording.tell(app, line, receipt)
    app.hint(next_steps.after_disconnect(receipt.session))


@click.command()
@session_argument
@click.option("--ended-by", type=ENDED_BY, help="Who, or what, ended it. Default: technician.")
@at_option
@yes_option
@if_version_option
@recording_options
@pass_app
def end(
    app: App,
    recording: Recording,
    session: str,
    ended_by: EndedBy | None,
    at: datetime | None,
    *,
    yes: bool,
) -> None:
    """End the session; all its connections close.

    Without --at: now, or the last disconnect when nobody is connected. On a terminal an end more than 8 hours
    after the connection asks first, with what it comes to. `--by technician`, `--by customer` and
    `--by link-lost` say who ended it; any other --by is the handle of who records it.

    \b
    Examples:
      session-ledger session end 17
      session-ledger session end 17 --by customer --at "yesterday 18:47"
    """
    from ledger.domain.session.commands import End
    from ledger.handlers.session import handle
    from ledger.handlers.session_amount import told_by

    said = recording.said()
    if recording.by in get_args(EndedBy):
        ended_by = ended_by or cast("EndedBy", recording.by)
        said = said._replace(by=recording.own_handle())
    command = End(ended_by=ended_by or "technician", at=at)
    if not yes and recording.command_id is None:
        _ask_if_far(app, said, session, command)
    receipt = handle(app.open(), said, session, command)
    number, when = receipt.session, SaidInstant(receipt.events[-1].event.at, "second")
    told: list[Told] = []
    with app.beside():
        told.append(told_by(app.open(), receipt))
    line = msg("Session {session} ended {when}", session=number, when=when)
    if told:
        line = msg("Session {session} ended {when}, {much}", session=number, when=when, much=so_much(told[0]))
    recording.tell(app, line, receipt)
    with app.beside():
        tell_closed(app, told[0].closed_month if told else None)
        from cli.commands.session.overlaps_told import tell_overlaps

        tell_of_order(app, receipt)
        tell_overlaps(app, number)
    app.hint(next_steps.after_end(receipt.session))


def _ask_if_far(app: App, said: Metadata, session: str, command: End) -> None:
    """Ask on a terminal before an end far from the connection; without one it is said afterwards."""
    from ledger.handlers.session_amount import foreseen

    told = foreseen(app.open(), said, session, command) if app.has_terminal() else None
    if told is None or told.lasted <= FAR or told.after.connected_at is None or told.after.ended_at is None:
        return
    since, until = SaidInstant(told.after.connected_at, "minute"), SaidInstant(told.after.ended_at, "minute")
    question = msg(
        "Connected since {since}. End it {until}, {much}?", since=since, until=until, much=so_much(told)
    )
    try:
        app.confirm(question, yes=False)
    except NotConfirmed as refusal:
        raise NotConfirmed(refusal.message, hint=next_steps.end_at(session)) from None


@click.command()
@session_argument
@at_option
@if_version_option
@recording_options
@pass_app
def cancel(app: App, recording: Recording, session: str, at: datetime | None) -> None:
    """Cancel a request before any connection.

    \b
    Example:
      session-ledger session cancel 17
    """
    from ledger.domain.session.commands import Cancel
    from ledger.handlers.session import handle

    receipt = handle(app.open(), recording.said(), session, Cancel(at=at))
    line = msg("Session {session} cancelled", session=receipt.session)
    recording.tell(app, line, receipt)
