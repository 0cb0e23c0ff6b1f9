"""Pieces of work for another process: it answers with the first session of a block, or does not."""

from __future__ import annotations

import os
import time

FIRST = 4
"""The last session of the first block, which is always done."""


def counted(block: range, how: str) -> int:
    """Return the first session; every other block fails, ends its process, or lasts."""
    if block[0] > FIRST or how == "lasts":
        if how == "fails":
            raise OSError
        if how == "dies":
            os._exit(1)
        if how == "lasts":
            time.sleep(600)
    return block[0]
