"""An office at work: a real ledger in a folder, driven by command lines."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import pytest

from cli.main import run

NOON = "2026-11-30T12:00:00+01:00"
ON_POSTGRES = os.environ.get("SESSION_LEDGER_TEST_STORE") == "postgres"
"""Whether every office of this run keeps its ledger on a PostgreSQL server of the tests."""
sqlite_only = pytest.mark.skipif(ON_POSTGRES, reason="looks into the files of SQLite")
"""For a test of what is in the files, or of what happens to them."""


def _on_postgres(folder: Path) -> tuple[str, ...]:
    """What makes a new ledger one on the server of the tests."""
    from tests.support import postgres  # noqa: PLC0415 - the driver is an extra

    return "--store", postgres.url_of(postgres.new_database(folder)), "--owner", postgres.OWNER


class Answer(NamedTuple):
    """What a command line answered."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:  # noqa: ANN401 - whatever JSON says
        """The JSON on stdout."""
        return json.loads(self.out)


class _Stream(io.TextIOWrapper):
    """A standard stream whose bytes are kept."""

    def __init__(self, kept: io.BytesIO) -> None:
        super().__init__(kept, encoding="utf-8", newline="", write_through=True)
        self._kept = kept

    def text(self) -> str:
        """Everything that was written."""
        self.flush()
        return self._kept.getvalue().decode()


class Office:
    """A ledger made for testing, whose clock stands at `now` until it is set."""

    def __init__(self, folder: Path, *, now: str = NOON, init: Sequence[str] = ()) -> None:
        self.folder = folder
        self.now = now
        self.does("init", "--testing", *(_on_postgres(folder) if ON_POSTGRES else ()), *init)

    def run(self, *words: str, typed: str = "", **environment: str) -> Answer:
        """Run one command line in this process, as the console script would."""
        out, err = _Stream(io.BytesIO()), _Stream(io.BytesIO())
        with (
            patch.dict(os.environ, self.environment(**environment)),
            patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed.encode()), encoding="utf-8")),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            status = run(words)
        return Answer(status, out.text(), err.text())

    def environment(self, **more: str) -> dict[str, str]:
        """What tells the program which ledger, which moment and who."""
        return {
            "SESSION_LEDGER_DIR": str(self.folder),
            "SESSION_LEDGER_NOW": self.now,
            "SESSION_LEDGER_BY": "anna",
            **more,
        }

    def does(self, *words: str, typed: str = "") -> Answer:
        """Run a command line that must succeed."""
        answer = self.run(*words, typed=typed)
        assert answer.status == 0, f"{words}: {answer.status}\n{answer.out}\n{answer.err}"
        return answer

    def asks(self, *words: str) -> Any:  # noqa: ANN401 - whatever JSON says
        """The JSON document of a report that must succeed."""
        return self.does(*words, "-f", "json").document

    def events(self) -> int:
        """How many events the ledger has."""
        return int(self.asks("status")["events"])

    def table(self, name: str, header: str, rows: Iterable[Sequence[str]]) -> Path:
        """A CSV file beside the ledger."""
        path = self.folder.parent / name
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header.split(","))
            writer.writerows(rows)
        return path

    def takes(self, noun: str, header: str, rows: Iterable[Sequence[str]]) -> Answer:
        """Import rows that must be good."""
        return self.does(noun, "import", str(self.table(f"{noun}.csv", header, rows)))
