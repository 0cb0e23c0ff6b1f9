"""The log as static files (C2SP tlog-tiles): what any web server can hand to whoever watches it.

Tiles of hashes and the signed checkpoint say nothing of anybody; the entries, which hold codes and sums, are
published only where asked for. A folder is brought up to date in place: tiles first, the checkpoint last and
whole, so that a reader never meets a checkpoint whose tiles are not there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from ledger.domain import merkle
from ledger.domain.merkle import TILE_HEIGHT, TILE_WIDTH, ReadHashes
from ledger.errors import PublicationForked, PublicationTarget
from ledger.folder.atomic_write import discard_folder, make_folder, write_whole
from ledger.folder.bounded_read import CONFIG_BYTES_MAX, read_at_most
from ledger.folder.written_aside import refusal
from ledger.message import msg
from ledger.transparency.bundle import tile_path
from ledger.transparency.checkpoint import Checkpoint, held_checkpoint

CHECKPOINT = "checkpoint"
ENTRIES = "entries"
ENTRY_BYTES_MAX = (1 << 16) - 1
"""An entry stands behind its length in two bytes."""
ReadLines = Callable[[int, int], Iterable[bytes]]
"""(first, count): so many leaf lines, in order."""


class Publication(NamedTuple):
    """What is published; everything stands for the checkpoint's size."""

    checkpoint: Checkpoint
    hashes: ReadHashes
    lines: ReadLines | None
    """None: no entries."""


class Published(NamedTuple):
    """What a publication has now: its size, the files written this time, and how many stood there before."""

    size: int
    written: int
    kept: int


def publish(target: Path, source: Publication) -> Published:
    """Bring a folder up to date; what stands there rightly is not written again.

    Broken off at any write, the same call goes on. Raises PublicationTarget, and PublicationForked where the
    folder holds another log, a longer one, or one that this is no continuation of.
    """
    try:
        _require_beginning(target, source)
        make_folder(target)
        written = kept = 0
        for name, content in _files(source):
            if _stands(target / name, content):
                kept += 1
            else:
                make_folder((target / name).parent)
                write_whole(target / name, content)
                written += 1
            _clear_partials(target / name)
        note = source.checkpoint.note.encode()
        if not _stands(target / CHECKPOINT, note):
            write_whole(target / CHECKPOINT, note)
            written += 1
    except OSError as error:
        raise refusal(error, target, PublicationTarget) from error
    return Published(source.checkpoint.size, written, kept)


def _require_beginning(target: Path, source: Publication) -> None:
    """Raise PublicationForked unless what is published there is a beginning of this log."""
    try:
        before = held_checkpoint(read_at_most(target / CHECKPOINT, CONFIG_BYTES_MAX))
    except FileNotFoundError:
        return
    head, newest = before.head, source.checkpoint
    if head.origin != newest.head.origin:
        raise PublicationForked(msg("{target} holds the log {origin}", target=target, origin=head.origin))
    if head.size > newest.size:
        raise PublicationForked(
            msg(
                "{target} holds {published} events, and this log has {size}",
                target=target,
                published=head.size,
                size=newest.size,
            )
        )
    if merkle.root(source.hashes, head.size) != head.root:
        raise PublicationForked(
            msg("this log is no continuation of the {size} events of {target}", size=head.size, target=target)
        )


def _files(source: Publication) -> Iterator[tuple[str, bytes]]:
    """Yield every tile, and every bundle of entries where they are published, with its bytes."""
    size = source.checkpoint.size
    if source.lines is not None:
        for number, width in _widths(size):
            yield (
                _entries_path(number, width),
                b"".join(_framed(line) for line in source.lines(number * TILE_WIDTH, width)),
            )
    level, count = 0, size
    while count:
        for number, width in _widths(count):
            hashes = source.hashes(level, number * TILE_WIDTH, width)
            yield tile_path(level, number, width), b"".join(hashes)
        level, count = level + 1, count >> TILE_HEIGHT


def _widths(count: int) -> Iterator[tuple[int, int]]:
    """Yield the number and the width of each tile over so many hashes."""
    for number in range(-(-count // TILE_WIDTH)):
        yield number, min(TILE_WIDTH, count - number * TILE_WIDTH)


def _entries_path(number: int, width: int) -> str:
    return tile_path(0, number, width).replace("tile/0/", f"tile/{ENTRIES}/", 1)


def _framed(line: bytes) -> bytes:
    """Return an entry behind its length, two bytes, the higher one first."""
    if len(line) > ENTRY_BYTES_MAX:
        raise PublicationTarget(
            msg("an event of {size} bytes is too long for a bundle of entries", size=len(line))
        )
    return len(line).to_bytes(2, "big") + line


def _stands(path: Path, content: bytes) -> bool:
    """Return True if a file is there with this content."""
    try:
        return path.stat().st_size == len(content) and path.read_bytes() == content
    except FileNotFoundError:
        return False


def _clear_partials(path: Path) -> None:
    """Remove the parts of a tile that is full by now: nobody needs them any more.

    One that a web server is giving to somebody on Windows stays for the next time.
    """
    partials = path.with_name(f"{path.name}.p")
    if not path.parent.name.endswith(".p") and partials.exists():
        discard_folder(partials)
