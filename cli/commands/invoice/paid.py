"""`session-ledger invoice paid`: record a payment."""

from __future__ import annotations

from datetime import date

import click

from cli.arguments import number_argument, on_option
from cli.context import App, pass_app
from cli.options import Recording, if_version_option, recording_options
from cli.params import AMOUNT, Word
from ledger.domain.events import PaymentMethod
from ledger.domain.money import format_amount
from ledger.message import msg


@click.command()
@number_argument
@click.option("--amount", required=True, type=AMOUNT, help="In zloty; negative for what went back.")
@on_option
@click.option("--method", required=True, type=Word("payment_method", ["transfer", "card", "cash"]))
@click.option("--overpaid", is_flag=True, help="Accept more than is left to pay.")
@if_version_option
@recording_options
@pass_app
def paid(
    app: App,
    recording: Recording,
    number: str,
    amount: int,
    on: date,
    method: PaymentMethod,
    *,
    overpaid: bool,
) -> None:
    """Record a payment of an invoice, or of a part of it. Corrections are counted in.

    An overpayment is in the receivables, below zero, until it is given back.

    \b
    Examples:
      session-ledger invoice paid FV/2026/11/0001 --amount 1045.50 --on 2026-12-09 --method transfer
      session-ledger invoice paid FV/2026/11/0001 --amount=-4.50 --on 2026-12-11 --method transfer
    """
    from ledger.domain.invoice.commands import RecordPayment
    from ledger.handlers.invoice.payments import handle, owed

    ledger = app.open()
    command = RecordPayment(amount_grosze=amount, on=on, method=method, overpaid=overpaid)
    receipt = handle(ledger, recording.said(), number, command)
    invoice = ledger.find_invoice(number)
    left_grosze = owed(ledger, invoice) - invoice.paid_grosze
    left = format_amount(abs(left_grosze), lang=app.lang)
    line = msg("{number}: {left} left to pay", number=number, left=left)
    if left_grosze < 0:
        line = msg("{number}: {left} too much, to be given back", number=number, left=left)
    recording.tell(app, line, receipt, number=number, left_grosze=left_grosze)
    if on < invoice.issued.issued_on:
        issued_on = invoice.issued.issued_on
        app.say(
            msg("note: {on} is before {number} was issued, on {day}", on=on, number=number, day=issued_on)
        )
