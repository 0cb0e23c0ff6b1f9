"""Worker processes for a full replay.

Sessions are independent: each process takes the next block of session numbers from a shared pipe. The parent
repeats every block that a worker did not finish, so errors are raised in the parent.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from struct import Struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from subprocess import Popen

SESSIONS_AT_A_TIME = 500
"""Sessions read at a time: what is made of them stays in the processor's cache."""
SESSIONS_IN_A_BLOCK = 5_000
"""The fewest sessions that a process takes at a time."""
WORTH_A_PROCESS = 50_000
"""Sessions whose rows take longer to make than a process takes to start."""
_PROCESSORS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
PROCESSES = min(8, _PROCESSORS)
"""At most as many as run at once, and as SQLite attaches files."""
_BORDERS = Struct("<qq")
_BLOCKS_MAX = 256
"""Pairs of borders that the pipe of every system holds unread."""


def helpers(last: int) -> int:
    """Return the number of worker processes for the sessions up to a number."""
    return max(1, min(PROCESSES, last // WORTH_A_PROCESS)) - 1


def chunks(blocks: Iterable[range]) -> Iterator[range]:
    """Yield the sessions of blocks, SESSIONS_AT_A_TIME at a time."""
    for block in blocks:
        yield from _cut(block, SESSIONS_AT_A_TIME)


def _cut(numbers: range, size: int) -> list[range]:
    return [numbers[start : start + size] for start in range(0, len(numbers), size)]


class Blocks:
    """Blocks of session numbers for one process; iterating takes the next free one.

    All processes read from one pipe, so the borders of a block reach exactly one of them.
    """

    def __init__(self, first: range, pipe: int) -> None:
        self._first, self._pipe = first, pipe
        self.taken: list[range] = []

    def __iter__(self) -> Iterator[range]:
        block = self._first
        while block:
            self.taken.append(block)
            yield block
            borders = os.read(self._pipe, _BORDERS.size)
            block = range(*_BORDERS.unpack(borders)) if borders else range(0)


class Sharing:
    """Sessions shared among processes: the parent's blocks, and the answers of the workers."""

    def __init__(self, every: list[range], mine: Blocks, others: Sequence[Popen[bytes]]) -> None:
        self.mine = mine
        self._every, self._others = every, others
        self._done: set[range] = set()

    def answers(self) -> Iterator[list[str] | None]:
        """Yield the words that each worker answered, in order; None where it failed."""
        for process in self._others:
            output, _ = process.communicate()
            if process.returncode:
                yield None
                continue
            count, *words = output.decode().split()
            borders = list(map(int, words[: 2 * int(count)]))
            self._done.update(map(range, borders[::2], borders[1::2]))
            yield words[len(borders) :]

    def left(self) -> list[range]:
        """Return the blocks that no process finished."""
        return [block for block in self._every if block not in self._done and block not in self.mine.taken]


@contextmanager
def shared(module: str, last: int, asked: Sequence[Sequence[object]]) -> Generator[Sharing]:
    """Share the sessions up to a number among this process and one worker for each of `asked`, its arguments.

    Workers run a module in a new process: a forked one would share SQLite connections, which SQLite forbids.
    Ctrl-C reaches the parent alone, which ends the workers; none outlives it.
    """
    from subprocess import PIPE, Popen  # noqa: PLC0415 - only long work needs it

    every = _cut(range(1, last + 1), max(SESSIONS_IN_A_BLOCK, -(-last // _BLOCKS_MAX)))
    firsts = [*every[: 1 + len(asked)], *[range(0)] * (1 + len(asked) - len(every))]
    pipe, filled = os.pipe()
    with os.fdopen(filled, "wb") as file:
        file.writelines(_BORDERS.pack(each.start, each.stop) for each in every[len(firsts) :])
    others: list[Popen[bytes]] = []
    try:
        for first, more in zip(firsts[1:], asked, strict=True):
            words = map(str, (pipe, first.start, first.stop, *more))
            # -P: a module of ours, never one that lies in the current folder.
            command = [sys.executable, "-P", "-m", module, *words]
            others.append(Popen(command, stdout=PIPE, process_group=0, pass_fds=[pipe]))  # noqa: S603 - see above
        yield Sharing(every, Blocks(firsts[0], pipe), others)
    finally:
        os.close(pipe)
        for process in others:
            if process.returncode is None:
                process.kill()
                process.communicate()


def answer_with(work: Callable[..., Sequence[object]]) -> None:
    """Run as a worker: pass the blocks and the arguments to `work`, print the words that it returns."""
    import gc  # noqa: PLC0415 - only here

    gc.disable()  # it scans millions of rows and finds no cycle in them
    pipe, first, stop, *more = sys.argv[1:]
    blocks = Blocks(range(int(first), int(stop)), int(pipe))
    try:
        words = work(blocks, *more)
    except Exception:  # noqa: BLE001 - the parent repeats the block and raises what is wrong
        sys.exit(1)
    borders = [border for block in blocks.taken for border in (block.start, block.stop)]
    sys.stdout.write(" ".join(map(str, (len(blocks.taken), *borders, *words))))
