"""The files of the read models: `views.current` names the live `views-<n>.db`.

A database is never renamed over another, since a reader that holds it open would be given old rows or
a torn image: a new file gets a new number, and then that one line is replaced.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event

POINTER = "views.current"
LOCK = "views.lock"
_NAME = re.compile(r"views-([1-9][0-9]{0,17})\.db")
BUSY_MILLISECONDS = 30_000


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


def sync(path: Path) -> None:
    """Have a file, or a folder, on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove_others(folder: Path, *kept: Path | None) -> None:
    """Drop every other file: older ones, and what a replay left behind that died."""
    for path in _numbered(folder).values():
        if path not in kept:
            for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
                (folder / name).unlink(missing_ok=True)


# --- connections ------------------------------------------------------------------------------


@contextmanager
def opened(path: Path, *, beside: Path | None = None) -> Generator[Connection]:
    """A read model as it stands, to be looked at; `beside` is attached as `live`."""
    with connected(engine_of(path, beside=beside)) as views:
        yield views


@contextmanager
def connected(engine: Engine) -> Generator[Connection]:
    """A connection of an engine that ends with it."""
    try:
        with engine.connect() as views:
            yield views
    finally:
        engine.dispose()


def engine_of(path: Path, *, disposable: bool = False, beside: Path | None = None) -> Engine:
    """A views file; `disposable` neither syncs nor keeps a way back: it is thrown away, or synced at the end.

    `beside` is attached as `live`, to copy rows from.
    """
    engine = create_engine(URL.create("sqlite", database=str(path)), hide_parameters=True)

    @event.listens_for(engine, "connect")
    def prepare(driver: Any, _record: object) -> None:  # noqa: ANN401 - SQLAlchemy hands over sqlite3's own
        driver.isolation_level = None
        driver.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
        driver.execute(f"PRAGMA journal_mode={'OFF' if disposable else 'WAL'}")
        driver.execute(f"PRAGMA synchronous={'OFF' if disposable else 'NORMAL'}")
        if disposable:
            driver.execute("PRAGMA cache_size=-65536")  # 64 MiB: what is filled once is not written twice
        if beside is not None:
            driver.execute("ATTACH DATABASE ? AS live", (str(beside),))

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
