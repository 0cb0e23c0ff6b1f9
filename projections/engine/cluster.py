"""Blocks executed by other machines: the workers of Dask's scheduler, as an executor of the standard library.

The one module that knows the engine. Whoever reaches a scheduler is its workers' user, so both sides show a
certificate; `ledger.folder.workers` refuses any other way.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator
from concurrent.futures import CancelledError, Executor, Future
from contextlib import contextmanager, suppress
from hashlib import sha256
from typing import Any, TypeVar
from urllib.parse import urlsplit

from ledger.errors import EngineMissing, WorkersDiffer, WorkersGone
from ledger.folder.workers import Workers
from ledger.message import msg
from projections.engine.blocks import BLOCKS_MAX

Answer = TypeVar("Answer")
_LOOK_SECONDS = 0.5


class Cluster:
    """The workers, given all blocks at once: how many there are is theirs to know, and changes."""

    at_a_time, helped = BLOCKS_MAX, False

    def __init__(self, client: Any, workers: Workers, killed: type[Exception]) -> None:  # noqa: ANN401 - the engine is half typed
        self._client, self._workers, self._killed = client, workers, killed
        self._seen = time.monotonic()
        self._known: list[str] = []
        self._executor: Executor = client.get_executor(pure=False)

    def submit(self, work: Callable[..., Answer], /, *given: Any, **more: Any) -> Future[Answer]:  # noqa: ANN401 - as the library's
        """Have something done by any of them."""
        return self._executor.submit(work, *given, **more)

    def call_off(self) -> None:
        """Let go of the workers, and of what was asked of them."""
        for end in (lambda: self._executor.shutdown(wait=False), lambda: self._client.close(timeout=2)):
            with suppress(Exception):  # the scheduler may be gone
                end()

    def submit_near(self, key: str, work: Callable[..., Answer], *words: object) -> Future[Answer]:
        """Have something done, by the host that had it the last time if it has time for it.

        Which one that was is kept nowhere: each key has its own order of the hosts that are there.
        """
        hosts = {urlsplit(address).hostname or "" for address in self._there()}
        near = max(hosts, key=lambda host: sha256(f"{host} {key}".encode()).digest(), default=None)
        where: dict[str, Any] = {} if near is None else {"workers": [near], "allow_other_workers": True}
        return self.submit(work, *words, **where)

    def answer_of(self, future: Future[Answer]) -> Answer | None:
        """Wait for an answer; None for a block that ended each process it came to.

        Raises: WorkersGone; WorkersDiffer where a worker cannot even call what it was sent.
        """
        while True:
            try:
                return future.result(timeout=_LOOK_SECONDS)
            except CancelledError:  # the engine calls off all that was asked of a scheduler that is gone
                raise WorkersGone(msg("{scheduler} is gone", scheduler=self._workers.scheduler)) from None
            except TimeoutError:
                self._look()
            except self._killed:
                return None
            except Exception as error:
                raise WorkersDiffer(msg("a worker has another program, or none")) from error

    def _look(self) -> None:
        """Raise WorkersGone when there has been no worker for too long."""
        if self._there():
            self._seen = time.monotonic()
        elif time.monotonic() - self._seen > self._workers.wait_seconds:
            raise WorkersGone(msg("{scheduler} has no worker", scheduler=self._workers.scheduler))

    def _there(self) -> list[str]:
        """Return the addresses of the workers that the scheduler knows, as last heard of it."""
        with suppress(OSError):  # a scheduler that is gone: what was asked of it is called off
            self._known = list(self._client.scheduler_info()["workers"])
        return self._known


@contextmanager
def cluster(workers: Workers) -> Generator[Cluster]:
    """Yield the workers of a scheduler; what was asked of them is called off at the end.

    Raises: EngineMissing, WorkersGone.
    """
    try:
        import distributed  # noqa: PLC0415 - 0.6 s, and an extra

        engine: Any = distributed
    except ImportError:
        raise EngineMissing(msg("the engine for other machines is not installed")) from None
    for name in ("distributed", *logging.root.manager.loggerDict):
        if name.startswith(("distributed", "tornado")):
            logging.getLogger(name).disabled = True  # what is wrong is raised here
    security = None
    if workers.ca is not None:
        security = engine.Security(
            require_encryption=True,
            tls_ca_file=str(workers.ca),
            tls_client_cert=str(workers.cert),
            tls_client_key=str(workers.key),
        )
    try:
        client: Any = engine.Client(
            workers.scheduler, security=security, timeout=workers.wait_seconds, set_as_default=False
        )
    except (OSError, ValueError) as error:
        raise WorkersGone(msg("{scheduler} cannot be reached", scheduler=workers.scheduler)) from error
    found = Cluster(client, workers, engine.KilledWorker)
    try:
        yield found
    finally:
        found.call_off()
