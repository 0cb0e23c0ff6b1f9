"""Marks of the deletions that the log holds, by session."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from ledger.application.ledger import Ledger
from ledger.domain import events as e
from ledger.domain.ledger_state import SETTINGS
from ledger.domain.session.deletion_marks import MARKED, Marks, RecordedDeletion, marks_of
from ledger.handlers.privacy.deletion_register import DeletionRecord, Disposal, told

_SLA = "purge.sla_seconds"
NAMES = frozenset({event.TOPIC.partition(":")[0] for event in MARKED} | {"ledger.setting_changed"})
"""The topics, without version, that a reader has to be given."""


class MarksReader:
    """Takes events in the order of the log, and tells the marks of each session."""

    def __init__(self) -> None:
        self._lives: dict[UUID, list[RecordedDeletion]] = {}
        self._sla_seconds = SETTINGS[_SLA]

    def take(self, each: DeletionRecord) -> None:
        """Take one event; those that say nothing of a deletion are passed over."""
        event = each.event
        if isinstance(event, e.SettingChanged):
            if event.key == _SLA:
                self._sla_seconds = int(event.value)
        elif isinstance(event, MARKED):
            recorded = RecordedDeletion(event, each.recorded_at, self._sla_seconds)
            self._lives.setdefault(each.stream, []).append(recorded)

    def of(self, stream: UUID) -> Marks | None:
        """Return the marks of a session; None while its data are not recorded as deleted."""
        return marks_of(self._lives.get(stream, ()), self._sla_seconds)


def marks_until(ledger: Ledger, position: int) -> MarksReader:
    """Return the marks as of the first `position` events; reads the log."""
    reader = MarksReader()
    for each in told(ledger, position, NAMES):
        reader.take(each)
    return reader


def marks_by_event(ledger: Ledger, position: int, found: Sequence[Disposal]) -> dict[int, Marks]:
    """Return the marks of the sessions' deletions, by the event's place in the log."""
    purged = [each for each in found if isinstance(each.event, e.DataPurged)]
    if not purged:
        return {}
    reader = marks_until(ledger, position)
    streams = ledger.store.resolve_many("session", (int(each.subject) for each in purged))
    marked = ((each.leaf_index, reader.of(streams[int(each.subject)])) for each in purged)
    return {leaf_index: marks for leaf_index, marks in marked if marks is not None}
