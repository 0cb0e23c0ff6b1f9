"""Running the command line in tests: commands of a made-up module, in this process or on a real terminal."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from cli.main import run
from cli.registry import Entry


class Outcome(NamedTuple):
    """What a run left behind."""

    status: int
    stdout: str
    stderr: str = ""


Play = Callable[..., Outcome]


@pytest.fixture(autouse=True)
def _plain_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the machine that runs the tests reaches them."""
    for name in [*os.environ]:
        if name.startswith(("SESSION_LEDGER_", "_SESSION_LEDGER_")) or name == "NO_COLOR":
            monkeypatch.delenv(name)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")


@pytest.fixture
def play(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Play:
    """`play(source, *words)`: one run over the commands that `source` defines; `a__b` is `a b`."""
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])

    def played(source: str, *words: str) -> Outcome:
        entries, groups = _written(source, tmp_path)
        capfd.readouterr()
        status = run(words, entries, groups)
        captured = capfd.readouterr()
        return Outcome(status, captured.out, captured.err)

    return played


@pytest.fixture
def on_terminal(tmp_path: Path) -> Play:
    """The same in a process of its own whose standard streams are a terminal; stdout holds all it showed."""

    def played(source: str, *words: str, typed: str = "") -> Outcome:
        entries, groups = _written(source, tmp_path)
        table = {name: tuple(entry) for name, entry in entries.items()}
        program = (
            # ^C reaches it: the terminal is its own, and who started the tests may have ignored the signal.
            "import fcntl, signal, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0)\n"
            "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
            f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
            "from cli.main import run\nfrom cli.registry import Entry\n"
            f"sys.exit(run({list(words)!r}, {{n: Entry(*e) for n, e in {table!r}.items()}}, {groups!r}))\n"
        )
        return _on_pty([sys.executable, "-c", program], typed)

    return played


def _on_pty(command: list[str], typed: str) -> Outcome:
    pty = pytest.importorskip(
        "pty", reason="Windows has consoles and no terminals of POSIX", exc_type=ImportError
    )
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    ) as process:
        os.close(theirs)
        shown = b""
        while chunk := _read(ours):
            shown += chunk
            if typed and shown.endswith(b": "):  # the question stands there
                time.sleep(0.2)  # a ^C between the question and the reading is noticed only at the next key
                os.write(ours, typed.encode())
                typed = ""
    os.close(ours)
    return Outcome(process.returncode, shown.decode().replace("\r\n", "\n"))


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # Linux says so when the other side has closed
        return b""


def _written(source: str, folder: Path) -> tuple[dict[str, Entry], dict[str, str]]:
    """Write the source as a module nobody has imported yet; the table of its commands."""
    module = f"made_up_{folder.name}_{len(list(folder.glob('made_up_*.py')))}".replace("-", "_")
    (folder / f"{module}.py").write_text(f"import click\n{source}", encoding="utf-8")
    functions = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    names = [function.name for function in functions if function.decorator_list]
    entries = {name.replace("__", " "): Entry(f"{module}:{name}", f"About {name}") for name in names}
    return entries, {name.partition(" ")[0]: "A group" for name in entries if " " in name}
