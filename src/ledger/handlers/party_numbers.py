"""Tax numbers of customers, held against what KSeF takes before they are recorded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from ledger.application.ledger import Ledger
from ledger.domain import events as e
from ledger.errors import BadCell, BadConfig, InvoiceField
from ledger.fa3.parties import EU_PREFIX
from ledger.fa3.seller import parse_seller
from ledger.fa3.values import nip as ksef_nip
from ledger.fa3.values import token
from ledger.message import Hint, Message, msg

_PREFIXES = frozenset(EU_PREFIX.split("|"))
_PREFIX_OF = {"GR": "EL", "GB": "XI"}
"""VAT prefixes that are not the country's code: of Greece, and of Northern Ireland."""
_NIP_DIGITS = 10
_PESEL_DIGITS = 11
_SHOWN_MAX = 20


class SharedNumber(NamedTuple):
    """A customer's NIP that another customer, or the seller itself, has."""

    code: str
    nip: str
    other: str
    """The other customer's code; empty for the seller's own."""

    @property
    def message(self) -> Message:
        """The finding in a line."""
        if self.other:
            return msg("NIP {nip} is that of customer {customer} too", nip=self.nip, customer=self.other)
        return msg("NIP {nip} is the seller's own", nip=self.nip)


def check_nip(text: str, *, shown: bool = False) -> str:
    """Return the ten digits of a NIP; raises BadCell, which repeats them only where they may be shown.

    What KSeF refuses is refused here, too: python-stdnum takes ten zeros.
    """
    plain = re.sub(r"[\s-]", "", text).upper().removeprefix("PL")
    try:
        return ksef_nip(plain, "nip")
    except InvoiceField:
        pass
    digits = plain if plain.isdigit() else ""
    if len(digits) == _PESEL_DIGITS:
        raise BadCell(msg("nip is not a valid NIP: it has eleven digits, as a PESEL"), hint=_NIP_HINT)
    value = f" {plain}" if shown and len(digits) == _NIP_DIGITS else ""
    raise BadCell(msg("nip{value} is not a valid NIP", value=value), hint=_NIP_HINT)


_NIP_HINT = Hint("ten digits, the last of which proves the others; look it up in the register of the buyer")


def check_vat_id(text: str, country: str, treatment: e.VatTreatment, *, shown: bool = False) -> str:
    """Return an EU VAT number as KSeF takes it, any other tax number as it is; raises BadCell.

    The prefix is that of the country (EL for Greece, XI for Northern Ireland), and the check digit holds.
    """
    number = re.sub(r"[\s.-]", "", text).upper()
    value = f" {number[:_SHOWN_MAX]}" if shown else ""
    prefix = number[:2]
    if prefix == "GR":
        number, prefix = f"EL{number[2:]}", "EL"
    if prefix == "PL" and number[2:].isdigit():
        raise BadCell(
            msg("vat_id{value} is a Polish number", value=value),
            hint=Hint("a business in Poland is named by its NIP"),
        )
    own = _PREFIX_OF.get(country, country)
    if prefix not in _PREFIXES:
        if treatment != "eu" and own not in _PREFIXES - {"XI"}:
            return text  # of another part of the world, which proves it in its own way
        hint = (
            Hint(msg("write {own} before the number", own=own))
            if own in _PREFIXES
            else Hint("the prefix names the country")
        )
        raise BadCell(msg("vat_id{value} has no prefix of a member state", value=value), hint=hint)
    if prefix != own:
        raise BadCell(
            msg(
                "vat_id{value} has the prefix {prefix}, and the country is {country}",
                value=value,
                prefix=prefix,
                country=country,
            )
        )
    _check_digits(number, value)
    return number


def _check_digits(number: str, value: str) -> None:
    from stdnum.eu import vat  # noqa: PLC0415 - only customers with such a number need it
    from stdnum.exceptions import ValidationError  # noqa: PLC0415 - the same

    try:
        vat.validate(number)
    except ValidationError as error:
        hint = Hint("compare it with VIES or the buyer's invoice; a typing error shows in the check digit")
        raise BadCell(msg("vat_id{value} is not a valid VAT number", value=value), hint=hint) from error


def check_writable(personal: Mapping[str, str]) -> None:
    """Raise BadCell for text that no invoice could hold: a control character, or nothing but blanks."""
    for field in ("name", "address_line1", "address_line2"):
        if personal.get(field):
            try:
                token(personal[field], field, longest=512)
            except InvoiceField as error:
                hint = Hint("a sign of a wrong encoding; type the text again")
                raise BadCell(error.message, hint=hint) from error


def shared_nips(ledger: Ledger, told: Iterable[tuple[str, str]]) -> Iterator[SharedNumber]:
    """Yield the NIPs that are the seller's own or another customer's; `told` are codes with their NIPs."""
    asked = [(code, nip) for code, nip in told if nip]
    if not asked:
        return
    try:
        own = parse_seller(ledger.folder.read_config()).get("nip")
    except BadConfig:
        own = None
    holders: dict[str, set[str]] = {}
    for code, nip in _registered(ledger):
        holders.setdefault(nip, set()).add(code)
    for code, nip in asked:
        holders.setdefault(nip, set()).add(code)
    for code, nip in asked:
        if nip == own:
            yield SharedNumber(code, nip, "")
        for other in sorted(holders[nip] - {code}):
            yield SharedNumber(code, nip, other)


def _registered(ledger: Ledger) -> Iterator[tuple[str, str]]:
    for code in ledger.customer_codes():
        customer = ledger.find_customer(code)
        nip = (ledger.words(customer.commitment) or {}).get("nip")
        if nip and customer.merged_into is None:
            yield code, nip
