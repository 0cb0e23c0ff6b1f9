"""A month with files: every workspace is purged, the report tells it in every format, a sample is drawn."""

from __future__ import annotations

import csv
import io
from importlib.resources import files
from pathlib import Path

import pytest

from tests.support.office import Office
from tests.support.scan import files_below
from tests.support.shop import MORNING, SUFFIXES

DELETIONS = ("report", "deletions", "--period", "2026-11")
EVENING = "2026-12-01T18:00:00+01:00"
FORMATS = {**SUFFIXES, "pdf": "pdf"}


def sample_without_purges() -> str:
    """The sample month's sessions as if nobody had deleted anything yet."""
    text = (files("ledger") / "data" / "sample" / "sessions.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    out = io.StringIO()
    writer = csv.DictWriter(out, [name for name in rows[0] if name != "purged_at"], extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


@pytest.fixture
def month(tmp_path: Path) -> Office:
    """The month imported, three files in the workspace of each of its sessions."""
    office = Office(tmp_path / "ledger", now=MORNING)
    sample = files("ledger") / "data" / "sample"
    office.does("customer", "import", str(sample / "customers.csv"))
    office.does("purchase", "import", str(sample / "purchases.csv"))
    table = tmp_path / "sessions.csv"
    table.write_text(sample_without_purges(), encoding="utf-8")
    office.does("session", "import", str(table))
    workspaces = tmp_path / "workspaces"
    workspaces.mkdir()
    office.does("config", "set", f"purge.workspaces={workspaces}")
    for session in office.asks("session", "list")["sessions"]:
        folder = workspaces / str(session["session"])
        (folder / "received").mkdir(parents=True)
        for name in ("chat.txt", "screen.png", "received/offer.pdf"):
            (folder / name).write_text(name, encoding="utf-8")
    office.now = EVENING
    return office


def test_a_month_is_purged_and_told_in_every_format(month: Office, tmp_path: Path) -> None:
    """Before: overdue, exit 3. After: every file gone, each deletion measured and late, exit 0."""
    before = month.run(*DELETIONS, "-f", "json")
    ended = before.document["summary"]["ended"]
    assert (before.status, before.document["summary"]["open"]) == (3, ended)

    answer = month.does("session", "purge", "--ended", "--yes")

    assert len(answer.out.splitlines()) == ended
    still_open = month.asks("session", "list", "--state", "connected")["sessions"]
    assert len(files_below(tmp_path / "workspaces")) == 3 * len(still_open)
    after = month.run(*DELETIONS, "-f", "json")
    summary = after.document["summary"]
    assert (after.status, summary["open"], summary["late"], summary["declared"]) == (0, 0, ended, 0)
    assert {each["evidence"] for each in after.document["sessions"]} == {"measured"}
    assert all(each["files"] >= 3 and each["checkpoint_size"] for each in after.document["sessions"])
    for name, suffix in FORMATS.items():
        file = tmp_path / f"deletions.{suffix}"
        assert month.run(*DELETIONS, "-f", name, "-o", str(file)).status == 0
        assert file.stat().st_size > 500
    month.does("check")
    assert month.asks("audit", "verify")["checkpoint"] == "ok"


def test_the_report_says_whether_the_history_only_grew(month: Office, tmp_path: Path) -> None:
    """Given the checkpoint of an earlier report, and one of another log."""
    head, foreign = tmp_path / "head.note", tmp_path / "foreign.note"
    month.does("audit", "checkpoint", "-o", str(head))
    month.does("session", "purge", "--ended", "--yes")
    Office(tmp_path / "other").does("audit", "checkpoint", "-o", str(foreign))
    grown = month.run(*DELETIONS, "--since", str(head), "-f", "json")
    assert (grown.status, grown.document["since"]["continued"]) == (0, True)
    assert grown.document["checkpoint"]["size"] > grown.document["since"]["size"]
    forked = month.run(*DELETIONS, "--since", str(foreign))
    assert (forked.status, "FORK" in forked.out) == (3, True)
    assert month.run(*DELETIONS, "--since", str(tmp_path / "sessions.csv")).status == 2


def test_the_sample_is_the_same_for_the_same_root_and_word(month: Office) -> None:
    """Five sessions drawn twice are the same five; another word, or another root, gives others."""
    month.does("session", "purge", "--ended", "--yes")

    def drawn(word: str) -> list[int]:
        words = ("audit", "sample", "--period", "2026-11", "--size", "5", "--nonce", word, "-f", "json")
        found: list[int] = month.does(*words).document["sessions"]
        return found

    first = drawn("heron")
    assert len(set(first)) == 5
    assert drawn("heron") == first
    assert drawn("stork") != first
    month.does("customer", "add", "K-NEW", "--name", "New")
    month.does("audit", "checkpoint")
    assert drawn("heron") != first
