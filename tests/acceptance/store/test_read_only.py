"""A copy on a disk that can only be read, as a reviewer gets one: it is read, and nothing is written."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ledger.transparency.verifiers import Verdict, by_python
from tests.support.office import ON_POSTGRES, Office
from tests.support.purges import everything
from tests.support.shop import PERIOD, eventful_month

pytestmark = pytest.mark.skipif(ON_POSTGRES, reason="looks into files")
READS = (
    ("report", "deletions", "--period", PERIOD, "-f", "json"),
    ("report", "billing", "--period", PERIOD, "-f", "csv"),
    ("session", "list", "-f", "csv"),
    ("session", "show", "44", "-f", "json"),
    ("customer", "list", "-f", "csv"),
    ("status", "-f", "json"),
    ("check",),
    ("audit", "verify", "-f", "json"),
)


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[tuple[Office, Office]]:
    """A ledger, and the same one on a disk that can only be read."""
    office = eventful_month(tmp_path / "ledger")
    office.does("audit", "checkpoint")
    office.run("report", "billing", "--period", PERIOD)
    disk = tmp_path / "disk"
    shutil.copytree(office.folder, disk)
    binds = (["mount", "--bind", str(disk), str(disk)], ["mount", "-o", "remount,ro,bind", str(disk)])
    if shutil.which("mount") is None or any(subprocess.run(each, check=False).returncode for each in binds):
        pytest.skip("nothing can be mounted here")
    there = object.__new__(Office)
    there.folder, there.now = disk, office.now
    yield office, there
    subprocess.run(["umount", str(disk)], check=True)


def test_copy_on_a_locked_disk_answers_as_the_ledger_does(
    locked: tuple[Office, Office], tmp_path: Path
) -> None:
    here, there = locked
    before = everything(there.folder)
    for words in READS:
        assert there.run(*words) == here.run(*words), words
    there.does("audit", "export", str(tmp_path / "bundle"))
    assert by_python(tmp_path / "bundle") == Verdict("pass", ())
    assert everything(there.folder) == before


def test_inspectors_visit_is_made_there_and_is_the_one_made_of_the_ledger(
    locked: tuple[Office, Office], tmp_path: Path
) -> None:
    here, there = locked
    before = everything(there.folder)
    words = ("--period", PERIOD, "--nonce", "heron", "--size", "5")
    answers = [
        office.run("audit", "visit", str(tmp_path / name), *words, "-f", "json")
        for name, office in (("here", here), ("there", there))
    ]
    assert answers[0].out == answers[1].out
    assert everything(tmp_path / "here") == everything(tmp_path / "there")
    assert by_python(tmp_path / "there" / "bundle") == Verdict("pass", ())
    assert everything(there.folder) == before


def test_what_would_be_written_there_is_refused_by_its_cause(locked: tuple[Office, Office]) -> None:
    _, there = locked
    answer = there.run("session", "note", "44", "--summary", "x")
    assert (answer.status, "can only be read (E-STORE-IO)" in answer.err) == (1, True)


def test_log_that_was_not_moved_back_is_named(locked: tuple[Office, Office]) -> None:
    _, there = locked
    subprocess.run(["mount", "-o", "remount,rw,bind", str(there.folder)], check=True)
    (there.folder / "events.db-wal").write_bytes(b"x" * 4096)
    subprocess.run(["mount", "-o", "remount,ro,bind", str(there.folder)], check=True)
    assert "was copied while it was written to" in there.run("session", "list").err
