"""kill -9 of a database server while several processes record: nothing acknowledged is lost or doubled.

The server runs without fsync: what it wrote when it was killed, the system has, and no commit is answered
before it is written.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random, SystemRandom
from signal import SIGKILL, SIGSTOP
from tempfile import mkdtemp
from typing import NamedTuple

import psycopg
import pytest

from tests.faults.test_kills import named_by_check
from tests.support import postgres
from tests.support.billing_office import SELLER
from tests.support.long import LONG, times
from tests.support.office import ON_POSTGRES, Office
from tests.support.shop import environment

KILLS = times(10, 500)
ASK_EVERY = min(25, KILLS // 4)
SEED = os.environ.get("SESSION_LEDGER_SEED") or str(SystemRandom().randrange(10**9))
"""It decides when what is killed; what is written at that moment is the machine's."""
WRITERS = (("one",), ("two",), ("three",), ("four", "anew"))
RECORDER = Path(__file__).with_name("recording.py")
MOST_S = 0.6
"""So long a server lives at most, or after its first answer."""
STARVED_S = 600.0 if LONG else 60.0
ALONE = 0.3
"""The share of kills that hit one process of a connection, after which the server begins again by itself."""
REFUSALS = {(1, "E-STORE-UNREACHABLE"), (4, "E-VERSION-TAKEN"), (4, "E-REFERENCE-TAKEN"), (4, "E-STORE-BUSY")}
pytestmark = pytest.mark.skipif(ON_POSTGRES, reason="has a server of its own")


class Said(NamedTuple):
    """What one attempt of a command was answered."""

    command: str
    status: int
    out: str
    err: str


class Server:
    """A server whose processes are killed."""

    def __init__(self, folder: Path) -> None:
        self.cluster = postgres.Cluster(folder, 5511)
        self.cluster.make()
        self.start()
        self.cluster.says(postgres.ROLES)

    def start(self) -> None:
        """Start it, again while a process of the one before still holds its memory."""
        command = [*postgres.as_nobody(), str(postgres.tools() / "postgres"), "-D", str(self.cluster.data)]
        for _ in range(100):
            with self.cluster.log.open("ab") as log:
                self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.cluster.folder)
            if self.answers():
                return
            time.sleep(0.02)
        raise AssertionError(self.cluster.log.read_text())

    def answers(self) -> bool:
        """Wait until it takes commands, or has ended; True if it takes them."""
        while self._process.poll() is None:
            with suppress(psycopg.OperationalError):
                self.cluster.says("SELECT 1")
                return True
            time.sleep(0.01)
        return False

    def kill(self) -> None:
        """Kill the first process and everything that it started."""
        self._process.send_signal(SIGSTOP)  # it starts no more
        os.waitid(os.P_PID, self._process.pid, os.WSTOPPED)
        for each in (self._process.pid, *self._started()):
            with suppress(ProcessLookupError):
                os.kill(each, SIGKILL)
        self._process.wait()

    def kill_a_connection(self, chance: Random) -> None:
        """Kill a process that serves a client, if there is one just now; the server then begins again."""
        query = "SELECT pid FROM pg_stat_activity WHERE application_name = 'session-ledger' ORDER BY pid"
        serving = [pid for (pid,) in self.cluster.says(query) if pid in self._started()]
        if serving:
            killed = chance.choice(serving)
            with suppress(ProcessLookupError):
                os.kill(killed, SIGKILL)
            while killed in self._started():  # until the server has seen it
                time.sleep(0.001)

    def _started(self) -> list[int]:
        pid = self._process.pid
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]

    def close(self) -> None:
        """Kill it for good."""
        if self._process.poll() is None:
            self.kill()


class Desk:
    """A process that records, and what it was answered."""

    def __init__(self, office: Office, name: str, *how: str) -> None:
        self._answers = office.folder.parent / f"answers-{name}"
        command = [sys.executable, str(RECORDER), name, str(_end_of(office)), *how]
        given = environment(office) | {"PYTHONPATH": str(RECORDER.parents[2])}
        with self._answers.open("wb") as out:
            self.process = subprocess.Popen(command, env=given, stdout=out)

    def said(self) -> list[Said]:
        """Every answer until now."""
        lines = self._answers.read_text(encoding="utf-8").split("\n")[:-1]
        return [Said(*json.loads(line)) for line in lines]


def _end_of(office: Office) -> Path:
    """The file that ends whoever records."""
    return office.folder.parent / "end"


@contextmanager
def recording(office: Office) -> Generator[list[Desk]]:
    """Several processes that record; in the end each finishes what it began, for the server lives."""
    desks = [Desk(office, *writer) for writer in WRITERS]
    try:
        yield desks
        _end_of(office).touch()
        assert [app.process.wait(timeout=120) for app in desks] == [0] * len(desks)
    finally:
        for app in desks:
            app.process.kill()
            app.process.wait()


