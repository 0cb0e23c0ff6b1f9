"""The order of a run on several workers loses no test and begins every share with long files."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.support.long_first import SECONDS, long_first

ROOT = Path(__file__).parents[1]
SHORT = "tests/test_tidy.py"


def test_every_long_file_is_there() -> None:
    assert [path for path in SECONDS if not (ROOT / path).is_file()] == []


@given(st.lists(st.sampled_from([*SECONDS, SHORT, "docs/tutorial.md"]), max_size=60), st.integers(1, 6))
def test_order_has_every_test_once_and_keeps_long_files_together(paths: list[str], workers: int) -> None:
    items = [(path, (path, number)) for number, path in enumerate(sorted(paths))]
    ordered = long_first(items, workers)
    assert sorted(ordered) == sorted(item for _, item in items)
    runs = [path for path, _ in groupby(path for path, _ in ordered) if path in SECONDS]
    assert len(runs) == len(set(runs))
    assert [number for path, number in ordered if path not in SECONDS] == sorted(
        number for path, number in ordered if path not in SECONDS
    )


def test_both_halves_begin_with_long_files() -> None:
    """Given two workers, which xdist gives a half each, when a run begins, then both are at long files."""
    items = [(path, path) for path in SECONDS] + [(SHORT, SHORT)] * 100
    ordered = long_first(items, 2)
    halves = ordered[: len(items) // 2], ordered[len(items) // 2 :]
    for half in halves:
        is_long = [path != SHORT for path in half]
        assert is_long == sorted(is_long, reverse=True)
    first, second = (sum(SECONDS.get(path, 0) for path in half) for half in halves)
    assert abs(first - second) <= max(SECONDS.values()) / 2
