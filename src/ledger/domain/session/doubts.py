"""Flags of a purge that keep its deletion from being claimed: the place was not the remembered one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from ledger.domain import events as e

RULE = 2
"""The rule of today: the place is part of the evidence. Rule 1 knew no doubts."""
DOUBTS = frozenset(
    {
        "missing",
        "replaced",
        "link",
        "hard-link",
        "swapped",
        "other-disk",
        "other-place",
        "place-unknown",
        "interrupted",
    }
)


class Flagged(Protocol):
    """A target of a purge, for what was noticed of it."""

    @property
    def flags(self) -> tuple[str, ...]:
        """The flags that a purge gave it."""
        ...


def doubts_of(targets: Iterable[Flagged], rule: int | None) -> tuple[str, ...]:
    """Return the doubts of targets, in order; none under the older rule."""
    if rule is None or rule < RULE:
        return ()
    return tuple(sorted({flag for target in targets for flag in target.flags} & DOUBTS))


def in_doubt(targets: Sequence[e.PurgeTarget]) -> bool:
    """Return True if a target bears a flag that denies `measured`."""
    return any(not DOUBTS.isdisjoint(target.flags) for target in targets)
