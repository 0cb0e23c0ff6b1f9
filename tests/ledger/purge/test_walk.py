"""Only what the plan names goes, and nothing outside the roots is touched, whatever others do meanwhile."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import socket
import threading
from pathlib import Path

import pytest

from ledger.purge import walk
from ledger.purge.directory import descriptors_available, open_folder
from tests.support.purges import at_step, carried, everything, planned, purged, workspaces
from tests.support.systems import IS_WINDOWS, needs_descriptors, needs_links

MAKES = pytest.mark.parametrize("by_descriptor", [True, False], ids=["by-descriptor", "by-path"])


@MAKES
def test_a_workspace_goes_with_everything_in_it(tmp_path: Path, *, by_descriptor: bool) -> None:
    target = purged(workspaces(tmp_path, "a", "b/c", "b/d/e"), by_descriptor=by_descriptor)
    assert (target.result, target.files, target.bytes, target.residual) == ("removed", 3, 9, 0)
    assert target.method == ("unlink" if by_descriptor else "unlink-by-path")
    assert target.verified == ("lstat" if by_descriptor else "inventory")
    assert everything(tmp_path) == {"ws": None}


def test_deletion_goes_by_descriptors_or_handles() -> None:
    assert descriptors_available()


@needs_links
@MAKES
def test_links_go_as_links(tmp_path: Path, *, by_descriptor: bool) -> None:
    victim = tmp_path / "victim"
    (victim / "sub").mkdir(parents=True)
    (victim / "file").write_text("kept", encoding="utf-8")
    settings = workspaces(tmp_path, "a")
    (tmp_path / "ws" / "17" / "to-file").symlink_to(victim / "file")
    (tmp_path / "ws" / "17" / "to-folder").symlink_to(victim)
    (tmp_path / "ws" / "17" / "dangling").symlink_to("nowhere")
    target = purged(settings, by_descriptor=by_descriptor)
    assert (target.result, target.files, target.bytes) == ("removed", 4, 1)
    assert (victim / "file").read_text(encoding="utf-8") == "kept"
    assert (victim / "sub").is_dir()


@needs_links
@pytest.mark.parametrize(
    ("when", "by_descriptor"),
    [("enter", True), ("enter", False), ("unlink", True)],  # by path the last one may be led astray
)
def test_a_folder_swapped_for_a_link_is_not_followed(
    tmp_path: Path, when: str, *, by_descriptor: bool
) -> None:
    """Swapped between listing and deletion, or between two steps of it: the victim behind it stays."""
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "file").write_text("kept", encoding="utf-8")
    settings = workspaces(tmp_path, "a", "sub/file")
    place = tmp_path / "ws" / "17" / "sub"

    def swap() -> None:
        place.rename(tmp_path / "aside")
        place.symlink_to(victim)

    path = "17/sub" if when == "enter" else "17/sub/file"
    target = purged(settings, step=at_step(when, path, swap), by_descriptor=by_descriptor)
    assert (victim / "file").read_text(encoding="utf-8") == "kept"
    assert target.result == "residual"
    assert {"swapped", "appeared"} & set(target.flags)
    assert place.is_symlink()


@MAKES
def test_an_empty_folder_in_the_place_of_another_stays(tmp_path: Path, *, by_descriptor: bool) -> None:
    settings = workspaces(tmp_path, "sub/file")
    place = tmp_path / "ws" / "17" / "sub"

    def swap() -> None:
        place.rename(tmp_path / "aside")
        place.mkdir()

    target = purged(settings, step=at_step("enter", "17/sub", swap), by_descriptor=by_descriptor)
    assert (target.result, target.residual) == ("residual", 2)
    assert "swapped" in target.flags
    assert place.is_dir()
    assert (tmp_path / "aside" / "file").exists()


@needs_descriptors
def test_every_folder_that_lost_a_name_is_synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = workspaces(tmp_path, "a", "sub/b")
    folders = [tmp_path / "ws", tmp_path / "ws" / "17", tmp_path / "ws" / "17" / "sub"]
    inodes = {folder.stat().st_ino for folder in folders}
    synced: set[int] = set()
    sync = os.fsync

    def watched(descriptor: int) -> None:
        synced.add(os.fstat(descriptor).st_ino)
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", watched)
    assert purged(settings).result == "removed"
    assert synced == inodes


@needs_descriptors
def test_what_could_not_be_synced_is_not_removed_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A power cut could bring it back; the next attempt finds nothing, and syncs before it says so."""
    settings = workspaces(tmp_path, "a")
    root, sync = (tmp_path / "ws").stat().st_ino, os.fsync
    fails = [True, True, False]

    def failing(descriptor: int) -> None:
        if os.fstat(descriptor).st_ino == root and fails.pop(0):
            raise OSError(errno.EIO, "Input/output error")
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", failing)
    first, second, third = purged(settings), purged(settings), purged(settings)
    assert (first.result, first.files, first.errno, first.flags) == ("failed", 1, "EIO", ("unsynced",))
    assert (second.result, second.files) == ("failed", 0)
    assert (third.result, third.errno, fails) == ("absent", None, [])


