"""Progress is seen on a terminal and nowhere else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Play

ROOT = Path(__file__).parents[2]
WORK = """
from cli.progress import progress

@click.command()
@click.option("--patience", type=float, default=0.0)
@click.option("--total", type=int)
def work(patience, total):
    import sys
    with progress("rebuilding [sessions]", total, patience_seconds=patience) as bar:
        for _ in range(40):
            bar.advance(100)
    click.echo("done " + str("rich" in sys.modules))

@click.command()
def failing():
    with progress("rebuilding", 10, patience_seconds=0.0) as bar:
        bar.advance()
        raise click.ClickException("no more")
"""


def test_terminal_shows_the_label_and_the_count(on_terminal: Play) -> None:
    shown = on_terminal(WORK, "work", "--total", "4000").stdout
    assert "rebuilding [sessions]" in shown
    assert "4000/4000" in shown
    assert shown.endswith("done True\n")


def test_end_may_be_unknown(on_terminal: Play) -> None:
    assert "rebuilding [sessions]" in on_terminal(WORK, "work").stdout


def test_short_work_shows_no_bar_and_imports_none(on_terminal: Play) -> None:
    assert on_terminal(WORK, "work", "--patience", "60").stdout == "done False\n"


def test_pipe_sees_nothing(play: Play) -> None:
    status, stdout, stderr = play(WORK, "work")
    assert (status, stdout.split()[0], stderr) == (0, "done", "")


def test_dumb_terminal_sees_nothing(on_terminal: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    assert on_terminal(WORK, "work").stdout == "done False\n"


def test_bar_has_no_colour_when_nobody_wants_any(on_terminal: Play) -> None:
    assert "\x1b[38;" not in on_terminal(WORK, "--no-color", "work").stdout


def test_failure_takes_the_bar_away_and_is_told(on_terminal: Play) -> None:
    shown = on_terminal(WORK, "failing")
    assert shown.status == 2
    assert "Error:\x1b[0m no more (E-USAGE)" in shown.stdout
    assert "\x1b[?25h" in shown.stdout  # the cursor is back


def test_importing_progress_imports_no_rich() -> None:
    program = "import sys, cli.progress; print('rich' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"


def test_what_goes_to_a_pipe_beside_a_bar_stays_in_the_pipe() -> None:
    """Given a bar on a terminal and stdout in a pipe, then what the command prints goes to the pipe alone."""
    pty = pytest.importorskip("pty", reason="a terminal of POSIX", exc_type=ImportError)
    program = (
        "import click\nfrom cli.progress import progress\n"
        "with progress('work', 3, patience_seconds=0.0) as bar:\n"
        "    for n in range(3):\n"
        "        bar.advance()\n"
        "        click.echo(f'line {n}')\n"
    )
    ours, theirs = pty.openpty()
    try:
        environment = {**os.environ, "TERM": "xterm"}
        command = [sys.executable, "-c", program]
        ran = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=theirs, env=environment, text=True, check=True, cwd=ROOT
        )
        shown = os.read(ours, 65_536).decode()
    finally:
        os.close(ours)
        os.close(theirs)
    assert ran.stdout == "line 0\nline 1\nline 2\n"
    assert "work" in shown
    assert "line" not in shown
