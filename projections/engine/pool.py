"""Worker processes for long work on every session.

Sessions are independent: each process takes the next free block of session numbers. The parent repeats every
block that a worker did not finish, so errors are raised in the parent.
"""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from itertools import count
from typing import TYPE_CHECKING, Concatenate, Generic, ParamSpec, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor
    from multiprocessing.process import BaseProcess
    from multiprocessing.sharedctypes import Synchronized

Asked = ParamSpec("Asked")
Given = TypeVar("Given")
Answer = TypeVar("Answer")
_SAFE_PATH = "PYTHONSAFEPATH"

SESSIONS_AT_A_TIME = 500
"""Sessions read at a time: what is made of them stays in the processor's cache."""
SESSIONS_IN_A_BLOCK = 5_000
"""The fewest sessions that a process takes at a time."""
WORTH_A_PROCESS = 50_000
"""Sessions whose rows take longer to make than a process takes to start."""
_PROCESSORS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
PROCESSES = min(8, _PROCESSORS)
"""As many as can run at once, and as SQLite attaches files."""


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
    """Sessions to work on. Going through them takes one block after another that nobody has taken."""

    def __init__(self, first: range, every: Sequence[range], take: Callable[[], int]) -> None:
        self._first, self._every, self._take = first, every, take
        self.taken: list[range] = []

    def __iter__(self) -> Iterator[range]:
        block = self._first
        while block:
            self.taken.append(block)
            yield block
            number = self._take()
            block = self._every[number] if number < len(self._every) else range(0)


class Sharing(Generic[Answer]):
    """Sessions that several processes work on: this one's blocks, and what the others answered."""

    def __init__(
        self,
        every: list[range],
        mine: Blocks,
        others: Sequence[Future[tuple[list[range], Answer]] | None],
    ) -> None:
        self.mine = mine
        self._every, self._others = every, others
        self._done: set[range] = set()

    def answers(self) -> Iterator[Answer | None]:
        """Yield the answer of each other process once it is done, in order; None where it failed."""
        for other in self._others:
            if other is None:
                yield None
                continue
            try:
                taken, answer = other.result()
            except Exception:  # noqa: BLE001 - the process that asked does it again, and raises what is wrong
                yield None
                continue
            self._done.update(taken)
            yield answer

    def left(self) -> list[range]:
        """Return the blocks that nobody did."""
        return [block for block in self._every if block not in self._done and block not in self.mine.taken]


@contextmanager
def shared(
    work: Callable[Concatenate[Blocks, ...], Answer], last: int, asked: Sequence[Sequence[object]]
) -> Generator[Sharing[Answer]]:
    """Share the sessions up to a number between this process and one more for each of `asked`.

    Each of them calls `work`, a function of a module, with its blocks and what was asked. They are started
    afresh: one that was forked would share this one's connections, which SQLite forbids. Each has a first
    block of its own. Ctrl-C reaches this process alone, which ends them; none outlives it.
    """
    every = _cut(range(1, last + 1), SESSIONS_IN_A_BLOCK)
    firsts = [*every[: 1 + len(asked)], *[range(0)] * (1 + len(asked) - len(every))]
    if not asked:
        numbers = count(len(firsts))
        yield Sharing(every, Blocks(firsts[0], every, lambda: next(numbers)), [])
        return
    from concurrent.futures import BrokenExecutor, ProcessPoolExecutor  # noqa: PLC0415 - only long work needs it
    from multiprocessing import active_children, get_context  # noqa: PLC0415 - the same

    with ExitStack() as ending:
        before, spawning = set(active_children()), get_context("spawn")
        others: list[Future[tuple[list[range], Answer]]] = []
        with _started_safely():
            taken = spawning.Value("q", len(firsts))
            with suppress(OSError, BrokenExecutor):  # no process could be started: all is done here
                for first, more in zip(firsts[1:], asked, strict=True):
                    # One pool each: a pool that starts its second process while the first one dies can
                    # fail in its own thread, with a traceback (Python 3.11).
                    pool = ProcessPoolExecutor(1, spawning, initializer=_begin, initargs=(taken,))
                    ending.callback(pool.shutdown, wait=True, cancel_futures=True)
                    others.append(pool.submit(_helped, work, first, (last, SESSIONS_IN_A_BLOCK), more))
        ending.callback(lambda: _kill(set(active_children()) - before))
        absent = [None] * (len(asked) - len(others))
        yield Sharing(every, Blocks(firsts[0], every, lambda: _next(taken)), [*others, *absent])


