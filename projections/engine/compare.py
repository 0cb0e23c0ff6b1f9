"""Comparison of the live read model with a replay, row by row, without writing a second one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from ledger.application.backends import read_again
from ledger.application.read_models import Difference
from ledger.folder.workers import Workers
from ledger.store.event_store import LedgerStore
from projections.engine.parts import Task, asked, inputs_of, refuse, safely, task_of
from projections.engine.pool import Blocks, chunks, helpers, shared
from projections.engine.replay import check_all_read
from projections.engine.runner import position_of
from projections.engine.writer import NAMES, ROWS, merges
from projections.inputs.life import Life
from projections.inputs.state import Inputs
from projections.views import Views, opened

MERGES = "merges"


def differences(
    views: Views, store: LedgerStore, position: int, workers: Workers | None = None
) -> Iterator[Difference]:
    """Return the live rows that the first `position` events contradict, by table and key.

    Missing and extra rows count. `views` is in a transaction, so that all its rows are of one moment. With
    `workers` other machines derive the rows, and what differs from theirs is looked at here.
    """
    last, inputs = store.sessions(), Inputs(store, 0, {})
    if workers is None:
        count, different = _compared(views, inputs, position)
    else:
        count, different = _compared_by(workers, views, inputs, position)
    check_all_read(store, 0, position, count + inputs.events_read)
    for name in NAMES:
        beyond = views.execute(f"SELECT number FROM {name} WHERE number NOT BETWEEN 1 AND ?", (last,))
        different.update(Difference(name, number) for (number,) in beyond)
    live, merged = merges(views), inputs.customers.merges
    codes = live.keys() | merged.keys()
    different.update(Difference(MERGES, code) for code in codes if live.get(code) != merged.get(code))
    order = {name: place for place, name in enumerate((*NAMES, MERGES))}
    return iter(sorted(different, key=lambda each: (order[each.table], str(each.key).zfill(20))))


def _compared(views: Views, inputs: Inputs, position: int) -> tuple[int, set[Difference]]:
    """Compare in processes of this machine; return the number of events beside sessions, and what differs."""
    store = inputs.store
    last, place = store.sessions(), store.place
    (file,) = views.execute("SELECT file FROM pragma_database_list WHERE name = 'main'").fetchone()
    with shared(_compare_alone, last, [(place, file, position)] * helpers(last)) as sharing:
        _, count = inputs.take(position)
        different = set(_differing(views, inputs, sharing.mine))
        for answer in sharing.answers():
            if answer is not None:
                inputs.events_read += answer[0]
                different.update(answer[1])
        different.update(_differing(views, inputs, sharing.left()))
    return count, different


def _compared_by(
    workers: Workers, views: Views, inputs: Inputs, position: int
) -> tuple[int, set[Difference]]:
    """Compare with hashes of the rows that other machines derive; the same answer."""
    from projections.engine.cluster import cluster  # noqa: PLC0415 - it brings the engine

    store, different = inputs.store, set[Difference]()
    task = task_of(workers, store, position, NAMES)
    with cluster(workers) as them:
        waiting = asked(them.executor, digests, task, store.sessions())
        _, count = inputs.take(position)
        while waiting:
            block, future = waiting.popleft()
            answer = them.answer_of(future)
            if isinstance(answer, str):
                refuse(answer, position)
            if isinstance(answer, Digests) and answer.hashes == hashes_of(views, block):
                inputs.events_read += answer.events
            else:
                different.update(_differing(views, inputs, [block]))
    return count, different


class Digests(NamedTuple):
    """The SHA-256 of a block's rows, a table each, and the number of events that they were made of."""

    hashes: tuple[bytes, ...]
    events: int


def digests(task: Task, first: int, stop: int) -> Digests | str:
    """Derive the rows of a block on any machine; return their hashes, or why there are none."""

    def derive() -> Digests:
        inputs = inputs_of(task)
        before, hashes = inputs.events_read, [sha256() for _ in NAMES]
        for chunk in chunks([range(first, stop)]):
            lives = inputs.lives(chunk)
            for name, made in zip(NAMES, hashes, strict=True):
                made.update(_bytes_of(_rows(name, lives, inputs)))
        return Digests(tuple(made.digest() for made in hashes), inputs.events_read - before)

    return safely(task, derive)


def hashes_of(views: Views, block: range) -> tuple[bytes, ...]:
    """Return the hashes of the live rows of a block, as `digests` makes them."""
    hashes = [sha256() for _ in NAMES]
    for chunk in chunks([block]):
        for name, made in zip(NAMES, hashes, strict=True):
            made.update(_bytes_of(_live(views, name, chunk)))
    return tuple(made.digest() for made in hashes)


def _bytes_of(rows: list[tuple[Any, ...]]) -> bytes:
    """Return rows as bytes; a truth is stored as a number."""
    return repr(
        [[int(value) if value.__class__ is bool else value for value in row] for row in rows]
    ).encode()


def _live(views: Views, name: str, chunk: Sequence[int]) -> list[tuple[Any, ...]]:
    query = f"SELECT * FROM {name} WHERE number BETWEEN ? AND ? ORDER BY number"
    return views.execute(query, (chunk[0], chunk[-1])).fetchall()


def _differing(views: Views, inputs: Inputs, blocks: Iterable[range]) -> Iterator[Difference]:
    """Yield the rows of these sessions that differ from those made anew, or belong to no session."""
    for chunk in chunks(blocks):
        lives = inputs.lives(chunk)
        for name in NAMES:
            expected = _rows(name, lives, inputs)
            live = _live(views, name, chunk)
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
