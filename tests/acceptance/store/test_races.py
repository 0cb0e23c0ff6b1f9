"""Two at once, and hands in the database: one wins, the other is told, and nothing is half done."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from subprocess import PIPE
from time import sleep
from typing import IO

import pytest

from ledger.application.backends import open_store
from ledger.errors import StoreBusy
from ledger.folder.layout import Folder
from ledger.store.event_store import LedgerStore
from projections import views as files
from projections.engine import runner
from tests.support.office import Answer, Office, sqlite_only
from tests.support.shop import PERIOD, environment, eventful_month, sample_month
from tests.support.stored import asked
from tests.support.systems import needs_signals

if sys.platform != "win32":
    import fcntl
    import termios

# --- hands in the database --------------------------------------------------------------------

HANDS = {
    "update": "UPDATE events SET state = x'7b7d' WHERE leaf_index = 5",
    "update of another column": "UPDATE events SET recorded_at = 0",
    "update or replace": "UPDATE OR REPLACE events SET leaf_index = 1 WHERE leaf_index = 5",
    "delete": "DELETE FROM events WHERE leaf_index = (SELECT max(leaf_index) FROM events)",
    "insert or replace": "INSERT OR REPLACE INTO events SELECT * FROM events WHERE leaf_index = 5",
    "insert or ignore": "INSERT OR IGNORE INTO events SELECT * FROM events WHERE leaf_index = 5",
    "replace": "REPLACE INTO events SELECT * FROM events ORDER BY leaf_index LIMIT 1",
    "upsert": "INSERT INTO events SELECT * FROM events WHERE leaf_index = 5"
    " ON CONFLICT (leaf_index) DO UPDATE SET state = excluded.state",
    "upsert of a version": "INSERT INTO events SELECT * FROM events WHERE leaf_index = 5"
    " ON CONFLICT (originator_id, originator_version) DO UPDATE SET topic = 'x'",
    "a gap": "INSERT INTO events SELECT leaf_index + 900, randomblob(16), originator_version, topic,"
    " recorded_at, state, leaf_hash FROM events WHERE leaf_index = 5",
    "a version again": "INSERT INTO events SELECT (SELECT max(leaf_index) + 1 FROM events), originator_id,"
    " originator_version, topic, recorded_at, state, leaf_hash FROM events WHERE leaf_index = 5",
    "a key given anew": "INSERT OR REPLACE INTO reference SELECT * FROM reference WHERE kind = 'customer'",
    "a key changed": "UPDATE reference SET stream = randomblob(16) WHERE kind = 'session' AND key = 3",
    "a key removed": "DELETE FROM reference WHERE kind = 'session_ref'",
}


@sqlite_only
@pytest.mark.parametrize("hand", HANDS)
def test_the_database_refuses_hands(hand: str, tmp_path: Path) -> None:
    """A connection of sqlite3 itself, which knows nothing of the ledger; afterwards all is as it was."""
    office = sample_month(tmp_path / "ledger")
    before = office.does("report", "billing", "--period", PERIOD, "-f", "json").out
    with closing(sqlite3.connect(office.folder / "events.db")) as events:
        with pytest.raises(sqlite3.IntegrityError, match=r"^(events|reference): "):
            events.execute(HANDS[hand])
        events.commit()
    assert office.run("check") == Answer(0, "", "")
    assert office.does("report", "billing", "--period", PERIOD, "-f", "json").out == before


# --- between read and write -------------------------------------------------------------------

DRIVER = """\
import sys
from ledger.application.ledger import Ledger
from cli.main import run

recorded = Ledger.record

def record(ledger, *words, **more):
    # What the command decided on is read; it says so, and waits for a line.
    print("ready", file=sys.stderr, flush=True)
    sys.stdin.readline()
    return recorded(ledger, *words, **more)

