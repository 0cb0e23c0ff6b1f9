"""Saved pages of TeamViewer's `POST /api/v1/EventLogging`: sessions that started, and that ended.

Both are events of their own, without an id in common: an end belongs to the last start of the same author
and partner. A start without an end is an open record; an end without a start is held against the open
records of the ledger, which may hold the page before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from ledger.sources.adapter import (
    Moment,
    Options,
    Quarantined,
    Skipped,
    SourceRecord,
    Told,
    UnreadableLineError,
    is_text,
    remote_id_of,
    some,
)
from ledger.sources.pages import converted, entries_of, in_quarantine
from ledger.sources.timestamps import moment

_STARTED, _ENDED = "StartedSession", "EndedSession"
_OTHERS = frozenset(
    {
        "IncomingSession",
        "JoinedSession",
        "LeftSession",
        "ParticipantJoinedSession",
        "ParticipantLeftSession",
    }
)
"""Events of a session that say neither its start nor its end."""


class AuditEvent(msgspec.Struct):
    """An entry of the log, as far as it is read; a server may leave out what is optional."""

    EventName: str
    Timestamp: str
    Author: str | None = None
    AffectedItem: str | None = None


class _Heard(NamedTuple):
    number: int
    at: Moment
    event: AuditEvent

    @property
    def who(self) -> tuple[str | None, str | None]:
        """The two sides of the session."""
        return self.event.Author, self.event.AffectedItem


def read(raw: bytes, options: Options) -> Iterator[Told]:
    """Yield every entry once: a pair as a record and a skipped entry; raises BadSource."""
    heard: list[_Heard] = []
    for number, entry in converted(entries_of(raw, options, "AuditEvents"), AuditEvent):
        if isinstance(entry, Quarantined):
            yield entry
        elif entry.EventName.endswith("Session") and entry.EventName not in {_STARTED, _ENDED, *_OTHERS}:
            yield in_quarantine(number, "unknown-event", entry)
        elif entry.EventName not in {_STARTED, _ENDED}:
            yield Skipped(number)
        else:
            try:
                heard.append(_Heard(number, _moment(entry), entry))
            except UnreadableLineError as error:
                yield in_quarantine(number, error.reason, entry)
    heard.sort(key=lambda h: (h.at.at, h.event.EventName == _STARTED))
    yield from _paired(heard)


def _moment(entry: AuditEvent) -> Moment:
    if not is_text(f"{entry.Author}{entry.AffectedItem}"):
        raise UnreadableLineError("not-text")
    return moment(entry.Timestamp)


def _paired(heard: list[_Heard]) -> Iterator[Told]:
    begun: dict[tuple[str | None, str | None], list[_Heard]] = defaultdict(list)
    for each in heard:
        if each.event.EventName == _STARTED:
            begun[each.who].append(each)
        elif begun[each.who]:
            yield _record(begun[each.who].pop(), each)
            yield Skipped(each.number)
        else:
            yield _record(None, each)
    for still_open in begun.values():
        for each in still_open:
            yield _record(each, None)


def _record(start: _Heard | None, end: _Heard | None) -> SourceRecord:
    told = start or end
    assert told is not None  # noqa: S101 - one of both is there
    remote_id = remote_id_of(told.event.AffectedItem)
    return SourceRecord(
        line=told.number,
        started=None if start is None else start.at,
        ended=None if end is None else end.at,
        kind="unknown",
        remote_id=remote_id,
        user=told.event.Author,
        words={} if remote_id is not None else some(partner=told.event.AffectedItem),
    )
