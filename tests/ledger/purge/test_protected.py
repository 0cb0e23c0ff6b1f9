"""A ledger, its copies and the system are no places that a purge may delete in."""

from __future__ import annotations

import os
from pathlib import Path, PureWindowsPath

import pytest

from ledger.purge.protected import problem_among, problem_of, windows_folders
from tests.support.purging_office import ENDED, PC_1, PURGED, begun, filled, office
from tests.support.systems import IS_WINDOWS, needs_links


def ledger_in(folder: Path) -> Path:
    """A folder with the names of a ledger."""
    (folder / "keys").mkdir(parents=True)
    for name in ("ledger.toml", "events.db", "vault.db", "keys/session.db"):
        (folder / name).write_text(name, encoding="utf-8")
    return folder


SYSTEM_OF_LINUX = [
    ("/etc", "folder of the system"),
    ("/etc/ssl", "folder of the system"),
    ("/usr/local", "folder of the system"),
    ("/proc", "folder of the system"),
    ("/var", "folder of the system"),
    ("/dev/shm/sessions", None),  # noqa: S108 - named, not used
]
SYSTEM_OF_WINDOWS = [
    ("C:\\", "folder of the system"),  # these two hold the folder of every ledger in a test, too
    ("C:\\Users", "folder of the system"),
    ("C:\\Windows", "folder of the system"),
    ("c:/windows/system32", "folder of the system"),
    ("C:\\Program Files\\TeamViewer", "folder of the system"),
    ("C:\\Program Files (x86)", "folder of the system"),
    ("C:\\ProgramData", "folder of the system"),
    ("C:\\ProgramData\\shop", None),
    ("C:\\Users\\anna\\Videos", None),
    ("C:\\Windows\\System32\\spool\\PRINTERS", None),
    ("D:\\sessions", None),
]


@pytest.mark.parametrize(("place", "why"), SYSTEM_OF_WINDOWS)
@pytest.mark.parametrize(
    "environment", [{}, {"SYSTEMDRIVE": "C:", "SYSTEMROOT": "C:\\WINDOWS", "PROGRAMDATA": "c:\\programdata"}]
)
def test_folders_of_a_windows_are_known(place: str, why: str | None, environment: dict[str, str]) -> None:
    system, own = windows_folders(environment)
    found = problem_among(PureWindowsPath(place), map(PureWindowsPath, system), own)
    assert (why is None and found is None) or (why is not None and why in str(found))


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("shop/ledger", "is the ledger's folder"),
        ("shop/ledger/keys", "lies in it"),
        ("shop/ledger/outbox", "lies in it"),
        ("shop", "holds the ledger's folder"),
        pytest.param("link-to-ledger", "is the ledger's folder", marks=needs_links),
        ("copies/copy", "is another ledger or a copy"),
        ("copies/copy/keys", "is another ledger or a copy"),
        ("copies", "holds another ledger"),
        *(SYSTEM_OF_WINDOWS[2:] if IS_WINDOWS else SYSTEM_OF_LINUX),
        ("sessions", None),
    ],
)
def test_place_that_holds_what_is_no_session_s_has_a_problem(
    tmp_path: Path, place: str, why: str | None
) -> None:
    ledger = ledger_in(tmp_path / "shop" / "ledger")
    ledger_in(tmp_path / "copies" / "copy")
    (tmp_path / "sessions").mkdir()
    if place == "link-to-ledger":
        (tmp_path / place).symlink_to(ledger)
    found = problem_of(tmp_path / place, ledger)
    assert (why is None and found is None) or (why is not None and why in str(found))


