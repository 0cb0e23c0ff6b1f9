"""Every deletion that the log tells of, whatever brought it about: what registers and protocols list."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from ledger.application.ledger import Ledger
from ledger.domain import events as e
from ledger.domain.clock import Period, from_epoch_microseconds
from ledger.store.mapper import read_fact

Kind = Literal["sessions", "erasures", "retention", "keys"]
KINDS: tuple[Kind, ...] = ("sessions", "erasures", "retention", "keys")
Why = Literal["session-end", "retention", "abandoned", "request", "month-closed"]
_NAMES = frozenset(
    {
        "session.data_purged",
        "session.data_erased",
        "customer.erased",
        "customer.data_erased",
        "period.closed",
    }
)
_PURGES = frozenset(
    {"session.purge_started", "session.purge_failed", "session.part_purged", "session.data_purged"}
)


class DeletionRecord(NamedTuple):
    """A fact in its place in the log."""

    leaf_index: int
    stream: UUID
    event: e.Event
    recorded_at: datetime


class Disposal(NamedTuple):
    """One deletion: of what, why, and the fact that says so.

    `subject` is a session's number, a customer's code, or a month.
    """

    leaf_index: int
    kind: Kind
    subject: str
    why: Why
    data: str
    recorded_at: datetime
    event: (
        e.DataPurged
        | e.PartPurged
        | e.PurgeFailed
        | e.PurgeStarted
        | e.SessionDataErased
        | e.CustomerErased
        | e.CustomerDataErased
        | e.PeriodClosed
    )


def told(ledger: Ledger, position: int, names: Collection[str]) -> Iterator[DeletionRecord]:
    """The facts of some kinds (topics without version) among the first `position` events; reads the log."""
    for rows in ledger.store.pages(0, position):
        for row in rows:
            if row[3].partition(":")[0] in names:
                stream = UUID(bytes=row[1])
                fact = read_fact(row[3], row[5], stream, row[2])
                yield DeletionRecord(row[0], stream, fact, from_epoch_microseconds(row[4]))


def disposals(ledger: Ledger, position: int, period: Period, kinds: Collection[Kind]) -> list[Disposal]:
    """The deletions that happened in a period, in the order of the log.

    Under `keys` stand all that destroyed a key of the vault with the row it opened.
    """
    return [
        each
        for each in _within(ledger, position, period, _NAMES)
        if each.kind in kinds or ("keys" in kinds and _destroyed_key(each))
    ]


def parts(ledger: Ledger, position: int, period: Period) -> list[Disposal]:
    """The purges of a period on one workstation of several: files went, the deletion was not complete."""
    return _within(ledger, position, period, {"session.part_purged"})


def attempts(ledger: Ledger, position: int, period: Period) -> list[Disposal]:
    """The purges of a period that left something, and those that began last and have no outcome.

    What such a purge removed is gone, though the deletion is not done.
    """
    last: dict[UUID, DeletionRecord] = {}
    failed: list[DeletionRecord] = []
    for each in told(ledger, position, _PURGES):
        last[each.stream] = each
        if isinstance(each.event, e.PurgeFailed):
            failed.append(each)
    begun = [each for each in last.values() if isinstance(each.event, e.PurgeStarted)]
    found = [each for each in sorted([*failed, *begun]) if each.event.at in period]
    return _disposals(ledger, found)


def _within(ledger: Ledger, position: int, period: Period, names: Collection[str]) -> list[Disposal]:
    """The deletions of some topics in a period."""
    return _disposals(ledger, [each for each in told(ledger, position, names) if each.event.at in period])


def _disposals(ledger: Ledger, found: Sequence[DeletionRecord]) -> list[Disposal]:
    """The deletions that facts tell of; the numbers of sessions are asked for at once."""
    numbers = ledger.session_numbers(x.stream for x in found if x.event.TOPIC.startswith("session."))
    return [_disposal(ledger, numbers, each) for each in found]


def _destroyed_key(disposal: Disposal) -> bool:
    event = disposal.event
    if isinstance(event, e.DataPurged):
        return event.evidence == "declared" or any(t.method == "erase-key-and-row" for t in event.targets)
    return not (isinstance(event, e.CustomerErased) and event.outcome == "refused")


def _disposal(ledger: Ledger, numbers: Mapping[UUID, int], each: DeletionRecord) -> Disposal:
    event = each.event
    match event:
        case e.DataPurged() | e.PartPurged() | e.PurgeFailed() | e.PurgeStarted():
            number = str(numbers[each.stream])
            return Disposal(
                each.leaf_index, "sessions", number, "session-end", "session", each.recorded_at, event
            )
        case e.SessionDataErased():
            number = str(numbers[each.stream])
            kind: Kind = "erasures" if event.why == "erasure" else "retention"
            why: Why = "request" if event.why == "erasure" else event.why
            return Disposal(each.leaf_index, kind, number, why, event.data, each.recorded_at, event)
        case e.CustomerDataErased():
            kind = "erasures" if event.why == "erasure" else "retention"
            why = "request" if event.why == "erasure" else "retention"
            return Disposal(
                each.leaf_index, kind, _code(ledger, each.stream), why, event.data, each.recorded_at, event
            )
        case e.CustomerErased():
            return Disposal(
                each.leaf_index,
                "erasures",
                _code(ledger, each.stream),
                "request",
                "customer",
                each.recorded_at,
                event,
            )
        case e.PeriodClosed():
            return Disposal(
                each.leaf_index, "keys", event.month, "month-closed", "fingerprints", each.recorded_at, event
            )
        case _:
            raise TypeError(f"{type(event).__name__} is no deletion")


def _code(ledger: Ledger, stream: UUID) -> str:
    first = ledger.events_of(stream)[0].event
    return first.customer if isinstance(first, e.CustomerRegistered) else ""
