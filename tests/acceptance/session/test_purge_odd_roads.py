"""Roads of odd things: what may lie in a session's folder, be put over it, or happen in the last moment."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from unittest.mock import patch

import pytest

from tests.acceptance.session.test_purge_roads import (
    IS_ROOT,
    Act,
    Desk,
    between_plan_and_removal,
    desk,
    is_in_page,
    row_of,
)
from tests.support.office import sqlite_only
from tests.support.purging_office import PC_1, PURGED
from tests.support.shop import environment
from tests.support.systems import IS_WINDOWS

pytestmark = [sqlite_only, pytest.mark.skipif(IS_WINDOWS, reason="made of what POSIX has")]
FOLDER_NAME = "d" * 250


# --- what lies there ----------------------------------------------------------------------------


def _deep(folder: Path, levels: int, name: str = FOLDER_NAME) -> int:
    """Make folders in each other, deeper than a path can be long; the last one, opened."""
    here = os.open(folder, os.O_RDONLY)
    for _ in range(levels):
        os.mkdir(name, dir_fd=here)
        inner = os.open(name, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    return here


def odd_names(found: Desk) -> list[str]:
    for name in (b"a\n  vault: nothing", b"\xff\xfe", b"-rf", b"\x1b[2J", "żółć".encode(), b"n" * 255):
        (found.workspace / os.fsdecode(name)).write_bytes(b"x")
    shown = found.made.does("session", "purge", found.number, "--workstation", "pc-1", "--dry-run").out
    assert "\n  vault: nothing" not in shown, "a name writes no line of its own"
    return found.purges()


def no_files(found: Desk) -> list[str]:
    os.mkfifo(found.workspace / "pipe")
    if IS_ROOT:
        os.mknod(found.workspace / "device", 0o600 | 0o020000, os.makedev(1, 3))
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(os.path.relpath(found.workspace / "socket"))
        return found.purges()


def ten_thousand(found: Desk) -> list[str]:
    for number in range(10_000):
        (found.workspace / str(number)).touch()
    return found.purges()


def deeper_than_a_path(found: Desk) -> list[str]:
    here = _deep(found.workspace, 20)
    os.close(os.open("file", os.O_CREAT | os.O_WRONLY, dir_fd=here))
    os.close(here)
    return found.purges()


def too_deep(found: Desk) -> list[str]:
    os.close(_deep(found.workspace, 220, "d"))
    return found.purges()


def link_out_of_the_deep(found: Desk) -> list[str]:
    (found.folder / "big").mkdir()
    here = _deep(found.workspace, 20)
    os.symlink(found.folder / "big", "dump", dir_fd=here)
    os.close(here)
    return found.purges()


def link_to_nothing(found: Desk) -> list[str]:
    """What is not there now may lie on a disk that is not mounted."""
    (found.workspace / "dump").symlink_to("/mnt/not-mounted/dump")
    return found.purges()


def growing(found: Desk) -> list[str]:
    stop = threading.Event()
    file = (found.workspace / "log").open("ab", buffering=0)

    def grow() -> None:
        while not stop.is_set():
            file.write(bytes(4096))

    thread = threading.Thread(target=grow)
    thread.start()
    try:
        return found.purges()
    finally:
        stop.set()
        thread.join()
        file.close()


def folder_became_a_file(found: Desk) -> list[str]:
    found.workspace.rename(found.folder / "ws" / "aside")
    found.workspace.write_text("x", encoding="utf-8")
    return found.purges()


def workspaces_became_a_file(found: Desk) -> list[str]:
    (found.folder / "ws").rename(found.folder / "aside")
    (found.folder / "ws").write_text("x", encoding="utf-8")
    return found.purges()


def folder_made_anew(found: Desk) -> list[str]:
    """The program itself makes the folder again and remembers it; the first one is not forgotten."""
    made = found.made
    made.now = "2026-11-16T10:20:00+01:00"
    made.does("session", "request", "--customer", "K-1", "--issue", "other")
    made.does("session", "connect", "2", "--workstation", "pc-1")
    found = found._replace(number="2")
    made.does("session", "workspace", "2", "--workstation", "pc-1")
    (found.workspace / "customer.pst").write_text("x", encoding="utf-8")
    found.workspace.rename(found.folder / "ws" / "aside")
    made.does("session", "workspace", "2", "--workstation", "pc-1")
    (found.workspace / "b").write_text("x", encoding="utf-8")
    made.now = "2026-11-16T10:40:00+01:00"
    made.does("session", "end", "2")
    made.now = PURGED
    return found.purges()


# --- what is told, and by whom ------------------------------------------------------------------


def _rewritten(found: Desk, change: Callable[[str], str]) -> None:
    config = found.made.folder / "ledger.toml"
    config.write_text(change(config.read_text(encoding="utf-8")), encoding="utf-8")


def roots_taken_out(found: Desk) -> list[str]:
    _rewritten(found, lambda text: text.replace(f'roots = ["{found.folder}/out"]', "roots = []"))
    return found.purges()


def workspaces_taken_out(found: Desk) -> list[str]:
    def without(text: str) -> str:
        return "\n".join(line for line in text.split("\n") if not line.startswith("workspaces"))

    _rewritten(found, without)
    flags = found.purges()
    assert not found.workspace.exists()
    return flags


def two_at_once(found: Desk) -> list[str]:
    command = [sys.executable, "-m", "ledger", "session", "purge", found.number, *PC_1]
    both = [
        subprocess.Popen(command, env={**os.environ, **environment(found.made)}, stderr=subprocess.DEVNULL)
        for _ in range(2)
    ]
    assert 0 in [each.wait(timeout=120) for each in both]
    shown = found.made.asks("session", "show", found.number)["purge"]["outcomes"]
    assert len(shown) == 1
    return []


def put_back_afterwards(found: Desk) -> list[str]:
    """A backup of the folder is restored: the deletion was one, and what is there again is a finding."""
    shutil.copytree(found.workspace, found.folder / "backup")
    flags = found.purges()
    shutil.copytree(found.folder / "backup", found.workspace)
    return [*flags, "check: " + found.made.run("check").out.partition(":")[0]]


def ledger_put_back(found: Desk) -> list[str]:
    """The ledger of before the purge is restored: it knows of no deletion, and its purge saw none."""
    shutil.copytree(found.made.folder, found.folder / "before")
    found.purges()
    shutil.rmtree(found.made.folder)
    (found.folder / "before").rename(found.made.folder)
    return found.purges()


# --- the last moment ----------------------------------------------------------------------------


def _in_the_last_moment(found: Desk, act: Callable[[], object]) -> list[str]:
    """Something happens to file `a` after every look, just before its name goes."""
    unlink = os.unlink

    def late(path: str, *, dir_fd: int | None = None) -> None:
        if path == "a":
            act()
        unlink(path, dir_fd=dir_fd)

    late.__name__ = "unlink"
    with patch.object(os, "unlink", late):
        return between_plan_and_removal(found, lambda: None)


def linked_in_the_last_moment(found: Desk) -> list[str]:
    kept = found.folder / "kept"
    flags = _in_the_last_moment(found, lambda: kept.hardlink_to(found.workspace / "a"))
    assert kept.exists()
    return flags


def swapped_in_the_last_moment(found: Desk) -> list[str]:
    def swap() -> None:
        (found.workspace / "a").rename(found.folder / "kept")
        (found.workspace / "a").write_text("nothing", encoding="utf-8")

    flags = _in_the_last_moment(found, swap)
    assert (found.folder / "kept").exists()
    return flags


# --- patterns -----------------------------------------------------------------------------------


def _recorded(found: Desk, folder: Path) -> None:
    """Recordings of the session's time, and a pattern that names their kind below `videos`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "call.tvs").write_text("x", encoding="utf-8")
    moment = datetime.fromisoformat("2026-11-16T10:20:00+01:00").timestamp()
    os.utime(folder / "call.tvs", (moment, moment))
    pattern = f'\n[[purge.pattern]]\nname = "videos"\nroot = "{found.folder / "videos"}"\nglob = "**/*.tvs"\n'
    _rewritten(found, lambda text: text + pattern)


