from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from threading import Event as Signal
from threading import Thread

import pytest

from ledger.domain.events import RecordedEvent
from ledger.errors import (
    LedgerError,
    LedgerMissing,
    StoreBusy,
    StoreDamaged,
    StoreFailed,
    StoreFull,
    StoreUnsafe,
)
from ledger.store.any_database import AnyDatabase
from ledger.store.event_store import LedgerStore
from ledger.store.sqlite.database import Database, open_database, refusals, settle, uri_of
from tests.support.systems import IS_WINDOWS, needs_windows

NewSession = Callable[..., list[RecordedEvent]]


def setting(database: AnyDatabase, pragma: str) -> object:
    return database.execute(f"PRAGMA {pragma}").fetchone()[0]


def test_every_connection_is_durable_erasing_and_patient(store: LedgerStore) -> None:
    """Given two connections of the pool in use at once, each has every setting."""
    with store._reading() as one, store._reading() as other:  # noqa: SLF001 - the test looks under the door  # pyright: ignore[reportPrivateUsage]  # the same
        assert one is not other
        for database in (one, other):
            assert setting(database, "journal_mode") == "wal"
            assert setting(database, "synchronous") == 2
            assert setting(database, "secure_delete") == 1
            assert setting(database, "foreign_keys") == 1
            assert setting(database, "busy_timeout") == 30_000


def test_a_setting_that_is_not_taken_is_an_error() -> None:
    """A database in memory cannot have a write-ahead log."""
    with (
        closing(sqlite3.connect(":memory:", factory=Database)) as database,
        pytest.raises(StoreUnsafe, match="journal_mode=memory, not wal"),
    ):
        settle(database, 30)


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        (PurePosixPath("/home/anna/księga 1/a?b#c%d.db"), "/home/anna/ksi%C4%99ga%201/a%3Fb%23c%25d.db"),
        (PureWindowsPath(r"C:\Moja firma\x.db"), "/C:/Moja%20firma/x.db"),
        (PureWindowsPath(r"\\server\share\x.db"), "//server/share/x.db"),
        (PureWindowsPath(r"\\?\C:\a\x.db"), "//%3F/C:/a/x.db"),
    ],
)
def test_no_part_of_a_path_is_taken_for_a_host(path: PurePath, uri: str) -> None:
    assert uri_of(path, "mode=rw") == f"file://{uri}?mode=rw"


@needs_windows
def test_database_is_opened_by_its_longest_name(tmp_path: Path) -> None:
    path = Path(rf"\\?\{tmp_path}\x.db")
    open_database(path, create=True).close()
    assert (tmp_path / "x.db").is_file()


def test_a_name_with_signs_of_a_web_address_is_only_a_name(tmp_path: Path) -> None:
    path = tmp_path / ("what%3Fmode=memory#50%.db" if IS_WINDOWS else "what?mode=memory#50%.db")
    open_database(path, create=True).close()
    assert path.is_file()


def test_what_is_not_a_database_is_said_to_be_none(path: Path) -> None:
    path.write_bytes(b"dear diary, " * 1000)
    with pytest.raises(StoreDamaged, match=r"events\.db is not a database"):
        LedgerStore.open(path, lambda: 0)


def test_a_damaged_file_is_said_to_be_damaged(
    path: Path, store: LedgerStore, new_session: NewSession
) -> None:
    with store.bulk() as bulk:
        for _ in range(50):
            bulk.append(new_session())
    store.close()
    content = bytearray(path.read_bytes())
    content[8192:] = b"\x55" * (len(content) - 8192)
    path.write_bytes(content)
    with pytest.raises(StoreDamaged, match="is damaged"), LedgerStore.open(path, lambda: 0) as damaged:
        list(damaged.pages(0))


def test_a_database_of_another_program_is_no_ledger(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE events (what)")
    with pytest.raises(LedgerMissing, match="holds no ledger"):
        LedgerStore.open(path, lambda: 0)


def test_a_folder_in_the_place_of_the_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreFailed, match="unable to open"):
        open_database(tmp_path)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreFailed):
        LedgerStore.create(tmp_path / "nowhere" / "events.db", lambda: 0)


