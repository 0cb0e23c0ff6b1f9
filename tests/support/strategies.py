"""Random histories of a small shop: every sequence of facts that the store takes, the odd ones too.

`evolve` never refuses, so nothing here is kept to what the commands would allow: an end without a
connection, a purge before the end, a correction of an open session are all in it.

What makes a strategy is cached: to make one anew for every draw takes longer than the draw, the history and
what is tested together.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from ledger.domain import events as e
from ledger.domain.metadata import Metadata
from tests.support.given import NINE

ANNA = Metadata("anna", workstation="desk-1")
IMPORTER = Metadata("anna", source="import")
CUSTOMERS = ("K-1", "K-2", "K-3")
ORDERS = ("ORD/1", "ORD/2")
ISSUES = ("hardware", "other", "test")
SESSIONS = 4


def stream_of(kind: int, number: int) -> UUID:
    """The stream of the n-th customer (kind 1) or session (kind 2)."""
    return UUID(int=(kind << 64) + number + (7 << 76) + (2 << 62))


def _moment(minute: int, second: int) -> datetime:
    return NINE + timedelta(minutes=minute, seconds=second, microseconds=second * 7)


_moments = st.builds(_moment, st.integers(-60, 6000), st.sampled_from((0, 1, 59, 30)))
_authors = st.sampled_from((ANNA, ANNA, IMPORTER))
_orders = st.none() | st.sampled_from(ORDERS)


def _facts(kind: type[e.Event], **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    def said(author: Metadata, at: datetime, **given: Any) -> e.Event:  # noqa: ANN401 - the fields of any fact
        return kind(**author.header(at), **given)

    return st.builds(said, _authors, _moments, **fields)


def _connections(digests: st.SearchStrategy[str | None]) -> st.SearchStrategy[tuple[e.Connection, ...]]:
    connection = st.builds(
        e.Connection,
        number=st.integers(1, 3),
        technician=st.sampled_from(("anna", "jan")),
        connected_at=_moments,
        disconnected_at=st.none() | _moments,
        tariff=digests,
    )
    return st.lists(connection, min_size=1, max_size=3).map(tuple)


@cache
def session_facts(digests: st.SearchStrategy[str | None]) -> st.SearchStrategy[e.Event]:
    """Any fact of a session after the first one; `digests` are the price lists it may be pinned to."""
    issue = st.sampled_from(ISSUES)
    issue_from = st.builds(e.IssueFrom, at=_moments, issue=issue, order_ref=_orders)
    return st.one_of(
        _facts(e.Quoted, tariff=st.just("t"), prices=st.just(())),
        _facts(e.Accepted, how=st.just("phone"), tariff=st.just("t")),
        _facts(
            e.Connected,
            connection=st.integers(1, 3),
            technician=st.sampled_from(("anna", "jan")),
            tariff=digests,
        ),
        _facts(e.Disconnected, connection=st.integers(1, 3)),
        _facts(e.Ended),
        _facts(e.Ended, ended_by=st.just("customer")),
        _facts(e.Reclassified, issue=issue, order_ref=_orders),
        _facts(
            e.SessionCorrected,
            connections=_connections(digests),
            issues=st.lists(issue_from, min_size=1, max_size=2).map(tuple),
            ended_at=st.none() | _moments,
            customer=st.none() | st.sampled_from(CUSTOMERS),
        ),
        _facts(e.SessionVoided, undone=st.booleans()),
        _facts(e.Waived, percent=st.sampled_from((0, 10, 50))),
        _facts(e.Waived, half_percents=st.sampled_from((0, 25, 199))),
        _facts(e.Waived, amount_grosze=st.sampled_from((0, 1, 5_001, 900_000))),
        _facts(e.Waived, hours=st.integers(0, 3)),
        _facts(e.Noted, commitment=st.none() | st.just("c2")),
        _facts(e.Cancelled),
        _facts(e.Confirmed),
        _facts(e.Held, until=st.dates()),
        _facts(e.Released),
        *_purge_facts(),
        _facts(e.BilledElsewhere, document=st.just("FV/1")),
    )


def _purge_facts() -> tuple[st.SearchStrategy[e.Event], ...]:
    """What happens to a session's data: declared, measured, in parts, failed; and what is said of it."""
    target = st.builds(
        e.PurgeTarget,
        kind=st.just("workspace"),
        locator=st.just("workspace/7"),
        result=st.just("removed"),
        files=st.integers(0, 3),
        bytes=st.integers(0, 9),
        flags=st.sampled_from(((), ("missing",), ("hard-link", "replaced"))),
    )
    of_one_host = {
        "plan": st.just("ab" * 32),
        "targets": st.lists(target, max_size=2).map(tuple),
        "rule": st.sampled_from((1, 2)),
        "host": st.builds(
            e.PurgeHost, workstation=st.sampled_from(("desk-1", "desk-2")), system=st.just("Linux")
        ),
    }
    return (
        _facts(e.DataPurged),
        _facts(
            e.PurgeStarted,
            plan=st.just("ab" * 32),
            targets=st.just(1),
            files=st.just(2),
            bytes=st.just(3),
        ),
        _facts(e.PartPurged, evidence=st.just("measured"), **of_one_host),
        _facts(e.PurgeFailed, **of_one_host),
        _facts(e.DataPurged, evidence=st.just("measured"), **of_one_host),
        _facts(e.ArtefactNoted, artefact=st.just("chat"), commitment=st.just("c3")),
        _facts(
            e.WorkspaceMade,
            place=st.just(e.Place(inode=7, filesystem="uuid:00", generation=1)),
            host=st.just("desk-1"),
            commitment=st.just("c4"),
        ),
        _facts(e.SessionDataErased, data=st.just("session"), why=st.just("abandoned")),
        _facts(e.SessionReviewed, result=st.just("ok")),
    )


