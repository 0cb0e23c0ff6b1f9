"""A pytest plugin: each test of a long run is noted as it begins and ends; what ended is not run again.

    python -m pytest -p tests.windows.journal --journal FILE tests/cli

A process that hangs or dies leaves a test that began and never ended; `tests.windows.parts` names it and
goes on.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

WHY = 4000
"""As many signs of what went wrong are kept, from its end."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the file be named."""
    parser.addoption(
        "--journal", type=Path, help="a line of JSON for what begins and ends; what ended is left out"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Keep a journal if one was named."""
    if path := config.getoption("--journal"):
        config.pluginmanager.register(Journal(path))


def lines(path: Path) -> list[dict[str, Any]]:
    """Return what a journal holds; a line that a kill tore is left out."""
    found: list[dict[str, Any]] = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return found


def outcomes(told: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the outcome of each test that need not run again."""
    found: dict[str, dict[str, Any]] = {}
    for line in told:
        if "outcome" in line:
            found[line["test"]] = line
        elif "again" in line:
            found.pop(line["test"], None)
    return found


class Journal:
    """What one run of pytest writes down."""

    def __init__(self, path: Path) -> None:
        """Begin where the file ends."""
        self._path = path
        self._ended = outcomes(lines(path)).keys()
        self._reports: list[pytest.TestReport] = []

    def note(self, **what: object) -> None:
        """Write a line, at once."""
        with self._path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(json.dumps(what, ensure_ascii=False) + "\n")

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Leave out what has ended."""
        ended = [item for item in items if item.nodeid in self._ended]
        items[:] = [item for item in items if item.nodeid not in self._ended]
        config.hook.pytest_deselected(items=ended)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file that cannot be read holds tests that nobody ran; a file that is skipped has its reason."""
        if report.outcome != "passed":
            self.note(
                test=report.nodeid,
                outcome="error" if report.failed else "skipped",
                seconds=0,
                why=_why(report),
            )

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """A test begins."""
        self._reports = []
        self.note(test=nodeid, begun=True)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember what came of its set-up, of itself and of what comes after it."""
        self._reports.append(report)

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """A test has ended."""
        told = [report for report in self._reports if not report.passed]
        failed = [report for report in told if report.failed]
        outcome = "failed" if failed else "skipped" if told else "passed"
        seconds = round(sum(report.duration for report in self._reports), 1)
        why = "\n".join(_why(report) for report in failed or told)
        self.note(test=nodeid, outcome=outcome, seconds=seconds, **({"why": why} if why else {}))

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """Nothing is left to run."""
        self.note(finished=int(exitstatus))


def _why(report: pytest.CollectReport | pytest.TestReport) -> str:
    if isinstance(report.longrepr, tuple):
        return str(report.longrepr[2]).removeprefix("Skipped: ")
    return report.longreprtext[-WHY:]
