"""Proofs as files (C2SP tlog-proof): a leaf's place, the hashes up to the root, and the checkpoint.

The proof of a session is one such proof after another, one for each of its events; `extra` holds the
leaf itself, so that a file and a public key are all that is needed.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from ledger.domain.merkle import HASH_BYTES, PROOF_HASHES_MAX, is_included, leaf_hash
from ledger.errors import BadNote
from ledger.message import msg
from ledger.transparency.checkpoint import Checkpoint, parse_checkpoint, root_text
from ledger.transparency.note import NOTE_BYTES_MAX, decoded

HEADER = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")


@dataclass(frozen=True, slots=True)
class Proof:
    """Leaf `leaf` stands at `index` of the checkpoint's tree, if `holds`."""

    leaf: bytes
    index: int
    hashes: tuple[bytes, ...]
    checkpoint: Checkpoint

    def holds(self) -> bool:
        """Return True if the hashes lead from leaf to root; signatures are not looked at."""
        head = self.checkpoint.head
        return is_included(leaf_hash(self.leaf), self.index, head.size, self.hashes, head.root)

    @property
    def tree_size(self) -> int:
        """Return the number of leaves of the proof's tree."""
        return self.checkpoint.size

    @property
    def root(self) -> str:
        """The root of that tree, as checkpoints write it."""
        return root_text(self.checkpoint.root)

    @property
    def note(self) -> str:
        """The signed checkpoint."""
        return self.checkpoint.note

    @property
    def text(self) -> str:
        """The proof's file."""
        hashes = "".join(f"{b64encode(each).decode()}\n" for each in self.hashes)
        extra = b64encode(self.leaf).decode()
        return f"{HEADER}\nextra {extra}\nindex {self.index}\n{hashes}\n{self.checkpoint.note}"


def consistency_text(old_size: int, hashes: Sequence[bytes], note: str) -> str:
    """Return the proof from an older tree to a checkpoint as a witness gets it: C2SP tlog-witness.

    The older size, the hashes of RFC 6962 between both trees, an empty line, the signed checkpoint.
    """
    lines = "".join(f"{b64encode(each).decode()}\n" for each in hashes)
    return f"old {old_size}\n{lines}\n{note}"


def parse_proofs(text: str) -> list[Proof]:
    """Return the proofs of a file, in order; raises BadNote for anything that is none."""
    first, *rest = re.split(rf"^{re.escape(HEADER)}\n", text, flags=re.MULTILINE)
    if first or not rest:
        raise BadNote(msg("a proof begins with its format and version"))
    return [_parse(each) for each in rest]


def _parse(text: str) -> Proof:
    if len(text) > NOTE_BYTES_MAX:
        raise BadNote(msg("a proof has at most 1 MiB"))
    upper, gap, note = text.partition("\n\n")
    extra, index, *hashes = upper.split("\n") if "\n" in upper else (upper, "")
    found = _INDEX.fullmatch(index)
    if not gap or not extra.startswith("extra ") or found is None or len(hashes) > PROOF_HASHES_MAX:
        raise BadNote(msg("a proof is a leaf, an index, hashes, an empty line and a checkpoint"))
    siblings = tuple(map(decoded, hashes))
    if any(len(each) != HASH_BYTES for each in siblings):
        raise BadNote(msg("a proof's hashes have 32 bytes"))
    leaf = decoded(extra.removeprefix("extra "))
    return Proof(leaf, int(found[1]), siblings, parse_checkpoint(note))
