"""How `audit verify` ends the check beside it when it is interrupted."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from cli.commands.audit import verify
from tests.support.systems import IS_WINDOWS, needs_signals


@pytest.mark.parametrize(
    ("system", "expected"),
    [
        pytest.param("posix", -signal.SIGINT, marks=needs_signals),
        ("nt", 1 if IS_WINDOWS else -signal.SIGTERM),
    ],
)
def test_process_beside_is_ended_by_what_the_system_has(
    monkeypatch: pytest.MonkeyPatch, system: str, expected: int
) -> None:
    program = (
        "import signal, time; signal.signal(signal.SIGINT, signal.SIG_DFL); print(flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        with monkeypatch.context() as patched:
            patched.setattr(os, "name", system)
            vars(verify)["_end"](process)
        assert process.wait(10) == expected