@cache
def ordinary_facts(digests: st.SearchStrategy[str | None]) -> st.SearchStrategy[list[e.Event]]:
    """The common life of a session in order: a connection, perhaps an end, a purge, an old invoice."""
    steps = (
        _facts(e.Connected, connection=st.just(1), technician=st.just("anna"), tariff=digests),
        _facts(e.Ended),
        _facts(e.DataPurged)
        | _facts(e.BilledElsewhere, document=st.just("FV/2"))
        | _facts(
            e.PurgeStarted, plan=st.just("cd" * 32), targets=st.just(0), files=st.just(0), bytes=st.just(0)
        ),
        _facts(e.DataPurged),
    )
    lives = [st.tuples(*steps[:count]).map(list) for count in range(len(steps) + 1)]
    return st.integers(0, len(steps)).flatmap(lives.__getitem__)


@st.composite
def histories(
    draw: st.DrawFn, digests: st.SearchStrategy[str | None], book_facts: st.SearchStrategy[e.Event]
) -> list[e.RecordedEvent]:
    """Events of a few customers and sessions in an order in which each stream begins with its first fact.

    A customer that was merged has no more facts: no command records any.
    """
    merged: set[int] = set()
    versions: dict[UUID, int] = {}
    recorded: list[e.RecordedEvent] = []

    def add(stream: UUID, *events: e.Event) -> None:
        for event in events:
            versions[stream] = versions.get(stream, 0) + 1
            recorded.append(e.RecordedEvent(stream, versions[stream], event))

    for number, code in enumerate(CUSTOMERS):
        add(stream_of(1, number), draw(_registered(code)))
    for _ in range(draw(st.integers(3, 22))):
        step = draw(st.sampled_from("ssssoooocb"))
        if step == "b":
            add(BOOK, draw(book_facts))
        elif step == "c":
            number = draw(st.integers(0, len(CUSTOMERS) - 1))
            if number not in merged:
                fact = draw(_customer_facts(number))
                add(stream_of(1, number), fact)
                merged |= {number} if isinstance(fact, e.CustomerMerged) else set[int]()
        else:
            stream = stream_of(2, draw(st.integers(0, SESSIONS - 1)))
            if stream not in versions:
                add(stream, draw(_requests(stream)))
            if step == "s":
                add(stream, draw(session_facts(digests)))
            else:
                add(stream, *draw(ordinary_facts(digests)))
    return recorded


BOOK = UUID("01890000-0000-7000-8000-000000000000")


@cache
def _registered(code: str) -> st.SearchStrategy[e.Event]:
    return _facts(e.CustomerRegistered, customer=st.just(code))


@cache
def _requests(stream: UUID) -> st.SearchStrategy[e.Event]:
    return _facts(
        e.Requested,
        customer=st.sampled_from(CUSTOMERS),
        issue=st.sampled_from(ISSUES),
        session_ref=st.just(f"S-{stream.int & 0xFF}"),
        order_ref=_orders,
        commitment=st.none() | st.just("c1"),
    )


@cache
def _customer_facts(number: int) -> st.SearchStrategy[e.Event]:
    """Purchases, returns, and a merge into a customer with a greater number: never in a circle."""
    order = st.sampled_from(ORDERS)
    events = [_facts(e.PurchaseRecorded, order_ref=order), _facts(e.PurchaseReturned, order_ref=order)]
    if number + 1 < len(CUSTOMERS):
        events.append(_facts(e.CustomerMerged, into=st.sampled_from(CUSTOMERS[number + 1 :])))
    return st.one_of(events)
