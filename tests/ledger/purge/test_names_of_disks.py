"""Purge patterns on disks that compare names otherwise than Linux: letters large or small, NFC or NFD."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal
from unicodedata import normalize

import pytest

from ledger.purge.directory import PathFolder
from ledger.purge.scope import PurgeScope, SessionSpan
from tests.support.systems import IS_WINDOWS

Form = Literal["NFC", "NFD"]
ALL_TIME = SessionSpan(0, 1 << 62)


class ForgivingFolder(PathFolder):
    """A folder of a disk that finds a name in other letters, as those of Windows and macOS do."""

    def lstat(self, name: str) -> os.stat_result:
        """Return what a name in it stands for."""
        same = [each for each in self.names() if each.casefold() == name.casefold()]
        return super().lstat(same[0] if same else name)


def matched(folder: PathFolder, glob: str) -> list[str]:
    scope = PurgeScope("pattern", "recordings", Path("/"), glob, ALL_TIME)
    return [entry.path for entry in scope.seek(folder).entries]


@pytest.mark.parametrize("glob", ["*.tvs", "**/*.tvs", "Video.*", "VIDEO.TVS"])
def test_pattern_takes_other_letters_where_the_disk_does(tmp_path: Path, glob: str) -> None:
    (tmp_path / "Video.TVS").touch()
    assert matched(ForgivingFolder(tmp_path), glob) == ["Video.TVS"]


@pytest.mark.skipif(IS_WINDOWS, reason="the disk of a Windows finds a name in other letters")
def test_pattern_means_its_letters_where_the_disk_does(tmp_path: Path) -> None:
    (tmp_path / "Video.TVS").touch()
    assert matched(PathFolder(tmp_path), "*.tvs") == []
    (tmp_path / "vIDEO.tvs").touch()  # another file
    assert matched(PathFolder(tmp_path), "*.tvs") == ["vIDEO.tvs"]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("written", ["NFC", "NFD"])
def test_pattern_takes_a_name_however_its_marks_are_kept(tmp_path: Path, form: Form, written: Form) -> None:
    """As `ledger.toml` is typed, and as macOS lists a name."""
    name = normalize(form, "Zażółć.tvs")
    (tmp_path / name).touch()
    assert matched(PathFolder(tmp_path), normalize(written, "Zaż*.tvs")) == [name]
