"""Deleting by handles, as Windows wants it, against a kernel that refuses what Windows refuses.

What it cannot show, junctions swapped in mid-walk and virus scanners, stands in docs/guides/on-windows.md.
"""

from __future__ import annotations

import errno
from pathlib import Path

import msgspec
import pytest

from ledger.domain.events import Place
from ledger.purge import windows_directory as w
from ledger.purge.place import is_same, seen_by_handle
from ledger.purge.walk import FoundFile, Removal, inventory, remove
from ledger.purge.windows_directory import HandleFolder
from tests.support.fake_kernel32 import FakeKernel
from tests.support.systems import IS_WINDOWS

pytestmark = pytest.mark.skipif(
    IS_WINDOWS, reason="its kernel is a folder of POSIX; tests/windows asks the real one"
)


@pytest.fixture
def drive(tmp_path: Path) -> FakeKernel:
    """A drive with a workspace: files, one of them read-only, in folders."""
    folder = tmp_path / "drive" / "ws" / "17" / "sub"
    folder.mkdir(parents=True)
    for name in ("video.tvs", "CON", "name."):
        (folder / name).write_bytes(b"data")
    (folder / "read-only.txt").touch(0o400)
    return FakeKernel(tmp_path / "drive")


def root(drive: FakeKernel) -> HandleFolder:
    return HandleFolder(drive, w.extended("C:\\ws"))


def looked(drive: FakeKernel) -> FoundFile:
    with root(drive) as folder:
        return inventory(folder, "17")


def removed(drive: FakeKernel, found: FoundFile) -> Removal:
    with root(drive) as folder:
        return remove(folder, found.entries, lambda _what, _path: None)


@pytest.mark.parametrize("has_disposition_ex", [True, False])
def test_workspace_is_deleted_with_what_is_read_only_or_has_a_reserved_name(
    drive: FakeKernel, *, has_disposition_ex: bool
) -> None:
    drive.has_disposition_ex = has_disposition_ex
    found = looked(drive)
    assert [(entry.path, entry.kind) for entry in found.entries] == [
        ("17/sub/CON", "file"),
        ("17/sub/name.", "file"),
        ("17/sub/read-only.txt", "file"),
        ("17/sub/video.tvs", "file"),
        ("17/sub", "folder"),
        ("17", "folder"),
    ]
    done = removed(drive, found)
    assert (done.files, done.folders, done.bytes, done.errno, done.flags) == (4, 2, 12, None, set())
    assert looked(drive) == FoundFile()
    assert list((drive.root / "ws").iterdir()) == []
    assert drive.opened == {}, "handles are left open"


def test_no_open_follows_a_reparse_point_or_shares_deletion(drive: FakeKernel) -> None:
    removed(drive, looked(drive))
    assert {(share, flags) for _, share, flags in drive.asked} == {(w.FILE_SHARE_READ_AND_WRITE, w.FLAGS)}
    assert w.FILE_SHARE_READ_AND_WRITE & 0x4 == 0


def test_every_touched_folder_is_flushed(drive: FakeKernel) -> None:
    removed(drive, looked(drive))
    top = drive.root.resolve() / "ws"
    assert drive.flushed == [top / "17" / "sub", top / "17", top]


def test_file_system_that_flushes_no_folders_is_no_obstacle(drive: FakeKernel) -> None:
    drive.flushes_folders = False
    assert removed(drive, looked(drive)).flags == set()


def test_file_held_open_by_another_program_is_left_and_named(drive: FakeKernel) -> None:
    found = looked(drive)
    with drive.held_by_another(drive.root.resolve() / "ws/17/sub/video.tvs"):
        done = removed(drive, found)
        after = looked(drive)
    assert (done.files, done.errno) == (3, "EBUSY")
    assert [entry.path for entry in after.files] == ["17/sub/video.tvs"]


def test_junction_is_removed_and_what_it_leads_to_is_not(drive: FakeKernel) -> None:
    outside = drive.root / "outside"
    outside.mkdir()
    (outside / "other.txt").touch()
    (drive.root / "ws/17/junction").symlink_to(outside.resolve())
    found = looked(drive)
    assert ("17/junction", "link") in [(entry.path, entry.kind) for entry in found.entries]
    done = removed(drive, found)
    assert (done.files, done.errno) == (5, None)
    assert [each.name for each in outside.iterdir()] == ["other.txt"]


def test_junction_is_not_entered(drive: FakeKernel) -> None:
    outside = drive.root / "outside"
    outside.mkdir()
    (drive.root / "ws/junction").symlink_to(outside.resolve())
    with root(drive) as folder, pytest.raises(NotADirectoryError):
        folder.enter("junction")
    with pytest.raises(NotADirectoryError):
        HandleFolder(drive, w.extended("C:\\ws\\junction"))
    assert drive.opened == {}


def test_root_is_held_by_its_path_without_junctions_above_it(drive: FakeKernel) -> None:
    """Whoever leads such a junction elsewhere meanwhile changes nothing."""
    (drive.root / "through").symlink_to((drive.root / "ws").resolve())
    (drive.root / "bait" / "17").mkdir(parents=True)
    with HandleFolder(drive, w.extended("C:\\through\\17")) as folder:
        (drive.root / "through").unlink()
        (drive.root / "through").symlink_to((drive.root / "bait").resolve())
        assert folder.names() == ["sub"]


