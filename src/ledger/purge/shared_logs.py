"""Logs of all sessions, rewritten without the lines of one month.

Known is the remote tool's own list of connections: fields apart by TAB, two of them times in UTC. A log
that holds no such line is left as it is, and said to be.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from ledger.domain.clock import local_month
from ledger.domain.events import LogRewritten
from ledger.folder.atomic_write import discard, flush_to_disk, move
from ledger.purge.settings import SharedLog

SIZE_MAX_BYTES = 256 * 1024 * 1024
_TIME = re.compile(rb"(?:^|\t)(\d{2})-(\d{2})-(\d{4}) (\d{2}):(\d{2}):(\d{2})(?=\t)")


class Looked(NamedTuple):
    """A log as it was when it was read: what stays of it, and what it was."""

    kept: bytes
    of_month: int
    known: bool
    size: int
    modified_ns: int


def look(log: SharedLog, month: str) -> LogRewritten:
    """What a log holds of a month; nothing is changed."""
    try:
        looked = _read(log.path, month)
    except OSError:
        return LogRewritten(name=log.name, result="failed")
    if looked is None:
        return LogRewritten(name=log.name, result="absent")
    return LogRewritten(name=log.name, result="retained" if looked.known else "unknown", left=looked.of_month)


def rewrite(log: SharedLog, month: str) -> LogRewritten:
    """The same log without the lines of a month; one that somebody writes to meanwhile is left."""
    try:
        looked = _read(log.path, month)
        if looked is None:
            return LogRewritten(name=log.name, result="absent")
        if not looked.known:
            return LogRewritten(name=log.name, result="unknown")
        if looked.of_month and not _replaced(log.path, looked):
            return LogRewritten(name=log.name, result="retained", left=looked.of_month)
    except OSError:
        return LogRewritten(name=log.name, result="failed")
    return LogRewritten(name=log.name, result="removed", removed=looked.of_month)


def looks(logs: Sequence[SharedLog], month: str) -> list[LogRewritten]:
    """What each log holds of a month."""
    return [look(log, month) for log in logs]


def _read(path: Path, month: str) -> Looked | None:
    """A plain file of a bearable size, read whole; None where there is none. Raises OSError."""
    try:
        found = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    if not path.is_file() or path.is_symlink() or found.st_size > SIZE_MAX_BYTES:
        return Looked(b"", 0, known=False, size=found.st_size, modified_ns=found.st_mtime_ns)
    lines = path.read_bytes().splitlines(keepends=True)
    months = [_month(line) for line in lines]
    kept = b"".join(line for line, of in zip(lines, months, strict=True) if of != month)
    known = not lines or any(of is not None for of in months)
    return Looked(kept, months.count(month), known, found.st_size, found.st_mtime_ns)


def _month(line: bytes) -> str | None:
    """The office month in which the connection of a line began; None for any other line."""
    times = _TIME.findall(line)
    if len(times) < 2:  # noqa: PLR2004 - a beginning and an end
        return None
    day, month, year, hour, minute, second = (int(part) for part in times[0])
    try:
        return local_month(datetime(year, month, day, hour, minute, second, tzinfo=UTC))
    except ValueError:
        return None


def _replaced(path: Path, looked: Looked) -> bool:
    """Put what stays in the log's place, in one step; False when the log changed meanwhile."""
    beside = path.with_name(f".{path.name}.rewritten")
    found = path.stat()
    try:
        with beside.open("wb") as file:
            file.write(looked.kept)
            file.flush()
            flush_to_disk(file.fileno())
        beside.chmod(found.st_mode & 0o7777)
        now = path.stat()
        if (now.st_size, now.st_mtime_ns) != (looked.size, looked.modified_ns):
            return False
        move(beside, path)
    finally:
        discard(beside)
    return True
