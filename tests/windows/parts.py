"""`make windows`: all of its tests, in as many processes as it takes, with figures of each folder as it goes.

    SESSION_LEDGER_WINDOWS=FOLDER python -m tests.windows.parts [PATH...]

Two files run here and start Windows processes, all others run in the Windows Python that `set-up` made in
FOLDER: in one process, since Wine takes minutes to start one on a busy machine. What was broken off goes on
where it was, and with what did not pass; another source begins anew. A test that takes longer than LIMIT_S
ends its process and is named as stuck; the next process goes on behind it.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any, NamedTuple

from tests.windows import wine
from tests.windows.journal import lines, outcomes

LIMIT_S = 1200
"""For one test; the longest took 480 s on a machine with ten times the work it has processors for."""
QUIET_S = LIMIT_S + 300
"""So long nothing may be noted: a process that hangs outside its tests is ended, too."""
EVERY_S = 20
"""So often figures are written."""
GOOD = {"passed", "skipped"}
ROOT = Path(__file__).parents[2]
HERE = ["tests/windows/test_both_systems.py", "tests/windows/test_guides.py"]
"""They are played from this system."""
THERE = [
    "tests/windows/test_deletion.py",
    "tests/windows/test_session_deleted.py",
    "tests/projections",
    "tests/cli",
    "tests/ledger",
    "tests/acceptance",
]
"""What runs in the Windows Python; what needs PostgreSQL is skipped there."""


class Noted(NamedTuple):
    """The last outcome of each test, the one that began and did not end, and whether none is left."""

    outcomes: dict[str, dict[str, Any]]
    open: str | None
    finished: bool


class Run(NamedTuple):
    """A Python, the tests for it, and the journal of them."""

    python: str
    tests: list[str]
    journal: Path

    def noted(self) -> Noted:
        """Read what is known of it by now."""
        told = lines(self.journal)
        ended = outcomes(told)
        begun = [line["test"] for line in told if "begun" in line]
        unended = begun[-1] if begun and begun[-1] not in ended else None
        return Noted(ended, unended, finished=bool(told) and "finished" in told[-1])

    def to_its_end(self, figures: Path) -> None:
        """Run what is left, and once more what did not pass when it ran before."""
        for test, line in self.noted().outcomes.items():
            if line["outcome"] not in GOOD:
                self._append(test=test, again=True)
        while True:
            before = self.noted()
            how = self._process(figures)
            noted = self.noted()
            if noted.finished:
                return
            if noted.open is not None:
                self._append(test=noted.open, outcome="stuck", seconds=LIMIT_S, why=how)
            elif len(noted.outcomes) == len(before.outcomes):
                self._append(test=self.tests[-1], outcome="stuck", seconds=0, why=f"outside its tests: {how}")
                return

    def _process(self, figures: Path) -> str:
        """Run one process of pytest to its end, or end it; return how it ended."""
        words = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "--continue-on-collection-errors"]
        words += ["-p", "tests.windows.journal", "--journal", str(self.journal)]
        words += ["-o", f"faulthandler_timeout={LIMIT_S}", "-o", "faulthandler_exit_on_timeout=true"]
        with self.journal.with_suffix(".log").open("ab") as log:
            process = subprocess.Popen(
                [self.python, *words, *self.tests],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                while process.poll() is None:
                    time.sleep(EVERY_S)
                    _write(figures)
                    if time.time() - self.journal.stat().st_mtime > QUIET_S:
                        return f"nothing was noted for {QUIET_S} s"
            finally:
                if process.poll() is None:  # nor does it outlive whoever stops this run
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
        return f"exit {process.returncode}"

    def _append(self, **what: object) -> None:
        with self.journal.open("a", encoding="utf-8") as file:
            file.write(json.dumps(what, ensure_ascii=False) + "\n")


def folder_of(test: str) -> str:
    """Return the folder that a test's figures are told for."""
    parts = test.partition("::")[0].split("/")
    return "/".join(parts[: 2 if "projections" in parts[:2] else 3])


def table(ended: dict[str, dict[str, Any]]) -> str:
    """Return a table of the folders, then each test that did not pass, then the reasons of those skipped."""
    folders: dict[str, list[dict[str, Any]]] = defaultdict(list)
    reasons: Counter[str] = Counter()
    wrong: list[str] = []
    for test, line in ended.items():
        folders[folder_of(test)].append(line)
        if line["outcome"] == "skipped":
            reasons[line.get("why", "")] += 1
        elif line["outcome"] != "passed":
            wrong.append(
                f"- {line['outcome']}: `{test}` {''.join(line.get('why', '').strip().splitlines()[-1:])}"
            )
    rows = ["| folder | passed | failed | stuck | skipped | s |", "|---|---:|---:|---:|---:|---:|"]
    for folder, found in {**folders, "all": [*ended.values()]}.items():
        by = Counter(line["outcome"] for line in found)
        seconds = round(sum(line["seconds"] for line in found))
        counts = by["passed"], by["failed"] + by["error"], by["stuck"], by["skipped"], seconds
        rows.append(f"| `{folder}` | {' | '.join(map(str, counts))} |")
    skipped = [f"- {count}: {reason}" for reason, count in sorted(reasons.items())]
    return "\n".join([*rows, "", *wrong, "", "Skipped:", "", *skipped, ""])


def _write(figures: Path) -> dict[str, dict[str, Any]]:
    """Write the table of all journals beside them; return the outcomes."""
    journals = sorted(figures.parent.glob("*.jsonl"))
    ended = {test: line for each in journals for test, line in outcomes(lines(each)).items()}
    figures.write_text(table(ended), encoding="utf-8")
    return ended


def main(chosen: list[str]) -> int:
    """Run what was chosen, or all; return 1 if a test failed, was stuck, or is left."""
    source = (wine.FOLDER / "of-source").read_text(encoding="utf-8").strip()
    place = wine.FOLDER / "wine" / "drive_c" / "office" / "ran" / source
    place.mkdir(parents=True, exist_ok=True)
    chosen = chosen or [*HERE, *THERE]
    here = [path for path in chosen if path.partition("::")[0] in HERE]
    there = [path for path in chosen if path not in here]
    runs = [
        Run(sys.executable, here, place / "here.jsonl"),
        Run(str(wine.FOLDER / "python"), there, place / "there.jsonl"),
    ]
    runs = [run for run in runs if run.tests]
    with wine.kept_running():
        for run in runs:
            run.journal.touch()
            run.to_its_end(place / "figures.md")
    ended = _write(place / "figures.md")
    print((place / "figures.md").read_text(encoding="utf-8"))  # noqa: T201 - a script
    good = {line["outcome"] for line in ended.values()} <= GOOD
    return 0 if good and all(run.noted().finished for run in runs) else 1


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main(sys.argv[1:]))
