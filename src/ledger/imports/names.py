"""Names in an office's sheet, and the customers' codes that are proposed for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Literal, NamedTuple

from ledger.application.ledger import Ledger
from ledger.imports.layout import Column, Layout, meanings, normal
from ledger.imports.table_reader import Sheet

How = Literal["same", "similar", "unknown"]

_FORMS = frozenset(
    {
        *("sp", "z", "o", "oo", "spolka", "sa", "s", "a", "c", "sc", "jdg"),
        *("fhu", "phu", "pphu", "firma", "zaklad", "uslugi", "gospodarstwo"),
    }
)
"""Words of a legal form or a trade that one list of customers has and another leaves out."""
_CLOSE = 0.85


class NameProposal(NamedTuple):
    """A name of the sheet, the code proposed for it, and how the two fit."""

    name: str
    customer: str
    how: How


def proposals(
    ledger: Ledger, sheet: Sheet, columns: Sequence[Column], layout: Layout, confirmed: Mapping[str, str]
) -> list[NameProposal]:
    """Return a proposal for each name that is no customer's code and not confirmed yet."""
    names = meanings(tuple(columns), layout)
    place = next(
        (at for at, title in enumerate(sheet.header) if names.get(normal(title)) == "customer"), None
    )
    if place is None:
        return []
    known = {normal(name) for name in (*confirmed, *layout.values.get("customer", {}))}
    found = dict.fromkeys(
        line.cells[place]
        for line in sheet.lines
        if len([cell for cell in line.cells if cell]) > 1 and place < len(line.cells) and line.cells[place]
    )
    codes = ledger.store.resolve_many("customer", list(found))
    asked = [name for name in found if name not in codes and normal(name) not in known]
    asked = [name for name in asked if normal(name) != normal(sheet.header[place])]
    if not asked:
        return []
    same, plain = _registered(ledger)
    return [_proposal(name, same, plain) for name in asked]


def _registered(ledger: Ledger) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Return codes by name, and by name without its legal form."""
    same: dict[str, list[str]] = {}
    plain: dict[str, list[str]] = {}
    for code in ledger.customer_codes():
        customer = ledger.find_customer(code)
        name = (ledger.words(customer.commitment) or {}).get("name")
        if name and customer.merged_into is None:
            same.setdefault(normal(name), []).append(code)
            plain.setdefault(_without_form(name), []).append(code)
    return same, plain


def _without_form(name: str) -> str:
    words = normal(name).split("_")
    return "_".join(sorted(word for word in words if word not in _FORMS)) or normal(name)


def _proposal(name: str, same: Mapping[str, list[str]], plain: Mapping[str, list[str]]) -> NameProposal:
    """Return the only customer that fits; two that fit alike are none."""
    exact = same.get(normal(name), [])
    if len(exact) == 1:
        return NameProposal(name, exact[0], "same")
    if not exact:
        form = _without_form(name)
        near = plain.get(form) or [
            code for each in get_close_matches(form, plain, n=2, cutoff=_CLOSE) for code in plain[each]
        ]
        if len(near) == 1:
            return NameProposal(name, near[0], "similar")
    return NameProposal(name, "", "unknown")
