"""The tree against the RFC's own recursive definition, other people's vectors, and its edges."""

from __future__ import annotations

import json
import os
import random
from base64 import b64decode
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain import merkle
from ledger.transparency.recompute import Tree

TREES = 10_000
LARGE_SIZES = (255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 66_000)


class Kept:
    """Stored hashes as the ledger keeps them: leaves, and roots of 256 complete children a level up."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self.levels = [list(leaves)]
        while complete := len(self.levels[-1]) // merkle.TILE_WIDTH:
            below, width = self.levels[-1], merkle.TILE_WIDTH
            self.levels.append([merkle.fold(below[n * width : (n + 1) * width]) for n in range(complete)])

    def read(self, level: int, first: int, count: int) -> list[bytes]:
        found = self.levels[level][first : first + count]
        assert len(found) == count
        return found


def leaves(count: int) -> list[bytes]:
    return [merkle.leaf_hash(str(n).encode()) for n in range(count)]


# --- the second implementation: RFC 6962, section 2.1, word for word --------------------------------


def split(size: int) -> int:
    power = 1
    while power * 2 < size:
        power *= 2
    return power


def mth(entries: tuple[bytes, ...]) -> bytes:
    """Merkle tree hash over leaf hashes."""
    if not entries:
        return merkle.EMPTY_ROOT
    if len(entries) == 1:
        return entries[0]
    k = split(len(entries))
    return merkle.node_hash(mth(entries[:k]), mth(entries[k:]))


def audit_path(index: int, entries: tuple[bytes, ...]) -> list[bytes]:
    """PATH(m, D[n])."""
    if len(entries) == 1:
        return []
    k = split(len(entries))
    if index < k:
        return [*audit_path(index, entries[:k]), mth(entries[k:])]
    return [*audit_path(index - k, entries[k:]), mth(entries[:k])]


def sub_proof(first: int, entries: tuple[bytes, ...], *, is_root: bool) -> list[bytes]:
    """SUBPROOF(m, D[n], b)."""
    if first == len(entries):
        return [] if is_root else [mth(entries)]
    k = split(len(entries))
    if first <= k:
        return [*sub_proof(first, entries[:k], is_root=is_root), mth(entries[k:])]
    return [*sub_proof(first - k, entries[k:], is_root=False), mth(entries[:k])]


def test_ten_thousand_random_trees_agree_with_the_definition() -> None:
    """Roots and both kinds of proof are those of the recursion, and they hold; a wrong root does not."""
    dice = random.Random(6962)  # noqa: S311 - the same trees in every run
    for _ in range(TREES):
        size = dice.choice((1, 2, 3, dice.randint(1, 9), dice.randint(1, 70)))
        entries = tuple(dice.randbytes(32) for _ in range(size))
        kept, expected = Kept(entries), mth(entries)
        assert merkle.root(kept.read, size) == expected
        index, first = dice.randrange(size), dice.randint(1, size)
        path = merkle.inclusion_proof(kept.read, index, size)
        assert path == audit_path(index, entries)
        assert merkle.is_included(entries[index], index, size, path, expected)
        assert not merkle.is_included(entries[index], index, size, path, dice.randbytes(32))
        proof = merkle.consistency_proof(kept.read, first, size)
        assert proof == sub_proof(first, entries, is_root=True)
        old = mth(entries[:first])
        assert merkle.is_consistent(first, size, proof, old, expected)
        assert first == size or not merkle.is_consistent(first, size, proof, dice.randbytes(32), expected)


@cache
def large() -> Kept:
    return Kept(leaves(max(LARGE_SIZES)))


@pytest.mark.parametrize("size", LARGE_SIZES)
def test_trees_of_more_than_one_level_of_tiles(size: int) -> None:
    """Around 256 and 65,536 leaves, where stored levels begin: a stream of leaves gives the same root."""
    stream = Tree()
    completed = list(stream.extend(large().levels[0][: size // 2]))
    completed += stream.extend(large().levels[0][size // 2 : size])
    assert len(completed) == size // 256 + size // 65_536
    assert all(large().levels[level][number] == found for level, number, found in completed)
    root = merkle.root(large().read, size)
    assert stream.root(size) == root
    assert merkle.root(merkle.tiles(large().read, size), size) == root
    for index in {0, 1, 254, min(255, size - 1), size // 2, size - 2, size - 1}:
        path = merkle.inclusion_proof(large().read, index, size)
        assert merkle.is_included(large().levels[0][index], index, size, path, root)
    for first in (1, 2, 255, size // 2, size - 1, size):
        proof = merkle.consistency_proof(large().read, first, size)
        assert merkle.is_consistent(first, size, proof, merkle.root(large().read, first), root)


def test_the_hashes_of_the_specification() -> None:
    """The constants that implementations of RFC 6962 share."""
    assert merkle.EMPTY_ROOT.hex().startswith("e3b0c44298fc1c14")
    assert merkle.leaf_hash(b"").hex().startswith("6e340b9cffb37a98")
    assert merkle.leaf_hash(b"L123456").hex().startswith("395aa064aa4c29f7")
    assert merkle.node_hash(b"N123", b"N456").hex().startswith("aa217fe888e47007")


class TestEdges:
    def test_the_empty_tree_has_a_root_and_no_proofs(self) -> None:
        kept = Kept([])
        assert merkle.root(kept.read, 0) == merkle.EMPTY_ROOT == Tree().root(0)
        with pytest.raises(ValueError, match="not in a tree"):
            merkle.inclusion_proof(kept.read, 0, 0)
        with pytest.raises(ValueError, match="no proof between"):
            merkle.consistency_proof(kept.read, 0, 0)
        assert not merkle.is_consistent(0, 0, [], merkle.EMPTY_ROOT, merkle.EMPTY_ROOT)
        assert not merkle.is_consistent(0, 1, [], merkle.EMPTY_ROOT, leaves(1)[0])
        assert not merkle.is_included(leaves(1)[0], 0, 0, [], merkle.EMPTY_ROOT)

    def test_the_tree_of_one_leaf_is_the_leaf(self) -> None:
        (leaf,) = leaves(1)
        kept = Kept([leaf])
        assert merkle.root(kept.read, 1) == leaf
        assert merkle.inclusion_proof(kept.read, 0, 1) == []
        assert merkle.consistency_proof(kept.read, 1, 1) == []
        assert merkle.is_included(leaf, 0, 1, [], leaf)
        assert not merkle.is_included(leaf, 0, 1, [leaf], leaf)
        assert merkle.is_consistent(1, 1, [], leaf, leaf)
        assert not merkle.is_consistent(1, 1, [leaf], leaf, leaf)

    def test_a_proof_of_more_than_63_hashes_is_not_looked_at(self) -> None:
        leaf = leaves(1)[0]
        assert merkle.root_of_inclusion(leaf, 0, 2**63, [leaf] * 64) is None
        assert not merkle.is_consistent(1, 2**63, [leaf] * 64, leaf, leaf)


@given(st.integers(1, 40), st.data())
def test_any_changed_bit_of_a_proof_is_noticed(size: int, data: st.DataObject) -> None:
    kept = Kept(leaves(size))
    root, index = merkle.root(kept.read, size), data.draw(st.integers(0, size - 1))
    path = merkle.inclusion_proof(kept.read, index, size)
    for place in range(len(path)):
        flipped = bytes([path[place][0] ^ 1]) + path[place][1:]
        changed = [*path[:place], flipped, *path[place + 1 :]]
        assert not merkle.is_included(kept.levels[0][index], index, size, changed, root)
    assert not merkle.is_included(kept.levels[0][index], index, size, path[:-1], root) or size == 1


def vectors(kind: str) -> list[dict[str, Any]]:
    corpus = os.environ.get("SESSION_LEDGER_CORPUS")
    if corpus is None:
        pytest.skip("SESSION_LEDGER_CORPUS is not set: the vectors of transparency-dev are not at hand")
    folder = Path(corpus, "transparency-dev-merkle", "testdata", kind)
    return [json.loads(file.read_text(encoding="utf-8")) for file in sorted(folder.rglob("*.json"))]


def unpacked(values: Sequence[str] | None) -> list[bytes]:
    return [b64decode(value) for value in values or ()]


def test_the_inclusion_vectors_of_transparency_dev() -> None:
    found = vectors("inclusion")
    assert len(found) == 98
    for each in found:
        leaf, root = b64decode(each["leafHash"]), b64decode(each["root"])
        holds = merkle.is_included(leaf, each["leafIdx"], each["treeSize"], unpacked(each["proof"]), root)
        assert holds is not each["wantErr"], each["desc"]


def test_the_consistency_vectors_of_transparency_dev() -> None:
    found = vectors("consistency")
    assert len(found) == 98
    for each in found:
        roots = b64decode(each["root1"]), b64decode(each["root2"])
        holds = merkle.is_consistent(each["size1"], each["size2"], unpacked(each["proof"]), *roots)
        assert holds is not each["wantErr"], each["desc"]


@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 60))
def test_a_proof_of_consistency_with_hashes_too_many_shows_nothing(first: int, more: int, extra: int) -> None:
    kept = Kept(leaves(first + more))
    roots = merkle.root(kept.read, first), merkle.root(kept.read, first + more)
    proof = merkle.consistency_proof(kept.read, first, first + more)
    assert merkle.is_consistent(first, first + more, proof, *roots)
    assert not merkle.is_consistent(first, first + more, [*proof, *[roots[0]] * extra], *roots)
