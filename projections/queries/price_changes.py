"""Recorded sessions whose amount changes through purchases recorded after a position.

What they cost now stands in the rows of their customer; what they cost before stood there until the read
model was caught up. Where it was caught up meanwhile, that is rated once more.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import NamedTuple

from ledger.store.event_store import LedgerStore
from projections.engine.blocks import SESSIONS_AT_A_TIME
from projections.engine.runner import current, inputs_at, read_before
from projections.inputs.state import Inputs
from projections.read_models import billing
from projections.views import Views

_NETS_OF_CUSTOMER = """\
SELECT number, net_grosze FROM sessions CROSS JOIN billing USING (number)
WHERE customer = ? AND net_grosze IS NOT NULL"""


class PriceChange(NamedTuple):
    """A session's net before and after, in grosze."""

    session: int
    before_grosze: int
    after_grosze: int


def price_changes(folder: Path, store: LedgerStore, position: int) -> list[PriceChange]:
    """Return the sessions that purchases and returns after `position` make cheaper or dearer, by number."""
    streams = {row[1] for rows in store.pages(position) for row in rows if row[3].startswith("purchase.")}
    if not streams:
        return []

    def nets(views: Views) -> dict[int, int]:
        return _nets(views, inputs_at(views, store, store.length()), streams)

    before = read_before(folder, store, position, nets)
    with current(folder, store) as views:
        after = nets(views)
        if before is None:
            before = _rated(inputs_at(views, store, position), list(after))
    changed = (number for number, net in after.items() if before.get(number, net) != net)
    return [PriceChange(number, before[number], after[number]) for number in sorted(changed)]


def _nets(views: Views, inputs: Inputs, streams: Collection[bytes]) -> dict[int, int]:
    """Return the nets of the sessions of customers, by number, from their rows."""
    roots = {inputs.root(inputs.customers.code_of(stream)) for stream in streams}
    return {number: net for root in roots for number, net in views.execute(_NETS_OF_CUSTOMER, (root,))}


def _rated(inputs: Inputs, numbers: Sequence[int]) -> dict[int, int]:
    """Return the nets of sessions at a position, rated anew; without those that had none."""
    nets: dict[int, int] = {}
    for start in range(0, len(numbers), SESSIONS_AT_A_TIME):
        for life in inputs.lives(numbers[start : start + SESSIONS_AT_A_TIME]):
            net_grosze = billing.net_of(life, inputs)
            if net_grosze is not None:
                nets[life.number] = net_grosze
    return nets
