"""Sessions of one technician, or of one customer, that were connected at the same time.

Both have their price (two clocks), and one of them may be the other typed a second time: a person looks, and
puts one aside or lets both stand. A pair is settled once one of the two is confirmed.
"""

from __future__ import annotations

import heapq
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Literal, NamedTuple

from ledger.application.read_models import Overlap
from ledger.domain.clock import Period, epoch_microseconds, from_epoch_microseconds
from ledger.domain.identifiers import UNKNOWN_TECHNICIAN
from projections.read_models.billing import Billing, BillingException
from projections.views import Views

OVERLAP = "overlap"
"""The exception of a session that overlaps another one of its technician or customer."""

_NEVER_US = 2**63 - 1
_CONNECTED = """\
SELECT s.number, customer, technicians, connected_at, ended_at, stretches, confirmed
FROM sessions s CROSS JOIN billing b USING (number)
WHERE connected_at < ? AND (ended_at IS NULL OR ended_at > ?) AND voided = 0
  AND (billed IS NULL OR billed NOT LIKE 'elsewhere:%')
ORDER BY connected_at"""
_ONE = (
    "SELECT connected_at, ended_at FROM sessions WHERE number = ? AND voided = 0 AND connected_at IS NOT NULL"
)
_SECOND_US = 1_000_000


class _Stretch(NamedTuple):
    """A connection in whole seconds, as rating counts them."""

    start_s: int
    end_s: int
    session: int
    is_confirmed: bool
    has_ended: bool
    technician: str
    customer: str


def of_period(views: Views, begins_at: datetime, ends_at: datetime) -> list[Overlap]:
    """Return the pairs that are not settled, of sessions connected between two moments."""
    return sorted(_pairs(views, epoch_microseconds(begins_at), epoch_microseconds(ends_at)))


def with_overlaps(views: Views, found: Billing, period: Period) -> Billing:
    """Return the billing of a period with an exception for each of its sessions that overlaps another one."""
    pairs = of_period(views, period.begins_at, period.ends_at)
    overlapping = {number for each in pairs for number in each[:2]}
    more = [
        BillingException(each.session, each.session_ref, each.customer, OVERLAP)
        for each in found.sessions
        if each.session in overlapping
    ]
    return found._replace(exceptions=sorted([*found.exceptions, *more], key=lambda each: each.session))


def of_all(views: Views) -> list[Overlap]:
    """Return every pair that is not settled."""
    return sorted(_pairs(views, -_NEVER_US, _NEVER_US))


def of_session(views: Views, number: int) -> list[Overlap]:
    """Return the pairs that a session is one of, itself first."""
    found = views.execute(_ONE, (number,)).fetchone()
    if found is None:
        return []
    began_us, ended_us = found
    pairs = _pairs(views, began_us, _NEVER_US if ended_us is None else ended_us)
    mine = (each if each.session == number else each.turned() for each in pairs if number in each[:2])
    return sorted(mine)


def _pairs(views: Views, begins_us: int, ends_us: int) -> Iterator[Overlap]:
    """Yield each pair once, with what they have in common and when they first overlap.

    Two are told unless one is confirmed. Whom no file names may be anybody, and is no technician of both.
    """
    going_on: defaultdict[tuple[Literal["technician", "customer"], str], list[_Stretch]] = defaultdict(list)
    told: set[tuple[int, int]] = set()
    for each in _in_order(views.execute(_CONNECTED, (ends_us, begins_us))):
        groups: list[tuple[Literal["technician", "customer"], str]] = [("customer", each.customer)]
        if each.technician != UNKNOWN_TECHNICIAN:
            groups.insert(0, ("technician", each.technician))
        for kind, who in groups:
            found = [earlier for earlier in going_on[kind, who] if earlier.end_s > each.start_s]
            going_on[kind, who] = [*found, each]
            for earlier in found:
                pair = (min(earlier.session, each.session), max(earlier.session, each.session))
                is_open = not (earlier.is_confirmed or each.is_confirmed)
                if is_open and earlier.session != each.session and pair not in told:
                    told.add(pair)
                    ended = [one.session for one in (earlier, each) if one.has_ended]
                    are_over = earlier.has_ended and each.has_ended
                    begins_at = from_epoch_microseconds(each.start_s * _SECOND_US)
                    yield Overlap(*pair, kind, who, begins_at, max(ended, default=None), are_over)


def _in_order(rows: Iterable[tuple[Any, ...]]) -> Iterator[_Stretch]:
    """Yield the connections of sessions, which come by their first one, by their beginning."""
    waiting: list[_Stretch] = []
    for number, customer, technicians, began_us, ended_us, stretches, is_confirmed in rows:
        while waiting and waiting[0].start_s < began_us // _SECOND_US:
            yield heapq.heappop(waiting)
        told = [(technicians, began_us, ended_us)] if stretches is None else json.loads(stretches)
        for technician, start_us, end_us in told:
            end_s = (_NEVER_US if end_us is None else end_us) // _SECOND_US
            stretch = _Stretch(
                start_us // _SECOND_US,
                end_s,
                number,
                bool(is_confirmed),
                ended_us is not None,
                technician,
                customer,
            )
            if stretch.start_s < stretch.end_s:
                heapq.heappush(waiting, stretch)
    yield from sorted(waiting)
