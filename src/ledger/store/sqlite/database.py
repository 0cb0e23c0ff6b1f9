"""SQLite as the ledger wants it: durable, erasing, patient; its errors as refusals of our own.

Every SQLite file of the ledger is opened here: events, vault, keys.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePath
from urllib.parse import quote_from_bytes

from ledger.errors import LedgerError, StoreBusy, StoreDamaged, StoreFailed, StoreFull, StoreUnsafe
from ledger.folder.atomic_write import sync
from ledger.message import Hint, Message, msg, system_text

# The driver asks of every None and every bytes whether somebody adapts them, a slow search that ends with
# nothing. An adapter that gives back what it was given ends it at once: three to four times as fast.
sqlite3.register_adapter(type(None), dict[None, None]().get)
sqlite3.register_adapter(bytes, bytes)

BUSY_SECONDS = 30.0

_SETTINGS: tuple[tuple[str, str, str | int], ...] = (
    ("journal_mode", "WAL", "wal"),
    ("synchronous", "FULL", 2),
    ("secure_delete", "ON", 1),
    ("foreign_keys", "ON", 1),
)
"""Pragma, what to set, what it must answer. Builds of SQLite differ in their defaults."""

_REFUSALS: dict[int, tuple[type[LedgerError], Message]] = {
    sqlite3.SQLITE_BUSY: (StoreBusy, msg("another process is writing to {name}")),
    sqlite3.SQLITE_LOCKED: (StoreBusy, msg("another connection is using {name}")),
    sqlite3.SQLITE_FULL: (StoreFull, msg("the disk has no space left for {name}")),
    sqlite3.SQLITE_CORRUPT: (StoreDamaged, msg("{name} is damaged")),
    sqlite3.SQLITE_NOTADB: (StoreDamaged, msg("{name} is not a database")),
    sqlite3.SQLITE_ERROR: (StoreDamaged, msg("{name} is not a file of this ledger: {error}")),
}
_PRIMARY_CODE = 0xFF
_IMMUTABLE = "mode=ro&immutable=1"
"""For what can only be read: SQLite makes no log and no lock beside the file then."""
_OF_THE_DISK = {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}
_FREE_BYTES_MIN = 64 * 1024
"""The index of a write-ahead log takes 32 KiB, and SQLite calls it an I/O error where there is no room."""


class Database(sqlite3.Connection):
    """One connection. Outside `transaction` every statement is a transaction of its own."""

    name = ""
    log = Path()
    """Its write-ahead log, which lies beside it."""

    @contextmanager
    def transaction(self, *, write: bool = True) -> Generator[None]:
        """All or nothing. A writer takes the lock at once, so what it reads stays true until it commits.

        Raises StoreBusy, StoreFull, StoreFailed, StoreDamaged.
        """
        with refusals(self.name, self.log.parent), transaction(self, write=write):
            yield

    def truncate_log(self) -> bool:
        """Move the write-ahead log into the file and cut it to nothing; False while somebody reads it.

        SQLite syncs what it moved and not the cut, and what was deleted would come back with the log.
        """
        with refusals(self.name, self.log.parent):
            busy, _, _ = self.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        try:
            if not busy and self.log.exists():
                sync(self.log)
        except OSError as error:
            raise StoreFailed(
                msg("{name} cannot be used: {error}", name=self.name, error=system_text(error))
            ) from error
        return not busy


@contextmanager
def transaction(connection: sqlite3.Connection, *, write: bool) -> Generator[None]:
    """All or nothing, and one moment for all that is read; a writer takes the lock at once."""
    connection.execute("BEGIN IMMEDIATE" if write else "BEGIN")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):  # the first error is the one to tell
            connection.execute("ROLLBACK")
        raise


@contextmanager
def refusals(name: str, folder: Path | None = None) -> Generator[None]:
    """Turn what SQLite raises about the file `name` into refusals; a broken constraint passes through.

    SQLite gives one code for several causes; the folder tells whether its disk is full, or read-only.
    """
    try:
        yield
    except sqlite3.IntegrityError:
        raise
    except sqlite3.DatabaseError as error:
        raise _refusal(name, error, folder) from error
    except UnicodeDecodeError as error:  # SQLite quotes damaged bytes in its message
        raise StoreDamaged(msg("{name} is damaged: it holds text that is none", name=name)) from error


def has_no_space(folder: Path) -> bool:
    """Return True if nothing of the size that SQLite needs can be written in a folder."""
    import shutil  # noqa: PLC0415 - the disk is seldom full

    try:
        return shutil.disk_usage(folder).free < _FREE_BYTES_MIN
    except OSError:
        return False


def refuse_waiting_log(path: Path) -> None:
    """Raise StoreFailed where a write-ahead log that was not moved back lies beside the file."""
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size:
        fact = msg(
            "{name} was copied while it was written to, or is being written to, and can only be read here",
            name=path.name,
        )
        raise StoreFailed(fact, hint=Hint("copy the folder elsewhere, and read it there"))


def is_read_only(folder: Path) -> bool:
    """Return True if a folder can only be read: its disk, whoever asks, or by its rights, by this user."""
    try:
        if os.name != "posix":
            return False
        return bool(os.statvfs(folder).f_flag & os.ST_RDONLY) or not os.access(folder, os.W_OK)
    except OSError:
        return False


def _refusal(name: str, error: sqlite3.DatabaseError, folder: Path | None) -> LedgerError:
    # Without a code the error is the driver's own: a text that is not UTF-8.
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & _PRIMARY_CODE
    if code in _OF_THE_DISK and folder is not None:
        if has_no_space(folder):
            code = sqlite3.SQLITE_FULL
        elif is_read_only(folder):
            return StoreFailed(
                msg("{name} lies where it can only be read", name=name),
                hint=Hint("copy the folder elsewhere"),
            )
    kind, fact = _REFUSALS.get(code, (StoreFailed, msg("{name} cannot be used: {error}")))
    return kind(fact.of(name=name, error=Message(str(error))))


def uri_of(path: PurePath, query: str) -> str:
    r"""Return an absolute path as SQLite's URI, which knows no host but this one (sqlite.org/uri.html).

    A share of Windows, `\\server\share`, and `\\?\C:\` stand whole after the empty host.
    """
    text = path.as_posix()
    root = "" if text.startswith("/") else "/"
    return f"file://{root}{quote_from_bytes(os.fsencode(text), safe='/:')}?{query}"


def open_database(path: Path, *, create: bool = False, busy_seconds: float = BUSY_SECONDS) -> Database:
    """Open a file that exists, or may be made, with every setting set and asserted.

    Raises StoreUnsafe where a setting is not taken, and the refusals of `Database.transaction`.
    """
    reads_only = not create and is_read_only(path.parent)
    uri = uri_of(path.absolute(), _IMMUTABLE if reads_only else "mode=rwc" if create else "mode=rw")
    if reads_only:
        refuse_waiting_log(path)
    with refusals(path.name, path.parent):
        database = sqlite3.connect(
            uri,
            uri=True,
            timeout=busy_seconds,
            isolation_level=None,
            check_same_thread=False,  # the pool hands a connection from thread to thread, one at a time
            factory=Database,
        )
        database.name = path.name
        database.log = path.with_name(f"{path.name}-wal")
        try:
            if not reads_only:  # what nobody can write to needs no care for how it is written
                settle(database, busy_seconds)
        except BaseException:
            database.close()
            raise
    return database


def settle(database: Database, busy_seconds: float) -> None:
    """Set what keeps a connection durable and erasing, and ask whether it was taken; raises StoreUnsafe."""
    for pragma, value, _ in _SETTINGS:
        database.execute(f"PRAGMA {pragma}={value}")
    if sys.platform == "darwin":  # see flush_to_disk
        database.execute("PRAGMA fullfsync=ON")
        database.execute("PRAGMA checkpoint_fullfsync=ON")
    expected = [(pragma, answer) for pragma, _, answer in _SETTINGS]
    for pragma, answer in [*expected, ("busy_timeout", int(busy_seconds * 1000))]:
        (found,) = database.execute(f"PRAGMA {pragma}").fetchone()
        if found != answer:
            raise StoreUnsafe(
                msg(
                    "{name} answers {setting}={found}, not {answer}",
                    name=database.name,
                    setting=pragma,
                    found=found,
                    answer=answer,
                )
            )
