"""The command line in processes that kill themselves at their n-th step.

A server: each line on standard input is the JSON list [N, environment, words…]; it forks a process that
runs the words and kills itself just before its N-th step, and answers with how that process ended. A step
is a removal, a sync, a replacement, a commit or a cut of a write-ahead log.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

from cli.main import run
from ledger.store.sqlite import database

for _module in (
    "cli.commands.session.purge_steps",
    "ledger.handlers.purge",
    "ledger.handlers.audit.log",
    "projections.engine.runner",
):
    import_module(_module)  # what every process needs is read once


class _Steps:
    """Counts down and kills."""

    def __init__(self, left: int) -> None:
        self._left = left

    def take(self) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def before(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def stepped(*args: Any, **options: Any) -> Any:  # noqa: ANN401 - hands on what it was given
            self.take()
            return function(*args, **options)

        return stepped


def _count(steps: _Steps) -> None:
    """Have every step counted from now on."""
    for name in ("unlink", "rmdir", "fsync", "replace"):
        setattr(os, name, steps.before(getattr(os, name)))

    class Stepping(database.Database):
        """A connection whose commits and cuts of the log are steps."""

        def execute(self, sql: str, *args: Any) -> sqlite3.Cursor:  # noqa: ANN401 - as above
            if sql == "COMMIT" or "wal_checkpoint" in sql:
                steps.take()
            return super().execute(sql, *args)

    database.Database = Stepping  # type: ignore[misc]


def _run_and_die(step: int, environment: dict[str, str], words: list[str]) -> None:
    os.environ.update(environment)
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - closed with the process
    sys.stderr = sys.stdout
    _count(_Steps(step))
    os._exit(run(words))


def _serve() -> None:
    for line in sys.stdin:
        step, environment, *words = json.loads(line)
        child = os.fork()
        if child == 0:
            _run_and_die(step, environment, words)
        _, ended = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(ended)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _serve()
