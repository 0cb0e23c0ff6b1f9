"""What a purge may not touch or cannot remove: it stays, and the outcome says why."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Generator
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.purge.scope import NotedArtefact
from tests.support.purges import carried, everything, planned, purged, workspaces
from tests.support.systems import IS_WINDOWS, MAKES_LINKS, needs_links

MAKES = pytest.mark.parametrize("by_descriptor", [True, False], ids=["by-descriptor", "by-path"])


# --- artefacts --------------------------------------------------------------------------------


@MAKES
def test_an_artefact_goes_and_its_folder_stays(tmp_path: Path, *, by_descriptor: bool) -> None:
    settings = workspaces(tmp_path)
    out = tmp_path / "out" / "sub"
    out.mkdir(parents=True)
    (out / "mine").write_text("x", encoding="utf-8")
    (out / "other").write_text("y", encoding="utf-8")
    settings = type(settings)(workspaces=settings.workspaces, roots=(tmp_path / "out",))
    plan = planned(settings, NotedArtefact(1, out / "mine"), by_descriptor=by_descriptor)
    _, target = carried(plan, by_descriptor=by_descriptor)
    assert (target.kind, target.locator, target.result) == ("artefact", "artefact/1", "removed")
    assert everything(out) == {"other": b"y"}


@needs_links
def test_an_artefact_behind_a_link_on_the_way_is_refused(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "mine").write_text("kept", encoding="utf-8")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "sub").symlink_to(victim)
    settings = type(workspaces(tmp_path))(workspaces=tmp_path / "ws", roots=(tmp_path / "out",))
    _, target = carried(planned(settings, NotedArtefact(1, tmp_path / "out" / "sub" / "mine")))
    assert (target.result, target.residual) == ("residual", 1)
    assert target.errno in {"ELOOP", "ENOTDIR"}
    assert (victim / "mine").exists()


@pytest.mark.parametrize(
    ("noted", "result", "flag"),
    [
        (NotedArtefact(1, Path("/etc/hostname")), "failed", "outside-roots"),
        (NotedArtefact(1, Path("/etc/../etc/hostname")), "failed", "outside-roots"),
        (NotedArtefact(1, None), "failed", "path-erased"),
        (NotedArtefact(1, None, was_gone=True), "absent", "path-erased"),
    ],
)
def test_an_artefact_that_nobody_may_or_can_look_for(
    tmp_path: Path, noted: NotedArtefact, result: str, flag: str
) -> None:
    """A path that is forgotten is gone only where an earlier purge can have seen it gone."""
    _, target = carried(planned(workspaces(tmp_path), noted))
    assert (target.result, target.flags) == (result, (flag,))


# --- what the system refuses ------------------------------------------------------------------


def _can(*command: str) -> bool:
    return (
        bool(which(command[0])) and subprocess.run(command, capture_output=True, check=False).returncode == 0
    )


@pytest.fixture
def mounted(tmp_path: Path) -> Generator[Path]:
    """A file system of its own, mounted where session 17 has the folder `disk`."""
    place = tmp_path / "ws" / "17" / "disk"
    place.mkdir(parents=True)
    if not _can("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)):
        pytest.skip("nothing can be mounted here")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


@MAKES
def test_another_file_system_is_not_entered(tmp_path: Path, mounted: Path, *, by_descriptor: bool) -> None:
    (mounted / "file").write_text("kept", encoding="utf-8")
    target = purged(workspaces(tmp_path, "a"), by_descriptor=by_descriptor)
    assert target.result == "residual"
    assert "other-device" in target.flags
    assert (mounted / "file").exists()
    assert not (tmp_path / "ws" / "17" / "a").exists()


@MAKES
def test_an_artefact_on_another_file_system_is_left(
    tmp_path: Path, mounted: Path, *, by_descriptor: bool
) -> None:
    (mounted / "mine").write_text("kept", encoding="utf-8")
    settings = type(workspaces(tmp_path))(roots=(tmp_path / "ws",))
    (target,) = carried(
        planned(settings, NotedArtefact(1, mounted / "mine"), by_descriptor=by_descriptor),
        by_descriptor=by_descriptor,
    )
    assert (target.result, target.residual, target.flags) == ("residual", 1, ("other-device",))
    assert (mounted / "mine").exists()


@MAKES
def test_a_folder_on_a_medium_that_cannot_be_written(tmp_path: Path, *, by_descriptor: bool) -> None:
    settings = workspaces(tmp_path, "a", "sub/b")
    root = str(tmp_path / "ws")
    if not (_can("mount", "--bind", root, root) and _can("mount", "-o", "remount,bind,ro", root)):
        pytest.skip("nothing can be mounted here")
    try:
        target = purged(settings, by_descriptor=by_descriptor)
    finally:
        subprocess.run(["umount", "-l", root], check=True)
    assert (target.result, target.files, target.residual, target.errno) == ("residual", 0, 2, "EROFS")
    assert purged(settings, by_descriptor=by_descriptor).result == "removed"


def test_a_file_that_the_system_protects(tmp_path: Path) -> None:
    settings = workspaces(tmp_path, "a", "b")
    protected = tmp_path / "ws" / "17" / "a"
    if not _can("chattr", "+i", str(protected)):
        pytest.skip("no file can be made immutable here")
    try:
        target = purged(settings)
    finally:
        subprocess.run(["chattr", "-i", str(protected)], check=True)
    assert (target.result, target.files, target.residual, target.errno) == ("residual", 1, 1, "EPERM")


# --- any tree ---------------------------------------------------------------------------------

_KINDS: tuple[str, ...] = ("file", "folder", "hard-link")
_LINKS: tuple[str, ...] = ("link-out", "link-up", "link-in") if MAKES_LINKS else ()
_NO_WINDOWS: tuple[str, ...] = () if IS_WINDOWS else ("*", " ")
_NAMES = st.sampled_from(("a", "b", "c", "ą", "-rf", *_NO_WINDOWS))
_PATHS = st.lists(_NAMES, min_size=1, max_size=4)
_THINGS = st.lists(st.tuples(_PATHS, st.sampled_from(_KINDS + _LINKS)), max_size=12)


def _make(base: Path, parts: list[str], kind: str, victim: Path) -> None:
    """One thing of a tree, unless its place is taken."""
    path = base.joinpath(*parts)
    if any(part.is_symlink() or part.is_file() for part in [*path.parents][: len(parts)]):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    if os.path.lexists(path):
        return
    match kind:
        case "file":
            path.write_text("mine", encoding="utf-8")
        case "folder":
            path.mkdir()
        case "hard-link":
            os.link(victim / "file", path)
        case _:
            targets = {"link-out": victim, "link-up": Path("../../.."), "link-in": base}
            path.symlink_to(targets[kind])


@MAKES
@settings(max_examples=60, deadline=None)
@given(things=_THINGS)
def test_nothing_outside_the_root_changes(
    things: list[tuple[list[str], str]], *, by_descriptor: bool
) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        victim = folder / "victim"
        (victim / "sub").mkdir(parents=True)
        (victim / "file").write_text("kept", encoding="utf-8")
        made = workspaces(folder, "first")
        (folder / "ws" / "18").mkdir()
        (folder / "ws" / "18" / "file").write_text("of another session", encoding="utf-8")
        for parts, kind in things:
            _make(folder / "ws" / "17", parts, kind, victim)
        before = everything(folder)
        assert purged(made, by_descriptor=by_descriptor).result == "removed"
        after = everything(folder)
    assert after == {path: held for path, held in before.items() if not path.startswith("ws/17")}
