"""Samples that anybody can draw again."""

from __future__ import annotations

import shutil
import subprocess
from base64 import b64encode
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.sampling import draw, lot, lot_by_hand, sample_id

ROOT = bytes(range(32))
populations = st.sets(st.integers(1, 10_000), max_size=30)


def test_a_lot_is_what_the_page_says_by_hand() -> None:
    assert lot(ROOT, "WORD", 17) == sha256(ROOT + b"WORD\n17").digest()


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="there is no sha256sum")
def test_the_line_to_type_gives_the_lot() -> None:
    line = lot_by_hand(b64encode(ROOT).decode(), "heron", 17)
    told = subprocess.run(["sh", "-c", line], capture_output=True, check=True, text=True)
    assert told.stdout.split()[0] == lot(ROOT, "heron", 17).hex()


@given(populations, st.integers(0, 40))
def test_nobody_outside_the_sample_has_a_smaller_lot(population: set[int], size: int) -> None:
    drawn = draw(ROOT, "WORD", population, size)
    lots = [lot(ROOT, "WORD", session) for session in drawn]
    others = [lot(ROOT, "WORD", session) for session in population - set(drawn)]
    assert len(drawn) == min(size, len(population))
    assert lots == sorted(lots)
    assert all(other > max(lots) for other in others if lots)


@given(populations, st.integers(0, 40))
def test_neither_order_nor_repetition_changes_a_sample(population: set[int], size: int) -> None:
    backwards = sorted(population, reverse=True)
    assert draw(ROOT, "WORD", [*backwards, *backwards], size) == draw(ROOT, "WORD", population, size)


def test_a_sample_is_named_after_all_that_it_was_drawn_from() -> None:
    names = {
        sample_id(ROOT, "WORD", "2026-11", 5),
        sample_id(ROOT[::-1], "WORD", "2026-11", 5),
        sample_id(ROOT, "OTHER", "2026-11", 5),
        sample_id(ROOT, "WORD", "2026-12", 5),
        sample_id(ROOT, "WORD", "2026-11", 6),
    }
    assert len(names) == 5
    assert sample_id(ROOT, "WORD", "2026-11", 5) == sha256(ROOT + b"WORD\n2026-11\n5").hexdigest()[:12]
