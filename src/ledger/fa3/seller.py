"""`[seller]` and `[ksef]` of ledger.toml: who issues documents, and whether they go to KSeF."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast, get_args

from ledger.domain.invoice.document import Party
from ledger.domain.invoice.ksef_duty import SellerMode
from ledger.errors import BadConfig, InvoiceField, SellerIncomplete
from ledger.fa3.values import EMAIL, matching, nip, token
from ledger.message import msg

REQUIRED = ("nip", "name", "address_line1")
OPTIONAL = ("address_line2", "bank_account", "bank_name", "bank_bic", "place", "email")
KSEF_KEYS = (
    *("mode", "consumers", "environment", "base_url"),
    *("certificate", "key", "offline_certificate", "offline_key"),
)
SHOP_KEYS = ("module_url", "emergency_phone", "hours")
TEXT_LENGTH_MAX = 512
_LONGEST = {"name": 512, "address_line1": 512, "address_line2": 512, "place": 256, "bank_name": 256}
"""How long each text of the seller may be on an invoice, in characters."""


@dataclass(frozen=True, slots=True)
class Seller:
    """The shop as its documents name it; `bank_account` is an IBAN."""

    party: Party
    bank_account: str | None = None
    bank_name: str | None = None
    bank_bic: str | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True)
class ShopContact:
    """What papers say of the shop: `seller` as ledger.toml has it, and how a customer reaches it."""

    seller: Mapping[str, str]
    module_url: str = ""
    emergency_phone: str = ""
    hours: str = ""


def shop_of(config: Mapping[str, object]) -> ShopContact:
    """Return the shop as far as ledger.toml tells it; raises BadConfig naming the key."""
    told = table_of(config, "shop", SHOP_KEYS)
    url = told.get("module_url", "")
    if url and not url.startswith(("https://", "http://")):
        raise BadConfig(msg("ledger.toml: shop.module_url is an address like https://example.com/help"))
    return ShopContact(parse_seller(config), url, told.get("emergency_phone", ""), told.get("hours", ""))


def seller_lines(seller: Mapping[str, str]) -> tuple[str, ...]:
    """Return name, address and NIP as papers show them, as far as ledger.toml says them."""
    nip = f"NIP {seller['nip']}" if seller.get("nip") else ""
    lines = (*(seller.get(key, "") for key in ("name", "address_line1", "address_line2")), nip)
    return tuple(line for line in lines if line)


def table_of(config: Mapping[str, object], name: str, known: tuple[str, ...]) -> dict[str, str]:
    """A table of ledger.toml whose values are single lines of text; raises BadConfig naming the key."""
    table = config.get(name, {})
    if not isinstance(table, dict):
        raise BadConfig(msg("ledger.toml: {name} is not a table", name=name))
    told = cast("dict[str, object]", table)
    for key, value in told.items():
        if key not in known:
            raise BadConfig(msg("ledger.toml has an unknown key '{name}.{key}'", name=name, key=key))
        if not isinstance(value, str) or not value.isprintable() or len(value) > TEXT_LENGTH_MAX:
            raise BadConfig(msg("ledger.toml: {name}.{key} is a text of one line", name=name, key=key))
    return {key: str(value) for key, value in told.items() if str(value).strip()}


def parse_seller(config: Mapping[str, object]) -> dict[str, str]:
    """What ledger.toml says of the seller, what is there checked; raises BadConfig naming the key."""
    told = table_of(config, "seller", (*REQUIRED, *OPTIONAL))
    if "nip" in told:
        told["nip"] = _nip(told["nip"])
    if "bank_account" in told:
        told["bank_account"] = _iban(told["bank_account"])
    if "bank_bic" in told:
        told["bank_bic"] = _bic(told["bank_bic"])
    try:
        if "email" in told:
            matching(told["email"], "seller.email", EMAIL, msg("an e-mail address"))
        for key, longest in _LONGEST.items():
            if key in told:
                token(told[key], f"seller.{key}", longest=longest)
    except InvoiceField as error:
        raise BadConfig(msg("ledger.toml: {fault}", fault=error.message)) from error
    return told


def missing_of(told: Mapping[str, str]) -> list[str]:
    """The keys an invoice cannot be issued without that are not there."""
    return [key for key in REQUIRED if key not in told]


def seller_of(config: Mapping[str, object]) -> Seller:
    """The seller; raises SellerIncomplete, BadConfig."""
    told = parse_seller(config)
    missing = missing_of(told)
    if missing:
        raise SellerIncomplete(
            msg("ledger.toml does not say {names}", names=", ".join(f"seller.{key}" for key in missing))
        )
    party = Party(
        name=told["name"],
        address_line1=told["address_line1"],
        address_line2=told.get("address_line2", ""),
        nip=told["nip"],
        email=told.get("email"),
    )
    return Seller(party, *(told.get(key) for key in ("bank_account", "bank_name", "bank_bic", "place")))


def ksef_mode_of(config: Mapping[str, object]) -> SellerMode:
    """How documents go to KSeF: online, offline24, or not yet (exempt_10k); raises BadConfig."""
    mode = table_of(config, "ksef", KSEF_KEYS).get("mode", "online")
    if mode not in get_args(SellerMode):
        raise BadConfig(
            msg("ledger.toml: ksef.mode is one of {names}", names=", ".join(get_args(SellerMode)))
        )
    return cast("SellerMode", mode)


def takes_consumers(config: Mapping[str, object]) -> bool:
    """Whether invoices of consumers go to KSeF too; raises BadConfig."""
    told = table_of(config, "ksef", KSEF_KEYS).get("consumers", "no")
    if told not in {"yes", "no"}:
        raise BadConfig(msg("ledger.toml: ksef.consumers is yes or no"))
    return told == "yes"


def _nip(text: str) -> str:
    """Return the ten digits of a NIP, as KSeF takes it."""
    digits = re.sub(r"[\s-]", "", text).upper().removeprefix("PL")
    try:
        return nip(digits, "seller.nip")
    except InvoiceField as error:
        raise BadConfig(msg("ledger.toml: seller.nip {nip} is not a valid NIP", nip=text)) from error


def _iban(text: str) -> str:
    """An IBAN without spaces; a Polish account of 26 digits gets its PL."""
    from stdnum import iban  # noqa: PLC0415 - only who issues needs it
    from stdnum.exceptions import ValidationError  # noqa: PLC0415 - the same

    plain = "".join(text.split())
    try:
        return str(iban.validate(f"PL{plain}" if plain.isdigit() else plain))
    except ValidationError as error:
        raise BadConfig(msg("ledger.toml: seller.bank_account is not a valid IBAN")) from error


def _bic(text: str) -> str:
    """Return a bank's code as the schema takes it: eight or eleven capitals and digits."""
    from stdnum import bic  # noqa: PLC0415 - only who issues needs it
    from stdnum.exceptions import ValidationError  # noqa: PLC0415 - the same

    try:
        return str(bic.validate(text))
    except ValidationError as error:
        raise BadConfig(msg("ledger.toml: seller.bank_bic {bic} is not a valid BIC", bic=text)) from error


