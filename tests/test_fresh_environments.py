"""The distributions in fresh environments: every Python at hand, pip, uv and pipx, extras, lowest versions.

Needs an index and the tools of requirements/release.txt: `make fresh`.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.registry import COMMANDS, GROUPS
from tests.docs import man_pages
from tests.support.distributions import ROOT, build

NAME = "remote-session-ledger"
PYTHONS = ("3.11", "3.12", "3.13")
AT_THE_FLOORS = {
    "tests/ledger/application/test_toml_edit.py": ["tomlkit"],
    "tests/ledger/domain/tariff": ["holidays", "msgspec"],
    "tests/ledger/fa3": ["lxml", "python-stdnum"],
    "tests/ledger/imports/test_table_reader.py": ["python-calamine"],
    "tests/ledger/imports/test_workbooks.py": ["python-calamine"],
    "tests/ledger/ksef": ["ksef-client"],
    "tests/ledger/sources/bank": ["mt-940"],
    "tests/ledger/store/sqlite": ["eventsourcing", "sqlalchemy"],
    "tests/ledger/transparency/test_anchor.py": ["rfc3161-client"],
    "tests/ledger/transparency/test_note.py": ["cryptography"],
    "tests/ledger/vault": ["cryptography"],
    "tests/projections": ["distributed", "eventsourcing", "msgspec"],
    "tests/cli/presentation": ["segno", "typst", "XlsxWriter"],
    "tests/cli/test_log.py": ["structlog"],
    "tests/cli/test_main.py": ["click", "rich"],
    "tests/cli/test_secret.py": ["keyring"],
    "tests/cli/desk/test_gate.py": [
        "jinja2", "platformdirs", "python-multipart", "starlette", "tzdata", "uvicorn",
    ],
    "tests/acceptance/source/test_meshcentral_live.py": ["websockets"],
}  # fmt: skip
"""Tests that use each library whose floor could be wrong; all the others would take most of an hour."""
WITHOUT_TESTS_AT_THE_FLOORS = {"psycopg"}
"""Its tests need a server, which this environment has not; the demo is played beside it."""
pytestmark = pytest.mark.skipif("SESSION_LEDGER_FRESH" not in os.environ, reason="needs an index: make fresh")
TOOLS = Path(sys.executable).parent
SECONDS_MAX = 7200
"""A machine with work of its own takes its time; nothing here waits for anything else."""


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return build(tmp_path_factory.mktemp("built"))


@pytest.fixture(scope="module")
def wheel(distributions: list[Path]) -> Path:
    return distributions[-1]


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[Path]:
    """A folder in which no package of ours lies."""
    yield tmp_path
    shutil.rmtree(tmp_path, ignore_errors=True)  # 250 MB each


def told(*command: str | Path, cwd: Path, **environment: str) -> str:
    """Run a command that must succeed; what it said."""
    ran = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env={**os.environ, "COLUMNS": "200", **environment},
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )
    assert ran.returncode == 0, f"{command}\n{ran.stdout}\n{ran.stderr}"
    return ran.stdout + ran.stderr


def python(version: str) -> str:
    """The interpreter of a version; skips where this machine has none."""
    command = [
        str(TOOLS / "uv"),
        "python",
        "find",
        "--no-project",
        "--system",
        "--no-python-downloads",
        version,
    ]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    if found.returncode == 0:
        return found.stdout.strip()
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for each in versions.glob(f"{version}.*/bin/python"):
        return str(each)
    pytest.skip(f"there is no Python {version}")


def plays_the_demo(command: Path, folder: Path) -> None:
    told(command, "demo", "shop", cwd=folder)
    assert "checkpoint: ok" in told(command, "--ledger", "shop", "audit", "verify", cwd=folder)


def test_index_would_take_both_distributions(distributions: list[Path], outside: Path) -> None:
    said = told(TOOLS / "twine", "check", "--strict", *distributions, cwd=outside)
    assert said.count("PASSED") == 2


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # click-man uses what Click 9 will not have
def test_every_command_has_a_man_page(outside: Path) -> None:
    pages = man_pages.write(outside)
    assert len(pages) == 1 + len(GROUPS) + len(COMMANDS)
    assert all(page.read_text(encoding="utf-8").startswith(".TH ") for page in pages)


@pytest.mark.parametrize("version", PYTHONS)
def test_wheel_with_its_extra_works_in_an_environment_of_its_own(
    version: str, wheel: Path, outside: Path
) -> None:
    told(python(version), "-m", "venv", "e", cwd=outside)
    bin_folder = outside / "e" / "bin"
    told(bin_folder / "pip", "-q", "install", f"{wheel}[postgres]", cwd=outside)
    assert "No broken requirements" in told(bin_folder / "pip", "check", cwd=outside)
    plays_the_demo(bin_folder / "session-ledger", outside)
    assert "binary" in told(
        bin_folder / "python", "-c", "import psycopg; print(psycopg.pq.__impl__)", cwd=outside
    )


def test_source_distribution_installs_too(distributions: list[Path], outside: Path) -> None:
    told(sys.executable, "-m", "venv", "e", cwd=outside)
    told(outside / "e" / "bin" / "pip", "-q", "install", distributions[0], cwd=outside)
    plays_the_demo(outside / "e" / "bin" / "session-ledger", outside)


@pytest.mark.parametrize(
    ("install", "uninstall"), [("uv tool install", "uv tool uninstall"), ("pipx install", "pipx uninstall")]
)
def test_tool_installers_give_the_command_and_take_it_away(
    install: str, uninstall: str, wheel: Path, outside: Path
) -> None:
    where = {
        "UV_TOOL_DIR": f"{outside}/tools", "UV_TOOL_BIN_DIR": f"{outside}/bin",
        "PIPX_HOME": f"{outside}/tools", "PIPX_BIN_DIR": f"{outside}/bin",
    }  # fmt: skip
    tool, *words = install.split()
    told(TOOLS / tool, *words, wheel, cwd=outside, **where)
    plays_the_demo(outside / "bin" / "session-ledger", outside)
    told(TOOLS / tool, *uninstall.split()[1:], NAME, cwd=outside, **where)
    assert not list((outside / "bin").iterdir())


@pytest.mark.parametrize("version", [PYTHONS[0], PYTHONS[-1]])
def test_lowest_versions_that_are_named_work(version: str, wheel: Path, outside: Path) -> None:
    uv, bin_folder = TOOLS / "uv", outside / "e" / "bin"
    told(uv, "venv", "-q", "-p", python(version), "e", cwd=outside)
    lowest = ("pip", "compile", "-q", "--all-extras", "--resolution", "lowest-direct", "--python")
    told(uv, *lowest, bin_folder / "python", ROOT / "pyproject.toml", "-o", "floors.txt", cwd=outside)
    into = ("pip", "install", "-q", "--python", bin_folder / "python")
    told(uv, *into, "-r", "floors.txt", cwd=outside)
    told(uv, *into, "--no-deps", wheel, cwd=outside)
    plays_the_demo(bin_folder / "session-ledger", outside)
    told(bin_folder / "session-ledger", "-v", "--log-file", "log", "--ledger", "shop", "status", cwd=outside)
    tests = ("babel", "hypothesis", "pytest", "pytest-cov", "pytest-xdist", "time-machine")
    told(uv, *into, "-c", "floors.txt", *tests, cwd=outside)
    command = (bin_folder / "python", "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider")
    assert " passed" in told(*command, *AT_THE_FLOORS, cwd=ROOT)


def test_every_library_that_is_named_is_tried_at_its_floor() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    named = [*project["dependencies"], *(line for lines in extras for line in lines)]
    names = {re.match(r"[\w-]+", line)[0] for line in named}  # type: ignore[index]
    tried = {name for libraries in AT_THE_FLOORS.values() for name in libraries}
    assert tried | WITHOUT_TESTS_AT_THE_FLOORS == names
