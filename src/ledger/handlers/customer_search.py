"""Customers as people name them: by code in any case, by NIP, by a part of the name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from ledger.application.ledger import Ledger
from ledger.domain.customer import Customer
from ledger.domain.identifiers import composed, differing_in_case, shown
from ledger.domain.payments.folding import folded
from ledger.errors import CustomerUnknown, SeveralCustomers
from ledger.message import Message, joined, msg, msg_n, plain

PART_CHARACTERS_MIN = 3
"""A shorter part of a name names nobody."""
SHOWN_MAX = 8
"""Customers that a refusal lists."""
_SEARCHED = ("name", "nip", "vat_id", "email", "address_line1", "address_line2")
"""The fields that a search looks at; a customer is named by name, NIP or VAT number alone."""
_NUMBER = re.compile(r"[\s.-]")
_NIP = re.compile(r"(?:PL)?(\d{10})")

_Held = tuple[Customer, Mapping[str, str]]


class Match(NamedTuple):
    """A customer that was found; the name is None once it is erased."""

    code: str
    name: str | None


def named(ledger: Ledger, text: str) -> Match:
    """Return the customer that a text names: the code, else the NIP or VAT number, else a part of the name.

    A code is taken as it is before it is compared without case. Those merged into another count as that one.
    Raises CustomerUnknown, which repeats no more than a code; SeveralCustomers, with all that were found.
    """
    return _only(_of_code(ledger, text) or _named(ledger, text), text)


def of_code(ledger: Ledger, text: str) -> Match:
    """Return the customer of a code, compared without case; raises CustomerUnknown, SeveralCustomers."""
    return _only(_of_code(ledger, text), text)


def search(ledger: Ledger, text: str) -> frozenset[str]:
    """Return the codes of customers with every word of a text in their code or data; merged ones, too."""
    number, words = _plain_number(text), folded(text).split()

    def answers(customer: Customer, data: Mapping[str, str]) -> bool:
        if number and _has_number(data, number):
            return True
        held = folded(" ".join([customer.customer, *(data.get(field, "") for field in _SEARCHED)]))
        return all(word in held for word in words)

    return frozenset(customer.customer for customer, data in _held(ledger) if answers(customer, data))


def several(found: Iterable[Match], *, with_names: bool = False) -> SeveralCustomers:
    """Return the refusal of a text that several customers answer to; names are for a terminal alone."""
    matches = tuple(found)
    listed: list[Message | str] = [
        plain("{code} {name}", code=each.code, name=each.name) if with_names and each.name else each.code
        for each in matches[:SHOWN_MAX]
    ]
    if len(matches) > SHOWN_MAX:
        listed.append("…")
    return SeveralCustomers(
        msg_n(
            "{count} customer answers to that: {customers}",
            "{count} customers answer to that: {customers}",
            len(matches),
            customers=joined(listed, ", "),
        ),
        matches,
    )


def _only(found: list[Match], text: str) -> Match:
    if not found:
        raise CustomerUnknown(msg("there is no customer {code}", code=shown(composed(text))))
    if len(found) > 1:
        raise several(found)
    return found[0]


def _of_code(ledger: Ledger, text: str) -> list[Match]:
    code = composed(text.strip())
    if ledger.store.resolve("customer", code) is not None:
        return [Match(code, None)]
    codes = differing_in_case(code, ledger.customer_codes())
    return [Match(each, ledger.customer_name(each)) for each in codes]


def _named(ledger: Ledger, text: str) -> list[Match]:
    number, words = _plain_number(text), folded(text).split()
    if max(map(len, words), default=0) < PART_CHARACTERS_MIN:
        return []
    held = list(_held(ledger))
    by_number = [each for each in held if number and _has_number(each[1], number)]
    return _live(ledger, by_number) or _live(
        ledger, [each for each in held if all(word in folded(each[1].get("name", "")) for word in words)]
    )


def _held(ledger: Ledger) -> Iterator[_Held]:
    """Yield every customer with what the vault holds of it."""
    for customer in ledger.customers():
        yield customer, ledger.words(customer.commitment) or {}


def _live(ledger: Ledger, found: Iterable[_Held]) -> list[Match]:
    """Return the customers that those found count as, each once, in the order of their codes."""
    matches: dict[str, Match] = {}
    for customer, data in found:
        live, words = customer, data
        while live.merged_into is not None:
            live = ledger.find_customer(live.merged_into)
            words = ledger.words(live.commitment) or {}
        matches[live.customer] = Match(live.customer, words.get("name"))
    return [matches[code] for code in sorted(matches)]


def _has_number(data: Mapping[str, str], number: str) -> bool:
    return number in {_plain_number(data.get(field, "")) for field in ("nip", "vat_id")}


def _plain_number(text: str) -> str:
    """Return a tax number without blanks and dashes, a Polish one without PL; empty for what has no digit."""
    compact = _NUMBER.sub("", text).upper()
    match = _NIP.fullmatch(compact)
    if match is not None:
        return match[1]
    return compact if any(character.isdigit() for character in compact) else ""
