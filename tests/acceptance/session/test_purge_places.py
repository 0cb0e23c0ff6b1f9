"""Where the data of sessions lie: workstations, workspaces, noted files, patterns, settings."""

from __future__ import annotations

import os
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ledger.application.ledger import Environment, Ledger
from ledger.domain import events as e
from ledger.folder.access import is_readable_by_others
from ledger.purge.place import true_host
from tests.support.office import Office
from tests.support.purging_office import PC_1, begun, deletion, filled, office, topics, without_places
from tests.support.systems import IS_WINDOWS, MAKES_LINKS

# --- workstations -----------------------------------------------------------------------------


CHAT = ("--kind", "chat")


def video(folder: Path) -> Path:
    """A file of two bytes below a root."""
    file = folder / "out" / "b"
    file.write_text("bb", encoding="utf-8")
    return file


def test_each_workstation_that_was_used_reports(tmp_path: Path) -> None:
    made = office(tmp_path)
    number = begun(made)
    made.does("session", "connect", number, "--technician", "marek", "--workstation", "pc-2")
    filled(made, number, "a")
    made.does("session", "artefact", number, str(video(tmp_path)), *CHAT, "--workstation", "pc-2")
    made.does("session", "end", number)
    answer = made.run("session", "purge", number, "--workstation", "pc-3", "--yes")
    assert (answer.status, "E-PURGE-OTHER-HOST" in answer.err, "pc-1, pc-2" in answer.err) == (1, True, True)
    part = made.does("session", "purge", number, *PC_1)
    assert "pc-1 is done (1 file removed); others wait" in part.out
    assert topics(made, number)[-1] == "part_purged"
    assert made.asks("session", "show", number)["events"][0]["personal"] == {"contact": "Jan Canary"}
    again = made.run("session", "purge", number, *PC_1)
    assert (again.status, "lie on pc-2" in again.err) == (1, True)
    made.does("session", "purge", number, "--workstation", "pc-2", "--yes")
    found = deletion(made, number)
    assert (found["evidence"], found["files"], found["bytes"]) == ("measured", 2, 3)
    assert made.asks("session", "show", number)["events"][0]["personal"] == "[erased]"


def test_an_artefact_brings_its_workstation_back(tmp_path: Path) -> None:
    """A file noted on a workstation that has reported already makes it report again."""
    made = office(tmp_path)
    number = begun(made)
    made.does("session", "connect", number, "--technician", "marek", "--workstation", "pc-2")
    made.does("session", "artefact", number, str(video(tmp_path)), *CHAT, "--workstation", "pc-2")
    made.does("session", "end", number)
    made.does("session", "purge", number, *PC_1)
    file = tmp_path / "out" / "x"
    file.write_text("x", encoding="utf-8")
    made.does("session", "artefact", number, str(file), "--kind", "chat", "--workstation", "pc-1")
    made.does("session", "purge", number, "--workstation", "pc-2", "--yes")
    assert topics(made, number)[-1] == "part_purged"
    assert file.exists()
    made.does("session", "purge", number, *PC_1)
    assert not file.exists()
    assert topics(made, number)[-1] == "data_purged"


# --- artefacts and workspaces -----------------------------------------------------------------


def test_a_workspace_is_its_owner_s_alone(tmp_path: Path) -> None:
    made = office(tmp_path)
    number = begun(made)
    answer = made.does("session", "workspace", number)
    assert answer.out == f"{tmp_path / 'ws' / number}\n"
    assert is_readable_by_others(tmp_path / "ws" / number) is False
    made.does("session", "end", number)
    (tmp_path / "ws" / number).rmdir()
    assert made.does("session", "workspace", number).out == answer.out
    assert not (tmp_path / "ws" / number).exists()


def test_without_a_folder_for_them_there_is_no_workspace(tmp_path: Path) -> None:
    made = office(tmp_path)
    number = begun(made, placed=False)
    (tmp_path / "ws").rmdir()
    assert "E-WORKSPACES" in made.run("session", "workspace", number).err
    without_places(made.folder / "ledger.toml")
    answer = made.run("session", "workspace", number)
    assert (answer.status, "config set purge.workspaces=DIR" in answer.err) == (1, True)


def test_an_artefact_lies_below_a_root_and_exists(tmp_path: Path) -> None:
    made = office(tmp_path)
    number = begun(made)
    (tmp_path / "elsewhere").write_text("x", encoding="utf-8")
    for path in (
        tmp_path / "elsewhere",
        tmp_path / "out" / "no",
        tmp_path / "out",
        tmp_path / "out" / ".." / "elsewhere",
    ):
        answer = made.run("session", "artefact", number, str(path), "--kind", "chat")
        assert (answer.status, "E-ARTEFACT" in answer.err) == (1, True)
        assert "elsewhere" not in answer.err


# --- all that wait ----------------------------------------------------------------------------


def test_all_that_wait_are_purged_and_held_ones_are_not(tmp_path: Path) -> None:
    made = office(tmp_path)
    for _ in range(4):
        filled(made, begun(made), "a")
    begun(made, workstation="pc-2", placed=False)
    for number in ("1", "2", "3", "5"):
        made.does("session", "end", number)
    made.does("session", "hold", "2", "--until", "2027-01-31", "--reason", "legal-claim")
    shown = made.does("session", "purge", "--ended", "--workstation", "pc-1", "--dry-run")
    assert shown.out.count("would be deleted") == 2
    answer = made.does("session", "purge", "--ended", *PC_1)
    assert [line.partition(":")[0] for line in answer.out.splitlines()] == ["Session 1", "Session 3"]
    assert "Session 2: held, left out" in answer.err
    assert "Session 5: data of the session lie on pc-2" in answer.err
    assert [name.name for name in sorted((tmp_path / "ws").iterdir())] == ["2", "4"]
    assert deletion(made, "3")["checkpoint_size"] is not None
    nothing = made.does("session", "purge", "--ended", "--workstation", "pc-1", "--dry-run")
    assert nothing.out == ""


