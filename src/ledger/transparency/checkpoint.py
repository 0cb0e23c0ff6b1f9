"""Checkpoints (C2SP tlog-checkpoint): the origin, the size and the root of a tree, as a note's text."""

from __future__ import annotations

import re
from base64 import b64encode
from codecs import BOM_UTF8
from pathlib import Path
from typing import NamedTuple

from ledger.domain.merkle import HASH_BYTES
from ledger.errors import BadNote, FileTrouble
from ledger.message import Hint, msg, plain
from ledger.transparency.note import NOTE_BYTES_MAX, decoded, parse_note

SIZE_MAX = 2**63 - 1
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


class TreeHead(NamedTuple):
    """What a checkpoint says: which log, how many leaves, which root."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Return the note's text: three lines and no extension."""
        return f"{self.origin}\n{self.size}\n{root_text(self.root)}\n"


class Checkpoint(NamedTuple):
    """A tree head and the signed note that says it."""

    head: TreeHead
    note: str

    @property
    def size(self) -> int:
        """Return the number of leaves it covers."""
        return self.head.size

    @property
    def root(self) -> bytes:
        """The root over them."""
        return self.head.root


def root_text(root: bytes) -> str:
    """Return a root as checkpoints write it: base64."""
    return b64encode(root).decode()


def parse_checkpoint(note: str) -> Checkpoint:
    """Return the tree head of a signed note; its signatures are not looked at. Raises BadNote."""
    lines = parse_note(note).text.split("\n")
    if len(lines) < 4 or not lines[0] or not _SIZE.fullmatch(lines[1]) or int(lines[1]) > SIZE_MAX:  # noqa: PLR2004 - three lines and what follows the last newline
        raise BadNote(msg("a checkpoint is a note of an origin, a size and a root"))
    root = decoded(lines[2])
    if len(root) != HASH_BYTES:
        raise BadNote(msg("the root of a checkpoint is 32 bytes in base64"))
    return Checkpoint(TreeHead(lines[0], int(lines[1]), root), note)


def held_checkpoint(content: bytes) -> Checkpoint:
    """Parse a checkpoint that lay elsewhere, as it was before a mail program got hold of it. Raises BadNote.

    A byte order mark, line ends of another system and empty lines at the end are undone; nothing else is.
    """
    if len(content) > NOTE_BYTES_MAX:
        raise BadNote(msg("a note has at most 1 MiB"))
    try:
        text = content.removeprefix(BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError:
        raise BadNote(msg("a note is text in UTF-8")) from None
    return parse_checkpoint(text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n") + "\n")


def read_held_checkpoint(file: Path) -> Checkpoint:
    """Read the checkpoint that lay elsewhere from a file; raises FileTrouble, and BadNote naming the file."""
    try:
        with file.open("rb") as opened:
            content = opened.read(NOTE_BYTES_MAX + 1)
    except OSError:
        raise FileTrouble(
            msg("{file} cannot be read as a checkpoint", file=file), hint=Hint("name a .note file")
        ) from None
    try:
        return held_checkpoint(content)
    except BadNote as error:
        raise BadNote(plain("{file}: {fact}", file=file, fact=error.message)) from None
