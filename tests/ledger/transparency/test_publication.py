"""The published log: read by a reader of its own, brought up to date in place, refused where it forks."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain import merkle
from ledger.errors import PublicationForked, PublicationTarget
from ledger.transparency.checkpoint import Checkpoint, TreeHead
from ledger.transparency.publication import Publication, publish
from tests.ledger.transparency.tile_reader import TileReader, entry_hash, tree_root
from tests.support.held_open import held_open
from tests.support.office import NOON, Office

SIZES = [1, 2, 255, 256, 257, 511, 512, 600, 66_000]


class Log:
    """A log of made entries, its hashes by level as the store keeps them."""

    def __init__(self, size: int, salt: str = "") -> None:
        self.entries = [f"{salt}entry {number}".encode() for number in range(size)]
        self.levels = [[merkle.leaf_hash(each) for each in self.entries]]
        while len(self.levels[-1]) >= 256:
            below = self.levels[-1]
            self.levels.append(
                [merkle.fold(below[at : at + 256]) for at in range(0, len(below) // 256 * 256, 256)]
            )

    def published(self, size: int, *, has_entries: bool = True, origin: str = "shop") -> Publication:
        """What is published at a size."""

        def hashes(level: int, first: int, count: int) -> list[bytes]:
            return self.levels[level][first : first + count]

        head = TreeHead(origin, size, merkle.root(hashes, size))
        note = f"{head.text()}\n\u2014 {origin} AAAAAAAA\n"
        return Publication(Checkpoint(head, note), hashes, self._lines if has_entries else None)

    def _lines(self, first: int, count: int) -> list[bytes]:
        return self.entries[first : first + count]


BIG = Log(66_000)


@pytest.mark.parametrize("size", SIZES)
def test_another_reader_comes_to_the_same_root(tmp_path: Path, size: int) -> None:
    publish(tmp_path / "log", BIG.published(size))
    reader = TileReader(tmp_path / "log")
    assert (reader.origin, reader.size) == ("shop", size)
    assert tree_root(reader.leaf_hashes()) == reader.root
    assert reader.upper_tiles_hold()
    assert [entry_hash(each) for each in reader.entries()] == reader.leaf_hashes()


def test_without_being_asked_for_no_entry_is_published(tmp_path: Path) -> None:
    publish(tmp_path / "log", BIG.published(600, has_entries=False))
    assert not (tmp_path / "log" / "tile" / "entries").exists()
    assert not [
        each for each in (tmp_path / "log").rglob("*") if each.is_file() and b"entry" in each.read_bytes()
    ]


@given(steps=st.lists(st.integers(1, 1200), min_size=1, max_size=6))
def test_a_folder_brought_up_to_date_step_by_step_is_the_one_written_at_once(
    steps: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Given any sizes on the way, then every file is there at the end, and nothing is left to write."""
    place = tmp_path_factory.mktemp("log")
    for size in sorted(steps):
        publish(place / "steps", BIG.published(size))
        assert tree_root(TileReader(place / "steps").leaf_hashes()) == TileReader(place / "steps").root
    publish(place / "once", BIG.published(max(steps)))
    once = {
        each.relative_to(place / "once"): each.read_bytes()
        for each in (place / "once").rglob("*")
        if each.is_file()
    }
    for name, content in once.items():
        assert (place / "steps" / name).read_bytes() == content
    again = publish(place / "steps", BIG.published(max(steps)))
    assert again.written == 0


def test_the_parts_of_a_tile_go_when_it_is_full(tmp_path: Path) -> None:
    for size in (10, 200, 300):
        publish(tmp_path / "log", BIG.published(size))
    names = {
        each.relative_to(tmp_path / "log").as_posix()
        for each in (tmp_path / "log").rglob("*")
        if each.is_file()
    }
    assert "tile/0/000" in names
    assert not any(name.startswith("tile/0/000.p") for name in names)
    assert "tile/0/001.p/44" in names


def test_a_part_that_somebody_reads_goes_the_next_time(tmp_path: Path) -> None:
    publish(tmp_path / "log", BIG.published(10))
    with held_open("10"):
        publish(tmp_path / "log", BIG.published(300))
    assert TileReader(tmp_path / "log").size == 300
    publish(tmp_path / "log", BIG.published(300))
    assert not (tmp_path / "log" / "tile" / "0" / "000.p").exists()


@pytest.mark.parametrize(
    ("there", "now"),
    [
        (Log(300, "other ").published(300), BIG.published(400)),
        (BIG.published(400), BIG.published(300)),
        (BIG.published(300, origin="another"), BIG.published(400)),
    ],
)
def test_a_log_that_is_no_continuation_is_refused_and_nothing_is_written(
    tmp_path: Path, there: Publication, now: Publication
) -> None:
    publish(tmp_path / "log", there)
    before = {each: each.read_bytes() for each in (tmp_path / "log").rglob("*") if each.is_file()}
    with pytest.raises(PublicationForked):
        publish(tmp_path / "log", now)
    assert before == {each: each.read_bytes() for each in (tmp_path / "log").rglob("*") if each.is_file()}


def test_a_damaged_tile_is_mended(tmp_path: Path) -> None:
    publish(tmp_path / "log", BIG.published(600))
    (tmp_path / "log" / "tile" / "0" / "000").write_bytes(b"damaged")
    assert publish(tmp_path / "log", BIG.published(600)).written == 1
    assert tree_root(TileReader(tmp_path / "log").leaf_hashes()) == TileReader(tmp_path / "log").root


def test_an_entry_that_is_too_long_is_refused(tmp_path: Path) -> None:
    log = Log(3)
    log.entries[1] = b"x" * 65_536
    with pytest.raises(PublicationTarget):
        publish(tmp_path / "log", log.published(3))
    assert not (tmp_path / "log" / "checkpoint").exists()


# --- by command -------------------------------------------------------------------------------------


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """A ledger with a customer."""
    made = Office(tmp_path / "ledger", now=NOON)
    made.does("customer", "add", "K-1", "--name", "Jan Kanarek", "--consumer", "no")
    return made


def test_the_published_log_is_that_of_the_ledger(office: Office, tmp_path: Path) -> None:
    target = tmp_path / "www"
    told = office.does("audit", "publish", str(target), "--entries").out
    assert str(target) in told
    reader = TileReader(target)
    assert reader.size == office.events()
    assert tree_root(reader.leaf_hashes()) == reader.root
    assert not [each for each in target.rglob("*") if each.is_file() and b"Kanarek" in each.read_bytes()]
    office.does("customer", "add", "K-2", "--name", "Ewa", "--consumer", "no")
    office.does("audit", "publish", str(target))
    assert TileReader(target).size == office.events()


@pytest.mark.parametrize("where", ["ledger", "ledger/www", "."])
def test_a_folder_that_is_not_apart_from_the_ledger_is_refused(
    office: Office, tmp_path: Path, where: str
) -> None:
    refused = office.run("audit", "publish", str(tmp_path / where))
    assert (refused.status, "E-PUBLICATION-TARGET" in refused.err) == (1, True)


def test_the_publication_of_another_ledger_is_refused(office: Office, tmp_path: Path) -> None:
    office.does("audit", "publish", str(tmp_path / "www"))
    other = Office(tmp_path / "other" / "ledger", now=NOON)
    shutil.copytree(tmp_path / "www", tmp_path / "copy")
    refused = other.run("audit", "publish", str(tmp_path / "www"))
    assert (refused.status, "E-PUBLICATION-FORK" in refused.err) == (3, True)
