from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Barrier, Thread

from ledger.domain.events import Ended, RecordedEvent
from ledger.errors import VersionTaken
from ledger.store.checks import check_store
from ledger.store.event_store import LedgerStore

NewSession = Callable[..., list[RecordedEvent]]

APPEND = """
import os, sys, time
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID
from ledger.errors import VersionTaken
from ledger.domain.events import Ended, RecordedEvent, Requested
from ledger.store.stream_ids import StreamIds
from ledger.store.event_store import LedgerStore

def clock():
    return time.time_ns() // 1000

path, what, argument = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
at = datetime(2026, 11, 16, 17, 30, tzinfo=UTC)
with LedgerStore.open(path, clock) as store:
    print("ready", flush=True)
    sys.stdin.readline()
    if what == "many":
        ids = StreamIds(clock, os.urandom)
        for _ in range(int(argument)):
            fact = Requested(at=at, by="jan", customer="K", issue="other", command=str(ids.new()))
            store.save(RecordedEvent(ids.new(), 1, fact))
    else:
        try:
            store.save(RecordedEvent(UUID(argument), 2, Ended(at=at, by="jan")))
            print("won")
        except VersionTaken:
            print("lost")
"""


def run_together(path: Path, *arguments: tuple[str, str]) -> list[str]:
    """What processes say that were all ready before the first began."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", APPEND, str(path), *each],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for each in arguments
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate(timeout=60)[0].strip() for process in processes]
    assert [process.returncode for process in processes] == [0] * len(processes)
    return said


def test_processes_that_append_at_once_make_one_order(path: Path, store: LedgerStore) -> None:
    """Given 4 processes of 50 sessions, there are 200 events, numbers 1 to 200, and nothing to find."""
    run_together(path, *[("many", "50")] * 4)
    rows = [row for page in store.pages(0) for row in page]
    assert [row[0] for row in rows] == list(range(200))
    assert [row[4] for row in rows] == sorted(row[4] for row in rows)
    numbers = [store.resolve("session", number) for number in range(1, 201)]
    assert [found and found[0].bytes for found in numbers] == [row[1] for row in rows]
    assert list(check_store(path)) == []


def test_of_processes_with_the_same_version_one_wins(
    path: Path, store: LedgerStore, new_session: NewSession
) -> None:
    requested = new_session()[0]
    store.save(requested)
    said = run_together(path, *[("race", str(requested.originator_id))] * 3)
    assert sorted(said) == ["lost", "lost", "won"]
    assert store.length() == 2


def test_of_threads_with_the_same_version_one_wins(
    path: Path, store: LedgerStore, new_session: NewSession
) -> None:
    requested, _, ended, _ = new_session()
    assert isinstance(ended.event, Ended)
    store.save(requested)
    barrier, said = Barrier(8), list[str]()

    def race() -> None:
        barrier.wait()
        try:
            store.save(RecordedEvent(requested.originator_id, 2, ended.event))
            said.append("won")
        except VersionTaken:
            said.append("lost")

    threads = [Thread(target=race) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["lost"] * 7 + ["won"]
    assert store.length() == 2
    assert list(check_store(path)) == []
