"""Command lines of this process on a pseudo-terminal: what a person in front of it sees."""

from __future__ import annotations

import gc
import io
import os
import re
import struct
import sys
import threading
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module

from cli.main import run

if sys.platform != "win32":  # which has consoles, and no terminals of POSIX
    import fcntl
    import pty
    import termios

_ROWS = 50
_END = "\x1e"
"""Ends what one line showed; nothing that the program prints has it."""
_COLOURS = re.compile(r"\x1b\[[\d;]*m")


def shown(
    lines: Iterable[tuple[Sequence[str], int]], environment: Mapping[str, str], limit_s: float = 120
) -> list[str]:
    """Return what each line shows on stdout, a terminal of so many columns, with its colours.

    All of them run in one forked process, which has the terminal for itself; stderr goes nowhere.
    """
    typed = list(lines)
    for module in ("rich.console", "rich.table"):  # brought here, every fork has it
        import_module(module)
    ours, theirs = pty.openpty()
    child = os.fork()
    if not child:
        _type(typed, theirs, environment)
    os.close(theirs)
    guard = threading.Timer(limit_s, os.kill, (child, 9))
    guard.start()
    said = b""
    while chunk := _read(ours):
        said += chunk
    os.close(ours)
    _, status = os.waitpid(child, 0)
    guard.cancel()
    assert status == 0, f"the process on the terminal ended with {status}: {said.decode()[-500:]}"
    parts = said.decode().replace("\r\n", "\n").split(_END)
    assert len(parts) == len(typed) + 1, parts
    return parts[:-1]


def bare(text: str) -> str:
    """Return a text without its colours."""
    return _COLOURS.sub("", text)


def _type(lines: list[tuple[Sequence[str], int]], terminal: int, environment: Mapping[str, str]) -> None:
    """Run the lines in this child; never returns."""
    ended = 1
    gc.disable()
    try:
        os.dup2(terminal, 1)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        sys.stdout = io.TextIOWrapper(io.FileIO(1, "w"), "utf-8", write_through=True)
        sys.stderr = io.TextIOWrapper(io.FileIO(2, "w"), "utf-8", write_through=True)
        os.environ.update(environment)
        for name in ("COLUMNS", "NO_COLOR"):
            os.environ.pop(name, None)
        for words, columns in lines:
            fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", _ROWS, columns, 0, 0))
            run(words)
            sys.stdout.write(_END)
        termios.tcdrain(1)
        ended = 0
    finally:
        os._exit(ended)


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # Linux says so when the other side has closed
        return b""
