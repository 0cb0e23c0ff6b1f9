"""Which columns of a table a terminal shows, and how wide: nothing is cut, and few words are broken."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cli.presentation.formats.model import Column

BETWEEN = 3
"""Characters between two columns on a terminal."""
FOLDED = 12
"""How narrow a column of texts may become on a terminal."""
WORD_MAX = 32
"""For a longer word no column is left out: it is broken where a terminal is too narrow for it."""
HASH = 64
"""So long is a digest in hex."""
COLUMNS_KEPT = 3
"""So many columns of a table stay, however narrow a terminal is."""


class Need(NamedTuple):
    """What a column asks for, in characters."""

    full: int
    """With nothing folded."""
    word: int
    """Its longest word, of texts; of numbers and dates the longest cell: in two lines it would be misread."""
    is_text: bool
    is_amount: bool
    is_aside: bool
    is_empty: bool

    def least(self, word_max: int) -> int:
        """Return how narrow it may become if words longer than `word_max` are broken."""
        return min(self.full, max(FOLDED, min(self.word, word_max))) if self.is_text else self.word


def need(column: Column, head: str, cells: Sequence[str]) -> Need:
    """Return what a column of these texts asks for; a heading is folded at spaces, whatever stands below."""
    widest = max(map(width, cells), default=0)
    is_text = column.kind == "text"
    longest = max(map(_longest_word, cells), default=0) if is_text else widest
    return Need(
        full=max(width(head), widest),
        word=max(_longest_word(head), longest),
        is_text=is_text,
        is_amount=column.kind == "grosze",
        is_aside=column.aside,
        is_empty=not any(cells),
    )


def full_width(needs: Sequence[Need]) -> int:
    """Return the width of a table with nothing folded."""
    return _drawn(each.full for each in needs)


def fits(needs: Sequence[Need], columns: int, word_max: int = WORD_MAX) -> bool:
    """Return whether a table has room on a terminal if its texts and its headings are folded."""
    return _drawn(each.least(word_max) for each in needs) <= columns


def columns_shown(needs: Sequence[Need], columns: int) -> tuple[list[int], list[int]]:
    """Return the places of the columns that a terminal shows, and of those that it does not.

    Columns in which nothing stands go first, and are not missed; then those that stand aside; then those to
    the right, which tell least, but amounts last of all.
    """
    if fits(needs, columns):
        return list(range(len(needs))), []
    told = [at for at, each in enumerate(needs) if at == 0 or not each.is_empty]
    kept = list(told)
    while not fits([needs[at] for at in kept], columns) and len(kept) > COLUMNS_KEPT:
        kept.remove(_least_told(needs, kept))
    for at in told:  # a narrow one may have gone with a wide one that came before it
        more = sorted({*kept, at})
        if not needs[at].is_aside and fits([needs[each] for each in more], columns):
            kept = more
    return kept, [at for at in told if at not in kept]


def _least_told(needs: Sequence[Need], kept: list[int]) -> int:
    """Return what is missed least: a column aside, else the last that holds no amount, else the last."""
    aside = [at for at in kept[1:] if needs[at].is_aside]
    others = [at for at in kept[COLUMNS_KEPT:] if not needs[at].is_amount]
    return (aside or others or kept)[-1]


def terminal_widths(needs: Sequence[Need], columns: int) -> list[int]:
    """Return widths that break as few words as the terminal allows; the longest texts get what is left."""
    word_max = HASH
    while word_max > FOLDED and not fits(needs, columns, word_max):
        word_max -= 1
    widths = [each.least(word_max) for each in needs]
    for _ in range(columns - _drawn(widths)):
        at = max(range(len(needs)), key=lambda at: needs[at].full / max(widths[at], 1))
        if widths[at] >= needs[at].full:
            break
        widths[at] += 1
    return widths


def width(text: str) -> int:
    """How many columns of a terminal a text takes: wide characters two, combining ones none."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(unicodedata.combining(character) != 0 for character in text)


def _longest_word(text: str) -> int:
    return max(map(width, text.split()), default=0)


def _drawn(widths: Iterable[int]) -> int:
    return sum(BETWEEN + each for each in widths) - 1
