"""Work in pieces that others do: processes of this machine here, other machines in `cluster`.

Both are executors of the standard library. A piece is a function of a module and what it is given. What
nobody else did is done by the process that asked, so errors are raised there.
"""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import contextmanager, suppress
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

Given = TypeVar("Given")
Answer = TypeVar("Answer")
_SAFE_PATH = "PYTHONSAFEPATH"


class Others(Protocol):
    """Who does pieces of work, so many at a time; `helped`: the one that asked does some in between."""

    def submit(self, work: Callable[..., Answer], /, *given: Any, **more: Any) -> Future[Answer]:  # noqa: ANN401 - as the library's
        """Have a piece done, as `Executor.submit`."""
        ...

    @property
    def at_a_time(self) -> int:
        """How many pieces are under way at a time."""
        ...

    @property
    def helped(self) -> bool:
        """Whether the one that asked does pieces while it would wait."""
        ...

    def answer_of(self, future: Future[Answer]) -> Answer | None:
        """Wait for an answer; None where there will be none."""
        ...


def in_order(
    others: Others | None,
    work: Callable[[Given], Answer],
    given: Iterable[Given],
    here: Callable[[Given], Answer] | None = None,
) -> Iterator[tuple[Given, Answer]]:
    """Yield each of the given, in order, with what others make of it; `here` makes it in this process.

    Without others all is made here.
    """
    coming, here = iter(given), here or work
    if others is None:
        yield from ((each, here(each)) for each in coming)
        return
    waiting = deque((each, others.submit(work, each)) for each in islice(coming, others.at_a_time))
    while waiting:
        if others.helped and not waiting[0][1].done() and (own := next(coming, None)) is not None:
            done = Future[Answer]()
            done.set_result(here(own))
            waiting.append((own, done))
            continue
        each, future = waiting.popleft()  # let go of: what its machine takes along would be done again
        answer = others.answer_of(future)
        yield each, here(each) if answer is None else answer
        waiting.extend((each, others.submit(work, each)) for each in islice(coming, 1))


class Processes(Executor):
    """Processes of this machine, started afresh: one forked would share connections, which SQLite forbids.

    A pool each: one that starts its second process while the first one dies can fail in its own thread, with
    a traceback (Python 3.11).
    """

    def __init__(self, many: int, *, helped: bool = False) -> None:
        from multiprocessing import active_children  # noqa: PLC0415 - only long work needs it

        self._many, self.helped, self.at_a_time = many, helped, 2 * many
        self._before = set(active_children())
        self._pools: deque[ProcessPoolExecutor] = deque()

    def submit(self, work: Callable[..., Answer], /, *given: Any, **more: Any) -> Future[Answer]:  # noqa: ANN401 - as the base
        """Have it done by the next process; the future fails where none can be started."""
        from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - only long work needs it
        from multiprocessing import get_context  # noqa: PLC0415 - the same

        if len(self._pools) < self._many:
            self._pools.append(ProcessPoolExecutor(1, get_context("spawn"), initializer=_obey))
        self._pools.rotate()
        try:
            with _started_safely():
                return self._pools[0].submit(work, *given, **more)
        except (OSError, BrokenExecutor) as error:
            failed = Future[Answer]()
            failed.set_exception(error)
            return failed

    def answer_of(self, future: Future[Answer]) -> Answer | None:
        """Wait for an answer; None where it failed: whoever asked does it again, and raises what is wrong."""
        with suppress(Exception):
            return future.result()
        return None

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - as the base
        """End every process, whatever it is at; none outlives the one that asked."""
        from multiprocessing import active_children  # noqa: PLC0415 - only long work needs it

        for each in set(active_children()) - self._before:
            each.kill()
        for pool in self._pools:
            pool.shutdown(wait=wait, cancel_futures=cancel_futures or wait)


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


def _obey() -> None:
    """Be deaf to Ctrl-C, and gone when the process that asked is."""
    from threading import Thread  # noqa: PLC0415 - only in another process

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    from multiprocessing import parent_process  # noqa: PLC0415 - only in another process

    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
