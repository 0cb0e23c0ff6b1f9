"""`TeamViewer15_Logfile.log`: when a connection came in and was left, to the millisecond.

Times are those of the wall clock. Only the `Start:` lines say an offset, and none follows when the clock
is put back: in that hour the lines before the clock runs backwards are the first pass, those after it the
second. Where nothing tells which pass it is, the line goes into quarantine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ledger.errors import BadSource, ZoneMissing
from ledger.sources.adapter import (
    Line,
    Moment,
    Options,
    Skipped,
    SourceRecord,
    Told,
    UnreadableLineError,
    check_text,
    lines_of,
    quarantined,
)
from ledger.sources.timestamps import from_zone, written

_WALL = r"(\d{4}/\d{2}/\d{2} \d{2}:\d{2}:\d{2}[.:]\d{3})"
_START = re.compile(rf"Start:\s+{_WALL}\s*(?:\(UTC(?:([+-])(\d{{1,2}}):(\d{{2}}))?\))?\s*", re.ASCII)
_LINE = re.compile(rf"{_WALL}\s+\d+\s+\d+\s+\S+\s+(.*)", re.ASCII)
_INCOMING = re.compile(r"Connection incoming, sessionID = (-?\d{1,20})")
_LEFT = ("We left session", "SessionEnded:")
_ENDING = "ReceivedEndSession()"
_BACKWARDS = timedelta(minutes=10)
"""Lines of several threads may stand a little out of order; a clock that is put back jumps further."""


@dataclass(slots=True)
class _Marked:
    """A line that says that a connection came, is ending, or was left."""

    line: Line
    wall: datetime
    text: str
    message: str


@dataclass(slots=True)
class _Run:
    """The lines below one `Start:`: the offset it says, and where the clock runs backwards."""

    started: datetime | None = None
    offset: timedelta | None = None
    back_from: int | None = None
    last: datetime | None = None
    marked: list[_Marked] = field(default_factory=list["_Marked"])

    def see(self, line: Line, wall: datetime) -> None:
        """Note the wall clock of a line."""
        if self.last is not None and self.last - wall > _BACKWARDS and self.back_from is None:
            self.back_from = line.number
        self.last = wall


class _Begun(NamedTuple):
    line: int
    session: str
    at: Moment
    ending: Moment | None = None


def read(raw: bytes, options: Options) -> Iterator[Told]:
    """Every line once: a connection as a record where it came in; raises BadSource, ZoneMissing."""
    if options.zone is None:
        raise ZoneMissing("the log's times are local")
    runs = [_Run()]
    for line in lines_of(raw, options):
        try:
            if not _sort(line, runs, options.zone):
                yield Skipped(line.number)
        except UnreadableLineError as error:
            yield quarantined(line, error.reason)
    for run in runs:
        yield from _connections(run, options.zone)


def _sort(line: Line, runs: list[_Run], zone: ZoneInfo) -> bool:
    """Put a line to its run; whether it is one that counts."""
    if match := _START.fullmatch(line.text):
        runs.append(_begun(match, zone))
        return False
    found = _LINE.match(line.text)
    if found is None:
        return False
    text, message = found[1], found[2]
    counts = _INCOMING.search(message) or _ENDING in message or any(mark in message for mark in _LEFT)
    try:
        wall = written(_dotted(text)).wall
    except UnreadableLineError:
        if counts:
            raise
        return False
    runs[-1].see(line, wall)
    if not counts:
        return False
    check_text(line.text)
    runs[-1].marked.append(_Marked(line, wall, text, message))
    return True


def _begun(match: re.Match[str], zone: ZoneInfo) -> _Run:
    try:
        wall = written(_dotted(match[1])).wall
    except UnreadableLineError:
        return _Run()
    if "(UTC" not in match[0]:
        return _Run(wall, None, last=wall)
    ahead = timedelta(hours=int(match[3] or 0), minutes=int(match[4] or 0))
    offset = -ahead if match[2] == "-" else ahead
    if offset not in {wall.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1)}:
        raise BadSource("the log says another offset from UTC than the zone has", hint="look at --tz")
    return _Run(wall, offset, last=wall)


def _dotted(text: str) -> str:
    """Old versions write a colon before the milliseconds."""
    return f"{text[:-4]}.{text[-3:]}"


def _moment(marked: _Marked, run: _Run, zone: ZoneInfo) -> Moment:
    """When a line was written; raises UnreadableLineError where that cannot be told."""
    wall = marked.wall
    try:
        at = from_zone(wall, zone)
    except UnreadableLineError as error:
        if error.reason != "ambiguous-local-time":
            raise
        offsets = [wall.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1)]
        if run.back_from is not None:
            fold = int(marked.line.number >= run.back_from)
        elif run.started is not None and run.offset in offsets and _shares_hour(run.started, wall, zone):
            fold = offsets.index(run.offset)
        else:
            raise
        at = wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)
    return Moment(at, marked.text, "local-declared")


def _shares_hour(started: datetime, wall: datetime, zone: ZoneInfo) -> bool:
    """Whether both stand in the same hour that the clock showed twice, in this order."""
    both = {started.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1)}
    return len(both) > 1 and timedelta() <= wall - started < timedelta(hours=1)


def _connections(run: _Run, zone: ZoneInfo) -> Iterator[Told]:
    begun: list[_Begun] = []
    for marked in run.marked:
        try:
            at = _moment(marked, run, zone)
        except UnreadableLineError as error:
            yield quarantined(marked.line, error.reason)
            continue
        if match := _INCOMING.search(marked.message):
            begun.append(_Begun(marked.line.number, match[1], at))
        elif _ENDING in marked.message:
            if begun:
                begun[-1] = begun[-1]._replace(ending=at)
            yield Skipped(marked.line.number)
        elif begun:
            yield _record(begun.pop(), at)
            yield Skipped(marked.line.number)
        else:
            yield SourceRecord(line=marked.line.number, ended=at, kind="unknown", precision_ms=1)
    for each in begun:
        yield _record(each, each.ending)


def _record(begun: _Begun, ended: Moment | None) -> SourceRecord:
    return SourceRecord(
        line=begun.line,
        started=begun.at,
        ended=ended,
        kind="unknown",
        precision_ms=1,
        native_id=f"{begun.session}|{begun.at.text}",
    )