Ledger.record = record
sys.exit(run(sys.argv[1:]))
"""


DYING = """\
import os, sys
from cli.main import run
from ledger.folder.layout import Folder
from ledger.store.event_store import LedgerStore
from ledger.application.backends import open_store

LedgerStore.append = lambda *_: os._exit(9)
run(sys.argv[1:])
"""


@contextmanager
def held(office: Office, *words: str) -> Generator[subprocess.Popen[str]]:
    """A process that has decided what to record, and waits before it does."""
    with subprocess.Popen(
        [sys.executable, "-c", DRIVER, *words],
        env=environment(office),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == "ready\n"
        yield process


def let_go(process: subprocess.Popen[str]) -> Answer:
    """How it ends once it may go on."""
    out, err = process.communicate("go\n", timeout=60)
    return Answer(process.returncode, out, err)


def rows_of_the_vault(office: Office) -> list[tuple[object, ...]]:
    """What the vault holds, but for what is sealed."""
    return asked(office.folder, "vault.db", "SELECT commitment, class, stream, version FROM vault ORDER BY 1")


def keys_of(office: Office, name: str) -> int:
    """How many subjects have keys of a class."""
    return int(asked(office.folder, f"keys/{name}.db", "SELECT count(*) FROM key")[0][0])


def test_two_processes_end_one_session_and_one_wins(tmp_path: Path) -> None:
    """Both have read it open. The first to write ends it; the other exits 4 and says what to do."""
    office = sample_month(tmp_path / "ledger")
    with (
        held(office, "session", "end", "42", "--by", "customer") as first,
        held(office, "session", "end", "42") as late,
    ):
        won, lost = let_go(first), let_go(late)
    assert won.status == 0
    assert (lost.status, lost.out) == (4, "")
    assert "(E-VERSION-TAKEN)\nhint: look at it again and repeat the command" in lost.err
    document = json.loads(office.does("session", "show", "42", "-f", "json").out)
    assert [event["event"] for event in document["events"]].count("session.ended") == 1
    assert document["events"][-1]["details"]["ended_by"] == "customer"
    assert office.run("check") == Answer(0, "", "")


def test_the_loser_leaves_no_words_behind(tmp_path: Path) -> None:
    """Words are put before their event: who loses takes them back, keys made for them too."""
    office = sample_month(tmp_path / "ledger")
    words, keys = rows_of_the_vault(office), keys_of(office, "tax")
    with held(office, "session", "note", "42", "--summary", "a secret of the loser") as late:
        office.does("session", "end", "42")
        lost = let_go(late)
    assert (lost.status, lost.out) == (4, "")
    assert rows_of_the_vault(office) == words
    assert keys_of(office, "tax") == keys
    assert office.run("check") == Answer(0, "", "")


def test_both_sides_with_words_keep_those_of_the_winner(tmp_path: Path) -> None:
    office = sample_month(tmp_path / "ledger")
    words = rows_of_the_vault(office)
    with (
        held(office, "session", "waive", "3", "--percent", "50", "--reason", "told twice") as first,
        held(office, "session", "waive", "3", "--percent", "10", "--reason", "not the same") as late,
    ):
        won, lost = let_go(first), let_go(late)
    assert (won.status, lost.status) == (0, 4)
    assert len(rows_of_the_vault(office)) == len(words) + 1
    shown = office.does("session", "show", "3").out
    assert "told twice" in shown
    assert "not the same" not in shown
    assert office.run("check") == Answer(0, "", "")


CUSTOMER = ("customer", "add", "K-77", "--name", "Nowy Klient")
REQUEST = ("session", "request", "--customer", "K-001", "--issue", "other", "--ref", "R-1", "--contact", "x")


@pytest.mark.parametrize("words", [CUSTOMER, REQUEST])
def test_two_processes_take_one_key_and_one_wins(words: tuple[str, ...], tmp_path: Path) -> None:
    """A customer's code and a session's reference are given once; the loser's words are gone."""
    office = sample_month(tmp_path / "ledger")
    before = rows_of_the_vault(office)
    with held(office, *words) as first, held(office, *words) as late:
        won, lost = let_go(first), let_go(late)
    assert (won.status, lost.status, lost.out) == (0, 4, "")
    assert "(E-REFERENCE-TAKEN)" in lost.err
    assert len(rows_of_the_vault(office)) == len(before) + 1
    assert office.run("check") == Answer(0, "", "")


