"""Work of another process: it answers with the numbers it took, or fails with them."""

from __future__ import annotations

import os
import time

from projections.engine.pool import Blocks


def counted(blocks: Blocks, how: str) -> list[int]:
    """Return the numbers of all blocks that nobody else took."""
    taken = [number for block in blocks for number in block]
    if how == "fails":
        raise OSError
    if how == "dies":
        os._exit(1)
    if how == "lasts":
        time.sleep(600)
    return taken
