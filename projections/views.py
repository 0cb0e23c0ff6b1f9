"""The files of the read models: `views.current` names the live `views-<n>.db`.

A database is never renamed over another, since a reader that holds it open would be given old rows or
a torn image: a new file gets a new number, and then that one line is replaced.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Generator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

from ledger.errors import StoreBusy
from ledger.folder import lock
from ledger.folder.atomic_write import discard, discard_folder, patiently, write_whole
from ledger.message import msg, system_text
from ledger.store.sqlite.database import is_read_only, transaction, uri_of

POINTER = "views.current"
LOCK = "views.lock"
_NAME = re.compile(r"views-([1-9][0-9]{0,17})\.db")
BUSY_SECONDS = 30.0
SCHEMA_VERSION = 7
"""Stored in the file; a file of another version is derived again."""
NAMES_IN_FILE = {
    "tracking", "merges",
    "sessions", "sessions_by_customer", "sessions_by_end", "sessions_open", "sessions_undeleted",
    "billing", "billing_by_period",
    "deletions",
}  # fmt: skip
"""The tables and indexes of `projections.read_models.schema`, which a complete file has."""


def live_file(folder: Path) -> Path | None:
    """Return the read model that views.current names; None where there is none.

    Raises: StoreBusy: the system does not let the pointer be read.
    """
    before = None
    while (name := _live_name(folder)) != before:  # another one: the first was replaced and removed meanwhile
        if name is None or _NAME.fullmatch(name) is None:
            return None
        if (folder / name).is_file():
            return folder / name
        before = name
    return None


def _live_name(folder: Path) -> str | None:
    """Return what stands in the pointer; None where there is none, or one that is no text."""
    pointer = folder / POINTER
    try:
        return patiently(lambda: pointer.read_text(encoding="ascii")).strip()
    except PermissionError as error:  # it is there: to derive anew beside it would not help
        raise StoreBusy(
            msg("{pointer} cannot be read: {error}", pointer=POINTER, error=system_text(error))
        ) from error
    except (OSError, UnicodeDecodeError):
        return None


def next_file(folder: Path) -> Path:
    """Create a new, empty file of the next number."""
    path = folder / f"views-{max(_numbered(folder), default=0) + 1}.db"
    path.touch(exist_ok=False)
    return path


def _numbered(folder: Path) -> dict[int, Path]:
    """Return every file of read models by its number."""
    named = ((_NAME.fullmatch(path.name), path) for path in folder.iterdir())
    return {int(match[1]): path for match, path in named if match}


@contextmanager
def alone(folder: Path) -> Generator[None]:
    """Hold the lock of the one process that derives read models in a folder; a killed one loses it."""
    with lock.held(folder / LOCK):
        yield


def point_to(folder: Path, path: Path) -> None:
    """Make a file the live one."""
    write_whole(folder / POINTER, f"{path.name}\n".encode("ascii"), beside=folder / f"{path.name}.pointer")


def remove_others(folder: Path, *kept: Path | None) -> None:
    """Delete every other file: older ones, and what a killed replay left.

    One that another process holds open, which Windows does not delete, stays until the next replay.
    """
    for parts in folder.glob("views-*.db-parts"):  # of worker processes
        discard_folder(parts)
    for path in _numbered(folder).values():
        if path not in kept and discard(path):
            for each in folder.glob(f"{path.name}-*"):  # its log
                discard(each)


# --- connections ------------------------------------------------------------------------------


class Views(sqlite3.Connection):
    """A connection to a read model. Outside `transaction` every statement is a transaction of its own."""

    def transaction(self, *, write: bool = False) -> AbstractContextManager[None]:
        """Run statements as one transaction, reads as of one moment; errors come as SQLite raises them."""
        return transaction(self, write=write)


@contextmanager
def opened(path: Path) -> Generator[Views]:
    """Open a read model, to be read or caught up."""
    with closing(_connection(path)) as views:
        if not is_read_only(path.parent):
            views.execute("PRAGMA journal_mode=WAL")
            views.execute("PRAGMA synchronous=NORMAL")
        yield views


@contextmanager
def filled(path: Path) -> Generator[Views]:
    """Open a new file without journal or sync: it is deleted on failure, or synced at the end."""
    with closing(_connection(path)) as views:
        views.execute("PRAGMA journal_mode=OFF")
        views.execute("PRAGMA synchronous=OFF")
        # Measured: with pages of 4 KiB a fifth slower. With a cache of 24 MiB indexes take a third longer,
        # since what they sort is handed to helpers in pieces of that size.
        views.execute("PRAGMA page_size=16384")
        views.execute("PRAGMA cache_size=-4096")
        views.execute("PRAGMA threads=2")
        yield views


def _connection(path: Path) -> Views:
    uri = uri_of(path.absolute(), "mode=ro&immutable=1" if is_read_only(path.parent) else "mode=rw")
    return sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None, factory=Views)
