"""The stored hashes of the tree: leaves beside their events, and the roots of 256 children each."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.domain.merkle import TILE_WIDTH, fold
from ledger.errors import StoreDamaged
from ledger.message import msg
from ledger.store.any_database import Statements

_LEAVES = "SELECT leaf_hash FROM events WHERE leaf_index >= ? AND leaf_index < ? ORDER BY leaf_index"
_SUBTREES = "SELECT hash FROM subtree WHERE level = ? AND number >= ? AND number < ? ORDER BY number"


class HashReader:
    """Reads hashes with a cursor or a connection; what is not there is damage."""

    def __init__(self, database: Statements) -> None:
        self._database = database

    def hashes(self, level: int, first: int, count: int) -> list[bytes]:
        """`count` hashes of a level from number `first` on; raises StoreDamaged when one is missing."""
        found = (
            self._database.execute(_LEAVES, (first, first + count))
            if level == 0
            else self._database.execute(_SUBTREES, (level, first, first + count))
        ).fetchall()
        if len(found) != count:
            raise StoreDamaged(
                msg("the tree has lost hashes of level {level} from {first} on", level=level, first=first)
            )
        return [each for (each,) in found]


def subtrees_over(reader: HashReader, size: int) -> Iterator[tuple[int, int, bytes]]:
    """(level, number, hash) of every subtree that a log of this size must have, by level.

    Level 1 is computed from the leaves, each higher level from the stored one below it.
    """
    level, children = 1, size
    while children := children // TILE_WIDTH:
        for number in range(children):
            yield level, number, fold(reader.hashes(level - 1, number * TILE_WIDTH, TILE_WIDTH))
        level += 1
