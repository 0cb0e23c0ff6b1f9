"""The clock of a log whose lines stand in the order in which they were written."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ledger.domain.instants import DayOrder, folds
from ledger.sources.adapter import Moment, Reason, UnreadableLineError
from ledger.sources.timestamps import moment, written


class _Stamp(NamedTuple):
    text: str
    wall: datetime | None
    reason: Reason | None


class WallClock:
    """The times of a log in their order: in an hour shown twice, only the order tells which pass it is.

    Every time of the log must be seen before the first moment is asked for.
    """

    def __init__(self, zone: ZoneInfo | None, order: DayOrder | None = "dmy") -> None:
        self._zone = zone
        self._order: DayOrder | None = order
        self._stamps: list[_Stamp] = []
        self._folds: dict[int, int | None] | None = None

    def see(self, text: str) -> int:
        """Note a time as it is written; return its place."""
        try:
            found = written(text, self._order)
            self._stamps.append(_Stamp(text, found.wall, None))
        except UnreadableLineError as error:
            self._stamps.append(_Stamp(text, None, error.reason))
        return len(self._stamps) - 1

    def moment(self, place: int | None) -> Moment:
        """Return the instant of a time that was seen; raises UnreadableLineError."""
        if place is None:
            raise UnreadableLineError("bad-time")
        stamp = self._stamps[place]
        if stamp.reason is not None:
            raise UnreadableLineError(stamp.reason)
        return moment(stamp.text, self._zone, order=self._order, fold=self._fold(place))

    def _fold(self, place: int) -> int | None:
        if self._zone is None:
            return None
        if self._folds is None:
            walls = {
                number: stamp.wall for number, stamp in enumerate(self._stamps) if stamp.wall is not None
            }
            self._folds = dict(zip(walls, folds(list(walls.values()), self._zone), strict=True))
        return self._folds[place]
