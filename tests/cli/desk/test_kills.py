"""The desk killed at work: the form sent again after a restart, nothing twice, nothing lost."""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from tests.support.billing_office import DECEMBER, business, helped, shop
from tests.support.long import times
from tests.support.office import Office
from tests.support.shop import copied

pytestmark = pytest.mark.skipif(os.name != "posix", reason="kills with SIGKILL")
POINTS = times(4, 20)
MOMENTS_S = 0.25
PATIENCE_S = 60
FORM = {"form": "desk-KILLEDKILLEDKILL"}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A firm with one session to be billed, and one whose data are to be deleted."""
    office = shop(tmp_path_factory.mktemp("kills") / "ledger")
    business(office)
    helped(office, "2026-11-09T20:10:00", "2026-11-09T22:40:00")
    office.now = DECEMBER
    return office.folder


class Program:
    """The desk as a process of its own, and a browser's part by hand."""

    def __init__(self, process: subprocess.Popen[str], link: str) -> None:
        self.process = process
        where = urlsplit(link)
        self.host, self.port = where.netloc, where.port
        self.cookie = ""
        entered = self.sends("GET", f"{where.path}?{where.query}")
        self.cookie = str(entered[2]).partition(";")[0]

    def sends(self, method: str, path: str, body: str = "") -> tuple[int, str, str | None]:
        """Send a request; status, text, cookie."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        try:
            told = {"Host": self.host, "Sec-Fetch-Site": "same-origin", "Cookie": self.cookie}
            told["Content-Type"] = "application/x-www-form-urlencoded"
            connection.request(method, path, body or None, told)
            answer = connection.getresponse()
            return answer.status, answer.read().decode(), answer.getheader("Set-Cookie")
        finally:
            connection.close()

    def posts(self, path: str, typed: Mapping[str, str]) -> int:
        """Send a form; 0 where the program was killed before it answered."""
        try:
            return self.sends("POST", path, urlencode(typed))[0]
        except (OSError, http.client.HTTPException):
            return 0


@contextmanager
def _running(office: Office, runtime: Path) -> Generator[Program]:
    """The program of the desk, until it is killed or the block ends."""
    told = {
        **os.environ,
        "SESSION_LEDGER_NOW": office.now,
        "XDG_RUNTIME_DIR": str(runtime),
        "SESSION_LEDGER_BY": "anna",
    }
    words = [
        sys.executable,
        "-m",
        "ledger",
        "--ledger",
        str(office.folder),
        "--lang",
        "pl",
        "desk",
        "--no-browser",
    ]
    process = subprocess.Popen(
        words, env=told, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8"
    )
    try:
        assert process.stdout is not None
        yield Program(process, process.stdout.readline().strip())
    finally:
        process.kill()
        process.communicate()


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
    with _running(office, runtime) as program:
        boxes = _boxes(program.sends("GET", "/month/2026-11/plan")[1])
        assert boxes
        program.posts("/month/2026-11/issue", FORM | boxes)
        _kill_later(program, moment_s)
    before = office.asks("invoice", "list")["invoices"]
    assert len(before) <= 1
    with _running(office, runtime) as program:
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
    with _running(office, runtime) as program:
        if point % 2:
            program.process.send_signal(signal.SIGKILL)
        program.posts("/session/1/declare", FORM)
        _kill_later(program, 0.02 * point / POINTS)
    with _running(office, runtime) as program:
        assert program.posts("/session/1/declare", FORM) == 303
    events = [each["event"] for each in office.asks("session", "show", "1")["events"]]
    assert events.count("session.data_purged") == 1
