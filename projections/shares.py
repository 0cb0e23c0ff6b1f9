"""Long work on every session, shared out among processes.

A session's rows depend on no other session. What another process did not do, for whatever reason, is done by
the one that asked: so what is wrong is told there, and nothing has to be said about it here.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from subprocess import Popen

SESSIONS_AT_A_TIME = 500
"""So many sessions are worked on at a time: what is made of them stays near the processor."""
WORTH_A_PROCESS = 50_000
"""So many sessions take longer than another process takes to start."""
_PROCESSORS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
PROCESSES = min(8, _PROCESSORS)
"""As many as can run at once, and as SQLite attaches files."""


class Share(NamedTuple):
    """What one of the other processes does: some sessions by number."""

    numbers: range
    process: Popen[bytes]

    def answer(self) -> list[str] | None:
        """The words that it answered, once it is done; None where it failed."""
        told, _ = self.process.communicate()
        return None if self.process.returncode else told.decode().split()


def shares(last: int) -> list[range]:
    """The sessions up to a number, shared out among as many processes as are worth starting."""
    workers = max(1, min(PROCESSES, last // WORTH_A_PROCESS))
    borders = [1 + last * n // workers for n in range(workers + 1)]
    return [range(*pair) for pair in pairwise(borders)]


def chunks(numbers: range) -> list[range]:
    """The numbers, so many at a time as are worked on at once."""
    starts = range(0, len(numbers), SESSIONS_AT_A_TIME)
    return [numbers[start : start + SESSIONS_AT_A_TIME] for start in starts]


@contextmanager
def started(module: str, asked: Sequence[tuple[range, Sequence[object]]]) -> Generator[list[Share]]:
    """A process of a module for each range, which is asked for it and for more; none outlives this.

    They are started afresh: one that was forked would share this one's connections, which SQLite forbids.
    Ctrl-C reaches this one alone, which ends them.
    """
    from subprocess import PIPE, Popen  # noqa: PLC0415 - only long work needs it

    found: list[Share] = []
    try:
        for numbers, more in asked:
            words = map(str, (numbers.start, numbers.stop, *more))
            # -P: a module of ours, never one that lies in the folder somebody happens to work in.
            command = [sys.executable, "-P", "-m", module, *words]
            process = Popen(command, stdout=PIPE, process_group=0)  # noqa: S603 - see above
            found.append(Share(numbers, process))
        yield found
    finally:
        for _, process in found:
            if process.returncode is None:
                process.kill()
                process.communicate()


def answer_with(work: Callable[..., Sequence[object]]) -> None:
    """What such a process does: its range and what else it was asked go in, words come out."""
    import gc  # noqa: PLC0415 - only here

    gc.disable()  # it would find nothing in millions of rows, and look at them all
    first, stop, *more = sys.argv[1:]
    try:
        sys.stdout.write(" ".join(map(str, work(range(int(first), int(stop)), *more))))
    except Exception:  # noqa: BLE001 - whoever asked does it again, and tells what is wrong
        sys.exit(1)
