"""The command line in processes that kill themselves just before their n-th write to a database.

A server: each line on standard input is the JSON list [N, environment, words…]; it forks a process that
runs the words, and answers with how that process ended. Counted are statements as SQLite itself traces
them, in events, vault and key files alike: what begins, changes and commits, and what cuts a log.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from importlib import import_module

from cli.main import run
from ledger.store.sqlite import database as databases
from ledger.store.sqlite.database import Database

for _module in (
    "cli.commands.customer.erase",
    "cli.commands.retention",
    "cli.commands.session.purge",
    "cli.commands.customer.add",
    "cli.commands.customer.merge",
    "cli.commands.customer.update",
    "cli.commands.session.life",
):
    import_module(_module)  # what every process needs is read once
for _module in ("session", "customer", "privacy.erasure_request", "audit.log"):
    import_module(f"ledger.handlers.{_module}")

WRITES = ("BEGIN IMMEDIATE", "INSERT", "UPDATE", "DELETE", "COMMIT", "PRAGMA wal_checkpoint")


def _count(step: int) -> None:
    left = step

    def before(statement: str) -> None:
        nonlocal left
        if statement.startswith(WRITES):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    settle = databases.settle

    def settled(database: Database, busy_seconds: float) -> None:
        settle(database, busy_seconds)
        database.set_trace_callback(before)

    databases.settle = settled


def _serve() -> None:
    for line in sys.stdin:
        step, environment, *words = json.loads(line)
        child = os.fork()
        if child == 0:
            os.environ.update(environment)
            sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - closed with the process
            _count(step)
            os._exit(run(words))
        _, ended = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(ended)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _serve()
