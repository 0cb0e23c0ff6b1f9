"""Long work on every session, shared out among processes.

A session's rows depend on no other session, so whoever is faster does more of them. What another process did
not do, for whatever reason, is done by the one that asked: so what is wrong is told there, and nothing has to
be said about it here.
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
"""So many sessions are worked on at a time: what is made of them stays near the processor."""
SESSIONS_IN_A_BLOCK = 5_000
"""So many sessions at least are taken by a process at a time."""
WORTH_A_PROCESS = 50_000
"""So many sessions take longer than another process takes to start."""
_PROCESSORS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
PROCESSES = min(8, _PROCESSORS)
"""As many as can run at once, and as SQLite attaches files."""
_BORDERS = Struct("<qq")
_BLOCKS_MAX = 256
"""So many pairs of borders every system's pipe holds before anybody reads."""


def helpers(last: int) -> int:
    """How many other processes so many sessions are worth."""
    return max(1, min(PROCESSES, last // WORTH_A_PROCESS)) - 1


def chunks(blocks: Iterable[range]) -> Iterator[range]:
    """The sessions of blocks, so many at a time as are worked on at once."""
    for block in blocks:
        yield from _cut(block, SESSIONS_AT_A_TIME)


def _cut(numbers: range, size: int) -> list[range]:
    return [numbers[start : start + size] for start in range(0, len(numbers), size)]


class Blocks:
    """Sessions to work on. Going through them takes one block after another that nobody has taken.

    All processes read from one pipe: whoever reads the borders of a block is the only one who does.
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
    """Sessions that several processes work on: this one's blocks, and what the others answered."""

    def __init__(self, every: list[range], mine: Blocks, others: Sequence[Popen[bytes]]) -> None:
        self.mine = mine
        self._every, self._others = every, others
        self._done: set[range] = set()

    def answers(self) -> Iterator[list[str] | None]:
        """The words of each other process once it is done, in order; None where it failed."""
        for process in self._others:
            told, _ = process.communicate()
            if process.returncode:
                yield None
                continue
            count, *words = told.decode().split()
            borders = list(map(int, words[: 2 * int(count)]))
            self._done.update(map(range, borders[::2], borders[1::2]))
            yield words[len(borders) :]

    def left(self) -> list[range]:
        """The blocks that nobody did."""
        return [block for block in self._every if block not in self._done and block not in self.mine.taken]


@contextmanager
def shared(module: str, last: int, asked: Sequence[Sequence[object]]) -> Generator[Sharing]:
    """The sessions up to a number for this process and for one of a module for each of `asked`, told that.

    They are started afresh: one that was forked would share this one's connections, which SQLite forbids.
    Each has a first block of its own. Ctrl-C reaches this one alone, which ends them; none outlives this.
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
            # -P: a module of ours, never one that lies in the folder somebody happens to work in.
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
    """What such a process does: its blocks and what it was told go in, words come out."""
    import gc  # noqa: PLC0415 - only here

    gc.disable()  # it would find nothing in millions of rows, and look at them all
    pipe, first, stop, *more = sys.argv[1:]
    blocks = Blocks(range(int(first), int(stop)), int(pipe))
    try:
        words = work(blocks, *more)
    except Exception:  # noqa: BLE001 - whoever asked does it again, and tells what is wrong
        sys.exit(1)
    borders = [border for block in blocks.taken for border in (block.start, block.stop)]
    sys.stdout.write(" ".join(map(str, (len(blocks.taken), *borders, *words))))
