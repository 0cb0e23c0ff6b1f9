"""The power goes at any moment: nothing that the office was told is lost, and nothing is half there."""

from __future__ import annotations

import os
import secrets
import shutil
import sys
from collections.abc import Generator, Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest

from tests.faults import shim
from tests.faults.day import Day, spent
from tests.faults.disk import everything, power_cut
from tests.faults.judging import Judge
from tests.support.long import times
from tests.support.office import ON_POSTGRES

pytestmark = [
    pytest.mark.skipif(shim.why_not() is not None, reason=str(shim.why_not())),
    pytest.mark.skipif(ON_POSTGRES, reason="the server answers for its own files"),
]

IMAGES = times(160, 20_000)
PARTS = 2
"""Two tests share the images, so that two processes may."""
CONTROL_IMAGES = 60
DEEP_EVERY = 8
"""One image in so many is audited, mended and worked on as well."""
SEED = int(os.environ.get("SESSION_LEDGER_SEED") or secrets.randbits(32))

NORMAL = """\
from ledger.store.sqlite import database
database._SETTINGS = tuple(
    ("synchronous", "NORMAL", 1) if each[0] == "synchronous" else each for each in database._SETTINGS
)
from cli.main import main
main()
"""
"""The same program but for one setting, which it refuses to work with."""


class Found(NamedTuple):
    """An image with which something is wrong."""

    number: int
    moment: int
    faults: list[str]


@pytest.fixture(scope="module")
def day() -> Generator[Day]:
    """A day of an office, traced."""
    folder = shim.scratch("day")
    root = folder / "root"
    root.mkdir()
    yield spent(root, folder / "trace")
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def judge(day: Day) -> Judge:
    """Who knows what was promised on that day."""
    return Judge(day, day.before.copy())


def test_the_trace_is_whole(day: Day) -> None:
    """Replayed, it gives the files that really were there after each command, byte for byte."""
    disk = day.before.copy()
    for said in day.said:
        disk.take(day.records, said.changes)
        assert disk.image(everything()) == said.files, said.words
    assert {"ledger/events.db", "ledger/vault.db", "ledger/keys/session.db", "ledger/ledger.toml"} <= {
        *day.said[-1].files
    }


@pytest.mark.parametrize("part", range(PARTS))
def test_what_was_acknowledged_outlasts_the_power(judge: Judge, part: int) -> None:
    """Unsynced writes, sizes and names are there, missing or torn, in any mixture."""
    found = list(found_in(judge, range(part, IMAGES, PARTS)))
    assert not found, f"SESSION_LEDGER_SEED={SEED}: {len(found)} images, the first ones:\n{found[:3]}"


def test_a_disk_that_lies_loses_what_was_acknowledged(judge: Judge) -> None:
    """The control: with a disk that only says it synced the write-ahead log, the same test finds losses."""
    found = found_in(judge, range(CONTROL_IMAGES), lies=True)  # no further than the first loss
    assert any(fault.startswith("lost: ") for each in found for fault in each.faults)


def test_the_program_without_full_synchronisation_loses_what_was_acknowledged(tmp_path: Path) -> None:
    """The control on the program's side: PRAGMA synchronous=NORMAL instead of FULL, nothing else changed."""
    root = tmp_path / "root"
    root.mkdir()
    day = spent(root, tmp_path / "trace", program=(sys.executable, "-c", NORMAL))
    found = found_in(Judge(day, day.before.copy()), range(CONTROL_IMAGES))
    assert any(fault.startswith("lost: ") for each in found for fault in each.faults)


def found_in(judge: Judge, numbers: range, *, lies: bool = False) -> Iterator[Found]:
    """The images of these numbers with which something is wrong, in the order of their moments."""
    day = judge.day
    disk = day.before.copy(lies=lambda path: lies and path.endswith("-wal"))
    chance = {number: Random(f"{SEED} {number}") for number in numbers}  # noqa: S311 - drawn again by its seed
    moments = {number: random.randrange(len(day.records) + 1) for number, random in chance.items()}
    losses, different = 0, set[int]()
    for number, moment in sorted(moments.items(), key=lambda each: each[1]):
        disk.take(day.records, moment)
        seen, image = disk.image(everything()), disk.image(power_cut(chance[number], moment))
        different.add(hash((moment, frozenset(image.items()))))
        faults = judge.faults(image, moment, seen, deep=number % DEEP_EVERY == 0)
        if faults:
            losses += any(fault.startswith("lost: ") for fault in faults)
            yield Found(number, moment, faults)
    print(  # noqa: T201 - the figures of the run
        f"\n{len(numbers)} power cuts in {len(day.records)} changes of {len(day.said)} commands,"
        f" {len(different)} different, {losses} with losses; SESSION_LEDGER_SEED={SEED}"
    )
