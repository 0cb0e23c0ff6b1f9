"""`BankTransfer`: a transfer as a bank's file tells it; `Transfer`: what the events about one add up to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, Literal, cast
from uuid import UUID

import msgspec

from ledger import errors
from ledger.domain import events as e
from ledger.message import Code, msg

TransferState = Literal["open", "assigned", "returned", "set-aside"]


class BankTransfer(msgspec.Struct, frozen=True, kw_only=True):
    """A booked transfer; money in is positive. `line` is where it stands in the file, from 1."""

    booked_on: date
    value_on: date
    amount_grosze: int
    title: str = ""
    other_title: str = ""
    """The title as it reads where the file does not tell how its lines are joined."""
    name: str = ""
    account: str = ""
    """The other side's account, plain (see `plain_account`)."""
    bank_id: str = ""
    """The bank's own id of it, where the format has one that is unique."""
    place_in_batch: int = 0
    """From 1, of a batch that the bank takes apart."""
    is_batch: bool = False
    """Several transfers that the bank does not take apart."""
    is_reversal: bool = False
    charges_grosze: int = 0
    return_reason: str = ""
    line: int = 0


class Transfer(msgspec.Struct):
    """A transfer as its events tell it."""

    id: UUID
    seen: e.TransferSeen
    version: int = 1
    state: TransferState = "open"
    parts: tuple[e.PaidPart, ...] = ()
    """What it paid, while it is assigned."""
    set_aside: str | None = None
    erased: bool = False


def _assigned(transfer: Transfer, fact: e.TransferAssigned) -> None:
    transfer.state, transfer.parts, transfer.set_aside = "assigned", fact.parts, None


def _open_again(transfer: Transfer, _fact: e.TransferUnassigned) -> None:
    transfer.state, transfer.parts, transfer.set_aside = "open", (), None


def _set_aside(transfer: Transfer, fact: e.TransferSetAside) -> None:
    transfer.state, transfer.set_aside = "set-aside", fact.reason


def _returned(transfer: Transfer, _fact: e.TransferReturned) -> None:
    transfer.state, transfer.parts = "returned", ()


def _erased(transfer: Transfer, _fact: e.TransferDataErased) -> None:
    transfer.erased = True


_EVOLVE: dict[type[e.Event], Callable[[Transfer, Any], None]] = {
    e.TransferAssigned: _assigned,
    e.TransferUnassigned: _open_again,
    e.TransferSetAside: _set_aside,
    e.TransferReturned: _returned,
    e.TransferDataErased: _erased,
}


def evolve(transfer: Transfer | None, stream: UUID, fact: e.Event) -> Transfer:
    """Return the transfer after one more event (the same object, changed); the first opens it."""
    if transfer is None:
        seen = cast("e.TransferSeen", fact)
        state: TransferState = "open" if seen.set_aside is None else "set-aside"
        return Transfer(stream, seen, state=state, set_aside=seen.set_aside)
    _EVOLVE[type(fact)](transfer, fact)
    transfer.version += 1
    return transfer


def project(transfer: Transfer | None, recorded: Iterable[e.RecordedEvent]) -> Transfer | None:
    """Return the transfer after recorded events; the projector of `repository.get`."""
    for event in recorded:
        transfer = evolve(transfer, event.originator_id, event.event)
    return transfer


def require_open(transfer: Transfer, key: str) -> None:
    """Raise TransferDecided unless nothing was decided about the transfer."""
    if transfer.state != "open":
        raise errors.TransferDecided(
            msg("transfer {key} is {state} already", key=key, state=Code("transfer_state", transfer.state))
        )


def require_undoable(transfer: Transfer, key: str) -> None:
    """Raise TransferDecided unless an assignment, or being set aside, could be taken back."""
    if transfer.state not in {"assigned", "set-aside"}:
        fact = msg(
            "of transfer {key} there is nothing to undo: it is {state}",
            key=key,
            state=Code("transfer_state", transfer.state),
        )
        raise errors.TransferDecided(fact)


def require_whole(transfer: Transfer, parts: Iterable[e.PaidPart], key: str) -> None:
    """Raise BadAssignment unless the parts have the sign of the transfer and are all of it together."""
    amounts = [part.amount_grosze for part in parts]
    amount = transfer.seen.amount_grosze
    if any(each == 0 or (each > 0) != (amount > 0) for each in amounts) or sum(amounts) != amount:
        fact = msg(
            "the parts come to {parts} grosze, and transfer {key} is {amount} grosze",
            parts=sum(amounts),
            key=key,
            amount=amount,
        )
        raise errors.BadAssignment(fact)
