"""Recorded sessions whose amount changes through purchases recorded after a position.

What they cost now stands in the rows of their customer; what they cost before is rated once more.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ledger.errors import NoCalendar
from ledger.store.event_store import LedgerStore
from projections.engine.pool import SESSIONS_AT_A_TIME
from projections.engine.runner import current, inputs_at
from projections.inputs.state import Inputs
from projections.views import Views

_NETS_OF_CUSTOMER = """\
SELECT number, net_grosze FROM sessions CROSS JOIN billing USING (number)
WHERE customer = ? AND net_grosze IS NOT NULL ORDER BY number"""


class PriceChange(NamedTuple):
    """A session's net before and after, in grosze."""

    session: int
    before_grosze: int
    after_grosze: int


def price_changes(folder: Path, store: LedgerStore, position: int) -> list[PriceChange]:
    """Return the sessions that purchases and returns after `position` make cheaper or dearer."""
    with current(folder, store) as views:
        before, after = inputs_at(views, store, position), inputs_at(views, store, store.length())
        customers = {
            after.root(after.customers.code_of(row[1]))
            for rows in store.pages(position)
            for row in rows
            if row[3].startswith("purchase.")
        }
        return sorted(change for each in customers for change in _changes(views, each, before, after))


def _changes(views: Views, customer: str, before: Inputs, after: Inputs) -> Iterator[PriceChange]:
    nets: dict[int, int] = dict(views.execute(_NETS_OF_CUSTOMER, (customer,)).fetchall())
    numbers, purchases = list(nets), before.purchases(customer)
    for start in range(0, len(numbers), SESSIONS_AT_A_TIME):
        for life in after.lives(numbers[start : start + SESSIONS_AT_A_TIME]):
            assert life.tariff is not None  # noqa: S101 - its row has an amount
            rater = after.price_lists.of(life.tariff).rater
            try:
                net = rater.totals(life.rating_facts(purchases)).net_grosze
            except NoCalendar:
                continue
            if net != nets[life.number]:
                yield PriceChange(life.number, net, nets[life.number])
