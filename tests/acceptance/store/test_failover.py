"""The primary is killed while commands are recorded; the standby takes over, nothing acknowledged is lost.

Two servers on sockets: a primary that answers a commit only when its standby has it too. Both stand in the
ledger's URL; the client goes to the one that takes writes.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

import pytest

from tests.support import postgres
from tests.support.office import ON_POSTGRES, Answer, Office
from tests.support.shop import environment
from tests.support.systems import IS_WINDOWS

LONG = "SESSION_LEDGER_LONG" in os.environ
BEFORE_KILL = 200 if LONG else 6
WRITERS = 2
COMMAND = """\
import sys
from cli.main import run
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
for number in range(10000):
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        status = run(("session", "request", "--customer", "K-1", "--issue", "other",
                      "--command-id", f"{sys.argv[1]}-{number}"))
    if status:
        break
    print(f"{sys.argv[1]}-{number}", flush=True)
"""
pytestmark = [
    pytest.mark.skipif(ON_POSTGRES, reason="has servers of its own"),
    pytest.mark.skipif(IS_WINDOWS, reason="the servers of these tests are for Linux"),
]


class Pair:
    """A primary and its standby; each can become the other."""

    def __init__(self, folder: Path) -> None:
        self.primary, self.standby = postgres.Cluster(folder, 5501), postgres.Cluster(folder, 5502)
        self.primary.make()
        self._start_primary()
        self.primary.says(f"{postgres.ROLES}; CREATE ROLE copier LOGIN REPLICATION")
        self._make_standby()

    def url(self, *, reading: bool = False) -> str:
        """Both servers: the one that takes writes, or the standby first."""
        ports = sorted((self.primary.port, self.standby.port), reverse=reading)
        wanted = "prefer-standby" if reading else "read-write"
        hosts = ",".join([str(self.primary.folder)] * 2)
        return (
            f"postgresql+psycopg://{postgres.DESK}@/shop?host={hosts}&port={ports[0]},{ports[1]}"
            f"&target_session_attrs={wanted}"
        )

    def kill(self) -> None:
        """Kill the primary; who is waited for leaves nothing that looks alive."""
        (pid, *_) = (self.primary.data / "postmaster.pid").read_text().split()
        os.kill(int(pid), signal.SIGKILL)
        self._process.wait()

    def kill_and_promote(self) -> float:
        """Kill the primary, make the standby the primary; seconds until it took a write."""
        began = time.perf_counter()
        self.kill()
        self.standby.tool("pg_ctl", "-D", self.standby.data, "-w", "-s", "promote")
        self.standby.says("CREATE TABLE writable (x int)")
        return time.perf_counter() - began

    def _start_primary(self) -> None:
        command = [*postgres.as_nobody(), str(postgres.tools() / "postgres"), "-D", str(self.primary.data)]
        with self.primary.log.open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.primary.folder)
        ready = ("pg_isready", "-h", self.primary.folder, "-p", str(self.primary.port))
        for _ in range(500):
            try:
                self.primary.tool(*map(str, ready))
            except AssertionError:
                time.sleep(0.02)
            else:
                return
        raise AssertionError(self.primary.log.read_text())

    def _make_standby(self) -> None:
        here = ("-h", self.primary.folder, "-p", str(self.primary.port), "-U", "copier")
        words = ("-R", "-X", "stream", "-C", "-S", "standby", "--checkpoint=fast", "--no-sync")
        self.standby.tool(
            "pg_basebackup", *here, "-D", self.standby.data, *words, "-d", "application_name=standby"
        )
        self.standby.settle(f"port = {self.standby.port}\n")
        self.standby.start()
        for setting in ("synchronous_standby_names = 'standby'", "synchronous_commit = 'remote_apply'"):
            self.primary.says(f"ALTER SYSTEM SET {setting}")
        self.primary.says("SELECT pg_reload_conf()")
        query = "SELECT sync_state FROM pg_stat_replication"
        while self.primary.says(query) != [("sync",)]:
            time.sleep(0.05)

    def close(self) -> None:
        """Stop whatever runs."""
        if self._process.poll() is None:
            self.kill()
        self.standby.stop()


@pytest.fixture
def pair() -> Iterator[Pair]:
    folder = Path(mkdtemp(prefix="sl-ha-", dir="/tmp"))
    made = Pair(folder)
    yield made
    made.close()
    shutil.rmtree(folder, ignore_errors=True)


def writer(office: Office, name: str) -> subprocess.Popen[str]:
    """A process that records until it is refused, and says every command that was acknowledged."""
    command = [sys.executable, "-c", COMMAND, name]
    return subprocess.Popen(command, env=environment(office), stdout=subprocess.PIPE, text=True)


def test_a_primary_that_is_killed_loses_nothing_that_was_acknowledged(pair: Pair, tmp_path: Path) -> None:
    """Every acknowledged command is in the log of the new primary, whose tree continues every checkpoint."""
    office = Office(tmp_path / "ledger", init=("--store", pair.url(), "--owner", postgres.OWNER))
    office.does("customer", "add", "K-1", "--name", "Jan")
    note = tmp_path / "before.note"
    office.does("audit", "checkpoint", "-o", str(note))
    writers = [writer(office, f"writer-{number}") for number in range(WRITERS)]
    acknowledged: list[str] = []
    for each in writers:
        assert each.stdout is not None
        acknowledged += [each.stdout.readline().strip() for _ in range(BEFORE_KILL)]
    office.does("audit", "checkpoint", "-o", str(tmp_path / "during.note"))
    seconds = pair.kill_and_promote()
    for each in writers:
        out, _ = each.communicate(timeout=120)
        acknowledged += out.split()
    began = time.perf_counter()
    office.does("session", "request", "--customer", "K-1", "--issue", "other", "--command-id", "afterwards")
    command_s = time.perf_counter() - began
    lost = set(acknowledged) - set(_keys(pair, "command"))
    query = "SELECT leaf_index FROM ledger.events ORDER BY 1"
    leaves = [leaf for (leaf,) in pair.standby.says(query, "shop")]
    gaps = set(range(len(leaves))) - set(leaves)
    numbers = _keys(pair, "session")
    twice = len(numbers) - len(set(numbers))
    print(  # noqa: T201 - figures
        f"primary killed: {len(acknowledged)} acknowledged, {len(lost)} lost; "
        f"writable after {seconds:.1f} s, the first command took {command_s:.1f} s; "
        f"{len(leaves)} events, {len(gaps)} gaps among their indexes; {len(numbers)} numbers, {twice} twice"
    )
    assert (lost, gaps, twice) == (set(), set(), 0)
    assert sorted(map(int, numbers)) == list(range(1, len(numbers) + 1))
    for held in ("before.note", "during.note"):
        verified = office.does("audit", "verify", "--since", str(tmp_path / held), "-f", "json").document
        assert (verified["findings"], verified["checkpoint"]) == ([], "ok")
    assert office.run("check") == Answer(0, "", "")


def _keys(pair: Pair, kind: str) -> list[str]:
    """The keys of one kind that the new primary has."""
    query = f"SELECT key FROM ledger.reference WHERE kind = '{kind}'"
    return [str(key) for (key,) in pair.standby.says(query, "shop")]


def test_reports_are_read_from_the_standby(pair: Pair, tmp_path: Path) -> None:
    """With report_store in ledger.toml, reports go on while the primary is down; commands do not."""
    office = Office(tmp_path / "ledger", init=("--store", pair.url(), "--owner", postgres.OWNER))
    office.does("customer", "add", "K-1", "--name", "Jan")
    office.does("session", "request", "--customer", "K-1", "--issue", "other")
    before = office.does("session", "list").out
    config = office.folder / "ledger.toml"
    line = f'report_store = "{pair.url(reading=True)}"\n'
    config.write_text(line + config.read_text(encoding="utf-8"), encoding="utf-8")
    office.does("session", "request", "--customer", "K-1", "--issue", "other")
    listed = office.does("session", "list").out
    assert listed != before
    pair.kill()
    refused = office.run("session", "request", "--customer", "K-1", "--issue", "other")
    assert "(E-STORE-UNREACHABLE)" in refused.err
    (office.folder / "views.current").unlink()
    assert office.does("session", "list").out == listed
