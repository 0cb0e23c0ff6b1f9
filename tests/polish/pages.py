"""Tables as a pipe has them, and whether a narrow terminal shows the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from tests.polish.english import polish
from tests.support.terminal import bare

WIDTHS = (80, 100)
HASH = 40
"""A longer word fits into no column: it goes on in the next line."""
_RULE = re.compile(r"-+")
_LEFT_OUT = re.compile(r"bez kolumn: (.*?); są na szerszym terminalu")
_PUNCTUATION = '.,;:()„”"–─'


class Shown(NamedTuple):
    """A report on a terminal, in colours and without, and in a pipe."""

    line: str
    columns: int
    coloured: str
    colourless: str
    piped: str


def too_wide(each: Shown) -> list[str]:
    """Return the lines that the terminal would have broken where its edge is."""
    return [line for line in bare(each.coloured).splitlines() if len(line) > each.columns]


def broken(each: Shown) -> Iterator[str]:
    """Yield each word of the terminal that the pipe has not: part of one, or one cut off.

    What a narrow terminal alone says is made of words of the catalogue.
    """
    whole = {word.strip(_PUNCTUATION) for word in ("-o", "SHA-256", *each.piped.split(), *_cells(each.piped))}
    for word in {word.strip(_PUNCTUATION) for word in bare(each.coloured).split()} - whole:
        plain = word.casefold()
        if plain and not plain.isnumeric() and not polish().issuperset(re.split(r"\W+", plain)):
            if any(word in long for long in whole if len(long) >= HASH):
                continue
            yield word


def missed(each: Shown) -> Iterator[str]:
    """Yield each heading and each amount that the terminal neither shows nor names as left out."""
    told = bare(each.coloured)
    words = told.split()
    named = {head for part in _LEFT_OUT.findall(" ".join(words)) for head in part.split(", ")}
    for table in tables(each.piped):
        for at, head in enumerate(table.heads):
            cells = [row[at] for row in table.rows]
            if not any(cells) or head in named:
                continue
            yield from (word for word in head.split() if word not in words)
            if re.fullmatch(r"-?\d+,\d\d", next(filter(None, cells))):
                yield from (cell for cell in cells if cell and cell not in words)


class Piped(NamedTuple):
    """A table of text."""

    heads: list[str]
    rows: list[list[str]]


def tables(text: str) -> Iterator[Piped]:
    """Yield the tables of a report in a pipe: below a line of rules as wide as the columns."""
    lines = text.splitlines()
    for at, line in enumerate(lines):
        if at and re.fullmatch(r"-+(?:  -+)*", line) and lines[at - 1]:
            spans = [match.span() for match in _RULE.finditer(line)]
            rows: list[list[str]] = []
            for row in lines[at + 1 :]:
                if not row:
                    break
                rows.append([row[slice(*span)].strip() for span in spans])
            yield Piped([lines[at - 1][slice(*span)].strip() for span in spans], rows)


def _cells(text: str) -> Iterator[str]:
    for table in tables(text):
        yield from (word for row in (table.heads, *table.rows) for cell in row for word in cell.split())
