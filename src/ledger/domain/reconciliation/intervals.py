"""Stretches of time: pairs that meet, and their length together."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol, TypeVar


class Timed(Protocol):
    """A stretch with a beginning and an end."""

    @property
    def start_s(self) -> int:
        """Return when it begins."""
        ...

    @property
    def end_s(self) -> int:
        """Return when it ends."""
        ...


Left = TypeVar("Left", bound=Timed)
Right = TypeVar("Right", bound=Timed)


def together(left: Iterable[Left], right: Iterable[Right], slack_s: int) -> Iterator[tuple[Left, Right]]:
    """Yield every pair of both sides that overlaps, or lies at most `slack_s` apart."""
    rights = sorted(right, key=lambda each: each.start_s)
    waiting: list[tuple[int, int, Left]] = []
    lefts = sorted(left, key=lambda each: each.start_s)
    ended: list[tuple[int, int, Right]] = []
    place = 0
    for index, each in enumerate(lefts):
        while place < len(rights) and rights[place].start_s <= each.start_s:
            yield from _met(waiting, rights[place], slack_s)
            heapq.heappush(ended, (rights[place].end_s, place, rights[place]))
            place += 1
        while ended and ended[0][0] + slack_s < each.start_s:
            heapq.heappop(ended)
        for _, _, other in ended:
            yield each, other
        heapq.heappush(waiting, (each.end_s, index, each))
    for other in rights[place:]:
        yield from _met(waiting, other, slack_s)


def _met(waiting: list[tuple[int, int, Left]], other: Right, slack_s: int) -> Iterator[tuple[Left, Right]]:
    while waiting and waiting[0][0] + slack_s < other.start_s:
        heapq.heappop(waiting)
    for _, _, each in waiting:
        yield each, other


def merged(intervals: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the same time without overlaps, in order."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(intervals):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def total(intervals: Sequence[tuple[int, int]]) -> int:
    """Return the seconds that they cover together."""
    apart = intervals if len(intervals) == 1 else merged(intervals)
    return sum(end - start for start, end in apart)
