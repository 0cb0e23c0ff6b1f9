"""What a command did to a session's amount, in words: before and after, the invoice, the closed month."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.context import App
from cli.presentation import next_steps
from cli.presentation.moments import whole_length
from ledger.message import Message, Money, msg, msg_n

if TYPE_CHECKING:
    from ledger.application.metadata import Receipt
    from ledger.domain.events import Waived
    from ledger.handlers.session_amount import Amount, Told


def tell_amount(app: App, receipt: Receipt, *, always: bool = False) -> Told:
    """Say what the session came to and comes to, which invoice must follow, and if its month is closed.

    An amount that stays is said only with `always`.
    """
    from ledger.handlers.session_amount import told_by

    told = told_by(app.open(), receipt)
    before, now = told.amount_before, told.amount
    if now is not None and (always or before != now):
        stays = before is None or before.net_grosze == now.net_grosze
        app.say(_changed(None if stays else before, now))
    tell_closed(app, told.closed_month)
    if told.to_correct is not None:
        number = told.to_correct
        app.say(
            msg("{number} says something else of this session: a correction has to follow", number=number)
        )
        app.hint(next_steps.correct_invoice(number))
    return told


def _changed(before: Amount | None, now: Amount) -> Message:
    net: Message | Money = Money(now.net_grosze)
    if before is not None:
        net = msg("{before} → {now}", before=Money(before.net_grosze), now=net)
    if now.waived_grosze:
        return msg(
            "amount: {net} PLN net, after a waiver of {waived}", net=net, waived=Money(now.waived_grosze)
        )
    return msg("amount: {net} PLN net", net=net)


def tell_closed(app: App, month: str | None) -> None:
    """Say that the month is closed that a change falls in."""
    if month is not None:
        app.say(msg("{month} is closed: its reports flag this change", month=month))


def in_words(waived: Waived) -> Message:
    """Return a waiver in words: 12.5 %, 2 hours, 50.00."""
    if waived.hours:
        return msg("{hours} h", hours=waived.hours)
    if waived.amount_grosze:
        return msg("{net} PLN net", net=Money(waived.amount_grosze))
    halves = waived.half_percents or 2 * (waived.percent or 0)
    if halves % 2:
        return msg("{percent}.5 percent", percent=halves // 2)
    return msg("{percent} %", percent=halves // 2)


def so_much(told: Told) -> Message:
    """Return how long a session lasted and what it comes to."""
    lasted = whole_length(told.lasted)
    if told.amount is None:
        return msg("after {lasted}", lasted=lasted)
    hours = msg_n("{count} started hour", "{count} started hours", told.amount.started_hours)
    net = Money(told.amount.net_grosze)
    return msg("after {lasted}: {hours}, {net} PLN net", lasted=lasted, hours=hours, net=net)
