"""The codes that count as one customer, and the sessions under them."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from ledger.application.ledger import Ledger
from ledger.domain import events as e
from ledger.domain.customer import merged_codes
from ledger.store.mapper import DECODERS


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
    """Return number and stream of every session requested under these codes, by number."""
    topic, wanted = e.Requested.TOPIC, set(codes)
    numbers = [
        int(number)
        for number, state in ledger.store.payloads("session", topic)
        if cast("e.Requested", DECODERS[topic](state)).customer in wanted
    ]
    streams = ledger.store.resolve_many("session", numbers)
    return [(number, streams[number]) for number in sorted(numbers)]
