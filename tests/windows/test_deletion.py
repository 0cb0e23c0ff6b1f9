"""Deletion by handles on a Windows, or under Wine, which stands for one in `make windows`."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ledger.purge.directory import OpenFolder, open_folder
from ledger.purge.journal import boot_id
from ledger.purge.walk import FoundFile, Removal, inventory, remove

pytestmark = pytest.mark.skipif(sys.platform != "win32", reason="needs Windows, or Wine: make windows")
READ_ONLY = 0o400


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A workspace: files in folders, one of them read-only."""
    folder = tmp_path / "ws" / "17" / "Nagrania żółte"
    folder.mkdir(parents=True)
    (folder / "video.tvs").write_bytes(b"data")
    (folder / "read-only.txt").write_bytes(b"data")
    (folder / "read-only.txt").chmod(READ_ONLY)
    return tmp_path / "ws"


def held(path: Path) -> OpenFolder:
    return open_folder(path, by_descriptor=True)


def looked(path: Path) -> FoundFile:
    with held(path) as folder:
        return inventory(folder, "17")


def removed(path: Path, found: FoundFile) -> Removal:
    with held(path) as folder:
        return remove(folder, found.entries, lambda _what, _path: None)


def test_workspace_is_deleted_with_what_is_read_only(workspace: Path) -> None:
    found = looked(workspace)
    done = removed(workspace, found)
    assert (done.files, done.folders, done.bytes, done.errno, done.flags) == (2, 2, 8, None, set())
    assert looked(workspace) == FoundFile()
    assert list(workspace.iterdir()) == []


def test_identity_is_the_same_each_time_and_of_each_thing(workspace: Path) -> None:
    first, second = looked(workspace), looked(workspace)
    assert first == second
    assert len({entry.identity for entry in first.entries}) == len(first.entries) == 4


def test_size_moment_and_links_are_those_of_the_system(workspace: Path) -> None:
    file = workspace / "17" / "Nagrania żółte" / "video.tvs"
    os.link(file, file.with_name("second"))
    with held(file.parent) as folder:
        seen, told = folder.lstat("video.tvs"), file.lstat()
    assert (seen.st_size, seen.st_nlink, seen.st_mtime_ns) == (told.st_size, 2, told.st_mtime_ns)


def test_file_held_open_by_another_program_is_left_and_named(workspace: Path) -> None:
    found = looked(workspace)
    with (workspace / "17" / "Nagrania żółte" / "video.tvs").open("rb"):
        done = removed(workspace, found)
    assert (done.files, done.errno) == (1, "EBUSY")
    assert [entry.path for entry in looked(workspace).files] == ["17/Nagrania żółte/video.tvs"]


def test_folder_that_is_held_cannot_be_moved_away(workspace: Path) -> None:
    with held(workspace) as folder, folder.enter("17"), pytest.raises(PermissionError):
        (workspace / "17").rename(workspace / "away")


def test_junction_is_removed_and_what_it_leads_to_is_not(workspace: Path) -> None:
    outside = workspace.parent / "outside"
    outside.mkdir()
    (outside / "other.txt").touch()
    try:
        importlib.import_module("_winapi").CreateJunction(str(outside), str(workspace / "17" / "junction"))
    except OSError:
        pytest.skip("this system makes no junctions: Wine does not")
    found = looked(workspace)
    assert ("17/junction", "link") in [(entry.path, entry.kind) for entry in found.entries]
    assert removed(workspace, found).errno is None
    assert [each.name for each in outside.iterdir()] == ["other.txt"]


def test_alternate_stream_goes_with_its_file(workspace: Path) -> None:
    file = workspace / "17" / "video.tvs"
    file.touch()
    try:
        Path(f"{file}:Zone.Identifier").write_text("[ZoneTransfer]", encoding="ascii")
    except OSError:
        pytest.skip("this file system has no streams")
    if len(list(file.parent.iterdir())) > 2:
        pytest.skip("this system takes a stream for a file: Wine does")
    removed(workspace, looked(workspace))
    assert not Path(f"{file}:Zone.Identifier").exists()
    assert list(workspace.iterdir()) == []


@pytest.mark.parametrize("name", ["CON", "NUL.txt", "name.", "x" * 240])
def test_reserved_and_long_names_are_deleted(workspace: Path, name: str) -> None:
    path = f"\\\\?\\{workspace}\\17\\{name}"
    try:
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY))
    except OSError:
        pytest.skip("this system does not make such a name")
    found = looked(workspace)
    assert f"17/{name}" in [entry.path for entry in found.entries]
    assert removed(workspace, found).errno is None
    assert list(workspace.iterdir()) == []


def test_what_names_this_start_is_the_same_in_another_process() -> None:
    """What a journal of a killed purge says counts for its repeat, which is another process."""
    words = [sys.executable, "-c", "from ledger.purge.journal import boot_id; print(boot_id())"]
    other = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
    assert other.stdout.strip() == boot_id() != ""
