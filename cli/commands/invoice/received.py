"""`session-ledger invoice received`: record that the buyer confirmed a document."""

from __future__ import annotations

from datetime import date

import click

from cli.arguments import number_argument, on_option
from cli.context import App, pass_app
from cli.options import Recording, if_version_option, recording_options
from ledger.message import msg


@click.command()
@number_argument
@on_option
@if_version_option
@recording_options
@pass_app
def received(app: App, recording: Recording, number: str, on: date) -> None:
    """Record that the buyer confirmed a document. Outside KSeF a reduction counts in the month of this day.

    \b
    Example:
      session-ledger invoice received FK/2026/12/0001 --on 2026-12-04
    """
    from ledger.domain.invoice.commands import MarkReceived
    from ledger.handlers.invoice.payments import handle

    receipt = handle(app.open(), recording.said(), number, MarkReceived(on=on))
    recording.tell(app, msg("{number}: received on {on}", number=number, on=on), receipt)
