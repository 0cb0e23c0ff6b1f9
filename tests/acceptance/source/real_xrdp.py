"""A real xrdp with its session manager, an account made for the test, and who connects by RDP.

The session manager listens where xrdp looks for it (the loopback, port 3350), and has to be root: it starts
a desktop as the account that came.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from ledger.sources.adapter import Options, SourceRecord
from ledger.sources.registry import reader
from tests.acceptance.source.real_console import LOOPBACK, ZONE, ended, free_port, screen

PROGRAMS = ("xrdp", "xrdp-sesman", "xfreerdp", "Xvfb", "Xvnc", "useradd", "chpasswd", "userdel")
PASSWORD = "Tajne-Haslo-1"  # noqa: S105 -- of an account that goes with the test
PATIENCE_S = 60.0
_MANAGER_PORT = 3350
_MANAGER = """[Globals]
ListenAddress={loopback}
ListenPort={port}
EnableUserWindowManager=false
DefaultWindowManager={desktop}
ReconnectScript=/bin/true
[Security]
MaxLoginRetry=4
AlwaysGroupCheck=false
[Sessions]
X11DisplayOffset=70
MaxSessions=10
KillDisconnected=false
Policy=Default
[Logging]
LogFile={log}
LogLevel=INFO
EnableSyslog=false
[Xvnc]
param=Xvnc
param=-bs
param=-nolisten
param=tcp
param=-localhost
"""
_SERVER = """[Globals]
ini_version=1
fork=true
port=tcp://{loopback}:{port}
security_layer=negotiate
autorun=Xvnc
max_bpp=32
[Logging]
LogFile={log}
LogLevel=INFO
EnableSyslog=false
[Xvnc]
name=Xvnc
lib=libvnc.so
username=ask
password=ask
ip=127.0.0.1
port=-1
"""
_DESKTOP = """#!/bin/sh
while [ ! -e "$HOME/log-out" ]; do sleep 0.1; done
rm "$HOME/log-out"
"""
"""A desktop that does nothing but end when it is told to."""


def missing() -> str | None:
    """Return why xrdp cannot be run here; None when it can."""
    if "SESSION_LEDGER_CONSOLE" not in os.environ:
        return "SESSION_LEDGER_CONSOLE is not set"
    absent = [name for name in PROGRAMS if shutil.which(name) is None]
    if absent:
        return f"not installed: {', '.join(absent)}"
    if os.geteuid() != 0:
        return "not root: the session manager starts desktops of other accounts"
    return f"something listens on port {_MANAGER_PORT}" if _listens(_MANAGER_PORT) else None


def _wait(holds: Callable[[], bool], what: Callable[[], str]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < until, what()
        time.sleep(0.05)


class Client:
    """Somebody who came by RDP."""

    def __init__(self, process: subprocess.Popen[bytes], came: float) -> None:
        self._process, self.came = process, came

    def closes_the_window(self) -> None:
        """Go without logging out."""
        ended(self._process)

    def is_there(self) -> bool:
        """Return whether the window is still open."""
        return self._process.poll() is None


class Xrdp:
    """A server and its session manager, which writes one log over several starts."""

    def __init__(self, folder: Path, account: str, home: Path, stack: ExitStack) -> None:
        self.account, self._home = account, home
        self.log = folder / "xrdp-sesman.log"
        self._port = free_port()
        self._folder, self._stack = folder, stack
        self._display = screen(stack, folder)
        self._manager: subprocess.Popen[bytes] | None = None
        desktop = home / "desktop.sh"
        desktop.write_text(_DESKTOP, encoding="utf-8")
        desktop.chmod(0o755)
        manager = _MANAGER.format(loopback=LOOPBACK, port=_MANAGER_PORT, desktop=desktop, log=self.log)
        (folder / "sesman.ini").write_text(manager, encoding="utf-8")
        server = _SERVER.format(loopback=LOOPBACK, port=self._port, log=folder / "xrdp.log")
        (folder / "xrdp.ini").write_text(server, encoding="utf-8")

    def start(self) -> None:
        """Start the session manager, and the server before it."""
        self._manager = self._started("xrdp-sesman", "--nodaemon", "--config", "sesman.ini")
        _wait(lambda: _listens(_MANAGER_PORT), self._failing("no session manager listens"))
        if not _listens(self._port):
            self._started("xrdp", "--nodaemon", "--config", "xrdp.ini")
            _wait(lambda: _listens(self._port), self._failing("no server listens"))

    def end(self, how: signal.Signals) -> None:
        """End the session manager."""
        assert self._manager is not None
        self._manager.send_signal(how)
        self._manager.wait(PATIENCE_S)

    def kill_all(self) -> None:
        """End the session manager and every desktop at once."""
        self.end(signal.SIGKILL)
        _nothing_runs(self.account)

    def _started(self, *words: str, **given: str) -> subprocess.Popen[bytes]:
        environment = {"PATH": os.environ["PATH"], "HOME": str(self._folder), "TZ": ZONE, **given}
        path = self._folder / words[0]
        program = [str(self._folder / word) if word.endswith(".ini") else word for word in words]
        with path.with_suffix(".out").open("ab") as out:
            process = subprocess.Popen(
                program, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=self._folder
            )
        self._stack.callback(ended, process)
        return process

    def _told(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def _failing(self, what: str) -> Callable[[], str]:
        return lambda: f"{what}\n{self._told()}"

    def _said(self, words: str) -> int:
        return self._told().count(words)

    def refuses(self) -> None:
        """Come with a wrong password."""
        before = self._said("AUTHFAIL")
        client = self._client("wrong")
        _wait(lambda: self._said("AUTHFAIL") > before, self._failing("let in"))
        client.closes_the_window()

    def lets_in(self) -> Client:
        """Come with the password, and wait until the session manager said so."""
        before = self._said("++ created") + self._said("++ reconnected")
        client = self._client(PASSWORD)
        _wait(
            lambda: self._said("++ created") + self._said("++ reconnected") > before,
            self._failing("not let in"),
        )
        return client

    def _client(self, password: str) -> Client:
        where = [f"/v:{LOOPBACK}:{self._port}", f"/u:{self.account}", f"/p:{password}"]
        how = ["/cert:ignore", "/w:640", "/h:480", "/log-level:ERROR"]
        came = time.time()
        return Client(self._started("xfreerdp", *where, *how, DISPLAY=f":{self._display}"), came)

    def log_out(self) -> None:
        """End the desktop, as its menu does."""
        before = self._said("auth_stop_session")
        (self._home / "log-out").touch()
        _wait(lambda: self._said("auth_stop_session") > before, self._failing("not logged out"))

    def records(self) -> list[SourceRecord]:
        """Return what the log tells, by its beginning."""
        told = reader("xrdp-sesman")(self.log.read_bytes(), Options(zone=ZoneInfo(ZONE)))
        found = [each for each in told if isinstance(each, SourceRecord)]
        return sorted(
            found, key=lambda each: each.started.at if each.started else datetime.min.replace(tzinfo=UTC)
        )


def _listens(port: int) -> bool:
    """Whether somebody listens; what is told to listen on 127.0.0.1 may do so on ::1 alone."""
    for address in (LOOPBACK, "::1"):
        with suppress(OSError):
            socket.create_connection((address, port), PATIENCE_S).close()
            return True
    return False


def _nothing_runs(account: str) -> None:
    """End whatever an account runs, and remove the sockets of its screens, as a boot does."""
    listed = subprocess.run(["pgrep", "-u", account], capture_output=True, text=True, check=False)
    for pid in map(int, listed.stdout.split()):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    _wait(
        lambda: subprocess.run(["pgrep", "-u", account], capture_output=True, check=False).returncode != 0,
        lambda: "the account still runs something",
    )
    for screen_of in Path("/tmp/.X11-unix").glob("X*"):  # noqa: S108 -- where every X server has its socket
        if screen_of.owner() == account:
            screen_of.unlink()
            Path(f"/tmp/.{screen_of.name}-lock").unlink(missing_ok=True)  # noqa: S108


def _without(account: str) -> None:
    _nothing_runs(account)
    subprocess.run(["userdel", account], check=True, capture_output=True)


@contextmanager
def xrdp(folder: Path) -> Generator[Xrdp]:
    """A server without a session manager yet, and an account of its own, until the block ends."""
    account = f"rdp{os.getpid()}"
    with ExitStack() as stack:
        home = Path("/tmp") / account  # noqa: S108 -- the account may not look into the folders of the test
        home.mkdir(mode=0o700)
        stack.callback(shutil.rmtree, home, ignore_errors=True)
        made = ["useradd", "--no-create-home", "--home-dir", str(home), "--shell", "/bin/sh", account]
        subprocess.run(made, check=True, capture_output=True)
        stack.callback(_without, account)
        shutil.chown(home, account)
        subprocess.run(["chpasswd"], input=f"{account}:{PASSWORD}\n", text=True, check=True)
        yield Xrdp(folder, account, home, stack)
