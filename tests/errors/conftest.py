"""A ledger in which every refusal can be met, and a way to meet it."""

from __future__ import annotations

import io
import os
import shlex
import shutil
import sys
from pathlib import Path

import pytest

from cli.main import run
from tests.errors.desk import Desk

NOW = "2026-11-16T12:00:00+01:00"

PREPARATION = """\
init --testing --name errors
customer add K-1 --name "Zakład Krawiecki Igiełka" --consumer no
customer add K-2 --name "Igiełka Zakład Krawiecki"
customer add K-3 --name "Apteka Pod Lwem"
customer merge K-1 K-2 --reason double-entry --yes
customer add K-4 --name "Jan Próba"
customer erase K-4 --yes
customer erase K-3 --request-only
purchase add K-1 --order ZAM/1 --at 2026-03-14
session request --customer K-1 --issue other --ref asked --contact "p. Nowak" --at "2026-11-16 11:00"
session request --customer K-1 --issue other --ref on --at "2026-11-16 11:00"
session connect on --technician anna --at "2026-11-16 11:10"
session request --customer K-1 --issue other --ref done --at "2026-11-16 11:00"
session connect done --technician anna --at "2026-11-16 11:05"
session end done --at "2026-11-16 11:45"
session request --customer K-1 --issue other --ref gone --at "2026-11-16 10:00"
session connect gone --technician anna --at "2026-11-16 10:05"
session end gone --at "2026-11-16 10:45"
session purge gone --declare --yes --at "2026-11-16 10:50"
session request --customer K-1 --issue other --ref held --at "2026-11-16 09:00"
session connect held --technician anna --at "2026-11-16 09:05"
session end held --at "2026-11-16 09:45"
session hold held --until 2027-01-31 --reason legal-claim
session request --customer K-1 --issue other --ref no --at "2026-11-16 08:00"
session cancel no --at "2026-11-16 08:30"
session note done --summary "driver reinstalled" --command-id note-1
session request --customer K-1 --issue other --ref twice --at "2026-11-16 07:00"
session connect twice --technician anna --at "2026-11-16 07:05"
session end twice --at "2026-11-16 07:45"
session void twice --reason double-entry
session import old.csv
"""
"""Sessions by where they stand: asked, on, done, gone, held, no (cancelled), twice (put aside).

Imported: old/1 billed, old/2 unpriced.
"""

OLD = """\
session_ref,customer,issue,connected_at,ended_at,billed_as
old/1,K-1,other,2026-10-05 11:00,2026-10-05 11:40,FV/10/7
old/2,K-1,other,2020-10-05 11:00,2020-10-05 11:40,
"""


def _quiet(folder: Path, environment: pytest.MonkeyPatch) -> None:
    for name in [*os.environ]:
        if name.startswith(("SESSION_LEDGER_", "_SESSION_LEDGER_")):
            environment.delenv(name)
    environment.setenv("SESSION_LEDGER_DIR", str(folder / "ledger"))
    environment.setenv("SESSION_LEDGER_NOW", NOW)
    environment.setenv("SESSION_LEDGER_BY", "anna")
    environment.setattr(sys, "stdin", io.StringIO(""))
    environment.chdir(folder)


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ledger, made once; tests work on copies."""
    folder = tmp_path_factory.mktemp("errors")
    (folder / "old.csv").write_text(OLD, encoding="utf-8")
    with pytest.MonkeyPatch.context() as environment:
        _quiet(folder, environment)
        for line in PREPARATION.splitlines():
            assert run(shlex.split(line)) == 0, line
    return folder


@pytest.fixture
def desk(
    prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Desk:
    """A copy of the prepared ledger and a command line in front of it."""
    folder = tmp_path / "desk"
    shutil.copytree(prepared, folder)
    _quiet(folder, monkeypatch)
    return Desk(folder, capfd)
