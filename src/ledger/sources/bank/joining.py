"""Lines of a title that a bank cut at a width: joined so that numbers over a line end stay whole.

A line of full width goes on without a blank; a shorter one ended in blanks that were trimmed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def width_of(pieces: Iterable[str], widths: Sequence[int]) -> int | None:
    """Return which of the widths a file cuts at: that of its longest piece; None where that tells nothing."""
    longest = max(map(len, pieces), default=0)
    return longest if longest in widths else None


def joined(pieces: Sequence[str], width: int | None) -> tuple[str, str]:
    """Return the pieces as one text, and the other reading where the width is not known.

    The other reading is empty where there is none.
    """
    kept = [piece for piece in pieces if piece.strip()]
    if width is None:
        spaced, glued = _trimmed(" ".join(piece.strip() for piece in kept)), _trimmed("".join(kept))
        return spaced, "" if glued == spaced else glued
    text = ""
    for piece in kept:
        text += piece if len(piece) >= width else f"{piece.rstrip()} "
    return _trimmed(text), ""


def _trimmed(text: str) -> str:
    return " ".join(text.split())
