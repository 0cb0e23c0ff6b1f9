"""No byte of personal data outlives its purge and erasure; the same scan finds every one of them before."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.domain.ledger_state import LEDGER_STREAM
from ledger.purge.place import true_host
from tests.support.canaries import LATER, Aviary, aviary
from tests.support.scan import files_below, found_in, opened, sealed
from tests.support.shop import SUFFIXES
from tests.support.stored import asked

OLD_AGE = "2034-01-02T09:00:00+01:00"
"""After the last day on which tax books of 2026 are kept."""
FORMATS = {**SUFFIXES, "pdf": "pdf"}
IMPERSONAL = (
    ("report", "deletion-protocol", "--period", "2026-11"),
    ("report", "deletion-register", "--period", "2026-11"),
    ("retention", "due"),
    ("report", "sessions", "--period", "2026-11"),
    ("report", "deletions", "--period", "2026-11"),
    ("session", "list"),
    ("session", "explain", "151"),
    ("status",),
    ("config", "show"),
    ("audit", "verify"),
    ("audit", "prove", "151"),
)
"""What may hold no personal data, whenever it is asked for."""
PERSONAL = (
    ("report", "billing", "--period", "2026-11"),
    ("customer", "list"),
    ("customer", "show", "K-TYPED"),
    ("session", "show", "151"),
)
"""What names people while their names are kept."""


@pytest.fixture(scope="module")
def temporary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the program, and what it starts, put what is of a moment: nobody else does meanwhile."""
    folder = tmp_path_factory.mktemp("temporary")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(folder))
        patch.setattr(tempfile, "tempdir", str(folder))
        yield folder


@pytest.fixture(scope="module")
def birds(tmp_path_factory: pytest.TempPathFactory, temporary: Path) -> Aviary:
    assert tempfile.gettempdir() == str(temporary)
    return aviary(tmp_path_factory.mktemp("canaries") / "shop")


def exports(birds: Aviary, folder: Path, commands: tuple[tuple[str, ...], ...]) -> list[Path]:
    """What these commands say in every format, and the auditor's bundle."""
    folder.mkdir()
    for number, words in enumerate(commands):
        answer = birds.office.run(*words)
        assert answer.status in {0, 3}, answer.err
        (folder / f"{number}.txt").write_text(answer.out + answer.err, encoding="utf-8")
        if words[0] not in {"audit", "config"}:
            for name, suffix in FORMATS.items():
                birds.office.run(*words, "-f", name, "-o", str(folder / f"{number}-{name}.{suffix}"))
    birds.does("audit", "export", str(folder / "bundle"))
    return files_below(folder)


def test_a_thousand_canaries_are_gone(birds: Aviary, temporary: Path, tmp_path: Path) -> None:
    """Given a shop full of them, the scan has teeth; after purges and erasures nothing of them is left."""
    folder, needles = birds.office.folder, birds.canaries.needles()
    assert len(needles) >= 1000

    # Before: the files of the sessions hold canaries, the vault opens all others, boxes and keys are on disk.
    on_disk = found_in(files_below(birds.workspaces, birds.roots), needles)
    names = " ".join(str(file) for file in files_below(birds.workspaces, birds.roots))
    in_vault = opened(folder)
    assert all(each in in_vault or each in on_disk or each in names for each in needles)
    locked = sealed(folder)
    assert locked.keys() == found_in(files_below(folder), locked).keys()

    # At no time: the ledger's own files, its log, exports that need none.
    assert not found_in(files_below(folder), needles)
    assert not found_in([birds.log], needles)
    assert not found_in(exports(birds, tmp_path / "before", IMPERSONAL), needles)
    personal = found_in(exports(birds, tmp_path / "personal", PERSONAL), needles)
    assert {Path(name).suffix for names in personal.values() for name in names} >= {".txt", ".xlsx", ".html"}

    # When every session is purged, the customers are erased, and the years for the tax books have passed.
    _purge_and_erase(birds)

    # Then: no canary in any name or byte, no box, no key, in a log or a free page either; the paths of the
    # places where files of sessions lie are the shop's own words, of nobody's session, and stay.
    kept = sealed(folder)
    assert [row for (row,) in asked(folder, "vault.db", "SELECT stream FROM vault")] == [LEDGER_STREAM.bytes]
    assert len(kept) == len(("box", "cipher key", "commitment key"))
    locked = {name: needle for name, needle in locked.items() if needle not in kept.values()}
    everything = files_below(folder, birds.workspaces, birds.roots)
    assert not found_in([*everything, birds.log], needles)
    assert not found_in(everything, locked)
    assert not [each for each in needles if any(each in str(file) for file in everything)]
    still_opened = opened(folder)
    assert json.dumps(str(birds.workspaces)) in still_opened
    assert not [each for each in needles if each in still_opened]
    assert not found_in(exports(birds, tmp_path / "after", (*IMPERSONAL, *PERSONAL)), needles)
    assert not found_in(_papers(birds, tmp_path / "papers"), needles)
    assert not found_in(files_below(temporary), {**needles, **locked})
    assert birds.office.run("check").out.startswith("tariff-calendar: ")  # in 2034 its holidays are used up
    birds.office.does("audit", "verify")


def _papers(birds: Aviary, folder: Path) -> list[Path]:
    """A certificate, what is still held about a customer, a copy, a time stamp's request, the outbox."""
    folder.mkdir()
    birds.does("session", "certificate", "151", "-o", str(folder / "certificate.pdf"))
    birds.does("session", "certificate", "151", "-o", str(folder / "certificate.json"))
    birds.does("customer", "export", "K-TYPED", "-o", str(folder / "held.json"))
    birds.does("backup", str(folder / "copy"), "--with-session-keys")
    birds.does("audit", "anchor", "request", "-o", str(folder / "head.tsq"))
    birds.does("audit", "anchor", "outbox")
    birds.does("audit", "sample", "--period", "2026-11", "--size", "5", "--nonce", "heron")
    return files_below(folder)


def _purge_and_erase(birds: Aviary) -> None:
    office = birds.office
    office.now = LATER
    birds.does("session", "purge", "--ended", "--yes", "--workstation", true_host())
    codes = [each["customer"] for each in office.asks("customer", "list")["customers"]]
    for code in codes:
        birds.does("customer", "erase", code, "--yes")
    office.now = OLD_AGE
    birds.does("retention", "run", "--yes")
