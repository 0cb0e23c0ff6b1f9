"""The files of the read models: `views.current` names the live `views-<n>.db`.

A database is never renamed over another, since a reader that holds it open would be given old rows or
a torn image: a new file gets a new number, and then that one line is replaced.
"""

from __future__ import annotations

import fcntl
import os
import re
import sqlite3
from collections.abc import Generator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

from ledger.folder.atomic_write import sync
from ledger.store.sqlite.database import transaction

POINTER = "views.current"
LOCK = "views.lock"
_NAME = re.compile(r"views-([1-9][0-9]{0,17})\.db")
BUSY_SECONDS = 30.0
SCHEMA_VERSION = 6
"""Stored in the file; a file of another version is derived again."""
NAMES_IN_FILE = {
    "tracking", "merges",
    "sessions", "sessions_by_customer", "sessions_by_end", "sessions_open", "sessions_undeleted",
    "billing", "billing_by_period",
    "deletions",
}  # fmt: skip
"""The tables and indexes of `projections.read_models.schema`, which a file has that is whole."""


def live_file(folder: Path) -> Path | None:
    """The read model that views.current names; None where there is none."""
    try:
        name = (folder / POINTER).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None
    path = folder / name
    return path if _NAME.fullmatch(name) and path.is_file() else None


def next_file(folder: Path) -> Path:
    """A new, empty file of the next number."""
    path = folder / f"views-{max(_numbered(folder), default=0) + 1}.db"
    path.touch(exist_ok=False)
    return path


def _numbered(folder: Path) -> dict[int, Path]:
    """Every file of read models by its number."""
    named = ((_NAME.fullmatch(path.name), path) for path in folder.iterdir())
    return {int(match[1]): path for match, path in named if match}


@contextmanager
def alone(folder: Path) -> Generator[None]:
    """Nobody else derives read models in this folder meanwhile; the system lets go of who dies."""
    descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def point_to(folder: Path, path: Path) -> None:
    """Make a file the live one."""
    pointer = folder / f"{path.name}.pointer"
    with pointer.open("w", encoding="ascii") as file:
        file.write(path.name + "\n")
        file.flush()
        os.fsync(file.fileno())
    pointer.replace(folder / POINTER)
    sync(folder)


def remove_others(folder: Path, *kept: Path | None) -> None:
    """Drop every other file: older ones, and what a replay left behind that died."""
    for path in _numbered(folder).values():
        if path not in kept:
            for each in (path, *folder.glob(f"{path.name}-*")):  # its log, and what processes filled for it
                each.unlink(missing_ok=True)


# --- connections ------------------------------------------------------------------------------


class Views(sqlite3.Connection):
    """A read model. Outside `transaction` every statement is a transaction of its own."""

    def transaction(self, *, write: bool = False) -> AbstractContextManager[None]:
        """All or nothing, and one moment for everything read in it; errors come as SQLite raises them."""
        return transaction(self, write=write)


@contextmanager
def opened(path: Path) -> Generator[Views]:
    """A read model as it stands, to be looked at or brought up to date."""
    with closing(_connection(path)) as views:
        views.execute("PRAGMA journal_mode=WAL")
        views.execute("PRAGMA synchronous=NORMAL")
        yield views


@contextmanager
def filled(path: Path) -> Generator[Views]:
    """A new file, neither synced nor with a way back: it is thrown away, or synced at the end."""
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
    uri = f"{path.absolute().as_uri()}?mode=rw"
    return sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None, factory=Views)