def test_the_same_command_id_at_once_is_recorded_once(tmp_path: Path) -> None:
    """One records; the other is told that somebody was first, and its repeat is a no-op."""
    office = sample_month(tmp_path / "ledger")
    words = ("session", "end", "42", "--command-id", "call-42", "--by", "technician")
    with held(office, *words) as first, held(office, *words) as late:
        won, lost = let_go(first), let_go(late)
    assert (won.status, lost.status) == (0, 4)
    events = office.events()
    repeated = office.run(*words, SESSION_LEDGER_BY="marek")
    assert repeated.status == 0
    assert "recorded before; nothing was changed" in repeated.err
    assert office.events() == events


def test_a_process_that_dies_before_its_event_leaves_an_orphan_that_check_repairs(tmp_path: Path) -> None:
    """Killed between the vault and the log: an hour later the words are named, and removed."""
    office = sample_month(tmp_path / "ledger")
    before = rows_of_the_vault(office)
    command = [sys.executable, "-c", DYING, "session", "note", "42", "--summary", "never told"]
    assert subprocess.run(command, env=environment(office), check=False).returncode == 9
    assert len(rows_of_the_vault(office)) == len(before) + 1
    assert office.run("check") == Answer(0, "", "")
    office.now = "2026-12-01T09:00:01+01:00"
    found = office.run("check")
    assert (found.status, found.out.partition(":")[0]) == (3, "vault-row-without-event")
    assert office.run("check", "--repair").status == 0
    assert rows_of_the_vault(office) == before


# --- read models ------------------------------------------------------------------------------


@pytest.fixture
def shop(tmp_path: Path) -> Generator[tuple[Office, LedgerStore]]:
    """The eventful month, its read models up to date, and its log opened here."""
    office = eventful_month(tmp_path / "ledger")
    office.does("session", "list")
    with open_store(Folder(office.folder), lambda: 0) as store:
        yield office, store


def test_a_replay_that_is_overtaken_waits_its_turn(shop: tuple[Office, LedgerStore]) -> None:
    """Started while another one is in the middle, it ends after it, and both end well."""
    office, store = shop
    started: list[subprocess.Popen[bytes]] = []

    def start_another(_events: int) -> None:
        command = [sys.executable, "-m", "ledger", "replay"]
        if not started:
            started.append(subprocess.Popen(command, env=environment(office), stdout=subprocess.DEVNULL))
            with pytest.raises(subprocess.TimeoutExpired):
                started[0].wait(timeout=1.5)

    first = runner.replay(office.folder, store, progress=start_another)
    assert started[0].wait(timeout=60) == 0
    live = files.live_file(office.folder)
    assert live is not None
    assert live != first.file
    assert office.run("check") == Answer(0, "", "")


def test_what_was_left_by_a_replay_that_died_is_removed(shop: tuple[Office, LedgerStore]) -> None:
    """A half-filled file is never the live one, and goes with the next replay."""
    office, _ = shop
    left = office.folder / "views-7.db"
    left.write_bytes(b"half")
    office.does("replay")
    assert not left.exists()
    assert office.run("check") == Answer(0, "", "")


