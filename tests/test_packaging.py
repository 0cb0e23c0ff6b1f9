"""What is installed, what is in the wheel, which way imports go, what a command brings with it."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
from importlib.metadata import distribution, entry_points, packages_distributions
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.support.distributions import build, tracked

ROOT = Path(__file__).parents[1]
PACKAGES = {"ledger": ROOT / "src" / "ledger", "projections": ROOT / "projections", "cli": ROOT / "cli"}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
NAME, COMMAND = "remote-session-ledger", "session-ledger"
TAKEN_NAME = re.compile(r"(pip|pipx|uv( tool)?) (install|run|add)[^\n`]*(?<![\w/.-])session-ledger\b")

NEVER_WHILE_RECORDING = ("structlog", "sqlalchemy", "holidays", "rich", "dask", "distributed")


def _run(*command: str, cwd: Path = ROOT, **environment: str) -> str:
    ran = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


# --- what is installed -------------------------------------------------------------------------


def test_the_installed_version_is_that_of_the_project() -> None:
    assert distribution(NAME).version == PROJECT["project"]["version"]


def test_the_command_is_the_entry_point_of_the_command_line() -> None:
    (script,) = entry_points(group="console_scripts", name=COMMAND)
    assert script.value == PROJECT["project"]["scripts"][COMMAND] == "ledger.__main__:main"
    assert callable(script.load())


def test_no_text_tells_people_to_install_the_command_s_name_from_an_index() -> None:
    """There it is another project's."""
    tracked = _run("git", "ls-files", "*.py", "*.md", "*.toml", "Makefile").split()
    files = [ROOT / name for name in tracked if name != "tests/test_packaging.py"]
    assert not [
        file for file in files if file.exists() and TAKEN_NAME.search(file.read_text(encoding="utf-8"))
    ]


def test_no_dependency_claims_a_name_of_ours() -> None:
    """`cli`, `ledger` and `projections` are short names; two packages of one name shadow each other."""
    claimed = packages_distributions()
    for name in PACKAGES:
        assert set(claimed.get(name, ())) <= {NAME}


# --- the wheel ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without a network from a copy of what a release holds."""
    copy = tmp_path_factory.mktemp("wheel") / "source"
    copy.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE", "NOTICE", "hatch_build.py"):
        shutil.copy(ROOT / name, copy)
    for folder in ("src", "projections", "cli"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    _run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", "dist", cwd=copy)
    (built,) = (copy / "dist").iterdir()
    return built


def test_the_wheel_holds_the_three_packages_whole(wheel: Path) -> None:
    """Every source file and every data file, each package under its own name; nothing else."""
    expected = {
        f"{name}/{file.relative_to(folder)}"
        for name, folder in PACKAGES.items()
        for file in folder.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts and file.suffix != ".po"  # built: .mo
    }
    held = {name for name in ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert held == expected


@pytest.mark.parametrize(
    "name",
    [
        "ledger/data/tariff.toml",
        "ledger/data/sample/customers.csv",
        "ledger/data/sample/purchases.csv",
        "ledger/data/sample/sessions.csv",
        "ledger/py.typed",
        "cli/presentation/documents/invoice.typ",
        "cli/presentation/documents/page.typ",
        "cli/presentation/documents/text.typ",
    ],
)
def test_the_wheel_holds_the_data_the_program_reads(wheel: Path, name: str) -> None:
    assert name in ZipFile(wheel).namelist()


def test_the_wheel_says_what_it_needs(wheel: Path) -> None:
    """Name, version, Python and dependencies are those of pyproject.toml, the licence is in it."""
    archive = ZipFile(wheel)
    (info,) = {name.partition("/")[0] for name in archive.namelist() if ".dist-info/" in name}
    assert f"{info}/licenses/LICENSE" in archive.namelist()
    metadata = archive.read(f"{info}/METADATA").decode()
    assert f"\nName: {NAME}\nVersion: {PROJECT['project']['version']}\n" in metadata
    assert "\nRequires-Python: >=3.11\n" in metadata
    needed = re.findall(r"^Requires-Dist: ([A-Za-z0-9-]+)(?!.*extra ==)", metadata, re.MULTILINE)
    assert sorted(map(str.lower, needed)) == sorted(map(str.lower, _dependencies()))


# --- the source distribution -------------------------------------------------------------------


def _built(folder: Path) -> dict[str, bytes]:
    """Both distributions, built from a copy of the tracked files; their bytes by name."""
    return {file.name: file.read_bytes() for file in build(folder)}


def test_distributions_are_the_same_bytes_when_built_again(tmp_path: Path) -> None:
    first, second = _built(tmp_path / "first"), _built(tmp_path / "elsewhere" / "second")
    assert sorted(first) == sorted(second)
    assert first == second


def test_source_distribution_holds_what_the_readme_s_commands_need(tmp_path: Path) -> None:
    """`make demo` and `make test` run from it: it holds every tracked file but those of the upkeep."""
    built = _built(tmp_path)
    (name,) = [name for name in built if name.endswith(".tar.gz")]
    archive = tarfile.open(fileobj=io.BytesIO(built[name]))  # noqa: SIM115 - it is in memory
    held = {member.name.partition("/")[2] for member in archive.getmembers()}
    assert {name for name in {*tracked()} - held if not name.startswith((".ci/", "findings/"))} == set()


# --- imports -----------------------------------------------------------------------------------


def _dependencies() -> list[str]:
    return [re.split(r"[\[<>=]", needed)[0] for needed in PROJECT["project"]["dependencies"]]


def test_imports_go_one_way() -> None:
    """The contracts of pyproject.toml hold."""
    told = _run(str(Path(sys.executable).parent / "lint-imports"), "--no-cache")
    assert "0 broken" in told


def test_the_domain_s_contract_forbids_every_library_but_one() -> None:
    """A new dependency is forbidden to the domain until somebody decides otherwise."""
    contracts = PROJECT["tool"]["importlinter"]["contracts"]
    (domain,) = [contract for contract in contracts if contract["id"] == "domain"]
    module_of = {
        "mt-940": "mt940",
        "ksef-client": "ksef_client",
        "python-calamine": "python_calamine",
        "python-stdnum": "stdnum",
        "rfc3161-client": "rfc3161_client",
    }
    libraries = {module_of.get(name, name.lower()) for name in _dependencies()}
    assert libraries - {"msgspec", "tzdata"} <= set(domain["forbidden_modules"])


def test_recording_brings_no_library_that_only_reports_need(tmp_path: Path) -> None:
    """`session request` starts without the libraries of reports, logs and holidays."""
    ledger = str(tmp_path / "ledger")
    command = [sys.executable, "-m", "ledger", "--ledger", ledger]
    _run(*command, "init")
    _run(*command, "customer", "add", "K-1", "--name", "Zakład Krawiecki Igiełka")
    words = ["--ledger", ledger, "session", "request", "--customer", "K-1", "--issue", "other"]
    program = (
        "import json, sys\nfrom cli.main import run\n"
        f"assert run({[*words, '--contact', 'p. Nowak']!r}) == 0\n"
        "print(json.dumps([*sys.modules]))"
    )
    imported = json.loads(_run(sys.executable, "-c", program).splitlines()[-1])
    assert not {name.partition(".")[0] for name in imported} & set(NEVER_WHILE_RECORDING)
    assert "eventsourcing" in imported
