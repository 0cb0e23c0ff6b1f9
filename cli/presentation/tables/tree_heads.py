"""The signed tree heads behind a deletion report: the newest, and whether it continues an earlier one."""

from __future__ import annotations

from bisect import bisect_right
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ledger.domain import merkle
from ledger.message import Message, msg
from ledger.store.event_store import LedgerStore
from ledger.transparency.checkpoint import Checkpoint, parse_checkpoint, read_held_checkpoint, root_text

if TYPE_CHECKING:
    pass


class Heads(NamedTuple):
    """The sizes that were signed, the newest head, and the one of an earlier report with what came of it."""

    sizes: list[int]
    newest: Checkpoint | None
    since: Checkpoint | None = None
    is_continued: bool | None = None

    def first_over(self, index: int | None) -> int | None:
        """Return the size of the first checkpoint that covers an event; None before there is one."""
        if index is None:
            return None
        place = bisect_right(self.sizes, index)
        return self.sizes[place] if place < len(self.sizes) else None

    def document(self) -> dict[str, object]:
        """Return the heads for JSON."""
        newest, since = self.newest, self.since
        return {
            "checkpoint": None if newest is None else {"size": newest.size, "root": root_text(newest.root)},
            "since": None if since is None else {"size": since.size, "continued": self.is_continued},
        }

    def notes(self) -> list[Message]:
        """Return the heads as notes."""
        found: list[Message] = []
        if self.newest is not None:
            size, root = self.newest.size, root_text(self.newest.root)
            found.append(msg("The newest checkpoint: {size} events, root {root}.", size=size, root=root))
        if self.since is not None:
            size = self.since.size
            found.append(
                msg("The history has only grown since the checkpoint of {size} events.", size=size)
                if self.is_continued
                else msg("FORK: this is no continuation of the checkpoint of {size} events.", size=size)
            )
        return found


def heads_of(store: LedgerStore, position: int, since: Path | None) -> Heads:
    """Return what was signed up to the report's last event.

    Raises BadNote if `since` is no checkpoint.
    """
    stored = store.checkpoints(position)
    newest = parse_checkpoint(stored[-1][1]) if stored else None
    sizes = [size for size, _ in stored]
    if since is None:
        return Heads(sizes, newest)
    held = read_held_checkpoint(since)
    is_continued = held.size <= position and merkle.root(store.hashes, held.size) == held.root
    return Heads(sizes, newest, held, is_continued)