def made_apart(
    work: Callable[[Given], Answer], given: Iterable[Given], *, processes: int = 1, afresh: bool = False
) -> Iterator[tuple[Given, Answer]]:
    """Yield each of the given, in order, with what `work` makes of it in another process.

    `work` is a function of a module. A few are under way at a time. `afresh`: one after the other, each in a
    process of its own, whose memory ends with it. What another process did not do is done here, so errors
    are raised here.
    """
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - only long work needs it
    from multiprocessing import active_children, get_context  # noqa: PLC0415 - the same

    before, spawning = set(active_children()), get_context("spawn")
    pools: list[ProcessPoolExecutor] = []
    waiting: deque[tuple[Given, Future[Answer] | None]] = deque()
    try:
        for number, each in enumerate(given):
            if len(pools) < processes:
                pools.append(ProcessPoolExecutor(1, spawning, initializer=_obey))
            waiting.append((each, _submitted(pools[number % processes], work, each)))
            if len(waiting) == (1 if afresh else 2 * processes):
                yield _made(work, *waiting.popleft())
            if afresh:
                pools.pop().shutdown(wait=True)
        while waiting:
            yield _made(work, *waiting.popleft())
    finally:
        for pool in pools:
            pool.shutdown(wait=not waiting, cancel_futures=True)
        if waiting:
            _kill(set(active_children()) - before)


def _submitted(
    pool: ProcessPoolExecutor, work: Callable[[Given], Answer], each: Given
) -> Future[Answer] | None:
    """Return what will be made of it; None where no process can be started."""
    from concurrent.futures import BrokenExecutor  # noqa: PLC0415 - only long work needs it

    with suppress(OSError, BrokenExecutor), _started_safely():
        return pool.submit(work, each)
    return None


def _made(
    work: Callable[[Given], Answer], each: Given, future: Future[Answer] | None
) -> tuple[Given, Answer]:
    if future is not None:
        with suppress(Exception):  # done again here, and what is wrong is raised
            return each, future.result()
    return each, work(each)


def _kill(processes: Iterable[BaseProcess]) -> None:
    for each in processes:
        each.kill()


@contextmanager
def _started_safely() -> Generator[None]:
    """Start processes that take no module from the folder one works in, and do not hear Ctrl-C.

    Python puts that folder first in the path of a command given as text, which is how a process begins.
    """
    before = os.environ.get(_SAFE_PATH)
    os.environ[_SAFE_PATH] = "1"
    heard = None
    if hasattr(signal, "pthread_sigmask"):  # a process inherits it
        heard = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        if heard is not None:
            signal.pthread_sigmask(signal.SIG_SETMASK, heard)
        if before is None:
            del os.environ[_SAFE_PATH]
        else:
            os.environ[_SAFE_PATH] = before


def _next(taken: Synchronized[int]) -> int:
    """Return the number of the next block that nobody has taken."""
    with taken.get_lock():
        number = taken.value
        taken.value += 1
    return number


# --- in another process -----------------------------------------------------------------------


def _begin(taken: Synchronized[int]) -> None:
    """Prepare a process that works for another: deaf to Ctrl-C, and gone when the other is."""
    import gc  # noqa: PLC0415 - only here

    gc.disable()  # it would find nothing in millions of rows, and look at them all
    _HANDED_ON.append(taken)  # the library hands it to a process that begins, and to no task
    _obey()


def _obey() -> None:
    """Be deaf to Ctrl-C, and gone when the other process is."""
    from threading import Thread  # noqa: PLC0415 - only here

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    from multiprocessing import parent_process  # noqa: PLC0415 - only here

    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


_HANDED_ON: list[Synchronized[int]] = []


def _helped(
    work: Callable[Concatenate[Blocks, ...], Answer],
    first: range,
    cut: tuple[int, int],
    asked: Sequence[object],
) -> tuple[list[range], Answer]:
    """Work on blocks in another process; return which ones, and the answer."""
    last, size = cut
    blocks = Blocks(first, _cut(range(1, last + 1), size), lambda: _next(_HANDED_ON[0]))
    answer = work(blocks, *asked)
    return blocks.taken, answer
