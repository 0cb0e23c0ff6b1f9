"""What a TAB offers besides commands and options: what is in the ledger, and codes in the user's language.

A completion never fails and says nothing: where there is no ledger, or it cannot be read, nothing is offered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple

import click
from click.shell_completion import CompletionItem

from cli.deferred import Asked, Deferred
from cli.errors import BadValue
from ledger.errors import LedgerError

if TYPE_CHECKING:
    from ledger.application.ledger import Ledger

OFFERED_MAX = 50
"""More than a screen helps nobody; what is offered is what was recorded last."""


class Offer(NamedTuple):
    """A word to type, and what stands beside it in shells that show it."""

    word: str
    about: str = ""


def offered(
    ctx: click.Context, incomplete: str, find: Callable[[Asked, str], Iterable[Offer]]
) -> list[CompletionItem]:
    """Return what `find` offers for the beginning of a word; nothing where the ledger refuses."""
    app = ctx.obj
    if app is None:
        return []
    try:
        found = list(find(app, incomplete.casefold()))
    except (LedgerError, BadValue, OSError):
        return []
    return [CompletionItem(each.word, help=each.about or None) for each in found[:OFFERED_MAX]]


def begins(word: str, incomplete: str) -> bool:
    """Return whether a word begins with what was typed, in any case."""
    return word.casefold().startswith(incomplete)


def customers(app: Asked, incomplete: str) -> Iterable[Offer]:
    """Offer codes with their names, by the beginning of the code or of a word of the name."""
    ledger = app.open(for_reports=True)
    for customer in ledger.customers():
        if customer.merged_into is not None:
            continue
        name = (ledger.words(customer.commitment) or {}).get("name", "")
        words = (customer.customer, *name.split())
        if any(begins(word, incomplete) for word in words):
            yield Offer(customer.customer, name)


def sessions(app: Asked, incomplete: str) -> Iterable[Offer]:
    """Offer the sessions whose data is not deleted, the last one first, with customer and state."""
    from projections.read_models import sessions as view
    from projections.read_side import snapshot

    with snapshot(app.open(for_reports=True), None) as found:
        lines = list(view.listed(found.views, states=("requested", "connected", "disconnected", "ended")))
    for line in reversed(lines):
        if str(line.number).startswith(incomplete) or begins(line.session_ref or "", incomplete):
            yield Offer(str(line.number), f"{line.customer} {app.word('session_state', line.state)}")


def documents(app: Asked, incomplete: str) -> Iterable[Offer]:
    """Offer the numbers of billing documents, the last one first."""
    numbers = map(str, reversed(app.open(for_reports=True).store.keys("invoice")))
    return (Offer(number) for number in numbers if begins(number, incomplete))


def orders(app: Asked, incomplete: str, customer: object) -> Iterable[Offer]:
    """Offer the orders of the customer that is named already, else those of all."""
    ledger = app.open(for_reports=True)
    code = customer.value(app) if isinstance(customer, Deferred) else None
    for order, whose in _bought(ledger, code):
        if begins(order, incomplete):
            yield Offer(order, whose)


def _bought(ledger: Ledger, code: str | None) -> Iterable[tuple[str, str]]:
    for customer in ledger.customers():
        if code in (None, customer.customer, customer.merged_into):
            yield from (
                (each.order_ref, customer.customer) for each in customer.purchases if each.returned_at is None
            )


def settings(incomplete: str) -> list[CompletionItem]:
    """Offer the names of settings, and after `KEY=` the values of those that have a list of them."""
    from ledger.application.toml_edit import KEYS, VALUES
    from ledger.domain.ledger_state import SETTINGS, TEXT_SETTINGS

    key, equals, value = incomplete.partition("=")
    if equals:
        return [CompletionItem(f"{key}={each}") for each in VALUES.get(key, ()) if begins(each, value)]
    keys = sorted({*SETTINGS, *TEXT_SETTINGS, *KEYS})
    return [CompletionItem(f"{each}=") for each in keys if begins(each, incomplete.casefold())]
