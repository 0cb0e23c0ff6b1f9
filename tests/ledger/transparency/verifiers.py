"""The two verifiers as an auditor runs them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from tests.support.chromium import Page
from tests.support.systems import IS_WINDOWS

EMPTY = {"SYSTEMROOT": os.environ["SYSTEMROOT"]} if IS_WINDOWS else {}
"""What a process needs to start at all."""
SOURCE = Path(__file__).parents[3] / "src" / "ledger" / "data" / "verify"


class Verdict(NamedTuple):
    """pass, fail or unreadable, and the codes of what was found."""

    state: str
    codes: tuple[str, ...]


def run_alone(bundle: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """verify.py as an auditor runs it: isolated, in an empty environment, from somewhere else."""
    return subprocess.run(
        [sys.executable, "-I", str(SOURCE / "verify.py"), str(bundle), *words],
        env=EMPTY,
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )


def by_python(bundle: Path, *words: str) -> Verdict:
    """What verify.py says; its exit status agrees."""
    ran = run_alone(bundle, "--json", *words)
    assert ran.returncode in {0, 2, 3}, ran.stderr
    assert "Traceback" not in ran.stderr
    if ran.returncode == 2:
        return Verdict("unreadable", ())
    document = json.loads(ran.stdout)
    assert (document["verdict"] == "pass") is (ran.returncode == 0)
    return Verdict(document["verdict"], tuple(sorted({each["code"] for each in document["findings"]})))


def by_browser(page: Page, bundle: Path) -> Verdict:
    """What verify.html says of a folder that a person chooses."""
    page.asks("delete document.documentElement.dataset.state")
    page.chooses("#folder", bundle)
    return told(page)


def told(page: Page) -> Verdict:
    """The page's verdict once it is no longer at work."""
    page.wait("!['working', undefined].includes(document.documentElement.dataset.state)")
    state, codes = page.asks(
        "[document.documentElement.dataset.state, document.documentElement.dataset.codes]"
    )
    return Verdict(state, tuple(codes.split()))


def module() -> ModuleType:
    """verify.py, imported."""
    spec = spec_from_file_location("verify_alone", SOURCE / "verify.py")
    assert spec is not None
    assert spec.loader is not None
    alone = module_from_spec(spec)
    spec.loader.exec_module(alone)
    return alone
