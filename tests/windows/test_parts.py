"""Long runs under Wine: each test is told once, a stuck one is named, and what was broken off goes on."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.support.systems import IS_WINDOWS
from tests.windows import parts
from tests.windows.journal import lines

pytestmark = pytest.mark.skipif(IS_WINDOWS, reason="it is started from a system beside Windows")
TESTS = """
import time, pytest
def test_good(): pass
def test_bad(): assert 1 + 1 == 3
@pytest.mark.skip(reason="of another system")
def test_elsewhere(): pass
@pytest.fixture
def broken():
    yield
    raise OSError("still open")
def test_torn_down(broken): pass
def test_hangs(): time.sleep(600)
def test_behind_it(): pass
"""
OUTCOMES = {
    "test_good": "passed",
    "test_bad": "failed",
    "test_elsewhere": "skipped",
    "test_torn_down": "failed",
    "test_hangs": "stuck",
    "test_behind_it": "passed",
}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> parts.Run:
    monkeypatch.setattr(parts, "LIMIT_S", 4)
    monkeypatch.setattr(parts, "EVERY_S", 0.1)
    (tmp_path / "test_some.py").write_text(TESTS, encoding="utf-8")
    (tmp_path / "some.jsonl").touch()
    return parts.Run(sys.executable, [str(tmp_path / "test_some.py")], tmp_path / "some.jsonl")


def told(run: parts.Run) -> dict[str, str]:
    return {name.rpartition("::")[2]: line["outcome"] for name, line in run.noted().outcomes.items()}


def test_stuck_test_is_named_and_only_what_did_not_pass_runs_again(run: parts.Run, tmp_path: Path) -> None:
    run.to_its_end(tmp_path / "figures.md")
    begun = len(lines(run.journal))
    assert told(run) == OUTCOMES
    assert run.noted().finished
    assert "3" in next(
        line["why"] for name, line in run.noted().outcomes.items() if name.endswith("test_bad")
    )
    mended = TESTS.replace("== 3", "== 2").replace("sleep(600)", "sleep(0)")
    Path(run.tests[0]).write_text(mended, encoding="utf-8")
    run.to_its_end(tmp_path / "figures.md")
    again = [line["test"].rpartition("::")[2] for line in lines(run.journal)[begun:] if "begun" in line]
    assert again == ["test_bad", "test_torn_down", "test_hangs"]
    assert told(run) == OUTCOMES | {"test_bad": "passed", "test_hangs": "passed"}


def test_file_that_cannot_be_read_is_a_failure(run: parts.Run, tmp_path: Path) -> None:
    Path(run.tests[0]).write_text("import no_such_module", encoding="utf-8")
    run.to_its_end(tmp_path / "figures.md")
    assert [*told(run).values()] == ["error"]


def test_figures_tell_folders_what_is_wrong_and_why_others_were_skipped() -> None:
    outcomes = {
        "tests/cli/desk/test_a.py::test_1": {"outcome": "passed", "seconds": 1.4},
        "tests/cli/desk/test_a.py::test_2": {"outcome": "failed", "seconds": 2, "why": "E  x\nE  1 == 2"},
        "tests/projections/engine/test_b.py::test_3": {"outcome": "skipped", "seconds": 0, "why": "no links"},
        "tests/projections/test_c.py::test_4": {"outcome": "stuck", "seconds": 9, "why": "exit 1"},
    }
    table = parts.table(outcomes).splitlines()
    assert "| `tests/cli/desk` | 1 | 1 | 0 | 0 | 3 |" in table
    assert "| `tests/projections` | 0 | 0 | 1 | 1 | 9 |" in table
    assert "| `all` | 1 | 1 | 1 | 1 | 12 |" in table
    assert "- failed: `tests/cli/desk/test_a.py::test_2` E  1 == 2" in table
    assert "- 1: no links" in table
