"""Folders written aside: whole, or not there; what a kill left is cleared by the next attempt."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ledger.folder.written_aside import OccupiedError, written_aside
from tests.support.purges import everything
from tests.support.systems import needs_links

WHOLE = {"sub": None, "sub/file": b"1", "file": b"2"}


def fill(folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "file").write_bytes(b"1")
    (folder / "file").write_bytes(b"2")


def cut_short(target: Path, error: BaseException) -> None:
    with written_aside(target) as part:
        fill(part)
        raise error


@pytest.fixture(params=["not there", "there and empty"])
def target(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    if request.param == "there and empty":
        (tmp_path / "copy").mkdir()
    return tmp_path / "copy"


def test_folder_is_whole_and_nothing_lies_beside_it(target: Path) -> None:
    with written_aside(target) as part:
        fill(part)
    assert everything(target) == WHOLE
    assert [each.name for each in target.parent.iterdir()] == ["copy"]


@pytest.mark.parametrize("error", [OSError("full"), KeyboardInterrupt()])
def test_attempt_that_failed_leaves_nothing(target: Path, error: BaseException) -> None:
    before = everything(target.parent)
    with pytest.raises(type(error)):
        cut_short(target, error)
    assert everything(target.parent) == before


def test_mark_that_cannot_be_removed_at_first_does_not_stay(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When an error comes as the mark goes, then it is told, and nothing lies beside the folder."""
    before, unlink, refused = everything(target.parent), Path.unlink, list[Path]()

    def fails_once(path: Path, *, missing_ok: bool = False) -> None:
        if path.name.startswith(".") and path.is_file() and not refused:
            refused.append(path)
            raise OSError(28, "No space left on device")
        unlink(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", fails_once)
    with pytest.raises(OSError, match="No space left"), written_aside(target) as part:
        fill(part)
    assert refused
    whole = {"copy": None} | {f"copy/{name}": what for name, what in WHOLE.items()}
    assert everything(target.parent) in (before, whole)


_KILLED = """
import os, sys
from pathlib import Path
from ledger.folder import written_aside as aside
target, when = Path(sys.argv[1]), sys.argv[2]
rename = Path.rename
def stop(self, to):
    if when == "before the move" or (when == "within the move" and self.name == "sub"):
        os.kill(os.getpid(), 9)
    return rename(self, to)
Path.rename = stop
with aside.written_aside(target) as part:
    (part / "file").write_bytes(b"x")
    (part / "sub").mkdir()
    (part / "sub" / "file").write_bytes(b"y")
    if when == "while it is written":
        os.kill(os.getpid(), 9)


"""


@pytest.mark.skipif(os.name != "posix", reason="signals are those of POSIX")
@pytest.mark.parametrize("when", ["while it is written", "before the move", "within the move"])
def test_attempt_that_was_killed_is_cleared_by_the_next(target: Path, when: str) -> None:
    ran = subprocess.run([sys.executable, "-c", _KILLED, str(target), when], check=False)
    moved = target.exists() and target.parent.joinpath("copy.part").exists() is False
    if not (when == "within the move" and ran.returncode == 0):
        assert ran.returncode == -signal.SIGKILL
    elif moved:
        return  # a rename of the whole has no middle
    with written_aside(target) as part:
        fill(part)
    assert everything(target) == WHOLE
    assert [each.name for each in target.parent.iterdir()] == ["copy"]


def test_folder_that_is_being_written_is_left_alone(target: Path) -> None:
    with written_aside(target) as part:
        fill(part)
        with pytest.raises(OccupiedError), written_aside(target):
            raise AssertionError
    assert everything(target) == WHOLE


@pytest.mark.parametrize("name", ["copy", "copy.part"])
def test_what_is_no_rest_is_never_removed(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / "mine").touch()
    before = everything(tmp_path)
    with pytest.raises(OccupiedError), written_aside(tmp_path / "copy"):
        raise AssertionError
    assert everything(tmp_path) == before


@needs_links
def test_link_in_the_place_of_the_part_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "copy.part").symlink_to(tmp_path / "other")
    with pytest.raises(OccupiedError), written_aside(tmp_path / "copy"):
        raise AssertionError
    assert (tmp_path / "other").is_dir()


@pytest.mark.skipif(os.name != "posix", reason="modes are those of POSIX")
def test_folder_is_its_owners_alone_whatever_the_umask(tmp_path: Path) -> None:
    umask = os.umask(0)
    try:
        with written_aside(tmp_path / "copy") as part:
            fill(part)
    finally:
        os.umask(umask)
    assert (tmp_path / "copy").stat().st_mode & 0o777 == 0o700
