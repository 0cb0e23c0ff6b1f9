"""Field 86 of MT940: title, name, account of the other side, in subfields or in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from ledger.domain.payments.folding import plain_account
from ledger.sources.bank.joining import joined, width_of

WORDS_WIDTH = 65
SUBFIELD_WIDTHS = (27, 35)
_SEPARATORS = "~?<^"
_CODE = re.compile(r"\d{3}(?P<separator>[~?<^])\d{2}")
_TITLE = range(20, 30)
_NAME = (32, 33)
_BRANCH, _ACCOUNT, _IBAN = 30, 31, 38
_ALLOWED = frozenset({0, 10, *_TITLE, *range(30, 35), _IBAN, *range(60, 64)})
_SORT_CODE_DIGITS, _ACCOUNT_DIGITS, _NRB_DIGITS = 8, 16, 26
_POLAND = "252100"
_IN_WORDS = re.compile(r"(?:^|; ?)(Z RACH\.|NA RACH\.|OD|DLA|TYT\.): ?")
_BANK_ID = re.compile(r"; ?TNR: ?(\S+)$")


class DetailsLayout(NamedTuple):
    """How a file writes field 86: with which separator, and at which width it cuts a title."""

    name: Literal["subfields", "words"]
    width: int | None


class Details(NamedTuple):
    """What field 86 says. `other_title`: the title read otherwise, where the file does not tell how."""

    title: str = ""
    other_title: str = ""
    name: str = ""
    account: str = ""
    bank_id: str = ""


def layout_of(fields: Iterable[Sequence[str]]) -> DetailsLayout:
    """Return how a file writes field 86, by all its fields."""
    pieces: list[str] = []
    has_subfields = False
    for lines in fields:
        separator = _separator(lines)
        if separator:
            has_subfields = True
            found = _subfields(lines, separator)
            pieces += [text for code, text in found.items() if code in _TITLE or code in _NAME]
    if not has_subfields:
        return DetailsLayout("words", WORDS_WIDTH)
    return DetailsLayout("subfields", width_of(pieces, SUBFIELD_WIDTHS))


def read_details(lines: Sequence[str], layout: DetailsLayout) -> Details:
    """Return what the lines of a field 86 say."""
    separator = _separator(lines)
    if separator:
        return _of_subfields(_subfields(lines, separator), layout.width)
    return _of_words(joined(lines, WORDS_WIDTH)[0])


def _separator(lines: Sequence[str]) -> str:
    match = _CODE.match(lines[0]) if lines else None
    return match["separator"] if match else ""


def _subfields(lines: Sequence[str], separator: str) -> dict[int, str]:
    r"""Return subfields by number. One begins where two allowed digits follow that are greater than the last.

    Whatever else looks like the beginning of one stands in the words of a payer.
    """
    text = "\n".join(lines)
    begins: list[tuple[int, int]] = []
    for match in re.finditer(re.escape(separator) + r"(\d{2})", text):
        code = int(match[1])
        if code in _ALLOWED and (not begins or code > begins[-1][1]):
            begins.append((match.start(), code))
    ends = [start for start, _ in begins[1:]] + [len(text)]
    skip = len(separator) + 2
    found = {
        code: text[start + skip : end].removesuffix("\n")
        for (start, code), end in zip(begins, ends, strict=True)
    }
    return {
        code: joined(value.split("\n"), WORDS_WIDTH)[0] if "\n" in value else value
        for code, value in found.items()
    }


def _of_subfields(found: dict[int, str], width: int | None) -> Details:
    title, other = joined([found.get(code, "") for code in _TITLE], width)
    name = joined([found.get(code, "") for code in _NAME], width)[0]
    account = plain_account(found.get(_IBAN, "")) or _account(found.get(_BRANCH, ""), found.get(_ACCOUNT, ""))
    return Details(title, other, name, account)


def _account(branch: str, account: str) -> str:
    """Return the account number of a sort code and an account without check digits, or as it is told."""
    branch, account = re.sub(r"\D", "", branch), re.sub(r"\W", "", account)
    if len(branch) == _SORT_CODE_DIGITS and len(account) == _ACCOUNT_DIGITS and account.isdigit():
        return f"{98 - int(branch + account + _POLAND) % 97:02d}{branch}{account}"
    return plain_account(account)


def _of_words(text: str) -> Details:
    body = re.sub(r"^\d{3}[ ]", "", text)
    bank_id = _BANK_ID.search(body)
    if bank_id:
        body = body[: bank_id.start()]
    found: dict[str, str] = {}
    keys = list(_IN_WORDS.finditer(body))
    title_at = next((place for place, match in enumerate(keys) if match[1] == "TYT."), len(keys) - 1)
    keys = keys[: title_at + 1]  # what follows in the title are words of the payer
    for match, end in zip(keys, [*(m.start() for m in keys), len(body)][1:], strict=True):
        found.setdefault(match[1], body[match.end() : end].strip(" ;"))
    if not found:
        return Details(body, "", "", "", "" if bank_id is None else bank_id[1])
    return Details(
        found.get("TYT.", ""),
        "",
        found.get("OD", found.get("DLA", "")),
        plain_account(found.get("Z RACH.", found.get("NA RACH.", ""))),
        "" if bank_id is None else bank_id[1],
    )
