"""Texts of bank files made comparable: names, titles, account numbers."""

from __future__ import annotations

import re
import unicodedata

_BLANKS = re.compile(r"\s+")
_WORD = re.compile(r"[A-Z0-9]+")
_NOT_ACCOUNT = re.compile(r"[^0-9A-Z]")
_LEGAL_FORMS = frozenset(
    {
        "A",
        "C",
        "I",
        "JAWNA",
        "K",
        "KOMANDYTOWA",
        "O",
        "OO",
        "S",
        "SA",
        "SC",
        "SP",
        "SPJ",
        "SPK",
        "SPOLKA",
        "Z",
        "ZOO",
    }
)
"""Parts of the names of companies that tell nobody apart."""
_LONE_WORD_MIN = 5
"""A name of one word that is shorter is taken for a given name or an abbreviation."""
_NRB_DIGITS = 26


def folded(text: str) -> str:
    """Return a text in NFKC and upper case, Polish letters without their marks, runs of blanks as one."""
    upper = unicodedata.normalize("NFKC", text).upper().replace("Ł", "L")
    plain = "".join(c for c in unicodedata.normalize("NFD", upper) if not unicodedata.combining(c))
    return _BLANKS.sub(" ", plain).strip()


def name_words(name: str) -> frozenset[str]:
    """Return the words of a name that tell somebody apart."""
    words = frozenset(_WORD.findall(folded(name))) - _LEGAL_FORMS
    lone = next(iter(words)) if len(words) == 1 else ""
    return frozenset() if lone and (len(lone) < _LONE_WORD_MIN or lone.isdigit()) else words


def plain_account(text: str) -> str:
    """Return an account number without blanks and quotation marks, a Polish one without its PL."""
    plain = _NOT_ACCOUNT.sub("", text.upper())
    digits = plain.removeprefix("PL")
    return digits if len(digits) == _NRB_DIGITS and digits.isdigit() else plain
