"""Sessions of one technician, or of one customer, that were connected at the same time.

Both have their price (two clocks), and one of them may be the other typed a second time: a person looks, and
puts one aside or lets both stand. A pair is settled once one of the two is confirmed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from ledger.application.read_models import Overlap
from ledger.domain.clock import Period, epoch_microseconds, from_epoch_microseconds
from projections.read_models.billing import Billing, BillingException
from projections.views import Views

OVERLAP = "overlap"
"""The exception of a session that overlaps another one of its technician or customer."""

_NEVER_US = 2**63 - 1
_CONNECTED = """\
SELECT s.number, customer, technicians, connected_at, ended_at, stretches, confirmed
FROM sessions s CROSS JOIN billing b USING (number)
WHERE connected_at < ? AND (ended_at IS NULL OR ended_at > ?) AND voided = 0
  AND (billed IS NULL OR billed NOT LIKE 'elsewhere:%')"""
_ONE = (
    "SELECT connected_at, ended_at FROM sessions WHERE number = ? AND voided = 0 AND connected_at IS NOT NULL"
)
_SECOND_US = 1_000_000


class _Stretch(NamedTuple):
    start_us: int
    end_us: int
    session: int
    is_confirmed: bool


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
    """Yield each pair once, with what they have in common and when they first overlap."""
    groups: dict[tuple[Literal["technician", "customer"], str], list[_Stretch]] = {}
    for number, customer, technicians, *times in views.execute(_CONNECTED, (ends_us, begins_us)):
        *span, stretches, is_confirmed = times
        for technician, start_us, end_us in _stretches(technicians, span, stretches):
            # Rating counts whole seconds, and so does this.
            start_s, end_s = start_us // _SECOND_US, (_NEVER_US if end_us is None else end_us) // _SECOND_US
            if start_s < end_s:
                stretch = _Stretch(start_s * _SECOND_US, end_s * _SECOND_US, number, bool(is_confirmed))
                groups.setdefault(("technician", technician), []).append(stretch)
                groups.setdefault(("customer", customer), []).append(stretch)
    told: set[tuple[int, int]] = set()
    for (kind, who), found in groups.items():
        for one, other in _crossing(found):
            pair = (min(one.session, other.session), max(one.session, other.session))
            if pair not in told:
                told.add(pair)
                begins = from_epoch_microseconds(max(one.start_us, other.start_us))
                yield Overlap(*pair, kind, who, begins)


def _stretches(
    technicians: str, span: Sequence[int | None], stretches: str | None
) -> Iterable[tuple[str, int, int | None]]:
    if stretches is not None:
        found: list[tuple[str, int, int | None]] = json.loads(stretches)
        return found
    began_us, ended_us = span
    return [] if began_us is None else [(technicians, began_us, ended_us)]


def _crossing(stretches: list[_Stretch]) -> Iterator[tuple[_Stretch, _Stretch]]:
    """Yield two stretches of different sessions that share a second, unless one is confirmed."""
    going_on: list[_Stretch] = []
    for each in sorted(stretches):
        going_on = [earlier for earlier in going_on if earlier.end_us > each.start_us]
        for earlier in going_on:
            if earlier.session != each.session and not (earlier.is_confirmed or each.is_confirmed):
                yield earlier, each
        going_on.append(each)
