"""English in a Polish text: codes, messages and words that the vocabulary or a catalogue knows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from babel.messages.catalog import Message

from cli.presentation.wording.vocabulary import VOCABULARY
from cli.registry import COMMANDS
from hatch_build import forms
from tests.messages.catalogues import DOMAINS, read

_WORD = re.compile(r"(?<![\w-])[^\W\d_]+(?:[_-][^\W\d_]+)*(?![\w-])")
"""A word, or a code of several: `off_hours`, `wrong-time`."""
_TYPED = re.compile(
    r"""
    session-ledger(?:\ [a-z-]+(?![\w.=]))+    # a command
    | \b(?:COMMANDS)\b                        # one that follows another
    | (?<![\w-])--?[a-z][\w-]*(?:[= ](?!\ )(?:"[^"]*"|'[^']*'|\S+))?    # an option and its value
    | \S*[/\\@]\S*                            # a path, an address, a link
    | (?!\d)[\w-]+(?:\.[\w-]+)+(?:=\S+)?      # a setting, a file, the id of an assumption
    | \([EW]-[A-Z0-9-]+\)                     # the code of a refusal
    | \bsession-ledger(?:-demo)?\b
    """.replace("COMMANDS", "|".join(name.replace(" ", r"\ ") for name in COMMANDS if " " in name)),
    re.VERBOSE,
)
"""What is typed in every language, and names."""
_EXAMPLE = re.compile(r"^\s+(?:\w+:\s+)?session-ledger .*|^\$ .*|^  [a-z-]+(?=  )")
"""A line of help that is typed, and the name of a command before what it does."""
_LETTERS = 3
"""Shorter words are Polish as often as English."""

NAMES = frozenset(
    {
        "anna", "marek", "jan", "demo", "main", "origin", "anydesk", "teamviewer", "bank", "pdf",
        "xml", "xlsx", "html", "csv", "json", "ndjson", "table", "utf",
    }
)  # fmt: skip
"""People and things that have no Polish name."""
ALIKE = frozenset({"test", "pl", "ok", "ksef", "online", "email", "administrator", "nip"})
"""Codes that are the Polish word, too."""


TYPED_IN_HELP = frozenset(
    {
        "ask", "assign", "consumer", "country", "customer", "deleted", "issue", "matched", "name",
        "nip", "technician", "vat_id", "vat_treatment", "vault", "yes",
    }
)  # fmt: skip
"""What help names to be typed as it is: columns of an import, values of ledger.toml, names of checks."""


class Found(NamedTuple):
    """A word of English and the line in which it stands."""

    word: str
    line: str


def found(text: str, typed: str = "") -> Iterator[Found]:
    """Yield the English of a Polish text; what was typed in the line before it is quoted."""
    quoted = {match[0].casefold() for match in _WORD.finditer(typed)}
    for line in text.replace("\u200b", "").splitlines():
        bare = _TYPED.sub(" ", _EXAMPLE.sub(" ", line))
        for match in _WORD.finditer(bare):
            word = match[0].casefold()
            if len(word) >= _LETTERS and word not in quoted and _is_english(word):
                yield Found(word, line.strip())


def _is_english(word: str) -> bool:
    return word in codes() or (word in english() and word not in polish())


@cache
def codes() -> frozenset[str]:
    """Return every code of the vocabulary; those of one short word may be Polish."""
    return frozenset(code for kind in VOCABULARY.values() for code in kind) - NAMES - ALIKE


@cache
def english() -> frozenset[str]:
    """Return every word of an English message."""
    return frozenset(word for each in _messages() for text in forms(each.id) for word in _words(text)) - NAMES


@cache
def polish() -> frozenset[str]:
    """Return every word of a Polish message; those that are typed in every language apart."""
    return frozenset(word for each in _messages() for text in forms(each.string) for word in _words(text))


def _words(text: str) -> Iterator[str]:
    bare = _TYPED.sub(" ", re.sub(r"\{\w*(?:![rs])?(?::[^}]*)?\}", " ", text))
    for match in _WORD.finditer(bare):
        yield match[0].casefold()


def _messages() -> Iterator[Message]:
    for domain in DOMAINS:
        yield from (each for each in read(domain) if each.id)
