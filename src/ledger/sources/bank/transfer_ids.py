"""Ids of transfers: the same money has the same id, whichever file brings it.

An id is made of the keyed hash of what tells a transfer from others: own account, day of booking, amount, the
bank's own id of it, else account and title of the other side and the place among equals of that day.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from uuid import UUID, uuid5

from ledger.domain.payments.folding import folded
from ledger.domain.payments.transfer import BankTransfer

_NAMESPACE = UUID("0189f1d1-0000-7000-8000-0000000000ba")
_VERSION, _VARIANT = 0x8, 0b10


def account_stream(account: str) -> UUID:
    """Return the stream of an own account, which the shop's invoices name anyway."""
    return uuid5(_NAMESPACE, account)


def transfer_streams(
    account: str, transfers: Iterable[BankTransfer], fingerprint: Callable[[bytes], bytes]
) -> Iterator[UUID]:
    """Yield the id of each transfer of a statement; `fingerprint` is keyed by the account."""
    before: Counter[str] = Counter()
    for transfer in transfers:
        told = [account, transfer.booked_on.isoformat(), transfer.amount_grosze]
        if transfer.bank_id:
            told += [transfer.bank_id, transfer.place_in_batch]
        else:
            told += [transfer.account, folded(transfer.title), transfer.place_in_batch]
        key = json.dumps(told)
        yield _uuid8(fingerprint(json.dumps([key, before[key]]).encode()))
        before[key] += 1


def _uuid8(digest: bytes) -> UUID:
    """Return 16 bytes as a UUID of version 8 (RFC 9562, section 5.8)."""
    number = int.from_bytes(digest[:16], "big")
    number = number & ~(0xF << 76) | _VERSION << 76
    return UUID(int=number & ~(0b11 << 62) | _VARIANT << 62)
