"""`session-ledger payment assign | set-aside | returned | undo`: what a person decides about a transfer."""

from __future__ import annotations

import click

from cli.arguments import reason_option
from cli.context import App, pass_app
from cli.options import Recording, recording_options
from cli.param_types import Word
from cli.params import TOKEN
from ledger.domain.events import SET_ASIDE_BY_HAND, SetAsideCode
from ledger.message import msg

_transfer = click.argument("transfer", metavar="ID", type=TOKEN)


@click.command()
@_transfer
@click.option(
    "--to", "parts", multiple=True, required=True, metavar="NUMBER=AMOUNT", help="In zloty; several times."
)
@click.option(
    "--rest", type=Word("rest", ["overpaid"]), help="What is left over is an overpayment of the last one."
)
@recording_options
@pass_app
def assign(app: App, recording: Recording, transfer: str, parts: tuple[str, ...], rest: str | None) -> None:
    """Assign a transfer to the invoices it pays; the parts are all of it. For money given back: minus.

    \b
    Examples:
      session-ledger payment assign 3f9a1c --to FV/2026/11/0001=123.00 --to FV/2026/11/0002=61.50
      session-ledger payment assign 3f9a1c --to FV/2026/11/0003=369.00 --rest overpaid
      session-ledger payment assign 77b0d2 --to FV/2026/11/0003=-123.00
    """
    from ledger.handlers.payments.decide import assign as record
    from ledger.handlers.payments.decide import wanted_of

    wanted = [wanted_of(part) for part in parts]
    receipt = record(app.open(), recording.said(), transfer, wanted, overpaid=rest is not None)
    recording.tell(app, msg("{transfer}: assigned", transfer=transfer), receipt, transfer=transfer)


@click.command("set-aside")
@_transfer
@click.option(
    "--reason", required=True, type=Word("set_aside", SET_ASIDE_BY_HAND), help="Why it pays no document."
)
@recording_options
@pass_app
def set_aside(app: App, recording: Recording, transfer: str, reason: SetAsideCode) -> None:
    """Set a transfer aside that pays no document of the shop.

    \b
    Example:
      session-ledger payment set-aside 3f9a1c --reason private
    """
    from ledger.handlers.payments.decide import set_aside as record

    receipt = record(app.open(), recording.said(), transfer, reason)
    recording.tell(app, msg("{transfer}: set aside", transfer=transfer), receipt, transfer=transfer)


@click.command()
@_transfer
@click.option("--of", required=True, type=TOKEN, metavar="ID", help="The transfer that it takes back.")
@recording_options
@pass_app
def returned(app: App, recording: Recording, transfer: str, of: str) -> None:
    """Record that a transfer takes an earlier one back: what that paid is owed again.

    \b
    Example:
      session-ledger payment returned 77b0d2 --of 3f9a1c
    """
    from ledger.handlers.payments.decide import returned as record

    receipt = record(app.open(), recording.said(), transfer, of)
    line = msg("{transfer}: takes back {of}", transfer=transfer, of=of)
    recording.tell(app, line, receipt, transfer=transfer, of=of)


@click.command()
@_transfer
@reason_option
@recording_options
@pass_app
def undo(app: App, recording: Recording, transfer: str, reason: str) -> None:
    """Take a confirmation, an assignment, or setting aside back: payments are reversed.

    \b
    Example:
      session-ledger payment undo 3f9a1c --reason "other: paid for another invoice"
    """
    from ledger.handlers.payments.decide import undo as record

    receipt = record(app.open(), recording.said(), transfer, reason)
    line = msg("{transfer}: to decide again", transfer=transfer)
    recording.tell(app, line, receipt, transfer=transfer)
