from __future__ import annotations

import types
import typing
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest
from eventsourcing.persistence import JSONTranscoder, StoredEvent
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.domain.events import EVENTS, Ended, Event, RecordedEvent
from ledger.errors import EventUnreadable
from ledger.store.mapper import DECODERS, UPCASTERS, FactMapper

STREAM = UUID("019a8f5e-4c00-7abc-8def-0123456789ab")
mapper = FactMapper(JSONTranscoder())


PLAIN: dict[object, st.SearchStrategy[Any]] = {
    str: st.text(),
    int: st.integers(-(2**63), 2**63 - 1),
    bool: st.booleans(),
    date: st.dates(),
    datetime: st.datetimes(timezones=st.just(UTC)),
    types.NoneType: st.none(),
    UUID: st.uuids(),
}


def values_of(kind: object) -> st.SearchStrategy[Any]:
    """Any value of a type that facts use."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return structs(kind)
    if origin is typing.Literal:
        return st.sampled_from(inner)
    if origin in {typing.Union, types.UnionType}:
        return st.one_of([values_of(each) for each in inner])
    return holders_of(kind, inner)  # pyright: ignore[reportUnknownArgumentType] # any type of a field


def holders_of(kind: object, inner: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    """Any value of a type that holds others, or of a plain one."""
    origin = typing.get_origin(kind)
    if origin is dict:
        return st.dictionaries(*map(values_of, inner), max_size=3)
    if origin is tuple and inner[-1] is Ellipsis:
        return st.lists(values_of(inner[0]), max_size=3).map(tuple)
    if origin is tuple:
        return st.tuples(*[values_of(each) for each in inner])
    return PLAIN[kind]


def structs(kind: type[msgspec.Struct]) -> st.SearchStrategy[Any]:
    hints = typing.get_type_hints(kind)
    fields = {name: values_of(hints[name]) for name in kind.__struct_fields__}
    return st.fixed_dictionaries(fields).map(lambda values: kind(**values))


@settings(deadline=None)
@given(fact=st.one_of([structs(kind) for kind in EVENTS]), version=st.integers(1, 2**62))
def test_every_fact_comes_back_as_it_was(fact: Event, version: int) -> None:
    event = RecordedEvent(STREAM, version, fact)
    stored = mapper.to_stored_event(event)
    assert stored.topic == fact.TOPIC
    assert b"\n" not in stored.state
    assert mapper.to_domain_event(stored) == event


def test_every_topic_has_a_decoder_and_a_version() -> None:
    assert len({DECODERS[fact.TOPIC] for fact in EVENTS}) == len(EVENTS)
    assert all(fact.TOPIC.rpartition(":")[2].isdigit() for fact in EVENTS)


def test_a_topic_from_the_future_is_refused_by_name() -> None:
    stored = StoredEvent(STREAM, 3, "session.ended:9", b"{}")
    with pytest.raises(EventUnreadable) as caught:
        mapper.to_domain_event(stored)
    assert (
        caught.value.fact == "event session.ended:9, number 3 of its session, has a topic that is not known"
    )


@pytest.mark.parametrize(
    "state",
    [
        b"",
        b"{",
        b"[]",
        b'{"at":"2026-11-16T17:30:00Z"}',
        b'{"at":"2026-11-16T17:30:00Z","by":"jan","ended_by":"nobody"}',
        b'{"at":"2026-11-16T17:30:00Z","by":"jan","phone":"1"}',
        b'{"at":"2026-11-16T17:30:00Z","by":"\xff"}',
        b"[" * 100_000,
    ],
)
def test_a_payload_that_cannot_be_read_is_refused_with_its_place(state: bytes) -> None:
    with pytest.raises(EventUnreadable) as caught:
        mapper.to_domain_event(StoredEvent(STREAM, 3, "session.ended:1", state))
    assert "event session.ended:1, number 3 of its session, has a payload" in caught.value.fact
    assert str(STREAM) not in caught.value.fact


def test_an_old_topic_is_read_through_its_upcaster(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given an event stored under a topic of an earlier release, it comes back as today's fact."""

    class OldEnded(msgspec.Struct):
        when: datetime
        who: str

    def upcast(state: bytes) -> Event:
        old = msgspec.json.decode(state, type=OldEnded)
        return Ended(at=old.when, by=old.who)

    monkeypatch.setitem(UPCASTERS, "session.ended:0", upcast)
    stored = StoredEvent(STREAM, 3, "session.ended:0", b'{"when":"2026-11-16T17:30:00Z","who":"jan"}')
    fact = Ended(at=datetime(2026, 11, 16, 17, 30, tzinfo=UTC), by="jan")
    assert mapper.to_domain_event(stored) == RecordedEvent(STREAM, 3, fact)
    with pytest.raises(EventUnreadable):
        mapper.to_domain_event(StoredEvent(STREAM, 3, "session.ended:0", b"{}"))
