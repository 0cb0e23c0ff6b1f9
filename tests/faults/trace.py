"""What a program did to the files below a folder, as `shim.c` wrote it down."""

from __future__ import annotations

import struct
from enum import IntEnum
from pathlib import Path
from typing import NamedTuple

_HEAD = struct.Struct("<4I3Q")


class Op(IntEnum):
    """Kinds of changes; the numbers are those of `shim.c`."""

    CREATE = 1
    WRITE = 2
    TRUNCATE = 3
    SYNC = 4
    RENAME = 5
    UNLINK = 6
    MKDIR = 7
    RMDIR = 8
    LINK = 9
    MODE = 10
    UNSEEN = 11
    """A change that the shim cannot follow; a trace with one proves nothing."""


class Record(NamedTuple):
    """One change that was made."""

    op: Op
    mode: int
    inode: int
    offset: int
    """Where bytes were written; of a truncation, the new size."""
    path: str
    second: str
    data: bytes


def read_trace(path: Path) -> list[Record]:
    """Every change, in order."""
    content, found, at = path.read_bytes(), list[Record](), 0
    while at < len(content):
        op, mode, path_bytes, second_bytes, inode, offset, data_bytes = _HEAD.unpack_from(content, at)
        at += _HEAD.size
        parts: list[bytes] = []
        for length in (path_bytes, second_bytes, data_bytes):
            parts.append(content[at : at + length])
            at += length
        found.append(Record(Op(op), mode, inode, offset, parts[0].decode(), parts[1].decode(), parts[2]))
    return found
