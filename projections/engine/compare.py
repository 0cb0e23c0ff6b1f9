"""The live read model held against a replay, row by row, without writing a second one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

from ledger.application.backends import read_again
from ledger.store.event_store import LedgerStore
from projections.engine.pool import Blocks, chunks, helpers, shared
from projections.engine.runner import check_all_read, position_of
from projections.engine.writer import NAMES, ROWS, merges
from projections.inputs.session_snapshot import Standing
from projections.inputs.state import Fold
from projections.views import Views, opened

MERGES = "merges"


class Different(NamedTuple):
    """A row of a table that says something else than the events, or is one too many or too few."""

    table: str
    key: int | str


def differences(views: Views, store: LedgerStore, position: int) -> Iterator[Different]:
    """What of the live rows is not what the first `position` events say, by table and key.

    `views` is in a transaction, so that all its rows are of one moment.
    """
    last = store.sessions()
    (file,) = views.execute("SELECT file FROM pragma_database_list WHERE name = 'main'").fetchone()
    with shared(_compare_alone, last, [(store.place, file, position)] * helpers(last)) as sharing:
        fold = Fold(store, 0, {})
        _, count = fold.take(position)
        different = set(_differing(views, fold, sharing.mine))
        for told in sharing.answers():
            if told is not None:
                fold.events_read += told[0]
                different.update(told[1])
        different.update(_differing(views, fold, sharing.left()))
    check_all_read(store, 0, position, count + fold.events_read)
    for name in NAMES:
        beyond = views.execute(f"SELECT number FROM {name} WHERE number NOT BETWEEN 1 AND ?", (last,))
        different.update(Different(name, number) for (number,) in beyond)
    live, merged = merges(views), fold.buyers.merges
    codes = live.keys() | merged.keys()
    different.update(Different(MERGES, code) for code in codes if live.get(code) != merged.get(code))
    order = {name: place for place, name in enumerate((*NAMES, MERGES))}
    return iter(sorted(different, key=lambda each: (order[each.table], str(each.key).zfill(20))))


def _differing(views: Views, fold: Fold, blocks: Iterable[range]) -> Iterator[Different]:
    """The rows of these sessions that are not what the fold says, or stand for none of them."""
    for chunk in chunks(blocks):
        standings = sorted(fold.standings(chunk), key=attrgetter("number"))
        for name in NAMES:
            told = _rows(name, standings, fold)
            query = f"SELECT * FROM {name} WHERE number BETWEEN ? AND ? ORDER BY number"
            live = views.execute(query, (chunk[0], chunk[-1])).fetchall()
            if live != told:  # as a rule they are the same, compared all at once
                yield from (Different(name, number) for number in _apart(told, live))


def _rows(name: str, standings: Sequence[Standing], fold: Fold) -> list[tuple[Any, ...]]:
    row_of = ROWS[name]
    rows = [row_of(standing, fold) for standing in standings]
    return [row for row in rows if row is not None]


def _apart(told: list[tuple[Any, ...]], live: list[tuple[Any, ...]]) -> set[int]:
    by_number = {row[0]: row for row in told}
    others = {row[0]: row for row in live}
    numbers = by_number.keys() | others.keys()
    return {number for number in numbers if by_number.get(number) != others.get(number)}


def _compare_alone(blocks: Blocks, place: str, file: str, position: int) -> tuple[int, list[Different]]:
    """How many events another process read, then what differs."""
    with read_again(place) as store, opened(Path(file)) as views, views.transaction():
        if position_of(views) != position:
            raise ValueError(position)  # somebody caught up meanwhile: these are other rows
        fold = Fold.standing_at(store, position)
        found = list(_differing(views, fold, blocks))
    return fold.events_read, found
