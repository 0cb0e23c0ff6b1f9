"""A real xrdp and its session manager, killed and stopped: records against a clock of the test's own.

Opt-in (SESSION_LEDGER_CONSOLE=1), as root: an account is made for the test and removed again.
"""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from ledger.sources.adapter import Moment
from tests.acceptance.source.real_xrdp import missing, xrdp

WHY_NOT = missing()
WITHIN_S = 3.0
"""A client takes a moment before it is let in; the log has whole seconds."""


def _apart(moment: Moment | None, clock: float) -> float:
    assert moment is not None
    return abs(moment.at.timestamp() - clock)


@pytest.mark.skipif(WHY_NOT is not None, reason=str(WHY_NOT))
def test_xrdp_killed_and_stopped_gives_the_records_that_a_clock_saw(tmp_path: Path) -> None:
    """A wrong password; a window closed, the session taken over and logged out; desktops killed; a stop."""
    with xrdp(tmp_path) as server:
        server.start()
        wrong = time.time()
        server.refuses()
        time.sleep(1.1)
        first = server.lets_in()
        time.sleep(4)
        first.closes_the_window()
        time.sleep(2)
        second = server.lets_in()
        time.sleep(4)
        server.log_out()
        logged_out = time.time()
        time.sleep(1.1)
        third = server.lets_in()
        time.sleep(2)
        killed = time.time()
        server.kill_all()
        third.closes_the_window()
        server.start()
        fourth = server.lets_in()
        time.sleep(2)
        server.end(signal.SIGTERM)
        time.sleep(1.1)
        assert fourth.is_there(), "its desktop goes on without the session manager"
        server.log_out()
        last_out = time.time()
    attempt, *records = server.records()
    assert attempt.kind == "attempt"
    assert _apart(attempt.started, wrong) < WITHIN_S + 2, "the session manager waits before it says no"
    assert [each.kind for each in records] == ["remote_control"] * 4
    for record, client in zip(records, (first, second, third, fourth), strict=True):
        assert _apart(record.started, client.came) < WITHIN_S
    assert records[0].ended is None
    assert records[0].over_by == records[1].started
    for record, ended in zip(records[1:], (logged_out, killed, last_out), strict=True):
        assert _apart(record.ended, ended) < WITHIN_S
