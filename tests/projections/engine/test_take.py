"""An office takes the read model of another one from a file, and nothing that is not one of this ledger."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from projections.engine.writer import NAMES
from projections.views import SCHEMA_VERSION
from tests.acceptance.report.test_replay import live, rows
from tests.support.office import Office
from tests.support.shop import PERIOD, eventful_month, sample_month

REPORT = ("report", "billing", "--period", PERIOD, "-f", "json")


@pytest.fixture
def head(tmp_path: Path) -> Office:
    """The head office: the eventful month."""
    return eventful_month(tmp_path / "ledger")


def another(head: Office, folder: Path) -> Office:
    """Another office on the same log, without read models."""
    shutil.copytree(head.folder, folder, ignore=shutil.ignore_patterns("views*"))
    office = object.__new__(Office)
    office.folder, office.now = folder, head.now
    return office


def changed(file: Path, *statements: str) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as views:
        for statement in statements:
            views.execute(statement)


def test_an_office_takes_the_read_model_and_catches_up(head: Office, tmp_path: Path) -> None:
    """Given a file of the head office and an event since, when it is taken, then the reports are the same."""
    file = tmp_path / "read-models.db"
    events = head.events()
    assert head.does("replay", "--give", str(file)).out == f"{file} stands for {events} events\n"
    head.does("session", "request", "--customer", "K-001", "--issue", "other")
    office = another(head, tmp_path / "office")
    since = office.events() - events
    assert since > 0
    (office.folder / "views.current").unlink()
    taken = office.does("replay", "--take", str(file))
    assert taken.out == f"{events} events taken from {file}, {since} read\n"
    head.does("replay")
    assert {name: rows(live(office), name) for name in NAMES} == {
        name: rows(live(head), name) for name in NAMES
    }
    assert office.does(*REPORT).out == head.does(*REPORT).out
    assert office.does("check").out == ""
    assert not list(office.folder.glob("views-*-*"))


def test_scripts_are_told_the_positions(head: Office, tmp_path: Path) -> None:
    file = tmp_path / "read-models.db"
    given = head.asks("replay", "--give", str(file))
    taken = head.asks("replay", "--take", str(file))
    assert given == {"schema": "session-ledger/replay-give/1", "events": head.events()}
    assert taken["events"] == taken["caught_up"] == given["events"]


def test_a_copy_of_the_live_file_with_its_log_beside_it_will_do(head: Office, tmp_path: Path) -> None:
    """What was caught up and stands in the write-ahead log alone comes along."""
    head.does(*REPORT)
    with closing(sqlite3.connect(live(head))) as reader:  # as long as somebody reads, the log stays
        reader.execute("SELECT count(*) FROM sessions").fetchone()
        head.does("session", "request", "--customer", "K-001", "--issue", "other")
        head.does(*REPORT)
        for each in head.folder.glob("views-*.db*"):
            shutil.copy(each, tmp_path)
    copy = tmp_path / live(head).name
    assert head.asks("replay", "--take", str(copy))["events"] == head.events()


def newer(file: Path) -> None:
    changed(file, f"PRAGMA user_version={SCHEMA_VERSION + 1}")


def older(file: Path) -> None:
    changed(file, f"PRAGMA user_version={SCHEMA_VERSION - 1}")


def triggered(file: Path) -> None:
    changed(file, "CREATE TRIGGER t AFTER INSERT ON billing BEGIN DELETE FROM billing; END")


def ahead(file: Path) -> None:
    changed(file, "UPDATE tracking SET position = position + 7")


def foreign(file: Path) -> None:
    changed(file, "UPDATE tracking SET leaf_hash = zeroblob(32)")


def nowhere(file: Path) -> None:
    changed(file, "UPDATE tracking SET position = 0, leaf_hash = x''")


def no_database(file: Path) -> None:
    file.write_bytes(b"rows " * 9_000)


def empty(file: Path) -> None:
    file.write_bytes(b"")


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: -3 * 16384])


def smudged(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[3 * 16384 : 4 * 16384] = bytes(16384)
    file.write_bytes(content)


NO_READ_MODEL = "is damaged, or no read model"
SPOILT: dict[Callable[[Path], None], str] = {
    newer: "is a read model of a newer version of the program",
    older: "is no read model of this version of the program",
    triggered: "is no read model of this version of the program",
    ahead: "and this log has",
    foreign: "is of another ledger: its last event is not in this log",
    nowhere: NO_READ_MODEL,
    no_database: NO_READ_MODEL,
    empty: NO_READ_MODEL,
    cut: NO_READ_MODEL,
    smudged: NO_READ_MODEL,
}


@pytest.mark.parametrize("spoil", SPOILT, ids=lambda spoil: spoil.__name__)
def test_what_is_no_read_model_of_this_ledger_is_refused(
    spoil: Callable[[Path], None], head: Office, tmp_path: Path
) -> None:
    """The file is named, the live read model stays, and nothing lies beside it."""
    file = tmp_path / "read-models.db"
    head.does("replay", "--give", str(file))
    before = sorted(head.folder.iterdir()), live(head)
    spoil(file)
    refused = head.run("replay", "--take", str(file))
    assert refused.status == 1
    assert refused.err.startswith("Error: read-models.db ")
    assert SPOILT[spoil] in refused.err
    assert "(E-VIEWS-TAKE)\nhint: " in refused.err
    assert (sorted(head.folder.iterdir()), live(head)) == before


def test_the_file_of_another_ledger_is_refused(head: Office, tmp_path: Path) -> None:
    other = sample_month(tmp_path / "other")
    other.does("config", "set", "purge.sla=20m")
    other.does("replay", "--give", str(tmp_path / "read-models.db"))
    assert "is of another ledger" in head.run("replay", "--take", str(tmp_path / "read-models.db")).err


def test_what_cannot_be_read_or_written_is_named(head: Office, tmp_path: Path) -> None:
    gone = head.run("replay", "--take", str(tmp_path / "gone.db"))
    assert (gone.status, "gone.db cannot be read" in gone.err, "(E-FILE)" in gone.err) == (2, True, True)
    nowhere_file = head.run("replay", "--give", str(tmp_path / "no" / "where.db"))
    assert (nowhere_file.status, "no does not exist" in nowhere_file.err) == (2, True)
    both = head.run("replay", "--give", "a.db", "--take", "b.db")
    assert (both.status, "(E-OPTIONS)" in both.err) == (2, True)