@needs_links
@MAKES
def test_a_folder_swapped_before_the_deletion_begins_stays(tmp_path: Path, *, by_descriptor: bool) -> None:
    settings = workspaces(tmp_path, "sub/file")
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "file").write_text("kept", encoding="utf-8")
    plan = planned(settings, by_descriptor=by_descriptor)
    (tmp_path / "ws" / "17").rename(tmp_path / "aside")
    (tmp_path / "ws" / "17").symlink_to(victim)
    (target,) = carried(plan, by_descriptor=by_descriptor)
    assert (target.result, target.files, target.residual) == ("residual", 0, 1)
    assert "swapped" in target.flags
    assert (victim / "file").exists()


@needs_links
def test_a_root_swapped_for_a_link_is_refused(tmp_path: Path) -> None:
    settings = workspaces(tmp_path, "file")
    plan = planned(settings)
    (tmp_path / "ws").rename(tmp_path / "aside")
    (tmp_path / "ws").symlink_to(tmp_path / "aside")
    (target,) = carried(plan)
    assert (target.result, target.flags) == ("failed", ("root-refused",))
    assert target.errno in {"ELOOP", "ENOTDIR"}
    assert (tmp_path / "aside" / "17" / "file").exists()


@MAKES
def test_a_file_replaced_after_the_plan_stays(tmp_path: Path, *, by_descriptor: bool) -> None:
    settings = workspaces(tmp_path, "a", "b")
    plan = planned(settings, by_descriptor=by_descriptor)
    (tmp_path / "new").write_text("another", encoding="utf-8")
    (tmp_path / "new").replace(tmp_path / "ws" / "17" / "a")
    (target,) = carried(plan, by_descriptor=by_descriptor)
    assert (target.result, target.files, target.residual) == ("residual", 1, 1)
    assert set(target.flags) == {"swapped", "appeared"}
    assert everything(tmp_path / "ws" / "17") == {"a": b"another"}


@MAKES
def test_a_file_that_appears_after_the_plan_stays(tmp_path: Path, *, by_descriptor: bool) -> None:
    settings = workspaces(tmp_path, "a", "sub/b")
    plan = planned(settings, by_descriptor=by_descriptor)
    (tmp_path / "ws" / "17" / "sub" / "late").write_text("x", encoding="utf-8")
    (target,) = carried(plan, by_descriptor=by_descriptor)
    assert (target.result, target.files, target.residual, target.flags) == ("residual", 2, 1, ("appeared",))
    assert everything(tmp_path / "ws" / "17") == {"sub": None, "sub/late": b"x"}
    assert purged(settings, by_descriptor=by_descriptor).result == "removed"


@MAKES
def test_a_file_that_vanishes_is_not_counted_as_removed(tmp_path: Path, *, by_descriptor: bool) -> None:
    settings = workspaces(tmp_path, "a", "b")
    plan = planned(settings, by_descriptor=by_descriptor)
    (tmp_path / "ws" / "17" / "a").unlink()
    (target,) = carried(plan, by_descriptor=by_descriptor)
    assert (target.result, target.files) == ("removed", 1)


@MAKES
def test_everything_gone_before_is_absent(tmp_path: Path, *, by_descriptor: bool) -> None:
    settings = workspaces(tmp_path, "a")
    plan = planned(settings, by_descriptor=by_descriptor)
    shutil.rmtree(tmp_path / "ws" / "17")
    (target,) = carried(plan, by_descriptor=by_descriptor)
    assert (target.result, target.files, target.method) == ("absent", 0, "none")


def test_a_workspace_that_never_was_is_absent(tmp_path: Path) -> None:
    assert purged(workspaces(tmp_path)).result == "absent"


@MAKES
def test_a_root_that_is_not_there_is_a_failure(tmp_path: Path, *, by_descriptor: bool) -> None:
    settings = workspaces(tmp_path)
    (tmp_path / "ws").rmdir()
    target = purged(settings, by_descriptor=by_descriptor)
    assert (target.result, target.errno, target.flags) == ("failed", "ENOENT", ("root-missing",))


