"""Checkpoints (C2SP tlog-checkpoint): the origin, the size and the root of a tree, as a note's text."""

from __future__ import annotations

import re
from base64 import b64encode
from typing import NamedTuple

from ledger.domain.merkle import HASH_BYTES
from ledger.errors import BadNote
from ledger.transparency.note import decoded, parse_note

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
        raise BadNote("a checkpoint is a note of an origin, a size and a root")
    root = decoded(lines[2])
    if len(root) != HASH_BYTES:
        raise BadNote("the root of a checkpoint is 32 bytes in base64")
    return Checkpoint(TreeHead(lines[0], int(lines[1]), root), note)