@pytest.mark.parametrize("key", ["purge.workspaces", "purge.roots"])
def test_settings_that_name_a_ledger_are_refused_and_found_when_written_by_hand(
    tmp_path: Path, key: str
) -> None:
    made = office(tmp_path)
    for place in (tmp_path, made.folder, made.folder / "keys", Path("C:/Windows" if IS_WINDOWS else "/etc")):
        answer = made.run("config", "set", f"{key}={place}")
        assert (answer.status, "E-PLACE-PROTECTED" in answer.err) == (1, True), place
    config = made.folder / "ledger.toml"
    text = config.read_text(encoding="utf-8")
    pattern = f"\n[[purge.pattern]]\nname = 'all'\nroot = '{tmp_path}'\nglob = '**'\n"
    config.write_text(text + pattern, encoding="utf-8")
    answer = made.run("config", "check")
    assert (answer.status, "config-place: purge.pattern all holds the ledger's folder" in answer.out) == (
        3,
        True,
    )


def test_purge_refuses_what_was_written_by_hand_and_touches_nothing(tmp_path: Path) -> None:
    made = office(tmp_path)
    number = begun(made)
    filled(made, number, "a")
    made.now = ENDED
    made.does("session", "end", number)
    made.now = PURGED
    config = made.folder / "ledger.toml"
    pattern = f"\n[[purge.pattern]]\nname = 'all'\nroot = '{tmp_path}'\nglob = 'ledger/*.db'\n"
    config.write_text(config.read_text(encoding="utf-8") + pattern, encoding="utf-8")
    before = made.events()
    answer = made.run("session", "purge", number, *PC_1)
    assert (answer.status, "E-PLACE-PROTECTED" in answer.err) == (1, True)
    assert made.events() == before
    assert (tmp_path / "ws" / number / "a").exists()


def test_ledger_under_the_number_of_a_session_is_left(tmp_path: Path) -> None:
    made = office(tmp_path)
    number = begun(made, placed=False)
    ledger_in(tmp_path / "ws" / number)
    answer = made.run("session", "workspace", number, "--workstation", "pc-1")
    found = made.run("check").out
    made.now = ENDED
    made.does("session", "end", number)
    made.now = PURGED
    purged = made.run("session", "purge", number, *PC_1)
    assert "E-PLACE-PROTECTED" in purged.err + answer.err
    assert "place-ledger" in found
    assert (tmp_path / "ws" / number / "events.db").exists()


@pytest.mark.parametrize(
    "way",
    [
        "hard link",
        pytest.param("link", marks=needs_links),
        pytest.param("link on the way", marks=needs_links),
        "folder",
    ],
)
def test_artefact_that_its_purge_would_not_enter_is_refused(tmp_path: Path, way: str) -> None:
    made = office(tmp_path)
    number = begun(made)
    file = tmp_path / "out" / "file"
    if way == "hard link":
        os.link(made.folder / "events.db", file)
    elif way == "link":
        (tmp_path / "kept").write_text("x", encoding="utf-8")
        file.symlink_to(tmp_path / "kept")
    elif way == "link on the way":
        (tmp_path / "zo").mkdir()
        (tmp_path / "zo" / "keep").write_text("x", encoding="utf-8")
        (tmp_path / "out" / "lnk").symlink_to(tmp_path / "zo")
        file = tmp_path / "out" / "lnk" / "keep"
    else:
        file.mkdir()
    before = made.events()
    answer = made.run("session", "artefact", number, str(file), "--kind", "chat")
    code = "E-PLACE-PROTECTED" if way == "hard link" else "E-ARTEFACT"
    assert (answer.status, code in answer.err) == (1, True)
    assert made.events() == before


def test_artefact_taken_off_the_list_stays_where_it_is(tmp_path: Path) -> None:
    made = office(tmp_path)
    number = begun(made)
    file = tmp_path / "out" / "mine"
    file.write_text("x", encoding="utf-8")
    made.does("session", "artefact", number, str(file), "--kind", "chat", "--workstation", "pc-1")
    withdraw = ("session", "artefact", number, "--withdraw", "1", "--reason", "wrong-customer: z innej sesji")
    made.does(*withdraw)
    assert "E-ARTEFACT" in made.run(*withdraw).err
    assert "E-OPTIONS" in made.run("session", "artefact", number, "--withdraw", "1").err
    made.now = ENDED
    made.does("session", "end", number)
    made.now = PURGED
    made.does("session", "purge", number, *PC_1)
    assert file.exists()
