"""The codes that count as one customer, and the sessions under them."""

from __future__ import annotations

from typing import NamedTuple, cast
from uuid import UUID

from ledger.application.ledger import ERASED, Ledger
from ledger.domain import events as e
from ledger.domain.customer import merged_codes
from ledger.store.mapper import DECODERS


class Addressee(NamedTuple):
    """Whom a letter is for, by the customer's data as they are now; for paper alone."""

    code: str
    name: str
    lines: tuple[str, ...]
    """Address, and the NIP where there is one."""

    def __str__(self) -> str:
        """Return name, code and address on one line."""
        return ", ".join((f"{self.name} ({self.code})", *self.lines))


def addressee_of(ledger: Ledger, code: str) -> Addressee:
    """Return name and address of a customer; raises CustomerUnknown."""
    words = ledger.words(ledger.find_customer(code).commitment) or {}
    address = (words.get("address_line1"), words.get("address_line2"))
    nip = words.get("nip")
    lines = (*address, f"NIP {nip}" if nip else None)
    return Addressee(code, words.get("name", ERASED), tuple(line for line in lines if line))


def members_of(ledger: Ledger, code: str) -> list[str]:
    """Return the codes that count as one customer, the live one first; raises CustomerUnknown."""
    ledger.find_customer(code)
    topic = e.CustomerMerged.TOPIC
    merges = {
        str(merged): cast("e.CustomerMerged", DECODERS[topic](state)).into
        for merged, state in ledger.store.payloads("customer", topic)
    }
    return merged_codes(merges, code)


def sessions_of(ledger: Ledger, codes: list[str]) -> list[tuple[int, UUID]]:
    """Return number and stream of every session of these codes, by number.

    Counted is whose a session is now, where its customer was corrected.
    """
    owners = _told(ledger, e.Requested) | _told(ledger, e.SessionCorrected)
    numbers = sorted(number for number, owner in owners.items() if owner in codes)
    streams = ledger.store.resolve_many("session", numbers)
    return [(number, streams[number]) for number in numbers]


def _told(ledger: Ledger, kind: type[e.Requested | e.SessionCorrected]) -> dict[int, str]:
    """Return the customer that the last event of a kind names, by session."""
    read = DECODERS[kind.TOPIC]
    found = (
        (number, cast("e.Requested | e.SessionCorrected", read(state)).customer)
        for number, state in ledger.store.payloads("session", kind.TOPIC)
    )
    return {int(number): customer for number, customer in found if customer is not None}