@pytest.fixture
def server() -> Iterator[Server]:
    folder = Path(mkdtemp(prefix="sl-kill-", dir="/tmp"))
    made = Server(folder)
    yield made
    made.close()
    shutil.rmtree(folder, ignore_errors=True)


def test_a_server_that_is_killed_loses_and_doubles_nothing(server: Server, tmp_path: Path) -> None:
    """Every command that was answered is there after each kill, in the end each of them once."""
    print(f"SESSION_LEDGER_SEED={SEED}")  # noqa: T201 - to do it again
    chance, began = Random(SEED), time.perf_counter()  # noqa: S311 - no secret
    store = ("--store", server.cluster.url("shop"), "--owner", postgres.OWNER)
    office = Office(tmp_path / "ledger", init=store)
    office.does("config", "set", *SELLER, "ksef.mode=exempt_10k")
    office.does("customer", "add", "K-1", "--name", "Jan", "--consumer", "yes", "--address-line1", "Krótka 1")
    with recording(office) as desks:
        for number in range(1, KILLS + 1):
            _let_live(chance, desks)
            if chance.random() < ALONE:
                server.kill_a_connection(chance)
            else:
                server.kill()
                server.start()
            acknowledged = _acknowledged(desks)
            assert server.answers()
            assert acknowledged <= set(_keys(server, "command")), number
            if number % ASK_EVERY == 0:
                assert office.asks("audit", "verify")["findings"] == []
    answers = [said for app in desks for said in app.said()]
    _is_whole(server, answers)
    office.run("check", "--repair")  # what was put into the vault or on disk before an event that never came
    assert named_by_check(office) == set()
    assert office.asks("audit", "verify")["findings"] == []
    print(_told(answers, time.perf_counter() - began))  # noqa: T201 - figures


def _acknowledged(desks: list[Desk]) -> set[str]:
    return {said.command for app in desks for said in app.said() if said.status == 0}


def _let_live(chance: Random, desks: list[Desk]) -> None:
    """Half of the servers are killed whatever they did, the others after they recorded something."""
    before = _acknowledged(desks) if chance.random() < 1 / 2 else None
    until = time.monotonic() + STARVED_S
    while before is not None and _acknowledged(desks) == before:
        assert time.monotonic() < until, "nothing is recorded any more"
        time.sleep(0.01)
    time.sleep(chance.uniform(0, MOST_S))


def _is_whole(server: Server, answers: list[Said]) -> None:
    """Refusals are those that are documented; commands, indexes and numbers are each there once."""
    refused = [said for said in answers if said.status]
    assert {(said.status, _code(said)) for said in refused} <= REFUSALS
    assert not [said for said in refused if said.out or "Error: " not in said.err]
    assert sum(map(_was_cut_off, refused)) > KILLS / 4, "too few kills hit a command"
    acknowledged = [said.command for said in answers if said.status == 0]
    query = """SELECT leaf_index, topic, convert_from(state, 'UTF8')::json ->> 'command',
               convert_from(state, 'UTF8')::json ->> 'number' FROM ledger.events ORDER BY 1"""
    rows = server.cluster.says(query, "shop")
    assert [index for index, *_ in rows] == list(range(len(rows)))
    assert Counter(command for _, _, command, _ in rows if command) == Counter(acknowledged)
    numbers = [number for _, topic, _, number in rows if topic.startswith("series.number_drawn")]
    assert numbers == [f"FV/2026/11/{place:04d}" for place in range(1, len(numbers) + 1)]
    sessions = sorted(map(int, _keys(server, "session")))
    assert sessions == list(range(1, sum(command.endswith("-0") for command in acknowledged) + 1))


def _was_cut_off(said: Said) -> bool:
    """Return True if the server went away in mid-command, not before it."""
    return any(
        words in said.err for words in ("closed the connection", "terminating", "lost while it recorded")
    )


def _code(said: Said) -> str:
    """The code of the refusal."""
    told = said.err[max(said.err.find("Error: "), 0) :]  # "recorded, but not signed" may stand before it
    return told.partition("(")[2].partition(")")[0]


def _keys(server: Server, kind: str) -> list[str]:
    """The keys of one kind that are taken in the ledger."""
    query = f"SELECT key FROM ledger.reference WHERE kind = '{kind}'"
    return [str(key) for (key,) in server.cluster.says(query, "shop")]


def _told(answers: list[Said], seconds: float) -> str:
    refused = Counter(_code(said) for said in answers if said.status)
    recorded = {said.command for said in answers if "recorded before" in said.err}
    done = sum(said.status == 0 for said in answers)
    codes = ", ".join(f"{code} {count}" for code, count in sorted(refused.items()))
    return (
        f"{KILLS} kills in {seconds:.0f} s: {done} commands acknowledged, "
        f"0 lost, 0 recorded twice; {sum(map(_was_cut_off, answers))} cut off in the middle, "
        f"{len(recorded)} of them recorded without an answer; refusals: {codes}"
    )
