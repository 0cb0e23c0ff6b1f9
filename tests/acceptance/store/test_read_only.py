"""A copy on a disk that can only be read, as a reviewer gets one: it is read, and nothing is written."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ledger.transparency.verifiers import Verdict, by_python
from tests.support.office import ON_POSTGRES, Office
from tests.support.purges import everything
from tests.support.shop import PERIOD, eventful_month
from tests.support.systems import needs_modes

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


@needs_modes
def test_visit_is_made_of_a_copy_whose_rights_allow_no_more(tmp_path: Path) -> None:
    """Given a copy after `chmod -R a-w`, then its owner makes the same visit of it; nothing changes there."""
    office = eventful_month(tmp_path / "ledger")
    office.does("audit", "checkpoint")
    copy = tmp_path / "copy"
    shutil.copytree(office.folder, copy)
    _allow(copy, 0o500, 0o400)
    before = everything(copy)
    words = ("--period", PERIOD, "--nonce", "heron", "--size", "5", "-f", "json")
    here = office.run("audit", "visit", str(tmp_path / "here"), *words)
    try:
        there = _as_any_user(office, copy, "audit", "visit", str(tmp_path / "there"), *words)
        refused = _as_any_user(office, copy, "session", "note", "44", "--summary", "x")
    finally:
        _allow(copy, 0o700, 0o600)
    assert there.stdout == here.out, there.stderr
    assert everything(tmp_path / "here") == everything(tmp_path / "there")
    assert (refused.returncode, "can only be read (E-STORE-IO)" in refused.stderr) == (1, True)
    assert everything(copy) == before


def _allow(folder: Path, folders: int, files: int) -> None:
    for path in (folder, *folder.rglob("*")):
        path.chmod(folders if path.is_dir() else files)


def _as_any_user(office: Office, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command as somebody whom rights bind; root gives up what lets it write anywhere."""
    bound: list[str] = []
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("root cannot be bound by rights here")
        bound = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"]
    environment = os.environ | office.environment(SESSION_LEDGER_DIR=str(folder))
    line = [*bound, sys.executable, "-m", "ledger", *words]
    return subprocess.run(
        line, env=environment, capture_output=True, text=True, check=False, encoding="utf-8"
    )


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
