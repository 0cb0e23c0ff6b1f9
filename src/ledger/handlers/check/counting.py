"""Counting of checks as they are done, for those who wait."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

Done = Callable[[int], object]
"""Called with the number of checks done since it was last called."""


def nothing_done(_count: int) -> None:
    """Show nothing."""


def one_by_one(names: Sequence[str], done: Done) -> Iterator[str]:
    """Yield names of checks, and count each as done once the next one is asked for."""
    for name in names:
        yield name
        done(1)
