"""Recorded sessions whose amount changes through purchases recorded after a position."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ledger.domain.rating.inputs import Purchase
from ledger.domain.session.evolve import Session
from ledger.errors import NoCalendar
from ledger.store.event_store import LedgerStore
from projections.engine.runner import current, inputs_at
from projections.inputs.state import Inputs
from projections.read_models.billing import rate_session
from projections.views import Views

_ENDED_OF_CUSTOMER = "SELECT number FROM sessions WHERE customer = ? AND ended_at IS NOT NULL"


class PriceChange(NamedTuple):
    """A session's net before and after, in grosze."""

    session: int
    before_grosze: int
    after_grosze: int


def price_changes(folder: Path, store: LedgerStore, position: int) -> list[PriceChange]:
    """Return the sessions that purchases, returns and merges after `position` make cheaper or dearer."""
    with current(folder, store) as views:
        before, after = inputs_at(views, store, position), inputs_at(views, store, store.length())
        customers = {
            after.root(after.customers.code_of(row[1]))
            for rows in store.pages(position)
            for row in rows
            if row[3].startswith("purchase.")
        }
        changes = [_change(*found, before, after) for found in _sessions_of(views, after, customers)]
    return sorted(change for change in changes if change is not None)


def _sessions_of(views: Views, inputs: Inputs, customers: set[str]) -> Iterator[tuple[int, Session]]:
    for buyer in sorted(customers):
        found = views.execute(_ENDED_OF_CUSTOMER, (buyer,)).fetchall()
        yield from inputs.sessions([number for (number,) in found])


def _change(number: int, session: Session, before: Inputs, after: Inputs) -> PriceChange | None:
    root = after.root(session.customer)
    nets = [_net(session, inputs.purchases(root), after) for inputs in (before, after)]
    if nets[0] is None or nets[1] is None or nets[0] == nets[1]:
        return None
    return PriceChange(number, nets[0], nets[1])


def _net(session: Session, purchases: tuple[Purchase, ...], inputs: Inputs) -> int | None:
    try:
        rated = rate_session(session, purchases, inputs.state)
    except NoCalendar:
        return None
    return None if rated is None else rated.net_grosze
