r"""The examples of the documentation: run as a reader would type them, in a folder of their own.

A fenced ```console block holds lines that begin with `$ ` and the output that follows each of them,
stderr and stdout as a terminal shows them. `> ` continues a command. `# exit status 3` at the end of a
command says how it ends; without it, 0. `…` stands for anything: in a line for some characters, alone
for some lines. The blocks of a page are one shell session, from top to bottom; a block inside an HTML
comment runs as well and is not shown.

A page with `<!-- terminal: 100 -->` is played on a pseudo-terminal of so many columns; bold and
the like are left out. There `# wpisuje WORD` at the end of a command is the answer to its question.

`python -m tests.docs.examples` writes the output that differs anew into the pages.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PROGRAMS = Path(sys.executable).parent
SAMPLE = ROOT / "src" / "ledger" / "data" / "sample"
REWRITE = "python -m tests.docs.examples writes them anew"

_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_TERMINAL = re.compile(r"^<!-- terminal: (\d+) -->$", re.MULTILINE)
_TYPED = re.compile(r"#\s*wpisuje (\S+)\s*$")
_QUESTION = re.compile(rb"\[(?:t|y)/N\]: $")
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_CURSOR = re.compile(r"\x1b\[\?25[hl]")
_WIPED = re.compile(r"[^\n]*(?:\n\r\x1b\[1A|\r)\x1b\[2K")
"""A line that a bar of progress drew and erased: a busy machine draws one, and nobody sees it afterwards."""
_STATUS = re.compile(r"#\s*exit status (\d+)\s*$")
_ANYTHING = "…"
_TIMEOUT_SECONDS = 300


class Step(NamedTuple):
    """One command: where its lines begin and end in the page, what it must print and exit with."""

    line: int
    command: str
    printed_from: int
    printed_until: int
    printed: list[str]
    status: int


class Ran(NamedTuple):
    """What a command printed, and its exit status."""

    printed: list[str]
    status: int


def pages() -> list[Path]:
    """README and every page of docs."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def steps(text: str) -> list[Step]:
    """The commands of a page, in order."""
    found: list[Step] = []
    lines = text.split("\n")
    for block in _BLOCK.finditer(text):
        first = text.count("\n", 0, block.start(1))
        last = text.count("\n", 0, block.end(1))
        starts = [n for n in range(first, last) if lines[n].startswith("$ ")]
        for start, until in zip(starts, [*starts[1:], last], strict=True):
            found.append(_step(lines, start, until))
    return found


def _step(lines: list[str], start: int, until: int) -> Step:
    printed_from = start + 1
    while printed_from < until and lines[printed_from].startswith("> "):
        printed_from += 1
    command = "\n".join(line[2:] for line in lines[start:printed_from])
    status = _STATUS.search(_TYPED.sub("", command).rstrip())
    printed = lines[printed_from:until]
    return Step(start + 1, command, printed_from, until, printed, int(status[1]) if status else 0)


def run(
    commands: list[str],
    folder: Path,
    programs: Path = PROGRAMS,
    timeout: float = _TIMEOUT_SECONDS,
    columns: int | None = None,
) -> list[Ran]:
    """Run commands one after the other in one shell, in a folder that is the reader's home as well.

    `programs` is the folder in which the shell finds session-ledger; with `columns` it is on a terminal.
    """
    (folder / "sample").symlink_to(SAMPLE)
    script = "".join(
        f"printf '\\001\\n'\n{{ {command}\n}} 2>&1\nprintf '\\002%d\\n' $?\n" for command in commands
    )
    environment = {
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "PATH": f"{programs}:{PROGRAMS}:/usr/bin:/bin",
        "PYTHONPATH": f"{ROOT}:{os.environ.get('PYTHONPATH', '')}",  # a page may start the tests' own KSeF
    }
    shell = ["/bin/bash", "-c", script]
    if columns is None:
        shown = subprocess.run(
            shell,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=timeout,
            check=False,
        ).stdout
    else:
        answers = [typed[1] for command in commands if (typed := _TYPED.search(command))]
        shown = _on_terminal(
            shell, folder, {**environment, "TERM": "xterm", "NO_COLOR": "1"}, columns, answers
        )
    parts = re.findall(r"\x01\n(.*?)\x02(\d+)\n", shown, re.DOTALL)
    return [
        Ran([line.rstrip() for line in printed.split("\n")[:-1]], int(status)) for printed, status in parts
    ]


def _on_terminal(
    shell: list[str], folder: Path, environment: dict[str, str], columns: int, answers: list[str]
) -> str:
    """Return all that a shell shows on a terminal; each question of the program gets the next answer."""
    import fcntl  # noqa: PLC0415 - not on Windows, where other pages are played
    import pty  # noqa: PLC0415 - not on Windows, where other pages are played
    import struct  # noqa: PLC0415 - not on Windows, where other pages are played
    import termios  # noqa: PLC0415 - not on Windows, where other pages are played

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    shown, waiting = b"", iter(answers)
    with subprocess.Popen(
        shell, cwd=folder, env=environment, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    ):
        os.close(theirs)
        while chunk := _read(ours):
            shown += chunk
            if _QUESTION.search(shown):
                os.write(ours, f"{next(waiting, '')}\n".encode())
    os.close(ours)
    left = _WIPED.sub("", _CURSOR.sub("", shown.decode().replace("\r\n", "\n")))
    return _CONTROL.sub("", left)


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # Linux says so when the other side has closed
        return b""


def fits(expected: list[str], printed: list[str]) -> bool:
    """Whether the printed lines are what the page shows."""
    pattern = "".join(
        r"(?:.*\n)*" if line.strip() == _ANYTHING else _line_pattern(line) + r"\n" for line in expected
    )
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in printed)) is not None


def _line_pattern(line: str) -> str:
    return ".*".join(map(re.escape, line.rstrip().split(_ANYTHING)))


def differences(text: str, folder: Path, programs: Path = PROGRAMS) -> Iterator[tuple[Step, Ran]]:
    """The steps of a page that print, or end with, something else than the page says."""
    expected = steps(text)
    terminal = _TERMINAL.search(text)
    commands = [step.command for step in expected]
    columns = int(terminal[1]) if terminal else None
    played = run(commands, folder, programs, columns=columns)
    for step, ran in zip(expected, played, strict=True):
        if ran.status != step.status or not fits(step.printed, ran.printed):
            yield step, ran


def told(step: Step, ran: Ran) -> str:
    """A difference, for a person."""
    lines = [f"line {step.line}: $ {step.command}"]
    if ran.status != step.status:
        lines.append(f"exit status {ran.status}, not {step.status}")
    return "\n".join([*lines, "--- the page", *step.printed, "--- printed", *ran.printed])


def rewritten(text: str, folder: Path) -> str:
    """The page with the output that differs written anew."""
    lines = text.split("\n")
    for step, ran in reversed([*differences(text, folder)]):
        lines[step.printed_from : step.printed_until] = ran.printed
        if ran.status != step.status:
            print(f"line {step.line}: exit status {ran.status}, not {step.status}: {step.command}")  # noqa: T201 - for whoever mends the page
    return "\n".join(lines)


def main() -> None:
    """Write the output of every page, or of the pages named, anew."""
    for page in [Path(name) for name in sys.argv[1:]] or pages():
        text = page.read_text(encoding="utf-8")
        if steps(text):
            with TemporaryDirectory(prefix="session-ledger-docs-") as folder:
                page.write_text(rewritten(text, Path(folder)), encoding="utf-8")


if __name__ == "__main__":
    main()
