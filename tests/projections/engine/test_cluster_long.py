"""Long runs of other machines: 20,000 sessions on a server, ten kills, a block that ends its process.

With SESSION_LEDGER_LONG; the figures are printed.
"""

from __future__ import annotations

import resource
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from tempfile import mkdtemp
from threading import Thread, Timer

import pytest

from projections.engine import blocks
from projections.engine.writer import NAMES
from tests.acceptance.report.test_replay import live, rows
from tests.acceptance.store.test_failover import Pair
from tests.support import postgres
from tests.support.long import LONG, finish, times
from tests.support.machines import NEEDS_ENGINE, Machines, processor_s
from tests.support.office import Office

pytestmark = [NEEDS_ENGINE, pytest.mark.skipif(not LONG, reason="long: SESSION_LEDGER_LONG=1")]

SESSIONS = 20_000
BLOCK = 500
SMALL = times(1, 50)
"""Small ledgers, each in a folder."""
DAYS = range(1, 29)
SESSION = "session_ref,customer,issue,connected_at,ended_at"
READER = "reader"
ENDS_IN_A_BLOCK = """
from projections.inputs.state import Inputs
read = Inputs.lives
def lives(self, numbers):
    if 777 in numbers:
        os._exit(9)
    return read(self, numbers)
Inputs.lives = lives
"""
"""What a worker is given beside its program: a block that no process survives."""


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    """A primary and its standby."""
    folder = Path(mkdtemp(prefix="sl-cl-", dir="/tmp"))  # the path of a socket is short
    made = Pair(folder)
    made.primary.says(f"CREATE ROLE {READER} LOGIN")
    yield made
    made.close()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def shop(pair: Pair, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A ledger of many sessions on the primary, which workers read as a role of their own."""
    folder = tmp_path_factory.mktemp("shop") / "ledger"
    office = Office(folder, init=("--store", pair.url(), "--owner", postgres.OWNER, "--reader", READER))
    office.does("customer", "add", "K-1", "--name", "Jan Kanarek")
    days = [f"2026-{month:02}-{day:02}" for month in range(1, 11) for day in range(1, 29)]
    office.takes(
        "session",
        SESSION,
        (
            (f"A-{n}", "K-1", "other", f"{days[n % 280]} 10:00", f"{days[n % 280]} {10 + n % 9}:45")
            for n in range(SESSIONS)
        ),
    )
    return office


@pytest.fixture
def machines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machines]:
    """A scheduler and two workers."""
    monkeypatch.setattr(blocks, "SESSIONS_IN_A_BLOCK", BLOCK)
    made = Machines(tmp_path / "machines")
    try:
        for _ in range(2):
            made.worker()
        yield made
    finally:
        made.kill()


def place(pair: Pair) -> str:
    """What workers read: the standby, as a role that reads alone."""
    return pair.standby.url("shop", READER)


def spent() -> float:
    """CPU seconds of this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def test_kills_at_any_moment_change_no_bit(machines: Machines, shop: Office, pair: Pair) -> None:
    workers = str(machines.written(store=place(pair)))
    began, before = time.perf_counter(), spent()
    shop.does("replay", "--no-workers")
    alone_cpu, alone_wall = spent() - before, time.perf_counter() - began
    alone = {name: rows(live(shop), name) for name in NAMES}
    shop.does("replay", "--workers", workers)  # everybody has imported what it needs
    own, at_work = spent(), [processor_s(each.pid) for each in (*machines.workers, machines.scheduler)]
    began = time.perf_counter()
    shop.does("replay", "--workers", workers)
    wall = time.perf_counter() - began
    own = spent() - own
    after = [processor_s(each.pid) for each in (*machines.workers, machines.scheduler)]
    *others, scheduler = [late - early for late, early in zip(after, at_work, strict=True)]
    expected = live(shop).read_bytes()
    assert {name: rows(live(shop), name) for name in NAMES} == alone
    chance = Random(11)  # noqa: S311 - a repeatable run
    walls: list[float] = []
    for _ in range(times(1, 10)):
        killing = Timer(chance.uniform(0.2, wall + 0.3), machines.kill, [machines.workers[0]])
        killing.start()
        began = time.perf_counter()
        shop.does("replay", "--workers", workers)
        walls.append(time.perf_counter() - began)
        killing.join()
        assert live(shop).read_bytes() == expected
        machines.worker()
        time.sleep(4)  # it comes to the scheduler
    machines.kill(machines.workers[0])
    shop.does("replay", "--workers", workers)
    assert live(shop).read_bytes() == expected
    finish(
        "cluster-kills",
        f"local: CPU {alone_cpu:.1f} s wall {alone_wall:.1f} s; two workers: CPU asker {own:.1f} workers "
        f"{sum(others):.1f} scheduler {scheduler:.2f} wall {wall:.1f}; killed: walls "
        f"{', '.join(f'{each:.1f}' for each in walls)}; bytes the same in {len(walls) + 1} runs",
    )


def test_small_ledgers_in_files_by_two_of_which_one_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows equal those of this machine, files those of one worker bit by bit, for each of many ledgers."""
    monkeypatch.setattr(blocks, "SESSIONS_IN_A_BLOCK", 4)
    machines, offices = Machines(tmp_path / "machines"), list[Office]()
    for number in range(SMALL):
        offices.append(Office(tmp_path / f"shop-{number}"))
        offices[-1].does("customer", "add", "K-1", "--name", "Jan Kanarek")
        lines = [
            (f"A-{n}", "K-1", "other", f"2026-10-{n:02} 10:00", f"2026-10-{n:02} 1{n % 8}:45") for n in DAYS
        ]
        offices[-1].takes("session", SESSION, lines[number % 7 :])
        offices[-1].does("replay", "--no-workers")
    alone = [{name: rows(live(each), name) for name in NAMES} for each in offices]
    try:
        for _ in range(2):
            machines.worker()
        machines.awaited()
        killing = Thread(target=machines.kill_with_a_block, args=machines.workers[:1])
        by_two: list[bytes] = []
        for number, each in enumerate(offices):
            if number == SMALL // 2:
                killing.start()
            each.does("replay", "--workers", str(machines.written()))
            by_two.append(live(each).read_bytes())
        killing.join()
        assert len(machines.workers) == 1
        for each in offices:
            each.does("replay", "--workers", str(machines.written()))
        assert [live(each).read_bytes() for each in offices] == by_two
        assert [{name: rows(live(each), name) for name in NAMES} for each in offices] == alone
        finish("cluster-small", f"{SMALL} small ledgers in files: rows and bytes the same, one worker killed")
    finally:
        machines.kill()


def test_a_block_that_ends_each_process_is_done_by_the_one_that_asked(
    shop: Office, pair: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After four the scheduler gives it up; a control whose asker does nothing fails."""
    monkeypatch.setattr(blocks, "SESSIONS_IN_A_BLOCK", BLOCK)
    machines = Machines(tmp_path / "machines")
    (machines.folder / "ends.py").write_text(ENDS_IN_A_BLOCK, encoding="ascii")
    shop.does("replay", "--no-workers")
    alone = {name: rows(live(shop), name) for name in NAMES}
    try:
        machines.watched_worker("--preload", "ends.py")
        began = time.perf_counter()
        shop.does("replay", "--workers", str(machines.written(store=place(pair))))
        assert {name: rows(live(shop), name) for name in NAMES} == alone
        finish("cluster-poison", f"a block that ends its process: {time.perf_counter() - began:.1f} s")
    finally:
        machines.kill()


def test_a_standby_that_is_held_back_is_waited_for(machines: Machines, shop: Office, pair: Pair) -> None:
    """Then refused; once it goes on, so does the replay."""
    pair.primary.says("ALTER SYSTEM SET synchronous_commit = 'local'")
    pair.primary.says("SELECT pg_reload_conf()")
    pair.standby.says("SELECT pg_wal_replay_pause()")
    shop.does("session", "request", "--customer", "K-1", "--issue", "other")
    try:
        refused = shop.run("replay", "--workers", str(machines.written(store=place(pair), wait="3s")))
        assert "(E-STORE-BEHIND)" in refused.err
        going_on = Timer(3, pair.standby.says, ["SELECT pg_wal_replay_resume()"])
        going_on.start()
        shop.does("replay", "--workers", str(machines.written(store=place(pair))))
        going_on.join()
    finally:
        pair.standby.says("SELECT pg_wal_replay_resume()")
    assert shop.does("check", "views").out == ""