@pytest.mark.parametrize("above", ["ws", "ws/17"])
def test_folder_that_is_held_cannot_be_moved_away(drive: FakeKernel, above: str) -> None:
    with root(drive) as folder, folder.enter("17"), pytest.raises(PermissionError):
        drive.rename(drive.root.resolve() / above, drive.root.resolve() / "away")


def test_name_that_stands_for_something_else_by_now_is_not_deleted(drive: FakeKernel) -> None:
    video = drive.root / "ws/17/sub/video.tvs"
    with root(drive) as top, top.enter("17") as session, session.enter("sub") as folder:
        folder.lstat("video.tvs")
        video.rename(video.with_name("older"))
        video.write_bytes(b"another one")
        with pytest.raises(OSError, match="something else") as raised:
            folder.unlink("video.tvs")
    assert raised.value.errno == errno.ELOOP
    assert video.read_bytes() == b"another one"


def test_folder_where_a_file_was_is_not_deleted(drive: FakeKernel) -> None:
    with root(drive) as folder, pytest.raises(NotADirectoryError):
        folder.unlink("17")


def test_folder_that_is_not_empty_stays(drive: FakeKernel) -> None:
    with root(drive) as folder, pytest.raises(OSError, match="145") as raised:
        folder.rmdir("17")
    assert raised.value.errno == errno.ENOTEMPTY


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\\b", "file:stream", "a\0"])
def test_path_or_stream_is_no_name_in_a_folder(drive: FakeKernel, name: str) -> None:
    with root(drive) as folder, pytest.raises(ValueError, match="not the name"):
        folder.lstat(name)


def test_identity_is_volume_and_file_id(drive: FakeKernel) -> None:
    found = (drive.root / "ws").stat()
    with root(drive) as folder:
        assert (folder.device, folder.inode) == (found.st_dev, found.st_ino)
        seen = folder.lstat("17")
    assert (seen.st_dev, seen.st_ino) == (found.st_dev, (drive.root / "ws/17").stat().st_ino)


def test_place_is_known_again_and_another_one_is_not(drive: FakeKernel) -> None:
    """The folder of a session renamed away, with a new one in its place."""
    first, again = (seen_by_handle(drive, w.extended("C:\\ws\\17")) for _ in range(2))
    assert first is not None
    assert again is not None
    assert first.place.filesystem is not None
    assert first.place.filesystem.startswith("volume:")
    assert (first.is_folder, first.is_link, is_same(first.place, again.place)) == (True, False, True)
    (drive.root / "ws/17").rename(drive.root / "ws/away")
    assert seen_by_handle(drive, w.extended("C:\\ws\\17")) is None
    (drive.root / "ws/17").mkdir()
    other = seen_by_handle(drive, w.extended("C:\\ws\\17"))
    assert other is not None
    assert is_same(first.place, other.place) is False
    assert drive.opened == {}, "handles are left open"


def test_place_on_a_disk_that_gives_ids_anew_is_never_known(drive: FakeKernel) -> None:
    drive.kind = "FAT32"
    seen = seen_by_handle(drive, w.extended("C:\\ws\\17"))
    assert seen is not None
    assert seen.place.filesystem is None
    assert is_same(seen.place, seen.place) is None


def test_identity_of_128_bits_is_held_by_an_event(drive: FakeKernel) -> None:
    drive.kind, drive.file_id_offset = "ReFS", 5 << 64
    seen = seen_by_handle(drive, w.extended("C:\\ws\\17"))
    assert seen is not None
    assert msgspec.json.decode(msgspec.json.encode(seen.place), type=Place) == seen.place
    drive.file_id_offset = 6 << 64
    other = seen_by_handle(drive, w.extended("C:\\ws\\17"))
    assert other is not None
    assert is_same(seen.place, other.place) is False


def test_junction_is_seen_as_itself(drive: FakeKernel) -> None:
    (drive.root / "ws/junction").symlink_to((drive.root / "ws").resolve())
    seen = seen_by_handle(drive, w.extended("C:\\ws\\junction"))
    assert seen is not None
    assert (seen.is_link, seen.is_folder) == (True, False)


def test_file_of_the_cloud_is_a_file() -> None:
    """Its reparse tag stands for no other name."""
    cloud = w.HandleInfo(w.FILE_ATTRIBUTE_REPARSE_POINT, 0x9000001A, 1, 2, 3, 0, 1)
    assert (cloud.is_link, cloud.is_folder) == (False, False)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("C:\\ws", "\\\\?\\C:\\ws"),
        ("\\\\server\\share\\ws", "\\\\?\\UNC\\server\\share\\ws"),
        ("\\\\?\\C:\\ws", "\\\\?\\C:\\ws"),
    ],
)
def test_path_is_extended_for_long_and_reserved_names(path: str, expected: str) -> None:
    assert w.extended(path) == expected
