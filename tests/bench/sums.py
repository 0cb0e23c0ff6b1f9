"""Our sums of a year in the words of the baselines: what the monthly billing reports add up to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from ledger.domain.clock import Period, epoch_seconds
from ledger.domain.money import vat_on
from ledger.store.event_store import LedgerStore
from projections.engine import runner
from projections.read_models import billing

BANDS = ("office", "off_hours", "night")
DAY_S, HOUR_S = 86_400, 3_600
_MONTHS = [*((2026, month) for month in range(1, 13)), (2027, 1), (2027, 2)]


class Sums(NamedTuple):
    """What others are held against.

    `lines`: customer, month, started hours by band, net and VAT. `seconds`: how long all sessions lasted.
    `hundredths`: the same in hundredths of an hour as hledger counts them.
    """

    lines: str
    seconds: int
    hundredths: int


def our_sums(folder: Path) -> Sums:
    """The sums of every month of the read model."""
    lines: list[str] = []
    seconds = hundredths = 0
    with LedgerStore.open(folder / "events.db", lambda: 0) as store, runner.current(folder, store) as views:
        for first, until in pairwise(_MONTHS):
            found = billing.of_period(views, Period(date(*first, 1), date(*until, 1)))
            lines += _month(found, first)
            for session in found.sessions:
                begins_s, ends_s = epoch_seconds(session.connected_at), epoch_seconds(session.ended_at)
                seconds += ends_s - begins_s
                hundredths += sum(map(_hundredths, by_day(begins_s, ends_s)))
    return Sums("".join(sorted(lines)), seconds, hundredths)


def by_day(begins_s: int, ends_s: int) -> Iterable[int]:
    """Seconds on each UTC day as hledger cuts them: a day ends a second before midnight."""
    while begins_s // DAY_S < ends_s // DAY_S:
        midnight_s = (begins_s // DAY_S + 1) * DAY_S
        yield midnight_s - 1 - begins_s
        begins_s = midnight_s
    yield ends_s - begins_s


def _hundredths(seconds: int) -> int:
    """Hundredths of an hour; a half goes to the even one, as hledger rounds each entry."""
    whole, rest = divmod(seconds * 100, HOUR_S)
    return whole + (2 * rest > HOUR_S or (2 * rest == HOUR_S and whole % 2))


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
