"""Sessions in blocks: how they are cut, and how the rows of some are written."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager

from projections.engine.writer import write
from projections.inputs.state import Inputs
from projections.views import Views

SESSIONS_AT_A_TIME = 500
"""Sessions read at a time: what is made of them stays in the processor's cache."""
SESSIONS_IN_A_BLOCK = 5_000
"""The fewest sessions of a block."""
BLOCKS_MAX = 4_096
WORTH_A_PROCESS = 50_000
"""Sessions whose rows take longer to make than a process takes to start."""
_PROCESSORS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
PROCESSES = min(8, _PROCESSORS)
"""As many as can run at once."""
Progress = Callable[[int], None]


def helpers(last: int) -> int:
    """Return the number of further processes for the sessions up to a number."""
    return max(1, min(PROCESSES, last // WORTH_A_PROCESS)) - 1


def blocks(last: int) -> list[range]:
    """Return the sessions up to a number in blocks; the same ones however many machines there are."""
    return _cut(range(1, last + 1), max(SESSIONS_IN_A_BLOCK, -(-last // BLOCKS_MAX)))


def chunks(block: range) -> Iterator[range]:
    """Yield the sessions of a block, SESSIONS_AT_A_TIME at a time."""
    yield from _cut(block, SESSIONS_AT_A_TIME)


def _cut(numbers: range, size: int) -> list[range]:
    return [numbers[start : start + size] for start in range(0, len(numbers), size)]


def fill(
    views: Views, inputs: Inputs, blocks: Iterable[range], names: Sequence[str], progress: Progress
) -> None:
    """Write the rows of these sessions into a new file."""
    for block in blocks:
        for chunk in chunks(block):
            before = inputs.events_read
            write(views, inputs, inputs.lives(chunk), names)
            progress(inputs.events_read - before)


@contextmanager
def uncollected() -> Generator[None]:
    """Turn the cyclic garbage collector off: it scans millions of rows and finds no cycle in them."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