def test_when_one_of_them_fails_the_exit_status_says_so(tmp_path: Path) -> None:
    made = office(tmp_path)
    video = tmp_path / "videos" / "x.tvs"
    video.write_text("x", encoding="utf-8")
    config = tmp_path / "ledger" / "ledger.toml"
    text = f'\n[[purge.pattern]]\nname = "videos"\nroot = \'{tmp_path / "videos"}\'\nglob = "*.tvs"\n'
    config.write_text(config.read_text(encoding="utf-8") + text, encoding="utf-8")
    for _ in range(2):
        begun(made)
    made.now = "2026-11-16T10:40:00+01:00"
    moment = datetime.fromisoformat("2026-11-16T10:20:00+01:00").timestamp()
    os.utime(video, (moment, moment))
    for number in ("1", "2"):
        made.does("session", "end", number)
    answer = made.run("session", "purge", "--ended", *PC_1)
    assert answer.status == 3
    assert answer.out.count("not deleted") == 2
    assert "ambiguous" in answer.err
    assert video.exists()
    made.does(
        "session",
        "correct",
        "2",
        "--connection",
        "1",
        "--connected-at",
        "2026-11-16T10:30",
        "--reason",
        "checked",
    )
    made.does("session", "purge", "--ended", *PC_1)
    assert not video.exists()
    assert (deletion(made, "1")["evidence"], deletion(made, "2")["evidence"]) == ("measured", "measured")


# --- settings ---------------------------------------------------------------------------------


def test_places_are_shown_and_checked(tmp_path: Path) -> None:
    made = office(tmp_path)
    made.does("config", "check")
    shown = {each["key"]: each for each in made.asks("config", "show")["settings"]}
    assert shown["purge.workspaces"] == {
        "key": "purge.workspaces",
        "value": str(tmp_path / "ws"),
        "from": "ledger.toml",
    }
    answer = made.run("config", "set", "purge.workspaces=here")
    assert (answer.status, "E-CONFIG" in answer.err) == (2, True)
    events = made.events()
    assert (
        made.does("config", "set", "purge.grace=7s", "purge.sla=10m").out
        == "purge.sla_seconds = 600\npurge.grace = 7s\n"
    )
    assert made.events() == events + 1


def places(made: Office) -> list[e.PlacesChanged]:
    """Every change of places that is recorded."""
    with closing(Ledger.open(made.folder, Environment(lambda: datetime.now(UTC), os.urandom))) as ledger:
        return list(ledger.state.places)


def test_change_of_places_is_an_event_without_a_path(tmp_path: Path) -> None:
    made = office(tmp_path)
    (first,) = places(made)
    assert (first.host, [each.key for each in first.places]) == (
        true_host(),
        ["purge.workspaces", "purge.roots"],
    )
    (tmp_path / "ws2").mkdir()
    made.does("config", "set", f"purge.workspaces={tmp_path / 'ws2'}")
    made.does("config", "set", f"purge.workspaces={tmp_path / 'ws2'}")
    made.does("config", "set", "purge.grace=7s")
    assert len(places(made)) == 2
    assert str(tmp_path) not in (made.folder / "events.db").read_bytes().decode("latin-1")


def test_places_edited_by_hand_are_recorded_by_the_next_command_that_needs_them(tmp_path: Path) -> None:
    made = office(tmp_path)
    (tmp_path / "ws2").mkdir()
    config = made.folder / "ledger.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace('ws"', 'ws2"'), encoding="utf-8")
    made.does("report", "deletions", "--period", "2026-11")
    assert len(places(made)) == 1
    number = begun(made, placed=False)
    made.does("session", "workspace", number)
    assert len(places(made)) == 2


def test_check_names_what_is_still_there_and_what_is_not(tmp_path: Path) -> None:
    made = office(tmp_path)
    waiting, renamed = begun(made), begun(made)
    unnamed = begun(made, placed=False)
    (tmp_path / "ws" / unnamed).mkdir()
    assert made.run("check").out == ""
    (tmp_path / "ws" / renamed).rename(tmp_path / "ws" / "aside")
    (tmp_path / "ws2").mkdir()
    made.does("config", "set", f"purge.workspaces={tmp_path / 'ws2'}")
    made.now = "2026-11-16T10:40:00+01:00"
    made.does("session", "end", waiting)
    made.now = "2026-11-16T12:40:00+01:00"
    found = made.run("check").out
    assert f"place-left: session {waiting} ended, and its files are there; purge it" in found
    assert f"place-gone: a file or folder of session {renamed} is not where it was" in found
    assert f"place-unnamed: a folder of session {unnamed} stands in a place" in found


@pytest.mark.parametrize("way", ["link", "file", "another user"])
def test_workspace_that_is_not_a_folder_of_ones_own_is_refused(tmp_path: Path, way: str) -> None:
    made = office(tmp_path)
    number = begun(made, placed=False)
    workspace = tmp_path / "ws" / number
    if way == "link":
        if not MAKES_LINKS:
            pytest.skip("no links are made here")
        workspace.symlink_to(tmp_path / "out")
    elif way == "file":
        workspace.write_text("x", encoding="utf-8")
    else:
        if IS_WINDOWS or os.geteuid() != 0:
            pytest.skip("only root gives a folder away")
        workspace.mkdir(mode=0o777)
        os.chown(workspace, 65534, 65534)
    answer = made.run("session", "workspace", number)
    assert (answer.status, "E-WORKSPACES" in answer.err, answer.out) == (1, True, "")
