"""Texts made harmless before they reach a terminal or a page."""

from __future__ import annotations

import re
from typing import Literal

from ledger.message import msg

Lang = Literal["pl", "en"]
HINT = msg("hint:")
KEY_SHOWN = 12
"""Characters of a record's key that are shown; as many are enough to name it."""

# C0 and C1 controls, DEL; zero-width and bidirectional marks, overrides and isolates; line and paragraph
# separators; halves of surrogate pairs; annotation and tag characters.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _escaped(match: re.Match[str]) -> str:
    character = match[0]
    if character in _SHORT:
        return _SHORT[character]
    code = ord(character)
    if code <= 0xFF:  # noqa: PLR2004 - what two hexadecimal digits hold
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 - and four


def harmless(text: str) -> str:
    """Escape every character that could move the cursor or turn the direction of the writing."""
    return _UNSAFE.sub(_escaped, text)
