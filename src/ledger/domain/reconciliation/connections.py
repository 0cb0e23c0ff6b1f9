"""The connections behind records: one seen by two sources is one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from ledger.domain.reconciliation.inputs import SLACK_S, Seen, SeenRecord, seen_in


def connections(records: Iterable[SeenRecord]) -> list[Seen]:
    """Return the connections behind records, by their start: one seen by two sources is one."""
    groups: dict[object, list[SeenRecord]] = defaultdict(list)
    for record in records:
        group = record.key if record.marks is None else (record.marks[0], record.technician)
        groups[group].append(record)
    found = [seen for group in groups.values() for seen in _merged(group)]
    return sorted(found, key=lambda seen: (seen.start_s, seen.keys))


def _merged(group: list[SeenRecord]) -> list[Seen]:
    """Group records of one partner and technician; a source has at most one record of a connection."""
    if len(group) == 1:
        return [seen_in(group)]
    closed_first = sorted(group, key=lambda r: (r.ended_s is None, r.started_s, r.ended_s or 0, r.key))
    found: list[list[SeenRecord]] = []
    starts: dict[int, list[list[SeenRecord]]] = defaultdict(list)
    for record in closed_first:
        slot = record.started_s // SLACK_S
        near = [each for around in (slot - 1, slot, slot + 1) for each in starts.get(around, ())]
        fitting = [each for each in near if _is_same(each, record)]
        if fitting:
            min(fitting, key=lambda each: _apart(each[0], record)).append(record)
        else:
            found.append([record])
            starts[slot].append(found[-1])
    return [seen_in(each) for each in found]


def _is_same(known: list[SeenRecord], record: SeenRecord) -> bool:
    first = known[0]
    is_near = abs(first.started_s - record.started_s) <= SLACK_S
    if first.ended_s is not None and record.ended_s is not None:
        is_near = is_near and abs(first.ended_s - record.ended_s) <= SLACK_S
        is_near = is_near and first.is_true == record.is_true
    return is_near and all(each.source != record.source for each in known)


def _apart(first: SeenRecord, record: SeenRecord) -> int:
    ends = 0 if first.ended_s is None or record.ended_s is None else abs(first.ended_s - record.ended_s)
    return abs(first.started_s - record.started_s) + ends
