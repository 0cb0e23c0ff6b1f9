"""A real remote console on this machine: a screen that nobody sees, x11vnc in front of it, and who connects.

Both listen on the loopback alone, and go with the test.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import struct
import subprocess
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Self

PROGRAMS = ("Xvfb", "x11vnc")
PATIENCE_S = 30.0
"""For how long a program may be silent, on a machine that has other things to do."""
HOOK = "env | grep ^RFB_ | sort >> {file}\n"
LOOPBACK = "127.0.0.1"
ZONE = "Europe/Warsaw"
"""Of the local times in the console's log."""
VERSION = b"RFB 003.008\n"
NO_PASSWORD = 1
SHARED = 1


def missing() -> str | None:
    """What keeps the console from running here, in words."""
    if "SESSION_LEDGER_CONSOLE" not in os.environ:
        return "SESSION_LEDGER_CONSOLE is not set"
    absent = [name for name in PROGRAMS if shutil.which(name) is None]
    return f"not installed: {', '.join(absent)}" if absent else None


class Console:
    """A running x11vnc, and the file its hooks write."""

    def __init__(self, server: subprocess.Popen[bytes], port: int, hooks: Path) -> None:
        self.server, self.port, self.hooks = server, port, hooks
        self.log = hooks.with_name("x11vnc.log")
        self._inside: list[Technician] = []

    def knock(self) -> None:
        """Connect, hear the version, and go before being let in."""
        with Connection(self.port) as connection:
            assert connection.heard(len(VERSION)) == VERSION

    def enter(self) -> Technician:
        """Connect, be let in, and stay until the console noticed: it looks for that now and then."""
        self._inside.append(Technician(self.port))
        self.wait_for("afteraccept", len(self._inside))
        return self._inside[-1]

    def wait_for(self, mode: str, times: int) -> None:
        """Wait until hooks of a mode were told so many times; they run a moment after what they tell of."""
        self._wait_until(lambda: self._told(mode) == times, f"{mode} is not told {times} times")

    def wait_for_the_log(self, words: str) -> None:
        """Wait until the log has words; those about the end come after the hook."""
        self._wait_until(lambda: words in self.log.read_text(errors="replace"), f"not in the log: {words}")

    def wait_until_open(self) -> None:
        """Wait for the console's own word; asking by a connection would be a record of its own."""
        self.wait_for_the_log(f"PORT={self.port}")

    def _wait_until(self, holds: Callable[[], bool], otherwise: str) -> None:
        until = time.monotonic() + PATIENCE_S
        while not holds():
            is_late = self.server.poll() is not None or time.monotonic() > until
            assert not is_late, f"{otherwise}\n{self.log.read_text(errors='replace')}"
            time.sleep(0.05)

    def _told(self, mode: str) -> int:
        """How many blocks of a mode are there to their last line."""
        text = self.hooks.read_text(encoding="utf-8") if self.hooks.exists() else ""
        whole = rf"^RFB_MODE={mode}$.*?^RFB_X11VNC_PID=\d+\n"
        return len(re.findall(whole, text, re.DOTALL | re.MULTILINE))

    def kill(self) -> None:
        """End the server as a power cut does: no hook runs."""
        self.server.kill()
        self.server.wait(PATIENCE_S)

    def send_home(self) -> None:
        """Close what is still connected."""
        for technician in self._inside:
            technician.close()


class Connection:
    """A socket of which whole messages are read."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection((LOOPBACK, port), PATIENCE_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def says(self, raw: bytes) -> None:
        self._socket.sendall(raw)

    def heard(self, size: int) -> bytes:
        raw = b""
        while len(raw) < size:
            more = self._socket.recv(size - len(raw))
            assert more, "the console hung up"
            raw += more
        return raw

    def break_off(self) -> None:
        """Go without a word: the other end sees a reset, as when a link is lost."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()


class Technician:
    """Somebody at the console: the handshake of RFB 3.8 without a password, up to the size of the screen."""

    def __init__(self, port: int) -> None:
        self._connection = connection = Connection(port)
        assert connection.heard(len(VERSION)) == VERSION
        connection.says(VERSION)
        assert NO_PASSWORD in connection.heard(connection.heard(1)[0])
        connection.says(bytes([NO_PASSWORD]))
        assert connection.heard(4) == bytes(4), "not let in"
        connection.says(bytes([SHARED]))
        self.width, self.height, name_size = struct.unpack("!HH16xI", connection.heard(24))
        self.screen = connection.heard(name_size).decode()

    def close(self) -> None:
        """End the connection in good order."""
        self._connection.__exit__()

    def drop(self) -> None:
        """Lose the link."""
        self._connection.break_off()


@contextmanager
def console(folder: Path) -> Generator[Console]:
    """A console of a screen of its own, until the block ends."""
    with ExitStack() as stack:
        display = screen(stack, folder)
        hooks, script = folder / "hooks.txt", folder / "hook.sh"
        script.write_text(HOOK.format(file=hooks), encoding="utf-8")
        port = free_port()
        words = f"x11vnc -norc -display :{display} -rfbport {port} -localhost -noipv6 -forever -nopw".split()
        for mode in ("accept", "afteraccept", "gone"):
            words += [f"-{mode}", f"sh {script}"]
        server = _started(stack, words, folder)
        made = Console(server, port, hooks)
        made.wait_until_open()
        stack.callback(made.send_home)
        yield made


def screen(stack: ExitStack, folder: Path) -> int:
    """Start a screen without a monitor; the server itself looks for a number that is free."""
    reading, writing = os.pipe()
    with os.fdopen(reading) as told:
        words = f"Xvfb -displayfd {writing} -screen 0 320x200x16 -nolisten tcp".split()
        try:
            _started(stack, words, folder, keeps=(writing,))
        finally:
            os.close(writing)
        number = told.readline()
    assert number, (folder / "Xvfb.log").read_text()
    return int(number)


def _started(
    stack: ExitStack, words: list[str], folder: Path, keeps: tuple[int, ...] = ()
) -> subprocess.Popen[bytes]:
    """Start a program that is ended with the stack; what it says is in a log beside the hooks."""
    given = {"PATH": os.environ["PATH"], "HOME": str(folder), "TZ": ZONE}
    with (folder / f"{words[0]}.log").open("wb") as log:
        process = subprocess.Popen(
            words, env=given, cwd=folder, stdout=log, stderr=log, stdin=subprocess.DEVNULL, pass_fds=keeps
        )
    stack.callback(ended, process)
    return process


def ended(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])
