"""A reader of published logs, written from C2SP tlog-tiles, tlog-checkpoint and RFC 6962 alone.

It knows nothing of the program: a folder, as a web server would hand it out, and SHA-256.
"""

from __future__ import annotations

import hashlib
from base64 import b64decode
from pathlib import Path


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


class TileReader:
    """The log in a folder, at the size that its checkpoint says."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        lines = (folder / "checkpoint").read_text(encoding="utf-8").split("\n")
        self.origin, self.size, self.root = lines[0], int(lines[1]), b64decode(lines[2])

    def _resource(self, kind: str, number: int, width: int) -> bytes:
        """A tile or a bundle; of one that is not full the full one will do."""
        digits = f"{number:03}"
        while len(digits) % 3:
            digits = f"0{digits}"
        groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
        name = "/".join([*(f"x{each}" for each in groups[:-1]), groups[-1]])
        full = self.folder / "tile" / kind / name
        if width == 256 or full.is_file():
            return full.read_bytes()
        return (full.parent / f"{full.name}.p" / str(width)).read_bytes()

    def leaf_hashes(self) -> list[bytes]:
        """Every hash of level 0."""
        found: list[bytes] = []
        for number in range((self.size + 255) // 256):
            width = min(256, self.size - number * 256)
            tile = self._resource("0", number, width)
            found += [tile[at : at + 32] for at in range(0, 32 * width, 32)]
        return found

    def upper_tiles_hold(self) -> bool:
        """Whether each hash of a higher tile is the root of the 256 below it."""
        level, below = 0, self.leaf_hashes()
        while len(below) >= 256:
            level += 1
            count = len(below) // 256
            above: list[bytes] = []
            for number in range((count + 255) // 256):
                width = min(256, count - number * 256)
                tile = self._resource(str(level), number, width)
                above += [tile[at : at + 32] for at in range(0, 32 * width, 32)]
            if above != [tree_root(below[at : at + 256]) for at in range(0, 256 * count, 256)]:
                return False
            below = above
        return True

    def entries(self) -> list[bytes]:
        """Every entry, without its length."""
        found: list[bytes] = []
        for number in range((self.size + 255) // 256):
            width = min(256, self.size - number * 256)
            bundle, at = self._resource("entries", number, width), 0
            for _ in range(width):
                length = int.from_bytes(bundle[at : at + 2], "big")
                found.append(bundle[at + 2 : at + 2 + length])
                at += 2 + length
        return found


def tree_root(hashes: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, over the hashes of leaves."""
    if not hashes:
        return _sha256(b"")
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return _sha256(b"\x01" + tree_root(hashes[:split]) + tree_root(hashes[split:]))


def entry_hash(entry: bytes) -> bytes:
    """RFC 6962, section 2.1, of a leaf."""
    return _sha256(b"\x00" + entry)
