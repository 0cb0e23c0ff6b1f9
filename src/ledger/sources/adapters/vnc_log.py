"""The logs of two VNC servers, x11vnc and TigerVNC's Xvnc: local times, a connection by its address.

x11vnc writes a date on every line and no port where a client is gone; Xvnc a date on a line of its own, in
English, and long lines folded. What the journal writes before a line is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from ledger.errors import ZoneMissing
from ledger.message import msg
from ledger.sources.adapter import (
    Moment,
    Options,
    Reason,
    Skipped,
    SourceLine,
    SourceRecord,
    Told,
    UnreadableLineError,
    check_text,
    lines_of,
    quarantined,
    some,
    unprefixed,
)
from ledger.sources.wall_clock import WallClock

_DATED = re.compile(r"(\d{2}/\d{2}/(?:\d{4}|\d{2}) \d{2}:\d{2}:\d{2}) ?(.*)", re.ASCII)
_OWN_LINE = re.compile(r"\s*([A-Z][a-z]{2} [A-Z][a-z]{2} {1,2}\d{1,2} \d{2}:\d{2}:\d{2} \d{4})\s*", re.ASCII)
_FOLDED = re.compile(r" {13,}(\S.*)")
_LOGGED = re.compile(r"\s*[A-Za-z]\w{2,30}:\s.*")
"""A line of Xvnc: the name of its part, a colon, blanks."""

_Event = Literal[
    "came", "accepted", "gone", "closing", "failed", "secured", "stopped", "started", "turned-away", "unknown"
]
_FAILED = (
    r"rfb(?:Auth)?ProcessClient(?:ProtocolVersion|SecurityType|InitMessage|Message): "
    r"(?:client gone|read\b|password check failed|not a valid|wrong security).*()"
)
_PATTERNS: tuple[tuple[_Event, str], ...] = (
    ("came", r"Got connection from client (\S+)"),
    ("gone", r"Client (\S+) gone\b.*"),
    ("failed", r"authProcessClientMessage: authentication failed from (\S+)"),
    ("failed", _FAILED),
    ("failed", r"(?:denied|denying) client: (\S+?)(?:[\s:,].*)?"),
    ("secured", r"incr accepted_client=.*()"),
    ("stopped", r"caught (?:signal|XIO error|X11 error).*()"),
    ("started", r"x11vnc version: .*()"),
    ("accepted", r"\s*Connections:\s+accepted:\s+(\S*::\d+|\S+?):?(?:\s.*)?"),
    ("gone", r"\s*Connections:\s+closed:\s+(\S*::\d+|\S+?):?(?:\s.*)?"),
    ("closing", r"\s*VNCSConnST:\s+closing\s+(\S*::\d+|\S+?):?(?:\s.*)?"),
    ("failed", r"\s*SConnection:\s+(?:AuthFailureException|Authentication error).*()"),
    ("secured", r"\s*SConnection:\s+Client requests security type.*()"),
    ("started", r"\s*vncext:\s+VNC extension running!()"),
    ("turned-away", r"\s*Connections:\s+(?:rejected|blacklisted)\b.*()"),
    ("unknown", r"(?:\s*Connections:\s.*|Got connection from\b.*)()"),
)
_EVENTS: tuple[tuple[_Event, re.Pattern[str]], ...] = tuple(
    (event, re.compile(pattern, re.IGNORECASE)) for event, pattern in _PATTERNS
)
"""From version 1.15 on TigerVNC writes its words with capitals."""
_STOPPING = re.compile(r"deleted \d+ tile_row polling images\.|Restored X server key autorepeat.*")
"""What x11vnc writes, dated, after it has caught a signal, which it writes without a date."""
_SCAN_S = 2
"""A connection that is not said to have been let in, and went so soon, is a scan."""


class _Entry(NamedTuple):
    line: SourceLine
    text: str
    stamp: int | None
    """The place of its time in the log's clock."""
    is_known: bool


@dataclass(slots=True)
class _Begun:
    """A connection that was accepted; `at` is None where its time cannot be read."""

    line: SourceLine
    at: Moment | None
    address: str
    has_failed: bool = False
    """It was turned away, or left before it was let in."""
    is_secured: bool = False
    """It is said to have asked how to log in, or to have been let in."""


@dataclass(slots=True)
class _Visits:
    """The connections of one address since it had none, and how many of them have gone."""

    begun: list[_Begun] = field(default_factory=list["_Begun"])
    gone: int = 0


def read(raw: bytes, options: Options) -> Iterator[Told]:
    """Yield every line once: a connection as a record where it was accepted; raises ZoneMissing."""
    if options.zone is None:
        raise ZoneMissing(msg("the log's times are local"))
    clock = WallClock(options.zone)
    entries: list[_Entry] = []
    yield from _split(raw, options, clock, entries)
    yield from _Log(clock, entries).told()


def _split(raw: bytes, options: Options, clock: WallClock, entries: list[_Entry]) -> Iterator[Told]:
    """Sort lines into entries, each with the time above or before it; folded lines join the one before."""
    stamp: int | None = None
    is_folding = False
    for line in lines_of(raw, options):
        text = unprefixed(line.text)
        if match := _OWN_LINE.fullmatch(text):
            stamp = clock.see(match[1])
            yield Skipped(line.number, is_known=False)  # other servers date their lines alike
        elif match := _DATED.fullmatch(text):
            entries.append(_Entry(line, match[2], clock.see(match[1]), is_known=True))
        elif is_folding and (match := _FOLDED.fullmatch(text)):
            entries[-1] = entries[-1]._replace(text=f"{entries[-1].text} {match[1]}")
            yield Skipped(line.number)
            continue
        else:
            is_known = stamp is not None and _LOGGED.fullmatch(text) is not None
            entries.append(_Entry(line, text, stamp, is_known))
        is_folding = bool(entries) and _LOGGED.fullmatch(entries[-1].text) is not None


