"""Work that takes longer than a page: one thread, its own ledger, its end told on a page."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from cli.log import log
from cli.presentation.wording import desk as wording
from ledger.errors import LedgerError
from ledger.message import Message

KEPT_MAX = 50


class Outcome(NamedTuple):
    """What came of a job: what is told, and whether somebody has to act."""

    told: tuple[Message, ...]
    is_trouble: bool = False
    refusal: LedgerError | None = None


@dataclass(slots=True)
class Job:
    """Work under way or done: of which kind, about what, where it stands afterwards, the page of its form."""

    kind: str
    about: Message
    page: str
    form_page: str
    note: Message | None = None
    """Why it may take a while."""
    outcome: Outcome | None = None


class Jobs:
    """The jobs of a running desk; of a kind with one page, one at a time."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()

    def start(self, job: Job, work: Callable[[], Outcome]) -> str:
        """Begin a job and return its id; that of the same one, while it goes on."""
        name = secrets.token_hex(8)
        with self._lock:
            for other, each in self._jobs.items():
                if (each.kind, each.page) == (job.kind, job.page) and each.outcome is None:
                    return other
            self._jobs[name] = job
            while len(self._jobs) > KEPT_MAX:
                del self._jobs[next(iter(self._jobs))]
        # Not a daemon: a desk that ends waits for the step that a job is at.
        threading.Thread(target=_carried_out, args=(job, work), name=f"desk {job.kind}").start()
        return name

    def find(self, name: str) -> Job | None:
        """Return a job; None after a restart."""
        return self._jobs.get(name)


def _carried_out(job: Job, work: Callable[[], Outcome]) -> None:
    try:
        job.outcome = work()
    except LedgerError as error:
        log.warning("refused", code=error.code)
        job.outcome = Outcome((error.message,), is_trouble=True, refusal=error)
    except Exception as error:  # noqa: BLE001 - told on the job's page: nobody else waits for this thread
        log.error("defect", error_class=type(error).__name__)
        job.outcome = Outcome((wording.DEFECT,), is_trouble=True)