def own_accounts(config: Mapping[str, object]) -> list[str]:
    """The shop's own accounts: `bank.accounts` and `seller.bank_account`, without PL and blanks.

    Raises: BadConfig.
    """
    table = config.get("bank", {})
    if not isinstance(table, dict):
        raise BadConfig(msg("ledger.toml: bank is not a table"))
    told = cast("dict[str, object]", table)
    for key in told:
        if key != "accounts":
            raise BadConfig(msg("ledger.toml has an unknown key '{key}'", key=f"bank.{key}"))
    listed = told.get("accounts", [])
    if not isinstance(listed, list):
        raise BadConfig(msg("ledger.toml: bank.accounts is a list of account numbers"))
    named = [*cast("list[object]", listed), *filter(None, [parse_seller(config).get("bank_account")])]
    return list(dict.fromkeys(_own_account(each) for each in named))


def _own_account(told: object) -> str:
    from stdnum import iban  # noqa: PLC0415 - only shops that import statements name several
    from stdnum.exceptions import ValidationError  # noqa: PLC0415 - the same

    text = str(told).replace(" ", "").upper()
    try:
        return iban.validate(text if text[:2].isalpha() else f"PL{text}").removeprefix("PL")
    except ValidationError as error:
        raise BadConfig(msg("ledger.toml: bank.accounts has a number that is no valid account")) from error
