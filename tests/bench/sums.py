"""Our sums of a year in the words of the baselines: what the monthly billing reports add up to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

from ledger.clock import Period
from ledger.money import vat_on
from ledger.store.ledger_store import LedgerStore
from projections import billing, runner

BANDS = ("office", "off_hours", "night")
_MONTHS = [*((2026, month) for month in range(1, 13)), (2027, 1), (2027, 2)]


def our_sums(folder: Path) -> str:
    """Customer, month, started hours by band, net and VAT, a line for each that has any."""
    with LedgerStore.open(folder / "events.db", lambda: 0) as store, runner.current(folder, store) as views:
        months = pairwise(_MONTHS)
        lines = [
            line
            for first, until in months
            for line in _month(billing.of_period(views, Period(date(*first, 1), date(*until, 1))), first)
        ]
    return "".join(sorted(lines))


def _month(found: billing.Billing, first: tuple[int, int]) -> Iterator[str]:
    hours: dict[str, list[int]] = {}
    nets: dict[str, int] = {}
    for session in found.sessions:
        if session.counted and session.started_hours:
            mine = hours.setdefault(session.customer, [0] * len(BANDS))
            for place, band in enumerate(BANDS):
                mine[place] += session.band_hours[band]
            nets[session.customer] = nets.get(session.customer, 0) + session.net_grosze
    for customer, counts in hours.items():
        net = nets[customer]
        figures = (*counts, net, vat_on(net, 23))
        yield f"{customer},{first[0]}-{first[1]:02d}," + ",".join(map(str, figures)) + "\n"
