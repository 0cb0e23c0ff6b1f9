"""Files that people name, read up to a limit: a device, a pipe, a file that grows tell no size beforehand."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

BLOCK_BYTES = 1 << 20
TEXT_BYTES_MAX = 16 << 20
"""Of a price list, a profile, a list of shops: texts that people write."""
DOCUMENT_BYTES_MAX = 64 << 20
"""Of a document that a person compares."""


def read_at_most(path: Path, most_bytes: int) -> bytes:
    """Return the bytes of a file; raises OSError, with EFBIG for one that has more."""
    with path.open("rb") as file:
        return b"".join(blocks_of(file, most_bytes))


def text_of(path: Path) -> str:
    """Return a text that a person wrote, without its byte order mark; raises OSError, UnicodeDecodeError."""
    return read_at_most(path, TEXT_BYTES_MAX).decode("utf-8-sig")


def blocks_of(file: BinaryIO, most_bytes: int) -> Iterator[bytes]:
    """Yield what is left of an open file, block by block; raises OSError, with EFBIG, beyond the limit."""
    left = most_bytes
    while block := file.read(min(BLOCK_BYTES, left + 1)):
        left -= len(block)
        if left < 0:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
        yield block