class _Log:
    """Goes through a log once, and gives each end to the connection that it can only be of."""

    def __init__(self, clock: WallClock, entries: list[_Entry]) -> None:
        self._clock = clock
        self._heard = [(entry, *_event(entry.text)) for entry in _dated(entries)]
        self._is_complete = any(event == "secured" for _, event, _ in self._heard)
        self._open: dict[str, _Visits] = {}
        self._closing: set[str] = set()
        self._last: _Begun | None = None
        self._next_failed = False

    def told(self) -> Iterator[Told]:
        """Yield every entry once."""
        for entry, event, address in self._heard:
            if event is None:
                yield Skipped(entry.line.number, entry.is_known)
            else:
                yield from self._take(entry, event, address)
        yield from self._over(None, is_end=False)

    def _take(self, entry: _Entry, event: _Event, address: str) -> Iterator[Told]:
        at, reason = self._when(entry)
        if event in {"came", "accepted"}:
            yield from self._came(_Begun(entry.line, at, address), reason)
        elif event in {"gone", "closing"}:
            yield from self._gone(entry.line, event, address, at, reason)
        elif event in {"stopped", "started"}:
            if at is not None or event == "started":
                yield from self._over(at, is_end=event == "stopped")
            yield Skipped(entry.line.number)
        elif event == "unknown":
            yield quarantined(entry.line, "unknown-event")
        else:
            self._note(event, address)
            yield Skipped(entry.line.number)

    def _when(self, entry: _Entry) -> tuple[Moment | None, Reason | None]:
        try:
            check_text(entry.line.text)
            return self._clock.moment(entry.stamp), None
        except UnreadableLineError as error:
            return None, error.reason

    def _came(self, begun: _Begun, reason: Reason | None) -> Iterator[Told]:
        if begun.line.is_last:  # the address may be cut off
            begun.at, reason = None, "torn"
        self._open.setdefault(begun.address, _Visits()).begun.append(begun)
        self._last = begun
        if reason is not None:
            yield quarantined(begun.line, reason)

    def _note(self, event: _Event, address: str) -> None:
        """Note what is said of a connection that is open: of the address, else of the one that came last."""
        if event == "secured" and self._last is not None:
            self._last.is_secured = True
        elif event == "failed" and address in self._open:
            self._open[address].begun[-1].has_failed = True
        elif event == "failed" and not address:
            self._next_failed = True

    def _gone(
        self, line: SourceLine, event: _Event, address: str, at: Moment | None, reason: Reason | None
    ) -> Iterator[Told]:
        visits = self._open.get(address)
        if event == "closing":
            self._closing.add(address)
        elif visits is None and address in self._closing:  # the second word about one end
            self._closing.discard(address)
            yield Skipped(line.number)
            return
        if reason is not None:
            yield quarantined(line, reason)
        elif visits is not None:
            yield Skipped(line.number)
        elif at is not None:
            yield SourceRecord(line=line.number, ended=at, words=some(address=address))
        if visits is not None:
            yield from self._ended(address, visits, at)

    def _ended(self, address: str, visits: _Visits, at: Moment | None) -> Iterator[Told]:
        failed = [each for each in visits.begun if each.has_failed]
        if self._next_failed and not failed:
            failed = visits.begun[-1:]
        self._next_failed = False
        if failed:
            failed[-1].has_failed = True
            visits.begun.remove(failed[-1])
            yield from self._record(failed[-1], ended=at)
        else:
            visits.gone += 1
        if visits.gone == len(visits.begun):
            del self._open[address]
            is_shared = len(visits.begun) > 1
            for each in visits.begun:
                yield from (
                    self._record(each, over_by=at, is_shared=True)
                    if is_shared
                    else self._record(each, ended=at)
                )

    def _over(self, at: Moment | None, *, is_end: bool) -> Iterator[Told]:
        """Yield what is open when the server stops (which is its end), or has been started again."""
        for visits in self._open.values():
            for each in visits.begun:
                if visits.gone:
                    yield from self._record(each, over_by=at, is_shared=True)
                elif is_end:
                    yield from self._record(each, ended=at)
                else:
                    yield from self._record(each, over_by=at)
        self._open, self._closing, self._last, self._next_failed = {}, set(), None, False

    def _record(
        self,
        begun: _Begun,
        *,
        ended: Moment | None = None,
        over_by: Moment | None = None,
        is_shared: bool = False,
    ) -> Iterator[Told]:
        """Yield the record of a connection; none where its beginning is in quarantine."""
        if begun.at is None:
            return
        is_short = ended is not None and 0 <= (ended.at - begun.at.at).total_seconds() <= _SCAN_S
        is_scan = not begun.is_secured and (is_short or self._is_complete)
        yield SourceRecord(
            line=begun.line.number,
            started=begun.at,
            ended=ended,
            over_by=over_by,
            is_shared=is_shared,
            kind="attempt" if begun.has_failed or is_scan else "remote_control",
            words=some(address=begun.address),
        )


def _dated(entries: list[_Entry]) -> Iterator[_Entry]:
    """Yield the entries; what x11vnc writes without a date when it stops has that of the line below."""
    for place, entry in enumerate(entries):
        below = entries[place + 1] if place + 1 < len(entries) else None
        if entry.stamp is None and below is not None and _STOPPING.fullmatch(below.text):
            yield entry._replace(stamp=below.stamp)
        else:
            yield entry


def _event(text: str) -> tuple[_Event | None, str]:
    """Return what a line tells, and of which address; ("", …) where it names none."""
    for event, pattern in _EVENTS:
        if match := pattern.fullmatch(text):
            return event, match[1] or ""
    return None, ""
