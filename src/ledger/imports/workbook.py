"""Workbooks read in a process of their own: whatever a file does to its reader, this one lives.

`python -m ledger.imports.workbook` reads a workbook from stdin and writes the rows of its first sheet to
stdout, a JSON list of texts a line. A library in another language reads it: an allocation too large for it
ends its process at once, and no `except` would see that.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from typing import NamedTuple

import msgspec

NOT_READ, TOO_LARGE = 10, 11
"""Exit statuses of the reader: the file is no workbook; its rows are more than the limit."""


class Limits(NamedTuple):
    """What the reader may take: memory and output in bytes, time of the processor in seconds."""

    memory_bytes: int = 3 << 30
    output_bytes: int = 512 << 20
    seconds: int = 120


class WorkbookUnreadable(Exception):  # noqa: N818 - the caller says it in the file's name
    """The reader could not read the file."""


class WorkbookTooLarge(Exception):  # noqa: N818 - as above
    """The reader came to one of its limits, or was ended by the system."""


def read_rows(raw: bytes, limits: Limits = Limits()) -> bytes:  # noqa: B008 - immutable
    """Return the rows of the first sheet, a JSON list a line; raises WorkbookUnreadable, WorkbookTooLarge."""
    command = [sys.executable, "-P", "-m", __name__, *map(str, limits)]
    try:
        ran = subprocess.run(  # noqa: S603 - this very module, and numbers
            command,
            input=raw,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # the library shows what it was reading there
            timeout=2 * limits.seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise WorkbookTooLarge from None
    if ran.returncode == NOT_READ:
        raise WorkbookUnreadable
    if ran.returncode != 0:
        raise WorkbookTooLarge
    return ran.stdout


def text_of(cell: object) -> str:
    """Return a cell as a person would have typed it into CSV."""
    match cell:
        case bool():
            return "yes" if cell else "no"
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime():
            return cell.isoformat(sep=" ")
        case date() | time_of_day():
            return cell.isoformat()
        case timedelta():
            return str(cell)
        case _:
            return str(cell).strip()


def _limit(limits: Limits) -> None:
    """Bound this process where the system can; without bounds it still is a process of its own."""
    try:
        import resource  # noqa: PLC0415 - POSIX alone has it
    except ImportError:
        return
    wanted = {
        resource.RLIMIT_AS: limits.memory_bytes,
        resource.RLIMIT_CPU: limits.seconds,
        resource.RLIMIT_CORE: 0,
    }
    for kind, most in wanted.items():
        _, hard = resource.getrlimit(kind)
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (allowed, allowed))


def _main() -> int:
    limits = Limits(*map(int, sys.argv[1:]))
    raw = sys.stdin.buffer.read()
    _limit(limits)
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 - within the limits

    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(raw)).get_sheet_by_index(0)
        rows = sheet.to_python(skip_empty_area=False)
    except MemoryError:
        return TOO_LARGE
    except (CalamineError, EOFError, OSError, RuntimeError, ValueError, IndexError):
        return NOT_READ
    written = 0
    with os.fdopen(1, "wb", 1 << 20) as out:
        for cells in rows:
            line = msgspec.json.encode([text_of(cell) for cell in cells]) + b"\n"
            written += len(line)
            if written > limits.output_bytes:
                return TOO_LARGE
            out.write(line)
    return 0


if __name__ == "__main__":
    sys.exit(_main())
