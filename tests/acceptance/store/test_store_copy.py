"""A ledger moves to PostgreSQL and back: the same events, the same tree, the same answers."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support import postgres
from tests.support.office import ON_POSTGRES, Answer, Office
from tests.support.shop import PERIOD, eventful_month
from tests.support.stored import asked

pytestmark = pytest.mark.skipif(ON_POSTGRES, reason="begins in a folder, and goes to PostgreSQL from there")
REPORTS = (
    ("report", "billing", "--period", PERIOD, "-f", "csv"),
    ("report", "deletions", "--period", PERIOD, "-f", "json"),
    ("session", "show", "44", "-f", "json"),
    ("customer", "list", "-f", "csv"),
)


def at(folder: Path, now: str) -> Office:
    """The office in front of a ledger that is there."""
    office = object.__new__(Office)
    office.folder, office.now = folder, now
    return office


def test_there_and_back_is_the_same_ledger(tmp_path: Path, database: str) -> None:
    """Signed before and after; every report, the root and the checks say the same in all three places."""
    here = eventful_month(tmp_path / "ledger")
    here.does("audit", "checkpoint")
    here.does("session", "note", "40", "--summary", "asked again")
    here.does("audit", "checkpoint")
    url = postgres.url_of(database)
    gone = here.does("store", "copy", url, "--owner", postgres.OWNER, "-f", "json").document
    verified = here.does("audit", "verify", "-f", "json").document
    assert (gone["events"], gone["root"]) == (verified["events"], verified["root"])
    assert gone["checkpoints"] >= 2
    shared = at(tmp_path / "office", here.now)
    shared.does("init", "--store", url, "--join")
    back = shared.does("store", "copy", str(tmp_path / "back"), "-f", "json").document
    assert back == gone
    for report in REPORTS:
        answers = [office.run(*report) for office in (here, shared, at(tmp_path / "back", here.now))]
        assert answers == [answers[0]] * 3
    for folder in ("office", "back"):
        office = at(tmp_path / folder, here.now)
        assert office.does("audit", "verify", "-f", "json").document["root"] == gone["root"]
    assert shared.run("check") == Answer(0, "", "")


def test_the_folder_goes_on_there_and_signs(tmp_path: Path, database: str) -> None:
    """With the line in ledger.toml that the hint tells: its key and its memory are still here."""
    office = eventful_month(tmp_path / "ledger")
    office.does("audit", "checkpoint")
    url = postgres.url_of(database)
    answer = office.does("store", "copy", url, "--owner", postgres.OWNER)
    assert f'write store = "{url}" into ledger.toml' in answer.err
    before = tmp_path / "before"
    shutil.copytree(office.folder, before)
    config = office.folder / "ledger.toml"
    config.write_text(f'store = "{url}"\n' + config.read_text(encoding="utf-8"), encoding="utf-8-sig")
    office.does("session", "note", "40", "--summary", "there")
    assert office.does("audit", "checkpoint").status == 0
    assert office.run("check") == Answer(0, "", "")
    (here,), (there,) = (
        asked(folder, "events.db", "SELECT count(*) FROM events") for folder in (before, office.folder)
    )
    assert there[0] == here[0] + 1
    office.does("store", "copy", str(tmp_path / "back"))
    assert b"store =" not in (tmp_path / "back" / "ledger.toml").read_bytes()


def test_what_is_not_empty_is_refused(tmp_path: Path, database: str) -> None:
    office = eventful_month(tmp_path / "ledger")
    url = postgres.url_of(database)
    office.does("store", "copy", url, "--owner", postgres.OWNER)
    for target in (url, str(office.folder)):
        assert "(E-LEDGER-EXISTS)" in office.run("store", "copy", target).err


def test_a_damaged_event_is_not_carried_over(tmp_path: Path, database: str) -> None:
    """It is named, and there is no ledger in the new place."""
    import sqlite3  # noqa: PLC0415 - hands in the file

    office = eventful_month(tmp_path / "ledger")
    with sqlite3.connect(office.folder / "events.db") as events:
        events.execute("DROP TRIGGER events_no_update")
        events.execute("UPDATE events SET state = CAST('{}' AS BLOB) WHERE leaf_index = 9")
    events.close()
    url = postgres.url_of(database)
    answer = office.run("store", "copy", url, "--owner", postgres.OWNER)
    assert answer.status == 1
    assert "event 9 is not what was recorded" in answer.err
    other = at(tmp_path / "office", office.now)
    assert "(E-STORE-EMPTY)" in other.run("init", "--store", url, "--join").err
