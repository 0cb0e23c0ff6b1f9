"""Comparison of the live read model with a replay, row by row, without writing a second one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from ledger.application.backends import read_again
from ledger.application.read_models import Difference
from ledger.store.event_store import LedgerStore
from projections.engine.pool import Blocks, chunks, helpers, shared
from projections.engine.replay import check_all_read
from projections.engine.runner import position_of
from projections.engine.writer import NAMES, ROWS, merges
from projections.inputs.life import Life
from projections.inputs.state import Inputs
from projections.views import Views, opened

MERGES = "merges"


def differences(views: Views, store: LedgerStore, position: int) -> Iterator[Difference]:
    """Return the live rows that the first `position` events contradict, by table and key.

    Missing and extra rows count. `views` is in a transaction, so that all its rows are of one moment.
    """
    last = store.sessions()
    (file,) = views.execute("SELECT file FROM pragma_database_list WHERE name = 'main'").fetchone()
    with shared(_compare_alone, last, [(store.place, file, position)] * helpers(last)) as sharing:
        inputs = Inputs(store, 0, {})
        _, count = inputs.take(position)
        different = set(_differing(views, inputs, sharing.mine))
        for answer in sharing.answers():
            if answer is not None:
                inputs.events_read += answer[0]
                different.update(answer[1])
        different.update(_differing(views, inputs, sharing.left()))
    check_all_read(store, 0, position, count + inputs.events_read)
    for name in NAMES:
        beyond = views.execute(f"SELECT number FROM {name} WHERE number NOT BETWEEN 1 AND ?", (last,))
        different.update(Difference(name, number) for (number,) in beyond)
    live, merged = merges(views), inputs.customers.merges
    codes = live.keys() | merged.keys()
    different.update(Difference(MERGES, code) for code in codes if live.get(code) != merged.get(code))
    order = {name: place for place, name in enumerate((*NAMES, MERGES))}
    return iter(sorted(different, key=lambda each: (order[each.table], str(each.key).zfill(20))))


def _differing(views: Views, inputs: Inputs, blocks: Iterable[range]) -> Iterator[Difference]:
    """Yield the rows of these sessions that differ from those made anew, or belong to no session."""
    for chunk in chunks(blocks):
        lives = inputs.lives(chunk)
        for name in NAMES:
            expected = _rows(name, lives, inputs)
            query = f"SELECT * FROM {name} WHERE number BETWEEN ? AND ? ORDER BY number"
            live = views.execute(query, (chunk[0], chunk[-1])).fetchall()
            if live != expected:  # as a rule they are the same, compared all at once
                yield from (Difference(name, number) for number in _apart(expected, live))


def _rows(name: str, lives: Sequence[Life], inputs: Inputs) -> list[tuple[Any, ...]]:
    row_of = ROWS[name]
    rows = [row_of(life, inputs) for life in lives]
    return [row for row in rows if row is not None]


def _apart(expected: list[tuple[Any, ...]], live: list[tuple[Any, ...]]) -> set[int]:
    by_number = {row[0]: row for row in expected}
    others = {row[0]: row for row in live}
    numbers = by_number.keys() | others.keys()
    return {number for number in numbers if by_number.get(number) != others.get(number)}


def _compare_alone(blocks: Blocks, place: str, file: str, position: int) -> tuple[int, list[Difference]]:
    """Return the number of events that a worker read, then each difference."""
    with read_again(place) as store, opened(Path(file)) as views, views.transaction():
        if position_of(views) != position:
            raise ValueError(position)  # the rows were caught up meanwhile
        inputs = Inputs.at(store, position)
        found = list(_differing(views, inputs, blocks))
    return inputs.events_read, found
