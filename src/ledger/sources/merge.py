"""A record as it comes now, joined with the record as it is known."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from ledger.domain import events as e
from ledger.domain.source_record import Record
from ledger.sources.adapter import Moment, SourceRecord

SAME_END = timedelta(seconds=2)
"""Ends that several lines tell of one connection lie no further apart."""
EXACT_MS = 1_000
"""A beginning reckoned from an end and whole seconds is this precise at best."""


def begun(told: SourceRecord) -> SourceRecord | None:
    """Return the record with a beginning: its own, or the end less the duration; None without any."""
    if told.started is not None:
        return told
    if told.ended is None or told.duration_s is None:
        return None
    at = told.ended.at - timedelta(seconds=told.duration_s)
    started = Moment(at, "", told.ended.basis)
    return msgspec.structs.replace(told, started=started, precision_ms=max(told.precision_ms, EXACT_MS))


def times_of(told: SourceRecord) -> e.RecordTimes:
    """Return the times of a record that has a beginning, as an event holds them."""
    assert told.started is not None  # noqa: S101 - `begun` came before
    return e.RecordTimes(
        started_at=told.started.at,
        ended_at=None if told.ended is None else told.ended.at,
        started_text=told.started.text,
        ended_text="" if told.ended is None else told.ended.text,
        basis=told.started.basis,
        precision_ms=told.precision_ms,
        over_by=None if told.over_by is None else told.over_by.at,
        shared_end=told.is_shared,
    )


def joined_times(known: Record, told: SourceRecord) -> e.RecordTimes:
    """Return the times of both: what one of them does not say, the other may."""
    before = known.times
    if told.started is None:  # only its end
        assert told.ended is not None  # noqa: S101 - an adapter gives one of both
        if before.ended_at is not None and abs(told.ended.at - before.ended_at) <= SAME_END:
            return before  # another line about the same end
        return msgspec.structs.replace(
            before, ended_at=told.ended.at, ended_text=told.ended.text, over_by=None
        )
    now = times_of(told)
    if now.shared_end or (
        now.over_by is not None and before.ended_at is not None and before.ended_at > now.over_by
    ):
        return now  # the end that was known is not its own
    if now.ended_at is None and before.ended_at is not None:
        return msgspec.structs.replace(now, ended_at=before.ended_at, ended_text=before.ended_text)
    return now
