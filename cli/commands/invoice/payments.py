"""`session-ledger invoice paid|sent|received`, `session receipt|invoice-request`: what became of it."""

from __future__ import annotations

from datetime import date, datetime

import click

from cli.commands.invoice.list import number_argument
from cli.commands.session.life import session_argument
from cli.context import App, pass_app
from cli.options import Recording, at_option, if_version_option, recording_options
from cli.params import AMOUNT, CODE, DATE
from cli.presentation.text import Text
from ledger.domain.events import PaymentMethod, SentHow
from ledger.domain.money import format_amount

on_option = click.option("--on", required=True, type=DATE, help="The day.")


@click.command()
@number_argument
@click.option("--amount", required=True, type=AMOUNT, help="In zloty; negative for what went back.")
@on_option
@click.option("--method", required=True, type=click.Choice(["transfer", "card", "cash"]))
@click.option("--overpaid", is_flag=True, help="So much came in, though less is left to pay.")
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
    """The buyer paid an invoice, or a part of it. Corrections are counted in.

    What is paid too much stands in the receivables, below zero, until it went back.

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
    line = Text(pl=f"{number}: zostało do zapłaty {left}", en=f"{number}: {left} left to pay")
    if left_grosze < 0:
        line = Text(pl=f"{number}: nadpłacono {left}", en=f"{number}: {left} too much, to be given back")
    recording.tell(app, line, receipt, number=number, left_grosze=left_grosze)


@click.command()
@number_argument
@click.option("--how", required=True, type=click.Choice(["email", "post", "handed"]))
@on_option
@if_version_option
@recording_options
@pass_app
def sent(app: App, recording: Recording, number: str, how: SentHow, on: date) -> None:
    """The document went out to the buyer.

    \b
    Example:
      session-ledger invoice sent FV/2026/11/0001 --how email --on 2026-12-01
    """
    from ledger.domain.invoice.commands import MarkSent
    from ledger.handlers.invoice.payments import handle

    receipt = handle(app.open(), recording.said(), number, MarkSent(how=how, on=on))
    recording.tell(app, Text(pl=f"{number}: wysłano {on}", en=f"{number}: sent on {on}"), receipt)


@click.command()
@number_argument
@on_option
@if_version_option
@recording_options
@pass_app
def received(app: App, recording: Recording, number: str, on: date) -> None:
    """The buyer confirmed it. Outside KSeF a reduction counts in the month of this day.

    \b
    Example:
      session-ledger invoice received FK/2026/12/0001 --on 2026-12-04
    """
    from ledger.domain.invoice.commands import MarkReceived
    from ledger.handlers.invoice.payments import handle

    receipt = handle(app.open(), recording.said(), number, MarkReceived(on=on))
    recording.tell(app, Text(pl=f"{number}: odebrano {on}", en=f"{number}: received on {on}"), receipt)


@click.command()
@session_argument
@click.option("--number", required=True, type=CODE, help="The number the till printed.")
@at_option
@if_version_option
@recording_options
@pass_app
def receipt(app: App, recording: Recording, session: str, number: str, at: datetime | None) -> None:
    """A receipt of the till settles the session instead of an invoice.

    \b
    Example:
      session-ledger session receipt 17 --number 000123 --at "2026-11-16 18:55"
    """
    from ledger.domain.session.commands import SettleByReceipt
    from ledger.handlers.session import handle

    told = handle(app.open(), recording.said(), session, SettleByReceipt(number=number, at=at))
    line = Text(
        pl=f"Sesja {told.session}: paragon {number}",
        en=f"Session {told.session}: settled by receipt {number}",
    )
    recording.tell(app, line, told)


@click.command()
@session_argument
@on_option
@if_version_option
@recording_options
@pass_app
def invoice_request(app: App, recording: Recording, session: str, on: date) -> None:
    """A consumer asks for an invoice; after a receipt, it is made out to that receipt.

    \b
    Example:
      session-ledger session invoice-request 17 --on 2026-11-20
    """
    from ledger.domain.session.commands import RequestInvoice
    from ledger.handlers.session import handle

    told = handle(app.open(), recording.said(), session, RequestInvoice(on=on))
    line = Text(
        pl=f"Sesja {told.session}: klient prosi o fakturę",
        en=f"Session {told.session}: an invoice is asked for",
    )
    recording.tell(app, line, told)
    app.hint(f"session-ledger invoice issue --session {told.session}")
