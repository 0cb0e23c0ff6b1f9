"""A ledger on a network share, by mounts as the system lists them."""

from __future__ import annotations

import os
from pathlib import Path, PureWindowsPath

import pytest

from ledger.errors import StoreUnsafe
from ledger.folder import network_share as shares
from ledger.folder.layout import Folder
from ledger.folder.network_share import is_network_drive, network_share
from ledger.handlers.check.invariants import place_findings
from tests.support.systems import needs_mounts

pytestmark = needs_mounts


def mount(monkeypatch: pytest.MonkeyPatch, folder: Path, kind: str) -> None:
    """Have the system say that a folder's device is of a kind."""
    device = folder.stat().st_dev
    number = f"{os.major(device)}:{os.minor(device)}"
    mounts = folder / "mountinfo"
    mounts.write_text(
        "21 1 0:99 / /elsewhere rw - nfs4 elsewhere rw\n"
        f"36 35 {number} / /data rw,relatime shared:1 - {kind} server:/data rw\n",
        encoding="ascii",
    )
    monkeypatch.setattr(shares, "_MOUNTS", mounts)


@pytest.mark.parametrize("kind", ["nfs", "nfs4", "cifs", "smb3", "fuse.sshfs"])
def test_share_is_known_by_its_mount(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    mount(monkeypatch, tmp_path, kind)
    assert network_share(tmp_path / "not" / "made" / "yet") == kind


@pytest.mark.parametrize("kind", ["ext4", "btrfs", "overlay", "tmpfs"])
def test_disk_of_this_machine_is_no_share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    mount(monkeypatch, tmp_path, kind)
    assert network_share(tmp_path) is None


def test_system_that_lists_no_mounts_knows_no_share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shares, "_MOUNTS", tmp_path / "none")
    assert network_share(tmp_path) is None


@pytest.mark.parametrize(
    "path",
    [
        r"\\server\share\ledger",
        "//server/share/ledger",
        r"\\server@SSL\DavWWWRoot\ledger",
        r"\\?\UNC\server\share\ledger",
        r"\\?\unc\server\share",
        r"\\.\UNC\server\share\ledger",
        r"S:\ledger",
        "s:/ledger",
        r"\\?\S:\ledger",
    ],
)
def test_share_of_windows_is_known_however_it_is_written(path: str) -> None:
    assert is_network_drive(PureWindowsPath(path), drive_type)


@pytest.mark.parametrize("path", [r"C:\ledger", r"\\?\C:\ledger", "c:/ledger", r"\\?\Volume{0e}\ledger"])
def test_disk_of_this_windows_is_no_share(path: str) -> None:
    assert not is_network_drive(PureWindowsPath(path), drive_type)


def drive_type(root: str) -> int:
    """GetDriveTypeW where S: stands for a share: it takes a root that ends with a backslash."""
    assert root.endswith("\\")
    return 4 if root.upper() == "S:\\" else 3


def test_ledger_on_a_share_is_refused_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mount(monkeypatch, tmp_path, "cifs")
    with pytest.raises(StoreUnsafe, match="lies on cifs") as refused:
        Folder(tmp_path / "shop").create("Shop")
    assert "disk of this machine" in str(refused.value.hint)
    assert not (tmp_path / "shop").exists()


def test_ledger_that_lies_on_a_share_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(place_findings(Folder(tmp_path), ())) == []
    mount(monkeypatch, tmp_path, "nfs")
    (finding,) = place_findings(Folder(tmp_path), ("guards",))
    assert list(place_findings(Folder(tmp_path), ("views",))) == []
    assert finding.name == "network-share"
    assert "nfs" in finding.sentence
