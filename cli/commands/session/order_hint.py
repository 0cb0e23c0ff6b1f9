"""Warnings about the order that hardware was bought under: one not recorded, or none named."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from cli.context import App
from cli.presentation import next_steps
from cli.presentation.text import Lang, Text
from ledger.domain.clock import office_time
from ledger.domain.money import format_amount

if TYPE_CHECKING:
    from ledger.application.metadata import Receipt


def tell_of_order(app: App, receipt: Receipt) -> None:
    """Warn where help with hardware names an order that is not owned, or none at all."""
    session = app.open().session(receipt.events[0].originator_id)
    at = session.connected_at or session.requested_at
    if session.issue != "hardware":
        return
    if session.order_ref is None:
        _tell_of_none(app, receipt.session, session.customer, at)
    else:
        tell_of_unknown_order(app, session.customer, session.order_ref, at)


def tell_of_unknown_order(app: App, customer: str | None, order_ref: str | None, at: datetime) -> None:
    """Warn where the customer does not own the order at that moment."""
    if customer is None or order_ref is None:
        return
    from ledger.handlers.quote import owns

    if owns(app.open(), customer, order_ref, at):
        return
    app.say(
        Text(
            pl=f"zakup {order_ref} nie należał wtedy do {customer}: pomoc przy nim nie jest bezpłatna",
            en=f"{customer} did not own {order_ref} then: help with its hardware is not free",
        )
    )
    app.hint(next_steps.record_purchase(customer, order_ref))


def _tell_of_none(app: App, number: int | None, customer: str, at: datetime) -> None:
    """Say what a started hour costs without an order, and with each one that the customer owns."""
    from ledger.handlers.quote import owned_at

    bought = owned_at(app.open(), customer, at)
    without = _price(app, customer, None, at)
    if without is None:
        return
    app.say(
        Text(
            pl=f"sprzęt bez zamówienia liczy się jak inna pomoc: {without.pl}",
            en=f"hardware without an order counts as other help: {without.en}",
        )
    )
    if not bought:
        app.say(Text(pl=f"{customer} nie ma żadnego zakupu", en=f"{customer} has no purchase"))
        return
    for each in bought:
        price = _price(app, customer, each.order_ref, at) or without
        day = f"{office_time(each.purchased_at):%Y-%m-%d}"
        app.say(
            Text(
                pl=f"  z zamówieniem {each.order_ref} z {day}: {price.pl}",
                en=f"  with order {each.order_ref} of {day}: {price.en}",
            )
        )
    app.hint(next_steps.name_order(number, bought[-1].order_ref if len(bought) == 1 else "REF"))


def _price(app: App, customer: str, order_ref: str | None, at: datetime) -> Text | None:
    """Return what a started hour costs that opens at a moment; None where no price list is in force."""
    from ledger.errors import NoCalendar, NoQuote
    from ledger.handlers.quote import price_segments, quoted

    try:
        _, found = quoted(app.open(), customer=customer, issue="hardware", order_ref=order_ref, at=at)
        first = price_segments(found)[0]
    except (NoQuote, NoCalendar):
        return None
    net: dict[Lang, str] = {"pl": "", "en": ""}
    for lang in net:
        net[lang] = format_amount(first.net_grosze, lang=lang)
    return Text(pl=f"{net['pl']} zł netto za rozpoczętą godzinę", en=f"{net['en']} PLN net a started hour")
