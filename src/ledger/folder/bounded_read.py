"""Files that people name, read up to a limit: a device, a pipe, a file that grows tell no size beforehand."""

from __future__ import annotations

import codecs
import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

BLOCK_BYTES = 1 << 20
TEXT_BYTES_MAX = 16 << 20
"""Of a price list, a profile, a list of shops: texts that people write."""
CONFIG_BYTES_MAX = 256 << 10
"""Of ledger.toml, a key, a signed head: what the program or its owner keeps in a line or a page."""
KEY_PARTS_MAX = 64
"""Of one key of TOML: `a.b` has two. A library takes time with the square of their number."""
DOCUMENT_BYTES_MAX = 64 << 20
"""Of a document that a person compares."""


def read_at_most(path: Path, most_bytes: int) -> bytes:
    """Return the bytes of a file; raises OSError, with EFBIG for one that has more."""
    with path.open("rb") as file:
        return b"".join(blocks_of(file, most_bytes))


def text_of(path: Path) -> str:
    """Return a text that a person wrote, without its byte order mark; raises OSError, UnicodeDecodeError."""
    return _decoded(read_at_most(path, TEXT_BYTES_MAX))


def toml_text_of(path: Path, most_bytes: int = TEXT_BYTES_MAX) -> str:
    """Return a text of TOML that can be taken apart in bearable time.

    Raises OSError, UnicodeDecodeError, ValueError for a key of too many parts.
    """
    text = _decoded(read_at_most(path, most_bytes))
    if text.count(".") >= KEY_PARTS_MAX:
        for number, line in enumerate(text.split("\n"), start=1):
            if line.partition("=")[0].partition('"')[0].count(".") >= KEY_PARTS_MAX:
                raise ValueError(f"a key has more than {KEY_PARTS_MAX} parts (at line {number})")
    return text


def _decoded(content: bytes) -> str:
    """Return a text without its byte order mark; the codec for that is one more module at each start."""
    return content.removeprefix(codecs.BOM_UTF8).decode("utf-8")


def blocks_of(file: BinaryIO, most_bytes: int) -> Iterator[bytes]:
    """Yield what is left of an open file, block by block; raises OSError, with EFBIG, beyond the limit."""
    left = most_bytes
    while block := file.read(min(BLOCK_BYTES, left + 1)):
        left -= len(block)
        if left < 0:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
        yield block
