"""The same ledger in PostgreSQL, on a server that is started for it."""

from __future__ import annotations

import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

import pytest

from tests.bench.process import ours
from tests.support.postgres import DESK, OWNER, ROLES, Cluster

USUAL_MEMORY = "\nshared_buffers = 128MB\nfsync = on\n"


@contextmanager
def started() -> Generator[Cluster | None]:
    """A server of its own, with the settings it comes with; None where there is none to be had."""
    cluster = Cluster(Path(mkdtemp(prefix="sl-pg-", dir="/tmp")))
    try:
        try:
            cluster.make()
        except pytest.skip.Exception:
            yield None
            return
        cluster.settle(USUAL_MEMORY)
        cluster.start()
        cluster.says(ROLES)
        try:
            yield cluster
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(cluster.folder, ignore_errors=True)


def joined(cluster: Cluster, ledger: Path, app: Path) -> float:
    """Copy a ledger to the server and join it from another folder: the seconds that the copy took."""
    url = cluster.url("bench", DESK)
    copied = ours("store", "copy", url, "--owner", OWNER, folder=ledger)
    ours("init", "--store", url, "--join", folder=app)
    ours("replay", folder=app)
    bills = [
        ours("report", "billing", "--period", "2026-06", "-f", "csv", folder=each).out
        for each in (app, ledger)
    ]
    if bills[0] != bills[1]:
        raise SystemExit("the same events in PostgreSQL give another bill")
    return copied.seconds
