"""Sessions that several processes read have the rows that one gives them."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from functools import partial
from multiprocessing import active_children, spawn
from pathlib import Path

import pytest

from projections.engine import blocks, pool
from projections.engine.writer import NAMES
from tests.acceptance.report.test_replay import live, rows
from tests.support.counting import FIRST, counted
from tests.support.office import Office, sqlite_only
from tests.support.shop import PERIOD, eventful_month
from tests.support.systems import IS_WINDOWS, IS_WINE


@pytest.fixture
def shop(tmp_path: Path) -> Office:
    """The eventful month."""
    return eventful_month(tmp_path / "ledger")


# --- several processes ------------------------------------------------------------------------


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine with three processors, where a few sessions are worth a process."""
    monkeypatch.setattr(blocks, "PROCESSES", 3)
    monkeypatch.setattr(blocks, "WORTH_A_PROCESS", 5)
    monkeypatch.setattr(blocks, "SESSIONS_IN_A_BLOCK", 4)


@pytest.mark.parametrize("how", ["fine", "fails", "dies"])
@pytest.mark.parametrize("last", [0, 1, 4, 5, 9, 46])
@pytest.mark.usefixtures("shared")
def test_each_session_is_worked_on_once_and_in_order(last: int, how: str) -> None:
    """However many there are, and whoever does them; what a process did not do is done by this one."""
    cut, mine = blocks.blocks(last), list[range]()

    def here(block: range) -> int:
        mine.append(block)
        return block[0]

    with pool.Processes(2, helped=True) as others:
        work = partial(counted, how=how)
        done = list(pool.in_order(others, work, cut, here))
    assert done == [(block, block[0]) for block in cut]
    assert len(mine) == len(set(mine))
    if how != "fine":
        assert {block for block in cut if block[0] > FIRST} <= set(mine)
    assert active_children() == []


@pytest.mark.usefixtures("shared")
def test_no_process_outlives_an_error_of_the_one_that_asked() -> None:
    def interrupted(_block: range) -> int:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), pool.Processes(2, helped=True) as others:
        list(pool.in_order(others, partial(counted, how="lasts"), blocks.blocks(46), interrupted))
    assert active_children() == []


ASKER = """
import multiprocessing, time
from projections.engine import pool
from tests.support.counting import counted
if __name__ == "__main__":
    with pool.Processes(1) as others:
        others.submit(counted, range(1, 5), "lasts")
        print(multiprocessing.active_children()[0].pid, flush=True)
        time.sleep(600)
"""


def test_no_process_outlives_the_one_that_asked_when_that_is_killed(tmp_path: Path) -> None:
    psutil = pytest.importorskip("psutil")
    (tmp_path / "asker.py").write_text(ASKER, encoding="ascii")
    repository = Path(__file__).parents[3]
    with subprocess.Popen(
        [sys.executable, tmp_path / "asker.py"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(repository)},
    ) as asker:
        assert asker.stdout is not None
        other = int(asker.stdout.readline())
        time.sleep(1)  # it has begun
        asker.kill()
    for _ in range(100):
        if not psutil.pid_exists(other):
            return
        time.sleep(0.1)
    pytest.fail("it is still there")


@pytest.mark.usefixtures("shared")
def test_replay_in_several_processes_fills_the_same_rows(
    shop: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row by row and in the same order, nothing of theirs is left behind, and nothing is said of them."""
    assert shop.does("replay").err == ""
    shared_out = shop.asks("replay")
    several = {name: rows(live(shop), name) for name in NAMES}
    monkeypatch.setattr(blocks, "PROCESSES", 1)
    alone_out = shop.asks("replay")
    assert {name: rows(live(shop), name) for name in NAMES} == several
    assert [out["events"] for out in (shared_out, alone_out)] == [shared_out["events"]] * 2
    assert shared_out["sessions"] == alone_out["sessions"] == len(several["sessions"])
    assert not list(shop.folder.glob("*-part*"))


@pytest.mark.usefixtures("shared")
def test_replays_in_several_processes_give_the_same_file(
    shop: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bit by bit, by however many processes."""
    files = set[bytes]()
    for processes in (2, 3):
        monkeypatch.setattr(blocks, "PROCESSES", processes)
        shop.does("replay")
        files.add(live(shop).read_bytes())
    assert len(files) == 1


@pytest.mark.skipif(IS_WINE, reason="a pool's own pipe waits for ever there when its process ends at once")
@pytest.mark.usefixtures("shared")
def test_blocks_of_a_failed_worker_are_done_by_its_parent(
    shop: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed, or out of memory: its part of the rows is there all the same."""
    shop.does("replay")
    good = {name: rows(live(shop), name) for name in NAMES}
    program = shutil.which("hostname" if IS_WINDOWS else "false") or ""
    monkeypatch.setattr(spawn, "get_executable", lambda: program if IS_WINDOWS else os.fsencode(program))
    shop.does("replay")
    assert {name: rows(live(shop), name) for name in NAMES} == good
    assert not list(shop.folder.glob("*-part*"))


@pytest.mark.usefixtures("shared")
def test_workers_import_no_module_from_the_current_folder(
    shop: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder may hold anything, also a `projections` of its own."""
    for name in ("projections", "multiprocessing"):
        trap = tmp_path / "trap" / name
        trap.mkdir(parents=True)
        (trap / "__init__.py").write_text("open('sprung', 'w').close()\n")
    monkeypatch.chdir(tmp_path / "trap")
    shop.does("replay")
    assert not (tmp_path / "trap" / "sprung").exists()


@sqlite_only
@pytest.mark.usefixtures("shared")
def test_event_that_a_worker_cannot_read_is_named(shop: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The refusal is the one that a single process gives, and the live read model stays."""
    shop.does("report", "sessions", "--period", PERIOD)
    before = live(shop)
    with sqlite3.connect(shop.folder / "events.db") as events:
        events.execute("DROP TRIGGER events_no_update")
        events.execute(
            "UPDATE events SET state = CAST('{\"at\": 1}' AS BLOB) WHERE leaf_index ="
            " (SELECT max(leaf_index) FROM events WHERE topic = 'session.ended:1')"
        )
    events.close()
    refused = shop.run("replay")
    assert "E-EVENT-UNREADABLE" in refused.err
    monkeypatch.setattr(blocks, "PROCESSES", 1)
    assert shop.run("replay") == refused
    assert live(shop) == before
    assert not list(shop.folder.glob("*-part*"))
