"""Numbers of documents in the title of a transfer: which ones it names, and whether that is certain.

A number is taken apart into its digits and the letters before them: FV/2026/10/0001 is (FV, 2026, 10, 1).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

from ledger.domain.payments.folding import folded
from ledger.domain.payments.ksef_number import is_collective, is_sound, ksef_numbers, without_ksef_numbers

Doubt = Literal[
    "two-readings",
    "ksef-number-unknown",
    "ksef-number-wrong",
    "ksef-number-collective",
    "number-unknown",
    "number-goes-on",
    "number-of-something-else",
]
"""Why the documents that a title names are not certain."""

_DIGITS = re.compile(r"\d+")
_BETWEEN = " /-_."
_JOINTS = "/-_."
_LETTERS_BEFORE = re.compile(r"([A-Z]+)[ /\-_.:]*$")
_WORD_BEFORE = re.compile(r"([A-Z]+)[ .:]+[A-Z]+[ /\-_.:]*$")
_MORE = re.compile(r" ?(?:[,;+&]|I |ORAZ |DO |- ?) ?\d{1,6}(?![\d.,/\-])")
_OF_INVOICES = frozenset(
    {"FV", "F", "FA", "FAKT", "FAKTURA", "FAKTURE", "FAKTURY", "FAKTUR", "FVAT", "VAT"}
    | {"NR", "NUMER", "RACHUNEK", "RACHUNKU", "INVOICE", "INV"}
)
"""Words before a number that say that it is one of an invoice."""
_HARMLESS = frozenset(["ZA", "I", "ORAZ", "TYTULEM", "WPLATA", "ZAPLATA", "PRZELEW", "PLATNOSC", "OPLATA"])
_NOT_INVOICES = re.compile(r"KOR(EKT|YG)|PROFORM|ZAMOW|UMOW|OFERT")
_SHORT = re.compile(
    r"(?<![A-Z])(?:FV|F|FA|FAKT|FAKTUR[AEY]?|FVAT|VAT|NR)(?: NR| VAT)?[ .:]{0,2}"
    r"((?:\d{1,6}(?![\d/\-_.]) ?(?:,|I |ORAZ |\+|&|;)? ?)+)"
)
_YEAR_MIN = 1900
_MONTHS = 12
_DAYS = 31
_DATE_PARTS = 3
_DATE_DIGITS = 2
_SHORT_MAX = 20


class _Number(NamedTuple):
    number: str
    head: str
    gaps: tuple[str, ...]
    tail: str
    is_owed: bool


class NamedInvoice(NamedTuple):
    """Documents that a title names by whole numbers, why that may not be certain, and weaker readings."""

    numbers: tuple[str, ...]
    doubt: Doubt | None
    other_order: tuple[str, ...] = ()
    short: tuple[str, ...] = ()
    by_ksef: bool = False


class _Token(NamedTuple):
    start: int
    end: int
    text: str


def place_of(parts: Sequence[int]) -> int:
    """Return the part that counts within the series: the last one, or the first where the year is last."""
    return parts[-1] if len(parts) == 1 or parts[-1] < _YEAR_MIN else parts[0]


class NumberIndex:
    """Every number of the ledger's documents, found in titles.

    `owed` are numbers of invoices, `others` of corrections: one that is named makes nothing certain.
    """

    def __init__(self, owed: Iterable[str], others: Iterable[str], ksef: Iterable[tuple[str, str]]) -> None:
        self._by_parts: defaultdict[tuple[int, ...], list[_Number]] = defaultdict(list)
        self._by_sorted: defaultdict[tuple[int, ...], list[str]] = defaultdict(list)
        self._by_place: defaultdict[int, list[str]] = defaultdict(list)
        self._by_ksef = dict(ksef)
        for number in owed:
            parts = self._add(number, is_owed=True)
            self._by_sorted[tuple(sorted(parts))].append(number)
            if parts:
                self._by_place[place_of(parts)].append(number)
        for number in others:
            self._add(number, is_owed=False)
        self._lengths = sorted({len(parts) for parts in self._by_parts if parts}, reverse=True)
        self._heads = {each.head for known in self._by_parts.values() for each in known if each.head}

    def _add(self, number: str, *, is_owed: bool) -> tuple[int, ...]:
        text = folded(number)
        runs = list(_DIGITS.finditer(text))
        parts = tuple(int(run[0]) for run in runs)
        if runs:
            gaps = tuple(text[one.end() : other.start()].strip(_BETWEEN) for one, other in pairwise(runs))
            head, tail = text[: runs[0].start()].strip(_BETWEEN), text[runs[-1].end() :].strip(_BETWEEN)
            self._by_parts[parts].append(_Number(number, head, gaps, tail, is_owed))
        return parts

    def named(self, title: str) -> NamedInvoice:
        """Return what a title names."""
        text = folded(title)
        numbers: dict[str, None] = {}
        doubts: list[Doubt] = []
        for each in ksef_numbers(text):
            if not is_sound(each):
                doubts.append("ksef-number-wrong")
            elif is_collective(each):
                doubts.append("ksef-number-collective")
            elif each in self._by_ksef:
                numbers[self._by_ksef[each]] = None
            else:
                doubts.append("ksef-number-unknown")
        by_ksef = bool(numbers)
        text = without_ksef_numbers(text)
        tokens = [_Token(run.start(), run.end(), run[0]) for run in _DIGITS.finditer(text)]
        taken = self._whole(text, tokens, numbers, doubts)
        self._unknown(text, tokens, taken, doubts)
        other_order = self._other_order(text, tokens, taken)
        return NamedInvoice(
            tuple(numbers), doubts[0] if doubts else None, other_order, self._short(text, numbers), by_ksef
        )

    # --- whole numbers ------------------------------------------------------------------------

    def _whole(
        self, text: str, tokens: Sequence[_Token], numbers: dict[str, None], doubts: list[Doubt]
    ) -> set[int]:
        """Add every number that stands there whole; return the places of the tokens that belong to one."""
        taken: set[int] = set()
        ends: list[tuple[int, int]] = []
        at = 0
        while at < len(tokens):
            length = next((n for n in self._lengths if self._fits(text, tokens, at, n)), 0)
            if length:
                self._read(text, tokens[at : at + length], numbers, doubts)
                taken |= set(range(at, at + length))
                ends.append((at, at + length))
            at += length or 1
        for begin, end in ends:
            if self._goes_on(text, tokens, taken, begin, end):
                doubts.append("number-goes-on")
        return taken

    def _fits(self, text: str, tokens: Sequence[_Token], at: int, length: int) -> bool:
        window = tokens[at : at + length]
        return len(window) == length and bool(self._known(text, window))

    def _known(self, text: str, window: Sequence[_Token]) -> list[_Number]:
        gaps = [text[one.end : other.start] for one, other in pairwise(window)]
        if not all(gap and len(gap) <= _SHORT_MAX for gap in gaps):
            return []
        if any(len(token.text) > _SHORT_MAX for token in window):
            return []
        words = tuple(gap.strip(_BETWEEN) for gap in gaps)
        found = self._by_parts.get(tuple(int(token.text) for token in window), [])
        return [each for each in found if each.gaps == words]

    def _read(
        self, text: str, window: Sequence[_Token], numbers: dict[str, None], doubts: list[Doubt]
    ) -> None:
        known = self._known(text, window)
        before = text[: window[0].start]
        letters = _LETTERS_BEFORE.search(before)
        head = letters[1] if letters else ""
        of_head = [each for each in known if each.head and each.head == head]
        chosen = of_head or [each for each in known if each.is_owed]
        for each in chosen:
            if each.is_owed:
                numbers[each.number] = None
        word = _WORD_BEFORE.search(before) if of_head else letters
        is_of_invoice = bool(of_head) or head in _OF_INVOICES
        is_other = (
            any(not each.is_owed for each in chosen)
            or len(chosen) != 1
            or (word is not None and _NOT_INVOICES.search(word[1]) is not None)
            or (not is_of_invoice and (_is_date(window) or (head != "" and head not in _HARMLESS)))
        )
        if is_other:
            doubts.append("number-of-something-else")
        tail = re.match(r"[A-Z]+", text[window[-1].end :])
        if tail and all(each.tail != tail[0] for each in chosen):
            doubts.append("number-goes-on")

    def _goes_on(self, text: str, tokens: Sequence[_Token], taken: set[int], begin: int, end: int) -> bool:
        """Return True if more digits belong to it: a range, a short second number, a longer number."""
        if begin and begin - 1 not in taken:
            gap = text[tokens[begin - 1].end : tokens[begin].start]
            if gap[0] in _JOINTS and gap.strip(_BETWEEN) in {"", *self._heads}:
                return True
        if end < len(tokens) and end not in taken:
            gap = text[tokens[end - 1].end : tokens[end].start]
            if gap.strip(" ") and not gap.strip(_BETWEEN):
                return True
            return _MORE.match(text, tokens[end - 1].end) is not None
        return False

    def _unknown(self, text: str, tokens: Sequence[_Token], taken: set[int], doubts: list[Doubt]) -> None:
        """Note a number that has the head of a series and is none of its numbers."""
        for at, token in enumerate(tokens[:-1]):
            letters = _LETTERS_BEFORE.search(text[: token.start])
            gap = text[token.end : tokens[at + 1].start]
            is_one = letters is not None and letters[1] in self._heads and at not in taken
            if is_one and gap.strip(" ") and not gap.strip(_BETWEEN):
                reversed_too = any(self._is_other_order(text, tokens, at, n) for n in self._lengths)
                if not reversed_too:
                    doubts.append("number-unknown")

    # --- weaker readings ----------------------------------------------------------------------

    def _is_other_order(self, text: str, tokens: Sequence[_Token], at: int, length: int) -> tuple[str, ...]:
        window = tokens[at : at + length]
        gaps = [text[one.end : other.start] for one, other in pairwise(window)]
        is_one = len(window) == length > 1 and all(gap and not gap.strip(_BETWEEN) for gap in gaps)
        if not is_one or any(len(token.text) > _SHORT_MAX for token in window):
            return ()
        return tuple(self._by_sorted.get(tuple(sorted(int(token.text) for token in window)), ()))

    def _other_order(self, text: str, tokens: Sequence[_Token], taken: set[int]) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for at in range(len(tokens)):
            for length in self._lengths:
                if not taken & set(range(at, at + length)):
                    found |= dict.fromkeys(self._is_other_order(text, tokens, at, length))
        return tuple(found)

    def _short(self, text: str, numbers: dict[str, None]) -> tuple[str, ...]:
        """Return the documents whose last part is told alone: FV 12, faktury 7 i 8."""
        found: dict[str, None] = {}
        for match in _SHORT.finditer(text):
            for run in _DIGITS.findall(match[1]):
                found |= dict.fromkeys(self._by_place.get(int(run), ()))
        return tuple(each for each in found if each not in numbers)


def _is_date(window: Sequence[_Token]) -> bool:
    """Return True if the digits may be a day: 2026-10-12."""
    if len(window) != _DATE_PARTS:
        return False
    year, month, day = (token.text for token in window)
    is_year = len(year) == len("2026")
    return is_year and int(month) <= _MONTHS and len(day) <= _DATE_DIGITS and int(day) <= _DAYS
