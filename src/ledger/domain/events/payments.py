"""Facts about the shop's bank accounts: statements that were imported, transfers, and what became of them.

A transfer is a stream of its own; its id is made of a keyed hash of what tells it from others, so that the
same money cannot be there twice. Title, name and account of the other side lie in the vault (class `tax`).
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

import msgspec

from ledger.domain.events.base import Event, Personal, Reasoned

SetAsideCode = Literal["own-money", "bank", "outgoing", "private", "other"]
"""Between own accounts; the bank for itself; paid to somebody; no business of the shop's; anything else."""
SET_ASIDE_BY_HAND: tuple[SetAsideCode, ...] = ("outgoing", "private", "other")
"""What a person sets a transfer aside for; the others are told by accounts alone."""


class PaidPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a transfer pays on one document; negative for money that goes back."""

    invoice: UUID
    number: str
    amount_grosze: int


class StatementImported(Personal, frozen=True, kw_only=True):
    """A file brought a statement of an account. The stream is that of the account.

    `transfers` = seen + known + outgoing; `outgoing` went to people who are not invoiced: they count for the
    balance, and nothing of them is kept.
    """

    TOPIC: ClassVar[str] = "bank.statement_imported:1"

    format: str
    number: str = ""
    first_on: date | None = None
    last_on: date | None = None
    opening_grosze: int | None = None
    closing_grosze: int | None = None
    transfers: int
    seen: int
    known: int
    outgoing: int
    not_booked: int = 0


class TransferSeen(Personal, frozen=True, kw_only=True):
    """A transfer stands on a statement. Opens its stream; `account` is the stream of the own account."""

    TOPIC: ClassVar[str] = "bank.transfer_seen:1"

    account: UUID
    booked_on: date
    value_on: date
    amount_grosze: int
    reversal: bool = False
    batch: bool = False
    charges_grosze: int = 0
    return_reason: str = ""
    taken_back: bool = False
    """The same file takes it back."""
    doubtful: bool = False
    """It may be one that came in another format already."""
    set_aside: SetAsideCode | None = None
    """No money of a customer, by its own words: nothing is to be decided."""


class TransferAssigned(Event, frozen=True, kw_only=True):
    """Somebody confirmed what a transfer pays; recorded with the payments on the documents."""

    TOPIC: ClassVar[str] = "bank.transfer_assigned:1"

    parts: tuple[PaidPart, ...]
    rule: str
    """Why it was proposed; `person` where somebody chose the documents."""
    overpaid_grosze: int = 0


class TransferUnassigned(Reasoned, frozen=True, kw_only=True):
    """It was no payment of those documents, or is to be decided again: the payments are reversed."""

    TOPIC: ClassVar[str] = "bank.transfer_unassigned:1"


class TransferSetAside(Event, frozen=True, kw_only=True):
    """It is no payment of a document."""

    TOPIC: ClassVar[str] = "bank.transfer_set_aside:1"

    reason: SetAsideCode


class TransferReturned(Event, frozen=True, kw_only=True):
    """One transfer takes another back, and what that paid is owed again; recorded of both.

    `of` is the other one.
    """

    TOPIC: ClassVar[str] = "bank.transfer_returned:1"

    of: UUID


class TransferDataErased(Event, frozen=True, kw_only=True):
    """The words of a transfer were erased: nothing was decided about it, or the tax years are over."""

    TOPIC: ClassVar[str] = "bank.transfer_data_erased:1"

    data: Literal["tax"] = "tax"
    why: Literal["retention", "undecided"] = "undecided"