def test_a_replay_that_fails_leaves_the_live_read_model(shop: tuple[Office, LedgerStore]) -> None:
    """Interrupted in the middle, by ^C too: nothing is swapped, nothing is left."""
    office, store = shop
    before = sorted(path.name for path in office.folder.iterdir())

    def interrupt(_events: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        runner.replay(office.folder, store, progress=interrupt)
    names = {path.name for path in office.folder.iterdir()}
    assert names - {files.LOCK} == set(before) - {files.LOCK}
    assert office.run("check") == Answer(0, "", "")


def test_a_catch_up_that_cannot_write_is_told_to_try_again(
    shop: tuple[Office, LedgerStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 4 while somebody else holds the read model's write lock; no read model is thrown away."""
    office, store = shop
    office.does("session", "note", "42", "--summary", "a driver")
    live = files.live_file(office.folder)
    assert live is not None
    monkeypatch.setattr(files, "BUSY_SECONDS", 0.05)
    with closing(sqlite3.connect(live, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy), runner.current(office.folder, store):
            pass
        other.execute("ROLLBACK")
    assert files.live_file(office.folder) == live
    with runner.current(office.folder, store):
        assert files.live_file(office.folder) == live


def test_what_was_recorded_stands_where_more_cannot_be_looked_up(
    shop: tuple[Office, LedgerStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a read model that nobody may write, an end is recorded, told and no failure; the rest is said."""
    office, store = shop
    live = files.live_file(office.folder)
    assert live is not None
    monkeypatch.setattr(files, "BUSY_SECONDS", 0.05)
    before = store.length()
    with closing(sqlite3.connect(live, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        answer = office.run("session", "end", "42", "--yes")
        other.execute("ROLLBACK")
    assert (answer.status, store.length()) == (0, before + 1)
    assert answer.out.startswith("Session 42 ended ")
    assert "recorded; more could not be looked up: " in answer.err


def test_a_report_that_is_up_to_date_reads_beside_a_writer(
    shop: tuple[Office, LedgerStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is to be caught up, so nobody needs the lock."""
    office, store = shop
    live = files.live_file(office.folder)
    assert live is not None
    monkeypatch.setattr(files, "BUSY_SECONDS", 0.05)
    with closing(sqlite3.connect(live, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with runner.current(office.folder, store) as views:
            assert runner.position_of(views) == store.length()
        other.execute("ROLLBACK")


def test_two_that_catch_up_write_each_event_once(shop: tuple[Office, LedgerStore]) -> None:
    """The one that finds the other ahead stops, and reads what the other wrote."""
    office, store = shop
    for number in range(5):
        office.does("session", "request", "--customer", "K-001", "--issue", "other", "--ref", f"R-{number}")
    live = files.live_file(office.folder)
    assert live is not None
    with files.opened(live) as views:
        place = runner.position_in(live)
        assert place is not None
        with runner.current(office.folder, store):
            pass  # the other is faster, from the same place
        runner.advance(views, store, place)
    with runner.current(office.folder, store) as views:
        assert runner.position_of(views) == store.length()
    assert office.run("check") == Answer(0, "", "")


# --- told to end ------------------------------------------------------------------------------


@needs_signals
def test_a_command_that_is_told_to_end_takes_back_what_is_half_done(tmp_path: Path) -> None:
    """As after Ctrl-C: nothing is recorded, the exit status says why, and there is no traceback."""
    office = Office(tmp_path / "ledger")
    office.does("customer", "add", "K-1", "--name", "Jan")
    before = office.does("status").out
    words = ("session", "request", "--customer", "K-1", "--issue", "other", "--description", "-")
    command = [sys.executable, "-m", "ledger", *words]
    with subprocess.Popen(command, env=environment(office), stdin=PIPE, stderr=PIPE) as process:
        assert process.stdin is not None
        process.stdin.write(b"half a li")
        process.stdin.flush()
        while unread(process.stdin) and process.poll() is None:
            sleep(0.01)
        process.terminate()
        _, told = process.communicate()
    assert (process.returncode, told) == (143, b"told to end\n")
    assert office.does("status").out == before


def unread(pipe: IO[bytes]) -> int:
    """How many bytes in it nobody has read yet."""
    return int.from_bytes(fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)), sys.byteorder)
