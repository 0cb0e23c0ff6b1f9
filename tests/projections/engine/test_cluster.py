"""Other machines derive the read models: real scheduler, real workers, certificates of a CA made here."""

from __future__ import annotations

import signal
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread, Timer

import pytest

from projections.engine import blocks, parts
from projections.engine.parts import Part
from projections.engine.writer import NAMES
from tests.acceptance.report.test_replay import live, rows
from tests.support.machines import NEEDS_ENGINE, PATIENCE_S, Authority, Machines
from tests.support.office import Office, sqlite_only
from tests.support.shop import eventful_month

pytestmark = NEEDS_ENGINE


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    """A scheduler and two workers."""
    made = Machines(tmp_path_factory.mktemp("machines"))
    try:
        for _ in range(2):
            made.worker()
        yield made
    finally:
        made.kill()


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """The eventful month, in many small blocks."""
    monkeypatch.setattr(blocks, "SESSIONS_IN_A_BLOCK", 4)
    return eventful_month(tmp_path / "ledger")


def replayed(office: Office, workers: Path) -> bytes:
    """What the file holds that other machines derived, all of it; nothing of theirs is left."""
    assert office.does("replay", "--workers", str(workers)).err == ""
    assert not [file for file in (workers.parent / "parts").rglob("*") if file.is_file()]
    return live(office).read_bytes()


def replayed_while_one_is_killed(office: Office, machines: Machines) -> bytes:
    """The same while the first worker has blocks and answers none, and is then killed."""
    machines.awaited()
    killing = Thread(target=machines.kill_with_a_block, args=machines.workers[:1])
    killing.start()
    try:
        return replayed(office, machines.written())
    finally:
        killing.join()


