"""What the system refuses of files is told in a sentence and a hint of its own, wherever it happens."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from ledger.errors import BadConfig, FileTrouble, LedgerError, StoreFull
from ledger.folder.not_written import known_trouble, not_written
from ledger.message import msg
from tests.support.office import Office, sqlite_only


@pytest.mark.parametrize(
    ("number", "kind", "words"),
    [
        (errno.ENOSPC, StoreFull, "the disk has no space left for a.csv"),
        (errno.EDQUOT, StoreFull, "the disk has no space left for a.csv"),
        (errno.EROFS, BadConfig, "a.csv lies on a disk that can only be read"),
        (errno.EACCES, BadConfig, "there is no permission for a.csv"),
        (errno.EPERM, BadConfig, "there is no permission for a.csv"),
        (errno.ENAMETOOLONG, BadConfig, "the name a.csv is too long for its disk"),
        (errno.EIO, BadConfig, f"a.csv cannot be written: {os.strerror(errno.EIO)}"),
    ],
)
def test_each_cause_has_its_sentence(number: int, kind: type[LedgerError], words: str) -> None:
    refusal = not_written(OSError(number, os.strerror(number)), "a.csv", BadConfig)
    assert (type(refusal), refusal.fact) == (kind, words)
    assert str(refusal.hint)


def test_a_cause_without_a_sentence_is_told_as_the_caller_does() -> None:
    error = OSError(errno.EIO, "broken")
    assert known_trouble(error, "a") is None
    assert not_written(error, "a", otherwise=msg("no folder: {error}")).fact == "no folder: broken"


@sqlite_only
@pytest.mark.skipif(os.name != "posix", reason="names of 255 bytes, and mounts")
def test_commands_tell_it_and_name_the_file_that_was_asked_for(tmp_path: Path) -> None:
    made, long = Office(tmp_path / "ledger"), "a" * 250
    for words in (
        ("report", "billing", "--period", "2026-11", "-o", f"{long}.csv"),
        ("report", "billing", "--period", "2026-11", "-o", f"{long}.xlsx"),
        ("backup", long * 2),
        ("store", "copy", long * 2),
    ):
        answer = made.run(*words)
        assert (answer.status != 0, "is too long for its disk" in answer.err) == (True, True), answer
        assert ".part" not in answer.err


@sqlite_only
def test_a_disk_that_can_only_be_read_is_told(tmp_path: Path) -> None:
    made, disk = Office(tmp_path / "ledger"), tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k,ro", "tmpfs", str(disk)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("nothing can be mounted here")
    try:
        for words in (
            ("report", "deletions", "--period", "2026-11", "-o", str(disk / "r.csv")),
            ("backup", str(disk / "b")),
            ("invoice", "export", "--all", "-o", str(disk / "i")),
            ("audit", "export", str(disk / "e")),
        ):
            answer = made.run(*words)
            assert "lies on a disk that can only be read" in answer.err, answer
            assert FileTrouble.hint != answer.err.partition("hint: ")[2].strip()
    finally:
        subprocess.run(["umount", str(disk)], check=True)
