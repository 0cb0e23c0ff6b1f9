"""`session-ledger ksef outage begin|end|withdraw|list`: announced outages of KSeF."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, cast

import click

from cli.arguments import reason_option
from cli.context import App, pass_app
from cli.options import Recording, at_option, recording_options
from cli.output import Report, report_options
from cli.params import Word
from cli.presentation import next_steps
from cli.presentation.catalogue import said
from cli.presentation.tables.outages import outages_report
from cli.presentation.wording.vocabulary import VOCABULARY
from ledger.domain.clock import SaidInstant
from ledger.message import msg

if TYPE_CHECKING:
    from ledger.domain.events import KsefOutageBegan, KsefOutageEnded, OutageKind

outage_argument = click.argument("number", metavar="N", type=click.IntRange(1))
"""The number of an outage."""


@click.command()
@click.option(
    "--kind",
    required=True,
    type=Word("outage", ["failure", "unavailability", "total"]),
    help="failure, unavailability (announced work), or total: a failure that the media announce.",
)
@at_option
@recording_options
@pass_app
def begin(app: App, recording: Recording, kind: OutageKind, at: datetime | None) -> None:
    """Record that KSeF failed or is unavailable, as the Ministry announced; your own line does not count.

    Documents issued in a failure are marked OFF and go to KSeF within 7 working days after its end, also
    those that waited when it began; those of an unavailability by the next working day after it. In a
    total failure nothing has to be sent at all.

    \b
    Examples:
      session-ledger ksef outage begin --kind failure
      session-ledger ksef outage begin --kind unavailability --at "2026-11-25 22:00"
    """
    from ledger.handlers.invoice import outage

    receipt = outage.begin(app.open(), recording.said(), kind, at=at)
    began = cast("KsefOutageBegan", receipt.events[-1].event)
    line = msg(
        "Outage {number}: {kind}, from {began}",
        number=began.outage,
        kind=said(VOCABULARY["outage"][began.kind], app.lang),
        began=SaidInstant(began.began_at, "second"),
    )
    recording.tell(app, line, receipt, outage=began.outage)
    app.hint(next_steps.end_outage(began.outage))


@click.command()
@outage_argument
@at_option
@recording_options
@pass_app
def end(app: App, recording: Recording, number: int, at: datetime | None) -> None:
    """Record that an outage of KSeF is over; given again, the later word holds.

    \b
    Example:
      session-ledger ksef outage end 1 --at "2026-11-26 04:00"
    """
    from ledger.handlers.invoice import outage

    receipt = outage.end(app.open(), recording.said(), number, at=at)
    ended = cast("KsefOutageEnded", receipt.events[-1].event)
    line = msg("Outage {number}: over at {ended}", number=number, ended=SaidInstant(ended.ended_at, "second"))
    recording.tell(app, line, receipt, outage=number)
    app.hint(next_steps.SEND_WAITING)


@click.command()
@outage_argument
@reason_option
@recording_options
@pass_app
def withdraw(app: App, recording: Recording, number: int, reason: str) -> None:
    """Withdraw an outage that was recorded by mistake: it moves no deadline and marks no document.

    \b
    Example:
      session-ledger ksef outage withdraw 1 --reason "wrong-time: it was our own line"
    """
    from ledger.handlers.invoice import outage

    receipt = outage.withdraw(app.open(), recording.said(), number, reason=reason)
    recording.tell(app, msg("Outage {number}: withdrawn", number=number), receipt, outage=number)


@click.command("list")
@report_options
@pass_app
def list_(app: App) -> Report:
    """List the outages of KSeF that were recorded.

    \b
    Example:
      session-ledger ksef outage list
    """
    ledger = app.open()
    return outages_report(ledger.state.outages, ledger.last_recorded_at())
