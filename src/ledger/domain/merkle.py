"""The Merkle tree of RFC 6962: roots, proofs, and how a proof is checked.

Pure arithmetic over hashes that somebody else keeps: leaves (level 0) and, for every 256 complete
children, the root of their subtree one level up, which are the hash tiles of C2SP tlog-tiles. Whatever
is not complete, the right edge, is computed here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256

HASH_BYTES = 32
TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
EMPTY_ROOT = sha256(b"").digest()
PROOF_HASHES_MAX = 63
"""A tree of 2**63 leaves has no longer proof; a longer one is not read."""

ReadHashes = Callable[[int, int, int], Sequence[bytes]]
"""(level, first, count): so many stored hashes of a level, in order, none of them missing."""


def leaf_hash(line: bytes) -> bytes:
    """SHA-256 of 0x00 and the leaf: RFC 6962, section 2.1."""
    return sha256(b"\x00" + line).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256 of 0x01 and both children: RFC 6962, section 2.1."""
    return sha256(b"\x01" + left + right).digest()


def fold(hashes: Sequence[bytes]) -> bytes:
    """The root of a complete subtree over 2**n hashes of one level."""
    row = list(hashes)
    while len(row) > 1:
        pairs = iter(row)
        # node_hash, spelt out: this is the import path
        row = [sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=True)]
    return row[0]


def tiles(read: ReadHashes, size: int) -> ReadHashes:
    """The same hashes of a log of `size` leaves, read a whole tile at a time and each tile once.

    For the proofs of one tree: they ask for many short stretches of few tiles.
    """
    kept: dict[tuple[int, int], Sequence[bytes]] = {}

    def from_tiles(level: int, first: int, count: int) -> Sequence[bytes]:
        number, begin = divmod(first, TILE_WIDTH)
        if (level, number) not in kept:
            there = (size >> (level * TILE_HEIGHT)) - number * TILE_WIDTH
            kept[level, number] = read(level, number * TILE_WIDTH, min(TILE_WIDTH, there))
        return kept[level, number][begin : begin + count]

    return from_tiles


# --- roots --------------------------------------------------------------------------------------


def root(read: ReadHashes, size: int) -> bytes:
    """The root of the first `size` leaves."""
    return _range_hash(read, 0, size) if size else EMPTY_ROOT


def _range_hash(read: ReadHashes, begin: int, end: int) -> bytes:
    """The hash of the leaves [begin, end), where begin is a node's first leaf in a tree of `end` leaves."""
    found: bytes | None = None
    for height, number in reversed(list(_complete(begin, end))):
        level, within = divmod(height, TILE_HEIGHT)
        left = fold(read(level, number << within, 1 << within))
        found = left if found is None else node_hash(left, found)
    assert found is not None  # noqa: S101 - an empty range is nobody's node
    return found


def _complete(begin: int, end: int) -> Iterator[tuple[int, int]]:
    """The complete subtrees of [begin, end) from left to right, as (height, number)."""
    while begin < end:
        height = (end - begin).bit_length() - 1
        yield height, begin >> height
        begin += 1 << height


def _split(size: int) -> int:
    """The largest power of two smaller than `size`, which is 2 or more."""
    return 1 << ((size - 1).bit_length() - 1)


# --- proofs -------------------------------------------------------------------------------------


def inclusion_proof(read: ReadHashes, index: int, size: int) -> list[bytes]:
    """The proof that leaf `index` stands in the tree of `size` leaves: RFC 6962, section 2.1.1.

    From the leaf's sibling up to the root's child. Raises ValueError for a leaf that is not in the tree.
    """
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    path: list[bytes] = []
    begin, end = 0, size
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            path.append(_range_hash(read, middle, end))
            end = middle
        else:
            path.append(_range_hash(read, begin, middle))
            begin = middle
    return path[::-1]


def consistency_proof(read: ReadHashes, first: int, second: int) -> list[bytes]:
    """The proof that the tree of `first` leaves is a beginning of that of `second`: RFC 6962, 2.1.2.

    Raises ValueError unless 0 < first <= second: of the empty tree there is nothing to prove.
    """
    if not 0 < first <= second:
        raise ValueError(f"there is no proof between trees of {first} and {second}")
    path: list[bytes] = []
    begin, end, is_first_root = 0, second, True
    while first != end:
        middle = begin + _split(end - begin)
        if first <= middle:
            path.append(_range_hash(read, middle, end))
            end = middle
        else:
            path.append(_range_hash(read, begin, middle))
            begin, is_first_root = middle, False
    if not is_first_root:
        path.append(_range_hash(read, begin, end))
    return path[::-1]


# --- checking -----------------------------------------------------------------------------------


def root_of_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    """The root that a proof leads to from a leaf's hash; None when it has not the length of one.

    RFC 9162, section 2.1.3.2.
    """
    if not 0 <= index < size or len(proof) > PROOF_HASHES_MAX or len(leaf) != HASH_BYTES:
        return None
    place, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return None
        if place & 1 or place == last:
            found = node_hash(sibling, found)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    return found if last == 0 else None


def is_included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected_root: bytes) -> bool:
    """Whether the proof shows that this leaf hash stands at `index` of the tree with this root."""
    return root_of_inclusion(leaf, index, size, proof) == expected_root


def is_consistent(
    first: int, second: int, proof: Sequence[bytes], first_root: bytes, second_root: bytes
) -> bool:
    """Whether the proof shows that the first tree is a beginning of the second: RFC 9162, 2.1.4.2.

    Of the empty tree nothing can be shown, so nothing holds of it.
    """
    if not 0 < first <= second:
        return False
    if first == second:
        return not proof and first_root == second_root
    if not proof or len(proof) > PROOF_HASHES_MAX:
        return False
    rest = list(proof)
    if first & (first - 1) == 0:
        rest.insert(0, first_root)
    place, last = first - 1, second - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = rest[0]
    for sibling in rest[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root
