"""Transfers as recorded: all of them, one by its id, and the words that the vault keeps of it."""

from __future__ import annotations

import re
from typing import cast
from uuid import UUID

from ledger.application.ledger import Ledger
from ledger.domain.payments.transfer import BankTransfer, Transfer, evolve, project
from ledger.errors import TransferUnknown
from ledger.message import msg
from ledger.store.mapper import read_fact

KEY_CHARACTERS_MIN = 6
"""The shortest beginning of an id that names a transfer."""
_KEY = re.compile(r"[0-9a-f]{1,32}")


def all_transfers(ledger: Ledger) -> list[Transfer]:
    """Return every transfer, in the order in which they were imported."""
    found: dict[UUID, Transfer] = {}
    for _, stream, version, topic, _, state in ledger.store.rows_of("transfer"):
        subject = UUID(bytes=stream)
        found[subject] = evolve(found.get(subject), subject, read_fact(topic, state, subject, version))
    return list(found.values())


def find_transfer(ledger: Ledger, named: str) -> Transfer:
    """Return a transfer by its id, or by a beginning that no other has; raises TransferUnknown."""
    key = named.lower()
    if _KEY.fullmatch(key) is None:
        raise TransferUnknown(msg("an id of a transfer has digits and the letters a to f"))
    alike = [str(each) for each in ledger.store.keys("transfer") if str(each).startswith(key)]
    if len(alike) != 1 or len(key) < KEY_CHARACTERS_MIN:
        if len(alike) > 1:
            raise TransferUnknown(msg("several transfers begin with {key}", key=key))
        raise TransferUnknown(msg("no transfer begins with {key}", key=key))
    return cast("Transfer", project(None, ledger.events_of(UUID(hex=alike[0]))))


def told(ledger: Ledger, transfer: Transfer) -> BankTransfer:
    """Return a transfer with its words; without those that were erased."""
    seen = transfer.seen
    words = ledger.words(seen.commitment) or {}
    return BankTransfer(
        booked_on=seen.booked_on,
        value_on=seen.value_on,
        amount_grosze=seen.amount_grosze,
        title=words.get("title", ""),
        other_title=words.get("other_title", ""),
        name=words.get("name", ""),
        account=words.get("account", ""),
        bank_id=words.get("bank_id", ""),
        is_batch=seen.batch,
        is_reversal=seen.reversal,
        charges_grosze=seen.charges_grosze,
        return_reason=seen.return_reason,
    )


def words_of(transfer: BankTransfer) -> dict[str, str]:
    """Return what goes to the vault of a transfer."""
    words = {
        "title": transfer.title,
        "other_title": transfer.other_title,
        "name": transfer.name,
        "account": transfer.account,
        "bank_id": transfer.bank_id,
    }
    return {field: text for field, text in words.items() if text}
