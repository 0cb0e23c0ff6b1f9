"""How much is tried: a little in every run of the tests, all of it or a share of it in the long ones."""

from __future__ import annotations

import os

SHARE = float(os.environ.get("SESSION_LEDGER_LONG") or 0)
"""1 for everything, 0.25 for a quarter of it, 0 for the short run."""
LONG = SHARE > 0


def times(short: int, long: int) -> int:
    """Give the number of tries of this run."""
    return max(1, round(long * SHARE)) if LONG else short
