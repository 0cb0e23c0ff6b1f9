"""The live read model held against a replay, row by row, without writing a second one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

from ledger.store.ledger_store import LedgerStore
from projections.files import Views
from projections.fold import Fold
from projections.parts import chunks
from projections.rows import NAMES, ROWS, merges
from projections.runner import check_all_read
from projections.standing import Standing

MERGES = "merges"


class Different(NamedTuple):
    """A row of a table that says something else than the events, or is one too many or too few."""

    table: str
    key: int | str


def differences(views: Views, store: LedgerStore, position: int) -> Iterator[Different]:
    """What of the live rows is not what the first `position` events say, by table and key."""
    fold = Fold(store, 0, {})
    _, count = fold.take(position)
    found: set[Different] = set()
    last = store.sessions()
    for numbers in chunks(range(1, last + 1)):
        standings = sorted(fold.standings(numbers), key=attrgetter("number"))
        found.update(_differing(views, fold, numbers, standings))
    check_all_read(store, 0, position, count + fold.events_read)
    for name in NAMES:
        beyond = views.execute(f"SELECT number FROM {name} WHERE number NOT BETWEEN 1 AND ?", (last,))
        found.update(Different(name, number) for (number,) in beyond)
    live, told = merges(views), fold.buyers.merges
    codes = live.keys() | told.keys()
    found.update(Different(MERGES, code) for code in codes if live.get(code) != told.get(code))
    order = {name: place for place, name in enumerate((*NAMES, MERGES))}
    return iter(sorted(found, key=lambda each: (order[each.table], str(each.key).zfill(20))))


def _differing(
    views: Views, fold: Fold, numbers: Sequence[int], standings: Sequence[Standing]
) -> Iterator[Different]:
    """The rows of these sessions that are not what the fold says, or stand for none of them."""
    for name in NAMES:
        row_of = ROWS[name]
        told = [row for row in (row_of(standing, fold) for standing in standings) if row is not None]
        query = f"SELECT * FROM {name} WHERE number BETWEEN ? AND ? ORDER BY number"
        live = views.execute(query, (numbers[0], numbers[-1])).fetchall()
        if live != told:  # as a rule they are the same, compared all at once
            yield from (Different(name, number) for number in _apart(told, live))


def _apart(told: list[tuple[Any, ...]], live: list[tuple[Any, ...]]) -> set[int]:
    by_number = {row[0]: row for row in told}
    others = {row[0]: row for row in live}
    numbers = by_number.keys() | others.keys()
    return {number for number in numbers if by_number.get(number) != others.get(number)}
