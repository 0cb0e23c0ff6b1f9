"""Whatever the umask, what a ledger writes is its owner's: real processes under a umask of 000."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.office import sqlite_only

pytestmark = [
    sqlite_only,
    pytest.mark.skipif(os.name != "posix", reason="modes are those of POSIX"),
]
DAY = (
    "init --testing",
    "config set purge.workspaces={ws}",
    "customer add K-1 --name Canary --consumer no",
    "session request --customer K-1 --issue other --contact Canary",
    "session connect 1",
    "session end 1",
    "session purge 1 --yes",
    "session certificate 1 -o out/confirmation.pdf",
    "report deletions --period 2026-11 -o out/deletions.html",
    "report deletions --period 2026-11 -o out/deletions.xlsx",
    "customer list -o out/customers.csv",
    "customer export K-1 -o out/K-1.json",
    "session list -o out/sessions.json",
    "backup out/backup --with-session-keys",
    "store copy out/copy",
    "audit export out/bundle",
)
PUBLIC = "out/bundle"
"""What is made to be handed on holds no personal data, and follows the umask but for writing."""


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_nothing_that_others_may_write_and_no_words_that_others_may_read(tmp_path: Path) -> None:
    """Given a umask of 000, when a day is worked, then others write nothing."""
    ledger, out = tmp_path / "ledger", tmp_path / "out"
    out.mkdir()
    (tmp_path / "ws").mkdir()
    for moment, words in enumerate(DAY):
        told = {
            "SESSION_LEDGER_DIR": str(ledger),
            "SESSION_LEDGER_BY": "anna",
            "SESSION_LEDGER_NOW": f"2026-11-16T10:{moment:02}:00+01:00",
        }
        command = [sys.executable, "-P", "-m", "ledger", *words.format(ws=tmp_path / "ws").split()]
        ran = subprocess.run(
            command,
            cwd=tmp_path,
            env={**os.environ, **told},
            umask=0,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, (words, ran.stderr)
    assert _mode(ledger) == 0o700
    assert _mode(ledger / "vault.db") == 0o600
    for path in (*ledger.rglob("*"), *(each for each in out.rglob("*"))):
        assert not _mode(path) & 0o022, path
    for path in out.iterdir():
        assert str(path.relative_to(tmp_path)) == PUBLIC or not _mode(path) & 0o077, path
    check = [sys.executable, "-P", "-m", "ledger", "--ledger", str(ledger), "check"]
    assert subprocess.run(check, capture_output=True, text=True, check=False).stdout == ""