@MAKES
def test_a_hard_link_elsewhere_is_flagged(tmp_path: Path, *, by_descriptor: bool) -> None:
    """The name goes; the flag says that another one remains."""
    settings = workspaces(tmp_path, "a")
    os.link(tmp_path / "ws" / "17" / "a", tmp_path / "other")
    target = purged(settings, by_descriptor=by_descriptor)
    assert (target.result, target.flags) == ("removed", ("hard-link",))
    assert (tmp_path / "other").read_text(encoding="utf-8") == "a"


def test_hard_links_among_themselves_are_not_flagged(tmp_path: Path) -> None:
    settings = workspaces(tmp_path, "a")
    os.link(tmp_path / "ws" / "17" / "a", tmp_path / "ws" / "17" / "b")
    target = purged(settings)
    assert (target.result, target.files, target.flags) == ("removed", 2, ())


@needs_descriptors
def test_a_file_held_open_is_no_longer_reachable_by_name(tmp_path: Path) -> None:
    settings = workspaces(tmp_path, "a")
    with (tmp_path / "ws" / "17" / "a").open("rb") as held:
        assert purged(settings).result == "removed"
        assert held.read() == b"a"
    assert not (tmp_path / "ws" / "17").exists()


@pytest.mark.skipif(IS_WINDOWS, reason="no pipes and sockets lie in folders of Windows")
@MAKES
def test_sockets_and_pipes_go_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, by_descriptor: bool
) -> None:
    settings = workspaces(tmp_path, "a")
    os.mkfifo(tmp_path / "ws" / "17" / "pipe")
    monkeypatch.chdir(tmp_path / "ws" / "17")  # a socket's path may not be long
    with socket.socket(socket.AF_UNIX) as heard:
        heard.bind("socket")
    target = purged(settings, by_descriptor=by_descriptor)
    assert (target.result, target.files) == ("removed", 3)


@pytest.mark.skipif(IS_WINDOWS, reason="every name is text there")
@MAKES
def test_names_that_are_no_text_go_too(tmp_path: Path, *, by_descriptor: bool) -> None:
    settings = workspaces(tmp_path, "a")
    (tmp_path / "ws" / "17" / os.fsdecode(b"\xff\xfe\n")).write_bytes(b"x")
    assert purged(settings, by_descriptor=by_descriptor).result == "removed"


def test_what_lies_too_deep_is_left_and_flagged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk, "DEPTH_MAX", 3)
    settings = workspaces(tmp_path, "a", "1/2/3/4/deep")
    target = purged(settings)
    assert (target.result, target.residual) == ("residual", 1)
    assert "too-deep" in target.flags
    assert (tmp_path / "ws" / "17" / "1" / "2" / "3" / "4" / "deep").exists()


def test_more_than_a_walk_may_hold_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk, "ENTRIES_MAX", 2)
    target = purged(workspaces(tmp_path, "a", "b", "c"))
    assert (target.result, target.files) == ("residual", 2)


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\0b"])
def test_a_step_takes_one_name_and_no_way_up(tmp_path: Path, name: str) -> None:
    with open_folder(tmp_path, by_descriptor=True) as folder, pytest.raises(ValueError, match="name"):
        folder.unlink(name)
    with pytest.raises(ValueError, match="name"):
        open_folder(tmp_path, by_descriptor=False).rmdir(name)


@needs_descriptors
def test_whoever_swaps_folders_for_links_all_the_time_leads_nobody_astray(tmp_path: Path) -> None:
    """The descriptor walk, sixty times against somebody who is as fast as can be."""
    victim = tmp_path / "victim"
    victim.mkdir()
    names = [f"f{number}" for number in range(20)]
    for name in names:
        (victim / name).write_text("kept", encoding="utf-8")
    over = threading.Event()
    place, aside = tmp_path / "ws" / "17" / "sub", tmp_path / "aside"

    def swap() -> None:
        while not over.is_set():
            with contextlib.suppress(OSError):
                place.rename(aside)
            with contextlib.suppress(OSError):
                place.symlink_to(victim)
            with contextlib.suppress(OSError):
                place.unlink()
            with contextlib.suppress(OSError):
                aside.rename(place)

    swapper = threading.Thread(target=swap)
    swapper.start()
    try:
        for _ in range(60):
            with contextlib.suppress(OSError):  # the place may be a link while files are written
                place.mkdir(parents=True, exist_ok=True)
                descriptor = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY)
                for name in names:
                    os.close(os.open(name, os.O_CREAT | os.O_WRONLY, dir_fd=descriptor))
                os.close(descriptor)
            purged(workspaces(tmp_path))
    finally:
        over.set()
        swapper.join()
    assert everything(victim) == dict.fromkeys(names, b"kept")
