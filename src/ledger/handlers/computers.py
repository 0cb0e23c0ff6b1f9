"""Whose customer's computer a source names: learnt from matches that a person confirmed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import cast
from uuid import UUID

from ledger.application.ledger import Ledger, Metadata, PersonalData
from ledger.application.metadata import entry_of
from ledger.domain import events as e
from ledger.domain.source_record import Record, computer_of, evolve
from ledger.handlers.buyer import members_of
from ledger.store.mapper import DECODERS, read_fact

Source = tuple[str, str]
"""Adapter and instance."""
_COMPUTER = "computer"


def known_computers(ledger: Ledger, source: Source) -> dict[str, str]:
    """Return the customers of the computers that a source names, by computer; none for one of several."""
    owners: dict[str, set[str]] = defaultdict(set)
    topic = e.ComputerLearned.TOPIC
    for code, state in ledger.store.payloads("customer", topic):
        event = cast("e.ComputerLearned", DECODERS[topic](state))
        name = None
        if (event.adapter, event.instance) == source:
            name = (ledger.words(event.commitment) or {}).get(_COMPUTER)
        if name is not None:
            owners[name].add(members_of(ledger, str(code))[0])
    return {name: next(iter(codes)) for name, codes in owners.items() if len(codes) == 1}


def learnt_from(
    ledger: Ledger, metadata: Metadata, record: Record, customer: str
) -> tuple[list[e.RecordedEvent], str | None]:
    """Return the events by which the computer of a record becomes known to be a customer's.

    None of them for a record with a remote ID, or whose computer is known or not named. The second value is
    the commitment of the name, which lies in the vault then.
    """
    name = _computer(ledger, record)
    source = record.adapter, record.instance
    if name is None or record.marks is not None or known_computers(ledger, source).get(name) == customer:
        return [], None
    owner = ledger.find_customer(customer)
    version = owner.version + 1
    entry = entry_of(PersonalData("customer", {_COMPUTER: name}), owner.id, version, ledger.now())
    (commitment,) = ledger.vault.put_many([entry])
    header = metadata.without_command().header(ledger.now())
    learned = e.ComputerLearned(
        **header, adapter=record.adapter, instance=record.instance, commitment=commitment
    )
    known = e.RecordComputerKnown(**header, customer=customer)
    others = [
        e.RecordedEvent(each.id, each.version + 1, known)
        for each in _unknown(ledger, source)
        if each.id != record.id and _computer(ledger, each) == name
    ]
    return [e.RecordedEvent(owner.id, version, learned), *others], commitment


def _computer(ledger: Ledger, record: Record) -> str | None:
    return computer_of(record.adapter, record.instance, ledger.words(record.commitment) or {})


def _unknown(ledger: Ledger, source: Source) -> Iterator[Record]:
    """Yield the records of a source that have neither a remote ID nor a known computer."""
    found: dict[bytes, Record] = {}
    for _, stream, version, topic, _, state in ledger.store.rows_of("record", ledger.store.length()):
        uuid = UUID(bytes=stream)
        found[stream] = evolve(found.get(stream), uuid, read_fact(topic, state, uuid, version))
    for record in found.values():
        if (record.adapter, record.instance) == source and record.marks is None and record.customer is None:
            yield record
