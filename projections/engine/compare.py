"""Comparison of the live read model with a replay, row by row, without writing a second one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from ledger.application.read_models import Difference
from ledger.folder.workers import Workers
from ledger.store.event_store import LedgerStore
from projections.engine.blocks import chunks
from projections.engine.parts import Task, done, inputs_of, others, safely, task_of
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
    last, inputs, different = store.sessions(), Inputs(store, 0, {}), set[Difference]()
    task = task_of(workers, store, position, NAMES)
    (file,) = views.execute("SELECT file FROM pragma_database_list WHERE name = 'main'").fetchone()

    def here(block: range) -> BlockCompared:
        return BlockCompared(0, list(_differing(views, inputs, block)))  # `inputs` counts the events itself

    with others(workers, last) as them:
        _, count = inputs.take(position)
        work = digests if workers is not None else partial(compared, file)
        for block, found in done(them, work, task, last, here):
            same = not found.hashes or found.hashes == hashes_of(views, block)
            answer = found if same else here(block)
            inputs.events_read += answer.events
            different.update(answer.different)
    check_all_read(store, 0, position, count + inputs.events_read)
    for name in NAMES:
        beyond = views.execute(f"SELECT number FROM {name} WHERE number NOT BETWEEN 1 AND ?", (last,))
        different.update(Difference(name, number) for (number,) in beyond)
    live, merged = merges(views), inputs.customers.merges
    codes = live.keys() | merged.keys()
    different.update(Difference(MERGES, code) for code in codes if live.get(code) != merged.get(code))
    order = {name: place for place, name in enumerate((*NAMES, MERGES))}
    return iter(sorted(different, key=lambda each: (order[each.table], str(each.key).zfill(20))))


class BlockCompared(NamedTuple):
    """A block: the number of events that were read for it, and what differs.

    Whoever has no live rows answers with the SHA-256 of the rows that are right, a table each.
    """

    events: int
    different: Sequence[Difference] = ()
    hashes: tuple[bytes, ...] = ()


def digests(task: Task, block: range) -> BlockCompared | str:
    """Derive the rows of a block on any machine; return their hashes, or why there are none."""

    def derive() -> BlockCompared:
        inputs = inputs_of(task)
        before, hashes = inputs.events_read, [sha256() for _ in NAMES]
        for chunk in chunks(block):
            lives = inputs.lives(chunk)
            for name, made in zip(NAMES, hashes, strict=True):
                made.update(_bytes_of(_rows(name, lives, inputs)))
        return BlockCompared(inputs.events_read - before, hashes=tuple(made.digest() for made in hashes))

    return safely(task, derive)


def compared(file: str, task: Task, block: range) -> BlockCompared | str:
    """Compare a block with the live rows in another process of this machine."""

    def compare() -> BlockCompared:
        inputs = inputs_of(task)
        before = inputs.events_read
        with opened(Path(file)) as views, views.transaction():
            if position_of(views) != task.until:
                raise ValueError(task.until)  # the rows were caught up meanwhile
            found = list(_differing(views, inputs, block))
        return BlockCompared(inputs.events_read - before, found)

    return safely(task, compare)


def hashes_of(views: Views, block: range) -> tuple[bytes, ...]:
    """Return the hashes of the live rows of a block, as `digests` makes them."""
    hashes = [sha256() for _ in NAMES]
    for chunk in chunks(block):
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


def _differing(views: Views, inputs: Inputs, block: range) -> Iterator[Difference]:
    """Yield the rows of these sessions that differ from those made anew, or belong to no session."""
    for chunk in chunks(block):
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
