"""How much is tried: a little in every run of the tests, all of it or a share of it in the long ones."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

SHARE = float(os.environ.get("SESSION_LEDGER_LONG") or 0)
"""1 for everything, 0.25 for a quarter of it, 0 for the short run."""
LONG = SHARE > 0


def times(short: int, long: int) -> int:
    """Give the number of tries of this run."""
    return max(1, round(long * SHARE)) if LONG else short


PARTS = os.environ.get("SESSION_LEDGER_PARTS")
"""The folder that keeps what each finished part of a long run told; without it nothing is kept."""


def begin(part: str) -> None:
    """Skip a part that an earlier run has finished; the part is named by its test and number."""
    if PARTS and Path(PARTS, part).exists():
        pytest.skip(f"{part} was done before: {Path(PARTS, part).read_text(encoding='utf-8').strip()}")


def finish(part: str, figures: str) -> None:
    """Print what a part did, and keep it: a run that is stopped loses only the part under way."""
    print(figures)  # noqa: T201 - figures
    if PARTS:
        Path(PARTS).mkdir(parents=True, exist_ok=True)
        Path(PARTS, part).write_text(f"{datetime.now(UTC):%Y-%m-%d %H:%M} {figures}\n", encoding="utf-8")