def test_rows_are_those_of_one_machine_and_the_file_that_of_one_worker(
    machines: Machines, shop: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bit by bit, also where a worker is killed that has a block, and by two processes of this machine."""
    shop.does("replay")
    alone = {name: rows(live(shop), name) for name in NAMES}
    by_two = replayed(shop, machines.written())
    assert {name: rows(live(shop), name) for name in NAMES} == alone
    assert replayed_while_one_is_killed(shop, machines) == by_two
    monkeypatch.setattr(blocks, "PROCESSES", 2)
    monkeypatch.setattr(blocks, "WORTH_A_PROCESS", 5)
    shop.does("replay")
    assert live(shop).read_bytes() == by_two
    assert len(machines.workers) == 1  # enough for the other tests
    assert shop.does("check", "views").out == ""


def test_where_nobody_tries_again_the_same_kill_is_seen(
    tmp_path: Path, shop: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A control: with the engine's second try taken away the asker does the blocks; with its own, nobody."""
    machines = Machines(tmp_path / "machines", DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0")
    try:
        for _ in range(2):
            machines.worker()
        with pytest.raises(AssertionError, match="blocks that no worker did, done here: "):
            replayed_while_one_is_killed(shop, machines)
        before = live(shop)
        machines.worker()

        def nobody(*_words: object) -> Part:
            raise NotImplementedError

        monkeypatch.setattr(parts, "_made_by", nobody)
        with pytest.raises(AssertionError, match="NotImplementedError in projections"):
            replayed_while_one_is_killed(shop, machines)
        assert live(shop) == before
    finally:
        machines.kill()


@sqlite_only
def test_what_a_worker_cannot_read_is_refused_as_one_process_refuses_it(
    machines: Machines, shop: Office
) -> None:
    shop.does("replay")
    before = live(shop)
    with sqlite3.connect(shop.folder / "events.db") as events:
        events.execute("DROP TRIGGER events_no_update")
        events.execute(
            "UPDATE events SET state = CAST('{\"at\": 1}' AS BLOB) WHERE leaf_index ="
            " (SELECT max(leaf_index) FROM events WHERE topic = 'session.ended:1')"
        )
    events.close()
    refused = shop.run("replay", "--workers", str(machines.written()))
    assert refused == shop.run("replay", "--no-workers")
    assert "(E-EVENT-UNREADABLE)" in refused.err
    assert live(shop) == before


def test_rows_that_differ_are_named_as_one_machine_names_them(machines: Machines, shop: Office) -> None:
    """Other machines send hashes of their rows; a block that differs is looked at here."""
    shop.does("replay")
    words = ("check", "views", "--workers", str(machines.written()))
    assert shop.does(*words).out == ""
    with sqlite3.connect(live(shop)) as views:
        views.execute("UPDATE billing SET net_grosze = net_grosze + 1 WHERE number IN (2, 30)")
        views.execute("DELETE FROM sessions WHERE number = 5")
        views.execute("UPDATE deletions SET number = 977 WHERE number = 3")
    views.close()
    found = shop.run(*words)
    assert found == shop.run("check", "views")
    assert (found.status, len(found.out.splitlines())) == (3, 5)


@sqlite_only
def test_blocks_that_no_worker_could_do_are_told(machines: Machines, shop: Office, tmp_path: Path) -> None:
    """Given what only this machine can read, when others are asked, then it is done here, and told."""
    shop.does("replay")
    alone = {name: rows(live(shop), name) for name in NAMES}
    store = "postgresql+psycopg://reader@/shop?host=/nowhere"
    workers = machines.written("nowhere.toml", store=store, parts=str(tmp_path))
    told = shop.does("replay", "--workers", str(workers))
    assert told.err.startswith("blocks that no worker did, done here: 12\nhint: is `parts` one folder")
    assert {name: rows(live(shop), name) for name in NAMES} == alone


def test_whoever_has_no_certificate_of_this_cluster_gets_nothing(machines: Machines, shop: Office) -> None:
    """Neither one of another CA nor plain TCP is let in."""
    before = live(shop)
    strangers = machines.folder / "strangers"
    strangers.mkdir()
    other = Authority(strangers)
    other.certificate("asker")
    for told in (
        {"ca": "strangers/cluster-ca.pem", "cert": "strangers/asker.pem", "key": "strangers/asker.key"},
        {"cert": "strangers/asker.pem", "key": "strangers/asker.key"},
        {"scheduler": machines.address.replace("tls://", "tcp://")},
    ):
        answer = shop.run("replay", "--workers", str(machines.written("strange.toml", wait="2s", **told)))
        assert answer.status == 1
        assert f"{told.get('scheduler', machines.address)} cannot be reached (E-WORKERS-GONE)" in answer.err
    assert live(shop) == before


def test_a_worker_of_another_ca_gets_nothing(tmp_path: Path, shop: Office) -> None:
    """It is turned away, also with the CA of this cluster in its hand; the same one of this CA works."""
    machines = Machines(tmp_path / "machines")
    strangers = tmp_path / "strangers"
    strangers.mkdir()
    other = Authority(strangers)
    try:
        for trusted in (other.file, machines.authority.file):
            other.file = trusted
            machines.worker("--death-timeout", "2", authority=other)
        assert all(stranger.wait(timeout=PATIENCE_S) for stranger in machines.workers)
        gone = shop.run("replay", "--workers", str(machines.written(wait="2s")))
        assert "has no worker (E-WORKERS-GONE)" in gone.err
        assert list(machines.parts.rglob("*.db")) == []
        machines.worker()
        replayed(shop, machines.written())
    finally:
        machines.kill()


def test_machines_that_come_and_go(tmp_path: Path, shop: Office) -> None:
    """None for too long, one that comes late, a scheduler that is killed, and a second run that goes on."""
    machines = Machines(tmp_path / "machines")
    try:
        gone = shop.run("replay", "--workers", str(machines.written(wait="6s")))
        assert gone.status == 1
        assert f"{machines.address} has no worker (E-WORKERS-GONE)\nhint: start scheduler" in gone.err
        workers = machines.written()
        late = Timer(1, machines.worker)
        late.start()
        file = replayed(shop, workers)
        before = live(shop)
        (worker,) = machines.workers
        worker.send_signal(signal.SIGSTOP)
        killing = Timer(2, machines.kill, [machines.scheduler])
        killing.start()
        began = time.monotonic()
        lost = shop.run("replay", "--workers", str(machines.written(wait="10s")))
        assert time.monotonic() - began < 60
        assert "(E-WORKERS-GONE)" in lost.err
        assert (live(shop), live(shop).read_bytes()) == (before, file)
    finally:
        machines.kill()
