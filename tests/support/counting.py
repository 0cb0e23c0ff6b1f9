"""A process that shares in work: it answers with the numbers it took, or fails with them."""

from __future__ import annotations

from projections.engine.pool import Blocks, answer_with


def counted(blocks: Blocks, how: str) -> list[int]:
    """The numbers of all blocks that nobody else took."""
    taken = [number for block in blocks for number in block]
    if how == "fails":
        raise OSError
    return taken


if __name__ == "__main__":
    answer_with(counted)
