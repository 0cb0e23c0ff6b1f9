"""Help through a real remote console, from the handshake to the bill: opt-in, by SESSION_LEDGER_CONSOLE=1.

The ledger is not one for testing: its clock is the machine's, as the console's is. Every command is a
process of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Generator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.acceptance.source.real_console import LOOPBACK, ZONE, Console, console, missing
from tests.support.office import Answer

WHY_NOT = missing()
pytestmark = pytest.mark.skipif(WHY_NOT is not None, reason=str(WHY_NOT))

LIST_PRICES = {10_000, 20_000, 40_000}
"""What a started hour costs anybody, in the day, the evening and the night: net, in grosze."""
APART_S = 30
"""How far two may be apart about one moment, on a busy machine."""
HOUR_S, ROOM_S = 3600, 120
A_WHILE_S = 1.5


class Shop:
    """A ledger made with `init`, and command lines run at it, each by a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.month = f"{datetime.now(ZoneInfo(ZONE)):%Y-%m}"
        self.does("init")
        self.does("customer", "add", "K-001", "--name", "Zakład Próbny")

    def does(self, *words: str, status: int = 0) -> Answer:
        """Run a command line that must end with a status; pytest -s shows what it said."""
        given = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        given |= {"SESSION_LEDGER_DIR": str(self.folder), "SESSION_LEDGER_BY": "anna"}
        command = [sys.executable, "-m", "ledger", *words]
        done = subprocess.run(command, env=given, capture_output=True, text=True, check=False)
        print(f"$ session-ledger {' '.join(words)}\n{done.stderr}{done.stdout}")  # noqa: T201 - for pytest -s
        assert done.returncode == status, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return Answer(done.returncode, done.stdout, done.stderr)

    def asks(self, *words: str) -> Any:  # noqa: ANN401 - whatever JSON says
        """The JSON document of a command that must succeed."""
        return self.does(*words, "-f", "json").document

    def takes(self, console: Console) -> tuple[int, int, int]:
        """Import what the console told: how much of it is new, known, and says more of what is known."""
        document = self.asks("source", "import", "vnc-hooks", str(console.hooks))
        assert document["quarantine"] == []
        return document["observed"], document["duplicate"], document["amended"]

    def records(self) -> list[dict[str, Any]]:
        """What the console told, by its beginning."""
        listed: list[dict[str, Any]] = self.asks("source", "list", "--period", self.month)["records"]
        return sorted(listed, key=lambda record: str(record["started_at"]))

    def reconciles(self, *, open_findings: list[str]) -> list[str]:
        """Hold both against each other: what must be open is told, the kinds for information come back."""
        words = ("source", "reconcile", "--period", self.month)
        self.does(*words, status=3 if open_findings else 0)
        found = self.does(*words, "-f", "json", status=3 if open_findings else 0).document["findings"]
        assert sorted(f["kind"] for f in found if f["severity"] == "open") == open_findings
        return sorted(f["kind"] for f in found if f["severity"] == "info")

    def begins(self) -> int:
        """A customer asks, is told the price and says yes: the net of a started hour that was told."""
        told = self.asks("quote", "--customer", "K-001", "--minutes", "1")["expected"]["net_grosze"]
        self.does("session", "request", "--customer", "K-001", "--issue", "other")
        self.does("session", "quote", "1")
        self.does("session", "accept", "1", "--how", "phone")
        return int(told)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """A new ledger, at a time when no price or month changes in the next minutes."""
    left_s = HOUR_S - time.time() % HOUR_S
    if left_s < ROOM_S:
        time.sleep(left_s + 1)
    return Shop(tmp_path / "ledger")


@pytest.fixture
def running(tmp_path: Path) -> Generator[Console]:
    """A console somebody can connect to."""
    with console(tmp_path) as made:
        yield made


def seconds_between(earlier: str, later: str) -> float:
    """How long after one instant another was."""
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()


def test_help_with_a_lost_link_is_reconciled_and_billed_as_it_was_told(shop: Shop, running: Console) -> None:
    """Given a stranger's knock and help over a lost link, then each record is settled, one hour is billed."""
    running.knock()
    running.wait_for("gone", 1)
    told = shop.begins()

    technician = running.enter()
    shop.does("session", "connect", "1")
    time.sleep(A_WHILE_S)
    technician.drop()
    running.wait_for("gone", 2)
    shop.does("session", "disconnect", "1")
    assert shop.takes(running) == (2, 1, 2)  # a connection: its -accept, -afteraccept and -gone
    technician = running.enter()
    shop.does("session", "connect", "1")
    time.sleep(A_WHILE_S)
    technician.close()
    running.wait_for("gone", 3)
    shop.does("session", "end", "1")

    assert shop.takes(running) == (1, 6, 1)
    assert shop.takes(running) == (0, 8, 0)
    knock, *both = shop.records()
    assert [record["kind"] for record in (knock, *both)] == ["attempt", "remote_control", "remote_control"]
    connections = shop.asks("session", "show", "1")["connections"]
    for record, connection in zip(both, connections, strict=True):
        assert 0 <= seconds_between(record["started_at"], connection["connected_at"]) <= APART_S
        assert 0 <= seconds_between(record["ended_at"], connection["disconnected_at"]) <= APART_S

    # The console knows neither a remote ID nor a technician: whose records these are is for a person to say.
    shop.reconciles(open_findings=[*["record_without_session"] * 2, "session_without_record"])
    shop.does("source", "dismiss", knock["record"], "--reason", "checked: nobody was let in")
    for record in both:
        shop.does("source", "match", record["record"], "1")
    assert shop.reconciles(open_findings=[]) == ["merged_fragments"]

    shop.does("report", "billing", "--period", shop.month)
    (billed,) = shop.asks("report", "billing", "--period", shop.month)["sessions"]
    assert (billed["session"], billed["started_hours"], billed["net_grosze"]) == (1, 1, told)
    assert told in LIST_PRICES
    shop.does("check")


def test_a_console_that_was_killed_leaves_a_record_without_an_end(shop: Shop, running: Console) -> None:
    """Given a server killed during help, then its record stays open, and what is billed is what was noted."""
    told = shop.begins()
    running.enter()
    shop.does("session", "connect", "1")
    time.sleep(A_WHILE_S)
    running.kill()
    shop.does("session", "end", "1", "--ended-by", "link-lost")

    assert shop.takes(running) == (1, 1, 0)
    (record,) = shop.records()
    assert record["ended_at"] is None
    shop.does("source", "match", record["record"], "1")

    assert shop.reconciles(open_findings=[]) == []
    (billed,) = shop.asks("report", "billing", "--period", shop.month)["sessions"]
    assert (billed["started_hours"], billed["net_grosze"]) == (1, told)


def test_the_consoles_hooks_and_its_log_tell_of_the_same_moments(shop: Shop, running: Console) -> None:
    """Given a connection, then the local times of the log and the seconds of the hooks are the same."""
    technician = running.enter()
    time.sleep(A_WHILE_S)
    technician.close()
    running.wait_for("gone", 1)
    running.wait_for_the_log(f"Client {LOOPBACK} gone")

    assert shop.takes(running) == (1, 1, 1)
    log = shop.asks("source", "import", "vnc-log", str(running.log), "--tz", ZONE)
    assert (log["observed"], log["quarantine"]) == (1, [])
    hooks, logged = sorted(shop.records(), key=lambda record: str(record["adapter"]))
    assert [hooks["adapter"], logged["adapter"]] == ["vnc-hooks", "vnc-log"]
    for moment in ("started_at", "ended_at"):
        assert abs(seconds_between(hooks[moment], logged[moment])) <= APART_S
