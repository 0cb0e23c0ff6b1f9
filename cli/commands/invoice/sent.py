"""`session-ledger invoice sent`: record that a document went to the buyer."""

from __future__ import annotations

from datetime import date

import click

from cli.arguments import number_argument, on_option
from cli.context import App, pass_app
from cli.options import Recording, if_version_option, recording_options
from cli.params import Word
from ledger.domain.events import SentHow
from ledger.message import msg


@click.command()
@number_argument
@click.option("--how", required=True, type=Word("sent_how", ["email", "post", "handed"]))
@on_option
@if_version_option
@recording_options
@pass_app
def sent(app: App, recording: Recording, number: str, how: SentHow, on: date) -> None:
    """Record that a document was sent to the buyer.

    \b
    Example:
      session-ledger invoice sent FV/2026/11/0001 --how email --on 2026-12-01
    """
    from ledger.domain.invoice.commands import MarkSent
    from ledger.handlers.invoice.payments import handle

    receipt = handle(app.open(), recording.said(), number, MarkSent(how=how, on=on))
    recording.tell(app, msg("{number}: sent on {on}", number=number, on=on), receipt)
