"""What is said of the host is what its system says; where it is silent, nothing is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ledger.purge import evidence, mounts
from ledger.purge.evidence import host_of
from tests.support.systems import IS_WINDOWS, needs_mounts

SYSTEM = "Windows" if IS_WINDOWS else " ".join(os.uname()[i] for i in (0, 2, 4))
MOUNTS = """\
21 1 254:0 / / rw,relatime shared:1 - ext4 /dev/root rw,discard
40 21 0:35 / /tmp rw,nosuid,nodev - tmpfs tmpfs rw,size=1m
broken line
"""


def test_the_host_of_a_place(tmp_path: Path) -> None:
    found = host_of("pc-1", tmp_path)
    assert (found.workstation, found.system) == ("pc-1", SYSTEM)
    if Path("/proc/self/mountinfo").exists():
        assert found.filesystem


@pytest.mark.parametrize("place", [None, Path("/nowhere/at/all")])
def test_without_a_place_nothing_is_said_of_the_medium(place: Path | None) -> None:
    found = host_of("pc-1", place)
    assert (found.filesystem, found.mount_options, found.rotational) == (None, None, None)


@needs_mounts
@pytest.mark.parametrize(
    ("device", "told"),
    [
        ((254, 0), ("ext4", "rw,relatime")),
        ((0, 35), ("tmpfs", "rw,nosuid,nodev")),
        ((8, 1), (None, None)),
    ],
)
def test_mountinfo_is_read_by_device(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    device: tuple[int, int],
    told: tuple[str | None, str | None],
) -> None:
    (tmp_path / "mounts").write_text(MOUNTS, encoding="utf-8")
    monkeypatch.setattr(mounts, "_MOUNTS", tmp_path / "mounts")
    assert mounts.mount_of(os.makedev(*device)) == told


@needs_mounts
def test_without_mountinfo_nothing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mounts, "_MOUNTS", tmp_path / "no")
    assert mounts.mount_of(os.makedev(254, 0)) == (None, None)


@needs_mounts
@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("8:1/queue/rotational", "1\n", True),
        ("8:1/queue/rotational", "0\n", False),
        ("8:2/queue/rotational", "0\n", None),
    ],
)
def test_whether_a_medium_turns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, text: str, told: object
) -> None:
    (tmp_path / file).parent.mkdir(parents=True)
    (tmp_path / file).write_text(text, encoding="ascii")
    monkeypatch.setattr(evidence, "_BLOCK_DEVICES", tmp_path)
    assert evidence.turns(os.makedev(8, 1)) is told


@needs_mounts
def test_of_a_partition_its_disk_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = tmp_path / "sda"
    (disk / "sda1").mkdir(parents=True)
    (disk / "queue").mkdir()
    (disk / "queue" / "rotational").write_text("1\n", encoding="ascii")
    (tmp_path / "8:1").symlink_to(disk / "sda1")
    monkeypatch.setattr(evidence, "_BLOCK_DEVICES", tmp_path)
    assert evidence.turns(os.makedev(8, 1)) is True