def recordings(found: Desk) -> list[str]:
    _recorded(found, found.folder / "videos" / "tv")
    flags = found.purges()
    assert not (found.folder / "videos" / "tv" / "call.tvs").exists()
    return flags


def recordings_behind_a_link(found: Desk) -> list[str]:
    _recorded(found, found.folder / "big" / "tv")
    (found.folder / "videos" / "tv").symlink_to(found.folder / "big")
    flags = found.purges()
    assert (found.folder / "big" / "tv" / "call.tvs").exists()
    return flags


def link_without_recordings(found: Desk) -> list[str]:
    _recorded(found, found.folder / "videos" / "tv")
    (found.folder / "big").mkdir()
    (found.folder / "videos" / "more").symlink_to(found.folder / "big")
    (found.folder / "videos" / "same").symlink_to(found.folder / "videos" / "tv")
    return found.purges()


ROADS: dict[str, Act] = {
    "names with a newline, with bytes that are no UTF-8, of 255 bytes (control)": odd_names,
    "pipe, socket and device in the folder (control)": no_files,
    "ten thousand files (control)": ten_thousand,
    "folders deeper than a path can be long (control)": deeper_than_a_path,
    "folders deeper than 200 levels": too_deep,
    "link out of the folder, deeper than a path can be long": link_out_of_the_deep,
    "link to what is not there, maybe a disk": link_to_nothing,
    "file that another program writes to (control)": growing,
    "file in the place of the session's folder": folder_became_a_file,
    "file in the place of the folder of workspaces": workspaces_became_a_file,
    "folder renamed, and made anew with `session workspace`": folder_made_anew,
    "roots taken out of ledger.toml by hand": roots_taken_out,
    "workspaces taken out of ledger.toml by hand": workspaces_taken_out,
    "two purges at once (control)": two_at_once,
    "files put back after the purge": put_back_afterwards,
    "ledger of before the purge put back, purge repeated": ledger_put_back,
    "file hard linked in the last moment": linked_in_the_last_moment,
    "file swapped in the last moment": swapped_in_the_last_moment,
    "recordings that a pattern names (control)": recordings,
    "recordings behind a link below a pattern's root": recordings_behind_a_link,
    "link below a pattern's root, no recordings behind it (control)": link_without_recordings,
}


