"""Real VNC servers, killed and stopped, with wrong passwords: records against a clock of the test's own.

Opt-in (SESSION_LEDGER_CONSOLE=1), with Xtigervnc there. All listen on the loopback.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ledger.sources.adapter import Moment, Options, SourceRecord
from ledger.sources.registry import reader
from tests.acceptance.source.real_console import (
    LOOPBACK,
    PATIENCE_S,
    VERSION,
    ZONE,
    Connection,
    Technician,
    ended,
    free_port,
)

PASSWORD_TYPE = 2
WITHIN_S = 3.0
"""The logs have whole seconds, and a server notices a viewer who left now and then."""


def _missing(*programs: str) -> str | None:
    if "SESSION_LEDGER_CONSOLE" not in os.environ:
        return "SESSION_LEDGER_CONSOLE is not set"
    absent = [name for name in programs if shutil.which(name) is None]
    return f"not installed: {', '.join(absent)}" if absent else None


def _wait(holds: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < until, what
        time.sleep(0.05)


class Server:
    """A server that writes one log over several starts; it lets in without a password, or asks for one."""

    def __init__(self, words: list[str], port: int, log: Path, stack: ExitStack) -> None:
        self.port = port
        self._words, self._log, self._stack = words, log, stack
        self._process: subprocess.Popen[bytes] | None = None
        self._starts = 0

    def start(self) -> None:
        with self._log.open("ab") as log:
            given = {"PATH": os.environ["PATH"], "HOME": str(self._log.parent), "TZ": ZONE}
            self._process = subprocess.Popen(self._words, env=given, stdout=log, stderr=log)
        self._stack.callback(ended, self._process)
        self._starts += 1
        _wait(
            lambda: self._said("Listening for VNC connections") == self._starts, "the server does not listen"
        )

    def _said(self, words: str) -> int:
        return self._log.read_text(errors="replace").count(words)

    def end(self, how: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(how)
        self._process.wait(PATIENCE_S)

    def refuses(self) -> None:
        """Connect and answer the challenge for a password wrong."""
        with Connection(self.port) as connection:
            connection.heard(len(VERSION))
            connection.says(VERSION)
            assert PASSWORD_TYPE in connection.heard(connection.heard(1)[0])
            connection.says(bytes([PASSWORD_TYPE]))
            connection.says(bytes(len(connection.heard(16))))
            assert connection.heard(4) != bytes(4), "let in"

    def records(self) -> list[SourceRecord]:
        options = Options(zone=ZoneInfo(ZONE))
        found = [
            each
            for each in reader("vnc-log")(self._log.read_bytes(), options)
            if isinstance(each, SourceRecord)
        ]
        return sorted(
            found, key=lambda each: each.started.at if each.started else datetime.min.replace(tzinfo=UTC)
        )


@contextmanager
def tigervnc(folder: Path) -> Generator[Server]:
    """TigerVNC that offers both: no password, and one."""
    (folder / "password").write_bytes(b"\x17\x52\x6b\x06\x23\x4e\x58\x07")
    with ExitStack() as stack:
        port = free_port()
        words = f"Xtigervnc :{20000 + port % 10000} -rfbport {port} -localhost -interface {LOOPBACK}".split()
        words += [
            "-SecurityTypes",
            "None,VncAuth",
            "-PasswordFile",
            str(folder / "password"),
            "-AlwaysShared",
        ]
        yield Server(words, port, folder / "vnc.log", stack)


def _seconds(moment: Moment | None, clock: float) -> float:
    assert moment is not None
    return abs(moment.at.timestamp() - clock)


reason = _missing("Xtigervnc")


@pytest.mark.skipif(reason is not None, reason=str(reason))
def test_tigervnc_killed_and_stopped_gives_the_records_that_a_clock_saw(tmp_path: Path) -> None:
    """A wrong password; a viewer who left; one cut by a kill; one there when the server was told to stop."""
    with tigervnc(tmp_path) as server:
        server.start()
        wrong = time.time()
        server.refuses()
        time.sleep(1.1)
        first_in = time.time()
        first = Technician(server.port)
        time.sleep(4)
        first.close()
        first_out = time.time()
        time.sleep(2)
        cut_in = time.time()
        there = [Technician(server.port)]
        time.sleep(2)
        server.end(signal.SIGKILL)
        time.sleep(1.1)
        server.start()
        last_in = time.time()
        there.append(Technician(server.port))
        time.sleep(4)
        last_out = time.time()
        server.end(signal.SIGTERM)
        for each in there:
            each.close()
    attempt, viewer, cut, last = server.records()
    assert [each.kind for each in (attempt, viewer, cut, last)] == ["attempt", *["remote_control"] * 3]
    for record, begun in ((attempt, wrong), (viewer, first_in), (cut, cut_in), (last, last_in)):
        assert _seconds(record.started, begun) < WITHIN_S
    assert _seconds(viewer.ended, first_out) < WITHIN_S
    assert cut.ended is None
    assert cut.over_by is not None
    assert _seconds(last.ended, last_out) < WITHIN_S