def test_a_full_disk_leaves_the_log_as_it_was(store: LedgerStore, new_session: NewSession) -> None:
    store.save(*new_session("2026/1"))
    with store._reading() as database:  # noqa: SLF001 - the only connection of the pool  # pyright: ignore[reportPrivateUsage]  # the same
        database.execute("PRAGMA max_page_count=1")  # SQLite's own way to say that the disk is full

    def fill() -> None:
        with store.bulk() as bulk:
            for _ in range(100):
                bulk.append(new_session())

    with pytest.raises(StoreFull, match=r"no space left for events\.db"):
        fill()
    assert store.length() == 4
    with store._reading() as database:  # noqa: SLF001 - as above  # pyright: ignore[reportPrivateUsage]  # the same
        database.execute("PRAGMA max_page_count=1000000")
    store.save(*new_session("2026/2"))
    assert store.length() == 8


def test_a_writer_beyond_the_timeout_is_a_conflict(
    path: Path, store: LedgerStore, new_session: NewSession
) -> None:
    with store.bulk() as bulk:
        bulk.append(new_session())
        with LedgerStore.open(path, lambda: 0, busy_seconds=0.05) as other:
            with pytest.raises(StoreBusy, match="another process is writing") as caught:
                other.save(*new_session())
            assert other.length() == 0
    assert caught.value.exit_status == 4
    assert "import may be running" in caught.value.hint
    assert store.length() == 4


def test_a_thread_that_writes_beyond_the_timeout_is_a_conflict(path: Path, store: LedgerStore) -> None:
    inside, done = Signal(), Signal()
    with LedgerStore.open(path, lambda: 0, busy_seconds=0.05) as shared:

        def hold() -> None:
            with shared.bulk():
                inside.set()
                done.wait(10)

        holder = Thread(target=hold)
        holder.start()
        inside.wait(10)
        with pytest.raises(StoreBusy, match="another thread is writing"), shared.bulk():
            pass
        done.set()
        holder.join()
    assert store.length() == 0


@pytest.mark.parametrize(
    ("code", "refusal"),
    [
        (sqlite3.SQLITE_BUSY, StoreBusy),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, StoreBusy),
        (sqlite3.SQLITE_LOCKED, StoreBusy),
        (sqlite3.SQLITE_FULL, StoreFull),
        (sqlite3.SQLITE_IOERR_WRITE, StoreFailed),
        (sqlite3.SQLITE_READONLY, StoreFailed),
        (sqlite3.SQLITE_CANTOPEN, StoreFailed),
        (sqlite3.SQLITE_PERM, StoreFailed),
        (sqlite3.SQLITE_CORRUPT_INDEX, StoreDamaged),
        (sqlite3.SQLITE_NOTADB, StoreDamaged),
        (None, StoreDamaged),
    ],
)
def test_every_error_of_sqlite_is_a_refusal_of_ours(code: int | None, refusal: type[LedgerError]) -> None:
    """Extended codes count as their kind; an error without a code is text that is not UTF-8."""
    error = sqlite3.OperationalError("what SQLite says")
    if code is not None:
        error.sqlite_errorcode = code
    with pytest.raises(refusal, match=r"x\.db") as caught, refusals("x.db"):
        raise error
    assert type(caught.value) is refusal


def test_a_transaction_that_fails_to_commit_is_rolled_back(path: Path) -> None:
    """Given a deferred foreign key that breaks at COMMIT, the connection is free for the next one."""
    with closing(open_database(path, create=True)) as database:
        database.execute("CREATE TABLE one (n INTEGER PRIMARY KEY)")
        database.execute("CREATE TABLE many (n REFERENCES one DEFERRABLE INITIALLY DEFERRED)")
        with pytest.raises(sqlite3.IntegrityError), database.transaction():
            database.execute("INSERT INTO many VALUES (1)")
        with database.transaction():
            database.execute("INSERT INTO one VALUES (1)")
        assert database.execute("SELECT count(*) FROM many").fetchone() == (0,)
