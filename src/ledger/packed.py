"""What is kept of a large file or a long report between two looks at it: packed, in memory, never on a disk.

A file's bytes are read once, so that nothing can change between its checking and its recording, and a
file with personal data leaves no copy behind.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

import msgspec

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_T = TypeVar("_T")
_T_co = TypeVar("_T_co", covariant=True)
_FASTEST = 1
"""A level of zlib: a table shrinks to a quarter of its size, at about the speed at which a disk is read."""
_ROWS = 2_000
"""Rows packed at a time."""


class Rereadable(Protocol[_T_co]):
    """Values that can be counted and gone through, again and again: a list, or packed ones."""

    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[_T_co]: ...


class PackedBytes:
    """Bytes that come in blocks and are kept packed; they can be gone through again and again."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._packed = [zlib.compress(block, _FASTEST) for block in blocks]

    def __iter__(self) -> Iterator[bytes]:
        return map(zlib.decompress, self._packed)


Blocks = PackedBytes | list[bytes]
"""A file's bytes, which can be gone through again and again."""


class PackedRows(Generic[_T]):
    """Values of one type in the order they were added, packed many at a time."""

    def __init__(self, kind: type[_T]) -> None:
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(list[kind]).decode  # type: ignore[valid-type] # a type at run time
        self._packed: list[bytes] = []
        self._loose: list[_T] = []

    def add(self, row: _T) -> None:
        """Keep one more."""
        self._loose.append(row)
        if len(self._loose) == _ROWS:
            self._packed.append(zlib.compress(self._encode(self._loose), _FASTEST))
            self._loose = []

    def __len__(self) -> int:
        return len(self._packed) * _ROWS + len(self._loose)

    def __iter__(self) -> Iterator[_T]:
        for block in self._packed:
            yield from self._decode(zlib.decompress(block))
        yield from self._loose


class BlockReader(io.RawIOBase):
    """A file to read from, made of blocks."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        super().__init__()
        self._blocks = iter(blocks)
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        """Return True: nothing else can be done with it."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fill the buffer from the next blocks; 0 at the end."""
        room = memoryview(buffer).cast("B")
        while not self._rest:
            block = next(self._blocks, None)
            if block is None:
                return 0
            self._rest = memoryview(block)
        count = min(len(room), len(self._rest))
        room[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count


class MaybeSeen:
    """Tells of a text whether it may have come before: never wrongly no, wrongly yes once in a hundred times.

    A set of a million texts takes a hundred megabytes; this takes eight.
    """

    def __init__(self, expected: int) -> None:
        bits = max(expected * 64, 1 << 13)
        self._mask = (1 << bits.bit_length()) - 1
        self._table = bytearray((self._mask + 1) // 8)

    def add(self, text: str) -> bool:
        """Note a text; return whether it may have been noted before."""
        place = hash(text) & self._mask
        byte, bit = place >> 3, 1 << (place & 7)
        seen = bool(self._table[byte] & bit)
        self._table[byte] |= bit
        return seen


def in_chunks(values: Iterable[_T], size: int) -> Iterator[list[_T]]:
    """Yield the values so many at a time."""
    rest = iter(values)
    while chunk := list(islice(rest, size)):
        yield chunk
