"""What is kept packed comes out as it went in."""

from __future__ import annotations

import io
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from ledger.packed import BlockReader, MaybeSeen, PackedBytes, PackedRows, in_chunks


@given(st.lists(st.binary(max_size=50), max_size=8), st.integers(1, 70))
def test_bytes_come_out_in_order_and_again(blocks: list[bytes], buffer: int) -> None:
    packed = PackedBytes(blocks)
    for _ in range(2):
        assert b"".join(packed) == b"".join(blocks)
        assert io.BufferedReader(BlockReader(packed), buffer).read() == b"".join(blocks)


def test_rows_come_out_in_order_and_again_packed_or_not_yet() -> None:
    rows = PackedRows(tuple[int, str])
    for number in range(4_500):
        rows.add((number, "ż"))
    for _ in range(2):
        assert list(rows) == [(number, "ż") for number in range(4_500)]


@given(st.lists(st.text(max_size=3)))
def test_what_came_before_is_never_taken_for_new(texts: Sequence[str]) -> None:
    seen, before = MaybeSeen(1), set[str]()
    for text in texts:
        assert seen.add(text) or text not in before
        before.add(text)


def test_few_new_texts_are_taken_for_seen() -> None:
    """Each of them is only kept longer; were they many, nothing would be saved."""
    seen = MaybeSeen(20_000)
    assert sum(seen.add(f"2026/{number}") for number in range(20_000)) < 1_000


@given(st.lists(st.integers()), st.integers(1, 5))
def test_chunks_are_full_but_for_the_last(values: list[int], size: int) -> None:
    chunks = list(in_chunks(values, size))
    assert [value for chunk in chunks for value in chunk] == values
    assert [len(chunk) for chunk in chunks[:-1]] == [size] * len(chunks[:-1])
    assert all(chunks)
