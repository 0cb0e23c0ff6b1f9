"""Profiles of the CSV files of banks, one TOML file a bank in `ledger/data/bank`."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec


class Columns(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Names of columns in the header; empty where a bank has no such column. `other` are not read."""

    booked: str
    value: str
    amount: str
    title: str = ""
    name: str = ""
    account: str = ""
    from_account: str = ""
    to_account: str = ""
    balance: str = ""
    currency: str = ""
    bank_id: str = ""
    details: str = ""
    """The first of the columns that hold `Key: value`."""
    other: tuple[str, ...] = ()

    def names(self) -> frozenset[str]:
        """Return every name that a header of this bank has."""
        told = [getattr(self, field) for field in self.__struct_fields__ if field != "other"]
        return frozenset(name for name in (*told, *self.other) if name)


class Preamble(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Labels around the table: what they label stands beside them, or on the next line."""

    account: str
    currency: str
    opening: str
    closing: str
    counts: dict[str, str]


class NotBooked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a row says that it is not booked yet."""

    column: str
    text: str


class BankProfile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How one bank writes its file."""

    format: str
    delimiter: str
    dates: str
    decimal: Literal[",", "."]
    account_in: Literal["preamble", "columns", "option"]
    columns: Columns
    newest_first: bool = False
    trailing_cell: bool = False
    """Every line ends in the delimiter."""
    preamble: Preamble | None = None
    not_booked: NotBooked | None = None
    details: dict[Literal["title", "name", "account"], tuple[str, ...]] = {}


@cache
def profiles() -> tuple[BankProfile, ...]:
    """Return every profile that is shipped, by format."""
    folder = files("ledger") / "data" / "bank"
    texts = sorted(
        each.read_text(encoding="utf-8") for each in folder.iterdir() if each.name.endswith(".toml")
    )
    return tuple(
        sorted((msgspec.toml.decode(text, type=BankProfile) for text in texts), key=lambda p: p.format)
    )