@pytest.mark.parametrize("name", ROADS)
def test_roads_of_odd_things(name: str, tmp_path: Path) -> None:
    found = desk(tmp_path)
    flags = ROADS[name](found)
    row = row_of(found._replace(number="2") if ROADS[name] is folder_made_anew else found, flags)
    if "control" in name:
        assert (row.verdict, row.evidence, row.certificate) == ("pass", "measured", "yes")
    elif row.evidence == "measured":
        assert row.flags != "–"
    is_in_page(name, row)


# --- what root alone can put in the way -----------------------------------------------------------


@contextmanager
def _mounted(*words: str, at: Path) -> Generator[None]:
    done = subprocess.run(["mount", *words, str(at)], check=False, capture_output=True)
    if done.returncode != 0:
        pytest.skip("nothing can be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", str(at)], check=True)


@contextmanager
def _immutable(file: Path) -> Generator[None]:
    if subprocess.run(["chattr", "+i", str(file)], check=False, capture_output=True).returncode != 0:
        pytest.skip("no file can be made immutable here")
    try:
        yield
    finally:
        subprocess.run(["chattr", "-i", str(file)], check=True)


def _errnos(found: Desk) -> list[str]:
    shown = found.made.asks("session", "show", found.number)["purge"]["outcomes"][0]["targets"]
    return sorted({target["errno"] for target in shown if target.get("errno")})


def immutable(found: Desk) -> list[str]:
    with _immutable(found.workspace / "a"):
        return [*found.purges(), *_errnos(found)]


def immutable_meanwhile(found: Desk) -> list[str]:
    file = found.workspace / "sub" / "b"
    command = ["chattr", "+i", str(file)]
    try:
        flags = between_plan_and_removal(found, lambda: subprocess.run(command, check=True))
    finally:
        subprocess.run(["chattr", "-i", str(file)], check=True)
    return [*flags, *_errnos(found)]


def bound_over(found: Desk) -> list[str]:
    (found.folder / "empty").mkdir()
    with _mounted("--bind", str(found.folder / "empty"), at=found.workspace):
        return found.purges()


def bound_over_meanwhile(found: Desk) -> list[str]:
    (found.folder / "empty").mkdir()
    command = ["mount", "--bind", str(found.folder / "empty"), str(found.workspace)]
    try:
        return between_plan_and_removal(found, lambda: subprocess.run(command, check=True))
    finally:
        subprocess.run(["umount", str(found.workspace)], check=True)


def bound_over_workspaces(found: Desk) -> list[str]:
    (found.folder / "empty").mkdir()
    with _mounted("--bind", str(found.folder / "empty"), at=found.folder / "ws"):
        return found.purges()


def bound_over_the_file(found: Desk) -> list[str]:
    (found.folder / "empty").touch()
    with _mounted("--bind", str(found.folder / "empty"), at=found.noted):
        return found.purges()


def memory_over_workspaces(found: Desk) -> list[str]:
    with _mounted("-t", "tmpfs", "tmpfs", at=found.folder / "ws"):
        return found.purges()


def overlay_over(found: Desk) -> list[str]:
    """What is removed in an overlay stays below it."""
    for name in ("upper", "work"):
        (found.folder / name).mkdir()
    layers = f"lowerdir={found.workspace},upperdir={found.folder / 'upper'},workdir={found.folder / 'work'}"
    with _mounted("-t", "overlay", "overlay", "-o", layers, at=found.workspace):
        flags = found.purges()
    assert (found.workspace / "a").exists()
    return flags


def recordings_on_a_mount(found: Desk) -> list[str]:
    _recorded(found, found.folder / "big")
    (found.folder / "videos" / "tv").mkdir()
    with _mounted("--bind", str(found.folder / "big"), at=found.folder / "videos" / "tv"):
        return found.purges()


ROADS_OF_ROOT: dict[str, Act] = {
    "immutable file (chattr +i)": immutable,
    "file made immutable while the purge runs": immutable_meanwhile,
    "another folder bound over the session's": bound_over,
    "another folder bound over the session's while the purge runs": bound_over_meanwhile,
    "another folder bound over the folder of workspaces": bound_over_workspaces,
    "another file bound over the noted one": bound_over_the_file,
    "file system in memory mounted over the folder of workspaces": memory_over_workspaces,
    "overlay mounted over the session's folder": overlay_over,
    "recordings on a mount below a pattern's root": recordings_on_a_mount,
}


@pytest.mark.skipif(not IS_ROOT, reason="only root mounts, and makes files immutable")
@pytest.mark.parametrize("name", ROADS_OF_ROOT)
def test_roads_that_root_alone_can_take(name: str, tmp_path: Path) -> None:
    found = desk(tmp_path)
    row = row_of(found, ROADS_OF_ROOT[name](found))
    assert row.evidence != "measured"
    assert row.certificate == "no"
    is_in_page(name, row)
