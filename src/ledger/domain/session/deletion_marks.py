"""Marks of a deletion: what a verdict owes to words told, or clocks set, after the fact.

The first verdict is that of the first deletion against the end as it was first told, under the time allowed
when the deletion was recorded; of a back-dated declaration its recording counts. It stands beside the present
one and never changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from ledger.domain import events as e
from ledger.domain.session.doubts import doubts_of
from ledger.domain.session.purge_rules import verdict
from ledger.domain.time_rules import AHEAD_MAX

BACK_DATED = timedelta(minutes=15)
"""A declaration about a moment longer ago is marked, whatever the verdict."""
BACK_DATED_MARK = "back_dated"
VOIDED_MARK = "voided"
"""The session is put aside as recorded by mistake; its data were deleted all the same."""
MARKED = (e.Connected, e.Ended, e.SessionCorrected, e.SessionVoided, e.DataPurged, e.ArtefactWithdrawn)
"""Events that marks are read from."""


class RecordedDeletion(NamedTuple):
    """An event of a session, when it was recorded, and the time allowed for a deletion at that place."""

    event: e.Event
    recorded_at: datetime
    sla_seconds: int


class Marks(NamedTuple):
    """The first verdict of a deletion, who recorded the present one and when, and what changed it."""

    first_verdict: str
    first_delay_seconds: int | None
    recorded_at: datetime
    by: str
    rule: int
    marks: tuple[str, ...]


def marks_of(told: Sequence[RecordedDeletion], sla_seconds: int) -> Marks | None:
    """Return the marks of a session's events, in their order; None while nothing is deleted.

    `sla_seconds` is the time allowed now.
    """
    purges = [(each.event, *each[1:]) for each in told if isinstance(each.event, e.DataPurged)]
    if not purges:
        return None
    (first, first_recorded_at, sla_then), (last, recorded_at, last_sla) = purges[0], purges[-1]
    first_end = next((each.event.at for each in told if isinstance(each.event, e.Ended)), None)
    first_marks = _date_marks(told, first, first_recorded_at, sla_then)
    first_delay_seconds = _delay_seconds(
        first_end, first_recorded_at if BACK_DATED_MARK in first_marks else first.at
    )
    first_verdict = verdict(first_delay_seconds, sla_then, doubts_of(first.targets, first.rule))
    marks = [*_end_marks(told, last), *_date_marks(told, last, recorded_at, last_sla)]
    if len(purges) > 1:
        marks.append("deleted_again")
    voided = [each.event for each in told if isinstance(each.event, e.SessionVoided)]
    if voided and not voided[-1].undone:
        marks.append(VOIDED_MARK)
    end = _end(told)
    delay_seconds = _delay_seconds(end, last.at)
    if verdict(delay_seconds, sla_seconds) != verdict(delay_seconds, last_sla):
        marks.append("sla_changed")
    return Marks(
        first_verdict, first_delay_seconds, recorded_at, last.by, last.rule or 1, tuple(dict.fromkeys(marks))
    )


def _end_marks(told: Sequence[RecordedDeletion], last: e.DataPurged) -> list[str]:
    """Return what was done to the end: told ahead of the clock, corrected before or after the deletion.

    Of a connection that a correction added nobody recorded on which workstation it was.
    """
    marks: list[str] = []
    end: datetime | None = None
    is_purged, connections = False, 0
    for event, recorded_at, _ in told:
        if isinstance(event, e.Connected):
            connections += 1
        elif isinstance(event, e.SessionCorrected):
            if len(event.connections) > connections:
                marks.append("connection_added")
            connections = len(event.connections)
        if isinstance(event, e.Ended):
            end = event.at
            if event.at > recorded_at:
                marks.append("end_ahead")
        elif isinstance(event, e.SessionCorrected) and event.ended_at != end:
            end = event.ended_at
            marks.append("corrected_after_deletion" if is_purged else "end_corrected")
        elif isinstance(event, e.ArtefactWithdrawn):
            marks.append("artefact_withdrawn")
        is_purged = is_purged or isinstance(event, e.DataPurged)
    if last.clock is not None:
        marks.append("dated_by_end")
    return marks


def _date_marks(
    told: Sequence[RecordedDeletion], last: e.DataPurged, recorded_at: datetime, sla_seconds: int
) -> list[str]:
    """Return `back_dated` for words about the past, `clock_back` for a measured moment before the log."""
    if not e.is_told(last.source):
        return []
    late_by = recorded_at - (last.clock or last.at)
    if last.evidence != "declared":
        return ["clock_back"] if late_by > AHEAD_MAX else []
    end = _end(told)
    as_said, as_recorded = _delay_seconds(end, last.at), _delay_seconds(end, recorded_at)
    improves = verdict(as_said, sla_seconds) != verdict(as_recorded, sla_seconds)
    return [BACK_DATED_MARK] if late_by > BACK_DATED or (improves and recorded_at > last.at) else []


def _end(told: Sequence[RecordedDeletion]) -> datetime | None:
    """Return the end as it is told now."""
    end: datetime | None = None
    for event, *_ in told:
        if isinstance(event, e.Ended):
            end = event.at
        elif isinstance(event, e.SessionCorrected):
            end = event.ended_at
    return end


def _delay_seconds(end: datetime | None, purged_at: datetime) -> int | None:
    return None if end is None else int((purged_at - end).total_seconds() // 1)
