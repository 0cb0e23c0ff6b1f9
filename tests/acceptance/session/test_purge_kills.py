"""kill -9 at every step of a purge: gone or not said to be, and a rerun brings it home."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from tests.support.office import Office
from tests.support.purging_office import PC_1, begun, filled, office, topics
from tests.support.systems import needs_forks

pytestmark = needs_forks
KILLER = Path(__file__).with_name("killed_purge.py")
STEPS_MAX = 200
Kill = Callable[[int, Office, str], int]


@pytest.fixture
def kill() -> Generator[Kill]:
    """Purges a session in a process that kills itself at a step; its exit status, 0 when it survived."""
    given = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[3])}
    with subprocess.Popen(
        [sys.executable, str(KILLER)], env=given, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:

        def ask(step: int, made: Office, number: str) -> int:
            environment = {
                "SESSION_LEDGER_DIR": str(made.folder),
                "SESSION_LEDGER_NOW": made.now,
                "SESSION_LEDGER_BY": "anna",
            }
            assert server.stdin is not None
            assert server.stdout is not None
            server.stdin.write(json.dumps([step, environment, "session", "purge", number, *PC_1]) + "\n")
            server.stdin.flush()
            return int(server.stdout.readline())

        yield ask


def test_killed_at_every_step_it_never_says_more_than_is_true(tmp_path: Path, kill: Kill) -> None:
    """One session for each step, until a purge survives: gone or not said to be; a rerun brings it home."""
    made = office(tmp_path)
    artefact = tmp_path / "out" / "noted"
    for step in range(1, STEPS_MAX):
        made.now = "2026-11-16T10:00:00+01:00"
        number = begun(made)
        workspace = filled(made, number, "a", "sub/b")
        artefact.write_text("x", encoding="utf-8")
        made.does("session", "artefact", number, str(artefact), "--kind", "chat", "--workstation", "pc-1")
        made.does("session", "end", number)
        status = kill(step, made, number)
        left = workspace.exists() or artefact.exists()
        whole = workspace.exists() and artefact.exists()
        purged = topics(made, number)[-1] == "data_purged"
        assert not (purged and left), step
        findings = [line.partition(":")[0] for line in made.run("check").out.splitlines()]
        assert set(findings) <= {"purge-unfinished", "vault-row-without-key"}, (step, findings)
        if status == 0:
            assert purged
            break
        assert status == -9
        if not purged:
            again = made.does("session", "purge", number, *PC_1, "-f", "json").document
            assert again["evidence"] == "measured", step
            marks = {flag for target in again["targets"] for flag in target.get("flags", ())}
            assert marks <= ({"cut-short", "removed-before"} if not whole else {"cut-short"}), step
        assert topics(made, number)[-1] == "data_purged"
        assert not workspace.exists()
        assert not artefact.exists()
        assert made.does("check").out == ""
    else:
        pytest.fail("it never survived")
    assert step > 15


def test_what_a_killed_attempt_had_left_and_somebody_moved_is_never_claimed(
    tmp_path: Path, kill: Kill
) -> None:
    """Between kill and repeat what is still there is moved elsewhere: measured only where nothing was."""
    made = office(tmp_path)
    claimed = 0
    for step in range(1, STEPS_MAX):
        made.now = "2026-11-16T10:00:00+01:00"
        number = begun(made)
        workspace = filled(made, number, "a", "b", "sub/c")
        made.does("session", "end", number)
        if kill(step, made, number) == 0:
            break
        if topics(made, number)[-1] not in {"purge_started", "data_purged"}:
            continue  # nobody had looked yet
        kept = tmp_path / "kept" / number
        kept.mkdir(parents=True)
        left = [path for path in workspace.rglob("*") if path.is_file()]
        for path in left[:1]:
            path.rename(kept / path.name)
        if topics(made, number)[-1] == "data_purged":
            assert not left, step
            continue
        again = made.does("session", "purge", number, *PC_1, "-f", "json").document
        assert again["evidence"] == ("absence_measured" if left else "measured"), step
        given = made.run("session", "certificate", number, "--by", "anna")
        assert (given.status == 0) is not bool(left), step
        claimed += not left
    assert claimed > 3
