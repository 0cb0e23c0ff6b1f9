"""The desk killed at work: the form sent again after a restart, nothing twice, nothing lost."""

from __future__ import annotations

import os
import re
import signal
import time
from pathlib import Path

import pytest

from tests.support.billing_office import DECEMBER, business, helped, shop
from tests.support.desk_process import PATIENCE_S, Program, desk_process
from tests.support.long import times
from tests.support.shop import copied

pytestmark = pytest.mark.skipif(os.name != "posix", reason="kills with SIGKILL")
POINTS = times(4, 20)
MOMENTS_S = 0.25
FORM = {"form": "desk-KILLEDKILLEDKILL"}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A firm with one session to be billed, and one whose data are to be deleted."""
    office = shop(tmp_path_factory.mktemp("kills") / "ledger")
    business(office)
    helped(office, "2026-11-09T20:10:00", "2026-11-09T22:40:00")
    office.now = DECEMBER
    return office.folder


def _kill_later(program: Program, moment_s: float) -> None:
    time.sleep(moment_s)
    program.process.send_signal(signal.SIGKILL)


def _boxes(text: str) -> dict[str, str]:
    return dict(re.findall(r'type="checkbox" name="(pick-[^"]+)" value="(\d+)"', text))


@pytest.mark.parametrize("point", range(POINTS))
def test_what_is_issued_when_the_desk_is_killed_is_issued_once(
    prepared: Path, tmp_path: Path, point: int
) -> None:
    """Given a kill between the form and its end, when it is sent again, then there is one invoice."""
    runtime = tmp_path / "run"
    runtime.mkdir(mode=0o700)
    office = copied(prepared, tmp_path / "ledger", now=DECEMBER)
    moment_s = MOMENTS_S * point / POINTS
    with desk_process(office.folder, runtime, now=office.now) as program:
        boxes = _boxes(program.sends("GET", "/month/2026-11/plan").text)
        assert boxes
        program.posts("/month/2026-11/issue", FORM | boxes)
        _kill_later(program, moment_s)
    before = office.asks("invoice", "list")["invoices"]
    assert len(before) <= 1
    with desk_process(office.folder, runtime, now=office.now) as program:
        assert program.posts("/month/2026-11/issue", FORM | boxes) == 303
        until = time.monotonic() + PATIENCE_S
        while not office.asks("invoice", "list")["invoices"]:
            assert time.monotonic() < until
            time.sleep(0.1)
    after = office.asks("invoice", "list")["invoices"]
    assert len(after) == 1
    assert before in ([], after)
    assert office.run("check").status in {0, 3}
    assert "session-billed" not in office.run("check").out
    assert office.does("audit", "verify").status == 0


@pytest.mark.parametrize("point", range(POINTS))
def test_a_word_of_a_deletion_is_recorded_once(prepared: Path, tmp_path: Path, point: int) -> None:
    runtime = tmp_path / "run"
    runtime.mkdir(mode=0o700)
    office = copied(prepared, tmp_path / "ledger", now=DECEMBER)
    with desk_process(office.folder, runtime, now=office.now) as program:
        if point % 2:
            program.process.send_signal(signal.SIGKILL)
        program.posts("/session/1/declare", FORM)
        _kill_later(program, 0.02 * point / POINTS)
    with desk_process(office.folder, runtime, now=office.now) as program:
        assert program.posts("/session/1/declare", FORM) == 303
    events = [each["event"] for each in office.asks("session", "show", "1")["events"]]
    assert events.count("session.data_purged") == 1
