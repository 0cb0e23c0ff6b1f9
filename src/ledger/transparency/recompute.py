"""The tree anew from the events' own bytes, in one pass over one snapshot of the database.

Every line is built, hashed and held against the hash stored with its event; 256 at a time they are
folded and held against the stored subtree; and from those the roots of every size that is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple

from ledger.domain import merkle
from ledger.domain.merkle import TILE_WIDTH
from ledger.errors import StoreDamaged
from ledger.message import Message, msg
from ledger.store.any_database import AnyDatabase
from ledger.store.event_store import LedgerStore
from ledger.store.finding import CheckFinding
from ledger.store.leaf import entry_line, entry_lines

_ROWS = """\
SELECT leaf_index, originator_id, originator_version, topic, recorded_at, state, leaf_hash FROM events
WHERE leaf_index >= ? ORDER BY leaf_index LIMIT ?"""
_SUBTREES = "SELECT level, number, hash FROM subtree"
_PAGE = 4 * TILE_WIDTH
_Row = tuple[int, bytes, int, bytes, int, bytes, object]


class Recomputed(NamedTuple):
    """The size of the log, its roots at that size and at those asked for, and what was found on the way."""

    size: int
    roots: Mapping[int, bytes]
    findings: tuple[CheckFinding, ...]


class Tree:
    """Hashes of every level in memory, as they become complete, and roots of the moment."""

    def __init__(self) -> None:
        self.levels: list[list[bytes]] = [[]]

    @property
    def size(self) -> int:
        """Return the number of leaves."""
        return len(self.levels[0])

    def extend(self, leaves: Sequence[bytes]) -> Iterator[tuple[int, int, bytes]]:
        """Append leaves; (level, number, hash) of each subtree that becomes complete."""
        self.levels[0] += leaves
        level = 0
        while len(self.levels[level]) // TILE_WIDTH:
            if level + 1 == len(self.levels):
                self.levels.append([])
            below, above = self.levels[level], self.levels[level + 1]
            for number in range(len(above), len(below) // TILE_WIDTH):
                above.append(merkle.fold(below[number * TILE_WIDTH : (number + 1) * TILE_WIDTH]))
                yield level + 1, number, above[-1]
            level += 1

    def root(self, size: int) -> bytes:
        """Return the root of the first so many leaves."""
        return merkle.root(self._read, size)

    def _read(self, level: int, first: int, count: int) -> Sequence[bytes]:
        return self.levels[level][first : first + count]


def recompute(
    store: LedgerStore, sizes: set[int], done: Callable[[int], object] = lambda _: None
) -> Recomputed:
    """Everything that the stored bytes give; raises StoreDamaged for a file that cannot be read.

    `done` is told the number of events after each page.
    """
    findings: list[CheckFinding] = []
    with store.snapshot(bytes) as database:  # a topic's own bytes are hashed, whatever they are
        stored = {(level, number): found for level, number, found in database.execute(_SUBTREES)}
        tree = Tree()
        for hashes in _leaves(database, findings):
            done(len(hashes))
            for level, number, computed in tree.extend(hashes):
                if stored.pop((level, number), None) != computed:
                    findings.append(
                        CheckFinding(
                            "tree-hash",
                            msg(
                                "the tree has another hash at level {level} number {number}",
                                level=level,
                                number=number,
                            ),
                        )
                    )
    findings += [
        CheckFinding(
            "tree-hash",
            msg(
                "the tree has level {level} number {number}, which no leaves are below",
                level=level,
                number=number,
            ),
        )
        for level, number in stored
    ]
    reached = {size for size in sizes if size <= tree.size}
    roots = {size: tree.root(size) for size in reached | {tree.size}}
    return Recomputed(tree.size, roots, tuple(findings))


def _leaves(database: AnyDatabase, findings: list[CheckFinding]) -> Iterator[list[bytes]]:
    """Yield the hashes of the events' lines, page by page, in the order in which they lie there."""
    after, next_index, last_us = 0, 0, 0
    while rows := database.execute(_ROWS, (after, _PAGE)).fetchall():
        if rows[-1][0] < after:
            raise StoreDamaged(msg("{name} is damaged: its events are out of order", name=database.name))
        after = rows[-1][0] + 1
        if isinstance(rows[0][3], str):  # PostgreSQL gives text, SQLite whatever a damage left there
            rows = [(*row[:3], row[3].encode(), *row[4:]) for row in rows]
        hashes = _as_recorded(rows, next_index, last_us)
        if hashes is not None:
            next_index, last_us = after, rows[-1][4]
        else:
            page = _Page(next_index, last_us, findings)
            hashes = [page.hash_of(row) for row in rows]
            next_index, last_us = page.next_index, page.last_us
        yield hashes


def _as_recorded(rows: list[_Row], next_index: int, last_us: int) -> list[bytes] | None:
    """Return the hashes of a page; None where something is amiss and each row must be looked at."""
    *parts, stored = zip(
        *rows, strict=True
    )  # by column: what is held against them is held against all at once
    indexes, moments = parts[0], parts[4]
    try:
        hashes = [sha256(b"\x00" + line).digest() for line in entry_lines(zip(*parts, strict=True))]
        is_in_order = moments[0] >= last_us and list(moments) == sorted(moments)
    except (AttributeError, OverflowError, TypeError, ValueError):
        return None
    is_whole = indexes == tuple(range(next_index, next_index + len(rows)))
    return hashes if is_in_order and is_whole and hashes == list(stored) else None


class _Page:
    """A page looked at row by row, to name what is amiss."""

    def __init__(self, next_index: int, last_us: int, findings: list[CheckFinding]) -> None:
        self.next_index, self.last_us = next_index, last_us
        self._findings = findings

    def hash_of(self, row: _Row) -> bytes:
        """Return the hash of a row's line; of a row that has none what is stored with it."""
        index, stream, version, topic, recorded_at_us, state, stored = row
        if index != self.next_index:
            self._find(
                "event-index",
                msg("event {index} follows event {before}", index=index, before=self.next_index - 1),
            )
        self.next_index = index + 1
        try:
            line = entry_line(index, stream, version, topic.decode(), recorded_at_us, state)
            is_back = recorded_at_us < self.last_us
        except (AttributeError, OverflowError, TypeError, ValueError):
            self._find("event-hash", msg("event {index} is damaged beyond reading", index=index))
            return stored if isinstance(stored, bytes) else b""
        if is_back:
            self._find(
                "event-recorded-at",
                msg("event {index} was recorded before the one in front of it", index=index),
            )
        self.last_us = recorded_at_us
        computed = sha256(b"\x00" + line).digest()
        if computed != stored:
            self._find(
                "event-hash", msg("event {index} is not what was recorded: its hash differs", index=index)
            )
        return computed

    def _find(self, name: str, sentence: Message) -> None:
        self._findings.append(CheckFinding(name, sentence))
