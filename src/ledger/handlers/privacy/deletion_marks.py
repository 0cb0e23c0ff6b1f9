"""Marks of the deletions that the log holds, by session."""

from __future__ import annotations

from collections.abc import Sequence

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

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._lives: dict[int, list[RecordedDeletion]] = {}
        self._sla_seconds = SETTINGS[_SLA]

    def take(self, each: DeletionRecord) -> None:
        """Take one event; those that say nothing of a deletion are passed over."""
        event = each.event
        if isinstance(event, e.SettingChanged):
            if event.key == _SLA:
                self._sla_seconds = int(event.value)
        elif isinstance(event, MARKED):
            number = self._ledger.session_number(each.stream)
            self._lives.setdefault(number, []).append(
                RecordedDeletion(event, each.recorded_at, self._sla_seconds)
            )

    def of(self, number: int) -> Marks | None:
        """Return the marks of a session; None while its data are not recorded as deleted."""
        return marks_of(self._lives.get(number, ()), self._sla_seconds)


def marks_until(ledger: Ledger, position: int) -> MarksReader:
    """Return the marks as of the first `position` events; reads the log."""
    reader = MarksReader(ledger)
    for each in told(ledger, position, NAMES):
        reader.take(each)
    return reader


def marks_by_event(ledger: Ledger, position: int, found: Sequence[Disposal]) -> dict[int, Marks]:
    """Return the marks of the sessions' deletions, by the event's place in the log."""
    purged = [each for each in found if isinstance(each.event, e.DataPurged)]
    if not purged:
        return {}
    reader = marks_until(ledger, position)
    marked = ((each.leaf_index, reader.of(int(each.subject))) for each in purged)
    return {leaf_index: marks for leaf_index, marks in marked if marks is not None}
