"""A shop with a session in every state that the desk meets, and its desk."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.billing_office import DECEMBER
from tests.support.office import Office
from tests.support.served import Served, served
from tests.support.shop import copied

NOW = "2026-11-16T18:20:00+01:00"
NAME = "Zakład Krawiecki Igiełka"
WORDS = "<script>document.title='taken'</script> drukarka"


def shop(folder: Path, *, has_files: bool) -> Office:
    """Session 1 is asked for, 2 runs, 3 has ended (with files left, if any), 4 is cancelled."""
    workspaces = folder.parent / "workspaces"
    workspaces.mkdir()
    office = Office(folder, now="2026-11-16T17:00:00+01:00")
    office.does("config", "set", f"purge.workspaces={workspaces}")
    office.does("customer", "add", "K-041", "--name", NAME, "--consumer", "no")
    office.does("purchase", "add", "K-041", "--order", "ZAM/2026/118", "--at", "2026-10-01")
    asked = ("session", "request", "--customer", "K-041", "--issue", "other")
    office.does(*asked, "--at", "2026-11-16 16:20", "--remote-id", "123456789", "--description", WORDS)
    office.does(*asked, "--at", "2026-11-16 16:25")
    office.does("session", "connect", "2", "--at", "2026-11-16 16:31")
    office.does(*asked, "--at", "2026-11-16 16:30", "--contact", "Jan Testowy 600100200")
    office.does("session", "connect", "3", "--at", "2026-11-16 16:40")
    if has_files:
        office.does("session", "workspace", "3")
    for each in workspaces.iterdir():
        (each / "zrzut.png").write_bytes(b"png")
    office.does("session", "end", "3", "--at", "2026-11-16 16:55")
    office.does(*asked, "--at", "2026-11-16 16:45")
    office.does("session", "cancel", "4", "--at", "2026-11-16 16:50")
    office.now = NOW
    return office


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop's ledger, to be copied."""
    return shop(tmp_path_factory.mktemp("shop") / "ledger", has_files=False).folder


@pytest.fixture
def office(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A copy of the shop; its clock stands at 18:20."""
    monkeypatch.setenv("SESSION_LEDGER_NOW", NOW)
    shutil.copytree(prepared.parent, tmp_path, dirs_exist_ok=True)
    office = Office.__new__(Office)  # nothing is made anew
    office.folder, office.now = tmp_path / "ledger", NOW
    office.does("config", "set", f"purge.workspaces={tmp_path / 'workspaces'}")
    return office


@pytest.fixture
def office_with_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A shop of its own: where its files lie is remembered, so it cannot be a copy."""
    monkeypatch.setenv("SESSION_LEDGER_NOW", NOW)
    return shop(tmp_path / "ledger", has_files=True)


@pytest.fixture
def desk_with_files(office_with_files: Office, tmp_path: Path) -> Iterator[Served]:
    """The desk of that shop."""
    with served(office_with_files.folder, tmp_path / "run") as running:
        running.enter()
        yield running


@pytest.fixture
def desk(office: Office, tmp_path: Path) -> Iterator[Served]:
    """Its desk, somebody in the seat."""
    with served(office.folder, tmp_path / "run") as running:
        running.enter()
        yield running


@pytest.fixture(scope="session")
def demonstrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's ledger, whose month has a difference of each kind."""
    folder = tmp_path_factory.mktemp("demo") / "ledger"
    office = Office.__new__(Office)
    office.folder, office.now = folder, DECEMBER
    office.does("demo", str(folder))
    return folder


@pytest.fixture
def demo(demonstrated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A copy of it."""
    monkeypatch.setenv("SESSION_LEDGER_NOW", DECEMBER)
    return copied(demonstrated, tmp_path / "demo", now=DECEMBER)


@pytest.fixture
def shown_demo(demo: Office, tmp_path: Path) -> Iterator[Served]:
    """Its desk."""
    with served(demo.folder, tmp_path / "run") as running:
        running.enter()
        yield running
