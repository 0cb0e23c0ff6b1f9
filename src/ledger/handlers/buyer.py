"""Who a person is in this ledger: the codes that count as one customer, and the sessions under them."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from ledger.application.ledger import Ledger
from ledger.domain import events as e
from ledger.store.mapper import DECODERS


def members_of(ledger: Ledger, code: str) -> list[str]:
    """The codes that count as the same customer, first the one that lives; raises CustomerUnknown."""
    ledger.find_customer(code)
    topic = e.CustomerMerged.TOPIC
    merges = {
        str(merged): cast("e.CustomerMerged", DECODERS[topic](state)).into
        for merged, state in ledger.store.payloads("customer", topic)
    }

    def root(member: str) -> str:
        while member in merges:
            member = merges[member]
        return member

    live = root(code)
    others = {member for member in {code, *merges} if root(member) == live} - {live}
    return [live, *sorted(others)]


def sessions_of(ledger: Ledger, codes: list[str]) -> list[tuple[int, UUID]]:
    """Number and stream of every session that was requested under these codes, by number."""
    topic, wanted = e.Requested.TOPIC, set(codes)
    numbers = [
        int(number)
        for number, state in ledger.store.payloads("session", topic)
        if cast("e.Requested", DECODERS[topic](state)).customer in wanted
    ]
    streams = ledger.store.resolve_many("session", numbers)
    return [(number, streams[number]) for number in sorted(numbers)]
