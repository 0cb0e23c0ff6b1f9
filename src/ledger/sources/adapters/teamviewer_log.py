"""`TeamViewer15_Logfile.log`: when a connection came in and was left, to the millisecond.

Times are those of the wall clock. Only the `Start:` lines say an offset, and none follows when the clock is
put back: in that hour the order of the lines tells which pass it is, or the offset of a `Start:` in the same
hour. One connection is announced by several lines, with one session id; most lines of its end have none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from ledger.domain.instants import folds
from ledger.errors import BadSource, ZoneMissing
from ledger.message import Hint, msg
from ledger.sources.adapter import (
    Moment,
    Options,
    Skipped,
    SourceLine,
    SourceRecord,
    Told,
    UnreadableLineError,
    check_text,
    lines_of,
    quarantined,
)
from ledger.sources.timestamps import from_zone, written

_WALL = r"((?:\d{2})?\d{2}/\d{2}/\d{2} \d{2}:\d{2}:\d{2}[.:]\d{3})"
_START = re.compile(
    rf"Start:\s+{_WALL}\s*(?:\((?:UTC|GMT)\s*(?:([+-])(\d{{1,2}})(?::?(\d{{2}}))?)?\))?.*", re.ASCII
)
_LINE = re.compile(rf"{_WALL}\s+\d+\s+\d+\s+\S+\s+(.*)", re.ASCII)
_LIKE = re.compile(rf"{_WALL}\s|Start:\s|TeamViewer\b|(?:CPU|OS|IP|Version|ID|License):\s", re.ASCII)
"""A line that shows the format, whatever it tells."""
_COMING = "Connection incoming"
_INCOMING = re.compile(rf"{_COMING},?\s+session\s?ID\s*[=:]\s*(-?\d{{1,20}})", re.IGNORECASE)
_OF_SESSION = re.compile(r"session\s?ID\s*[=:]?\s*(-?\d{1,20})", re.IGNORECASE)
_LEFT = ("We left session", "SessionEnded:", "SessionTerminated")
_ENDING = "ReceivedEndSession()"


@dataclass(slots=True)
class _Marked:
    """A line of a connection that came, is ending, or was left; `wall` is None where it cannot be read."""

    line: SourceLine
    wall: datetime | None
    text: str
    message: str


@dataclass(slots=True)
class _Run:
    """The lines below one `Start:`, with the offset that it says."""

    started: datetime | None = None
    offset: timedelta | None = None
    walls: dict[int, datetime] = field(default_factory=dict[int, datetime])
    """What the clock showed, by the number of the line."""
    marked: list[_Marked] = field(default_factory=list["_Marked"])


@dataclass(slots=True)
class _Begun:
    line: int
    session: str
    at: Moment | None
    """None where no line that announced it can be read: no later end is taken for its end."""
    ending: Moment | None = None


def read(raw: bytes, options: Options) -> Iterator[Told]:
    """Yield every line once: a connection as a record where it came in; raises BadSource, ZoneMissing."""
    if options.zone is None:
        raise ZoneMissing(msg("the log's times are local"))
    runs = [_Run()]
    for line in lines_of(raw, options):
        try:
            if not _sort(line, runs, options.zone):
                yield Skipped(line.number, is_known=_LIKE.match(line.text) is not None)
        except UnreadableLineError as error:
            yield quarantined(line, error.reason)
    for place, run in enumerate(runs):
        begins = next((later.started for later in runs[place + 1 :] if later.started is not None), None)
        yield from _Connections(run, options.zone, begins).told()


def _sort(line: SourceLine, runs: list[_Run], zone: ZoneInfo) -> bool:
    """Put a line to its run; return True if it is one that counts."""
    if match := _START.fullmatch(line.text):
        runs.append(_begun(match, zone))
        return False
    counts = any(mark in line.text for mark in (_COMING, _ENDING, *_LEFT))
    found = _LINE.match(line.text)
    if found is None:
        if counts:
            raise UnreadableLineError("fields")
        return False
    text, message = found[1], found[2]
    wall: datetime | None = None
    with suppress(UnreadableLineError):
        wall = runs[-1].walls[line.number] = _wall(text)
    if not counts:
        return False
    check_text(line.text)
    if _COMING in message and _INCOMING.search(message) is None:
        raise UnreadableLineError("fields")
    runs[-1].marked.append(_Marked(line, wall, text, message))
    return True


def _wall(text: str) -> datetime:
    """Read the clock of a line: old versions write two digits of the year, a colon before milliseconds."""
    year_first = text if text[4] == "/" else f"20{text}"
    return written(f"{year_first[:-4]}.{year_first[-3:]}").wall


def _begun(match: re.Match[str], zone: ZoneInfo) -> _Run:
    try:
        wall = _wall(match[1])
    except UnreadableLineError:
        return _Run()
    if "(UTC" not in match[0] and "(GMT" not in match[0]:
        return _Run(wall, None, {0: wall})
    ahead = timedelta(hours=int(match[3] or 0), minutes=int(match[4] or 0))
    offset = -ahead if match[2] == "-" else ahead
    if offset not in {wall.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1)}:
        raise BadSource(
            msg("the log says another offset from UTC than the zone has"), hint=Hint("look at --tz")
        )
    return _Run(wall, offset, {0: wall})


def _shares_hour(started: datetime, wall: datetime, zone: ZoneInfo) -> bool:
    """Return True if both stand in the same hour that the clock showed twice, in this order."""
    both = {started.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1)}
    return len(both) > 1 and timedelta() <= wall - started < timedelta(hours=1)


class _Connections:
    """The connections of one run: an end goes to the one whose id it names, or to the only one open."""

    def __init__(self, run: _Run, zone: ZoneInfo, next_start: datetime | None) -> None:
        self._run = run
        self._zone = zone
        self._next_start = next_start
        self._folds = dict(zip(run.walls, folds(list(run.walls.values()), zone), strict=True))
        self._open: dict[str, _Begun] = {}
        self._left = 0
        """The ends that named none of several that were open."""

    def told(self) -> Iterator[Told]:
        """Yield every marked line once."""
        for marked in self._run.marked:
            at: Moment | None = None
            try:
                at = self._moment(marked)
            except UnreadableLineError as error:
                yield quarantined(marked.line, error.reason)
            match = _INCOMING.search(marked.message)
            if match is not None:
                yield from self._came(marked, match[1], at)
            elif _ENDING in marked.message:
                yield from self._ending(marked, at)
            else:
                yield from self._went(marked, at)
        over_by = self._over_by()
        for each in self._open.values():
            yield from _record(each, each.ending, None if each.ending else over_by, is_shared=self._left > 0)

    def _came(self, marked: _Marked, session: str, at: Moment | None) -> Iterator[Told]:
        known = self._open.get(session)
        if known is None or (known.at is None and at is not None):
            self._open[session] = _Begun(marked.line.number, session, at)
        elif at is not None:  # announced by another line already
            yield Skipped(marked.line.number)

    def _ending(self, marked: _Marked, at: Moment | None) -> Iterator[Told]:
        session = self._session(marked)
        if at is not None:
            yield Skipped(marked.line.number)
            if session is not None:
                self._open[session].ending = at

    def _went(self, marked: _Marked, at: Moment | None) -> Iterator[Told]:
        session = self._session(marked)
        if session is None and not self._open:
            if at is not None:
                yield SourceRecord(line=marked.line.number, ended=at, kind="unknown", precision_ms=1)
            return
        if at is not None:
            yield Skipped(marked.line.number)
        if session is not None and not self._left:
            begun = self._open.pop(session)
            yield from _record(begun, at or begun.ending)
            return
        self._left += 1
        if self._left >= len(self._open):
            for each in self._open.values():
                yield from _record(each, None, at, is_shared=True)
            self._open, self._left = {}, 0

    def _session(self, marked: _Marked) -> str | None:
        """Return the open session that a line names, else the only one that is open."""
        named = _OF_SESSION.search(marked.message)
        if named is not None and named[1] in self._open:
            return named[1]
        return next(iter(self._open)) if len(self._open) == 1 else None

    def _over_by(self) -> Moment | None:
        """Return when the program was started again: nothing of this run was open then."""
        if self._next_start is None:
            return None
        try:
            return Moment(from_zone(self._next_start, self._zone), "", "local-declared")
        except UnreadableLineError:
            return None

    def _moment(self, marked: _Marked) -> Moment:
        """Return when a line was written; raises UnreadableLineError where that cannot be known."""
        run, zone = self._run, self._zone
        if marked.wall is None:
            raise UnreadableLineError("bad-time")
        fold = self._folds[marked.line.number]
        if fold is None and run.started is not None and _shares_hour(run.started, marked.wall, zone):
            offsets = [marked.wall.replace(tzinfo=zone, fold=each).utcoffset() for each in (0, 1)]
            fold = offsets.index(run.offset) if run.offset in offsets else None
        at = from_zone(marked.wall, zone, fold)
        return Moment(at.astimezone(UTC), marked.text, "local-declared")


def _record(
    begun: _Begun, ended: Moment | None, over_by: Moment | None = None, *, is_shared: bool = False
) -> Iterator[Told]:
    """Yield the record of a connection; none where its beginning is in quarantine."""
    if begun.at is not None:
        yield SourceRecord(
            line=begun.line,
            started=begun.at,
            ended=ended,
            over_by=over_by,
            is_shared=is_shared,
            kind="unknown",
            precision_ms=1,
            native_id=f"{begun.session}|{begun.at.text}",
        )
