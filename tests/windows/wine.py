"""The Windows Python that `tests/windows/set-up` made, for tests that run here and look at both systems."""

from __future__ import annotations

import os
import shutil
import subprocess
import uuid
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

FOLDER = Path(os.environ.get("SESSION_LEDGER_WINDOWS", "/nowhere")).absolute()
"""What `set-up` was given."""
SOURCE = FOLDER / "wine" / "drive_c" / "office" / "source"
"""The checkout as it was copied there: what is changed here while tests run belongs to no comparison."""
needs_wine = pytest.mark.skipif(not (FOLDER / "run").exists(), reason="needs a Windows Python: make windows")
_SECONDS = 1800
"""A machine with work of its own takes minutes for what Wine does in seconds."""


class Ran(NamedTuple):
    """How a process ended, and the bytes it wrote."""

    status: int
    out: bytes
    err: bytes


@contextmanager
def kept_running() -> Generator[None]:
    """Keep one Windows process: whenever none is left, the next one waits for Wine to start its services."""
    command = [str(FOLDER / "python"), "-c", "import sys; print('up', flush=True); sys.stdin.read()"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.readline()  # services hold the streams of whoever started them: no test must be that
        try:
            yield
        finally:
            process.stdin.close()


@contextmanager
def folder_on_c() -> Generator[Path]:
    """Make a folder on drive C:, gone afterwards."""
    folder = FOLDER / "wine" / "drive_c" / "office" / uuid.uuid4().hex[:12]
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def session_ledger(folder: Path, *words: str, **environment: str) -> Ran:
    """Run one command as a Windows process in a folder of drive C:."""
    return started([str(FOLDER / "run"), *words], folder, **environment)


def started(command: list[str], folder: Path, **environment: str) -> Ran:
    """Run one command of this system."""
    ran = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=_SECONDS,
        check=False,
    )
    return Ran(ran.returncode, ran.stdout, ran.stderr)
