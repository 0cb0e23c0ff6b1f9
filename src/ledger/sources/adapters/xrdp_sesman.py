"""`xrdp-sesman.log`: sessions that were created, reconnected and terminated, in local time.

Closing the window is not logged: a connection is over when the next one takes the session over, and has an
end only where the session was logged out. The line of that end names the address of the first client, which
is not read. A session manager that is killed or stopped ends nothing: its desktops go on, with whoever is
connected, and tell of their end themselves. What was open is over once another session has its display. A
wrong password has its moment in seconds since 1970.

From 0.10 on a session is asked for, has a display once its X server starts, and is finished by its display.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from ledger.domain.events import RecordKind
from ledger.errors import ZoneMissing
from ledger.message import msg
from ledger.sources.adapter import (
    Moment,
    Options,
    Skipped,
    SourceLine,
    SourceRecord,
    Told,
    UnreadableLineError,
    check_text,
    journal_time,
    lines_of,
    quarantined,
    some,
    unprefixed,
)
from ledger.sources.timestamps import from_epoch
from ledger.sources.wall_clock import WallClock

_DATE = r"\d{8}-\d{2}:\d{2}:\d{2}|\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?"
_LINE = re.compile(rf"(?:\[({_DATE})\] )?(?:\(\d+\))*\[[A-Z]+ *\] (.*)", re.ASCII)
_USER = r"(?:username|- user) (?P<user>\S+?)"
_WHERE = r"(?:, display :(?P<display>\d+)\.0)?(?:, session_pid (?P<pid>\d+))?(?:, ip (?P<address>\S+).*)?"
_CREATED = re.compile(rf"\+\+ created session(?: \(access granted\))?:? {_USER}{_WHERE}")
_RECONNECTED = re.compile(rf"\+\+ reconnected session: {_USER}{_WHERE}")
_TERMINATED = re.compile(rf"\+\+ terminated session(?: \([^)]*\))?: +{_USER}{_WHERE}")
_STARTING = re.compile(r"Starting session: session_pid (?P<pid>\d+), display :(?P<display>\d+)\.0.*")
_FAILED = re.compile(r"AUTHFAIL: user=(?P<user>.*?) ip=(?P<address>\S+) time=(?P<epoch>\d{9,11}).*")
_LOGGED_IN = re.compile(r"Received system login request from \S+ for user: (?P<user>.*) IP: (?P<address>\S*)")
_ASKED = re.compile(r"Received request from \S+ to create a session for user (?P<user>.*\S)\s*")
_X_SERVER = re.compile(r"Starting X server on display (?P<display>\d+): .*")
_STOPPED = re.compile(r"[Cc]alling auth_stop_session and auth_end from pid (?P<pid>\d+).*")
_FINISHED = re.compile(r"Session on display (?P<display>\d+) has finished\..*")
_OF_A_CHILD = re.compile(r"Starting |Found X server|\[session start\]|Using ")
"""What the process of a session writes, whose clock may be in another zone than the session manager's."""
_FAILS_WITHIN = timedelta(minutes=1)
"""After which a session that was asked for and has no display yet never came about."""
_MARK = "++ "


@dataclass(slots=True)
class _Begun:
    """A client that was let in; `at` is None where its time cannot be read.

    `is_asked`: its session is asked for, and has no display yet. `stopped` is when its desktop was left.
    """

    line: SourceLine
    user: str
    address: str | None
    pid: str | None = None
    display: str | None = None
    at: Moment | None = None
    is_asked: bool = False
    stopped: Moment | None = None

    def is_of(self, pid: str | None, display: str | None) -> bool:
        """Return whether it is of the session of a process, or of a display where one process is unknown."""
        if pid is not None and self.pid is not None:
            return pid == self.pid
        return display is not None and display == self.display


def read(raw: bytes, options: Options) -> Iterator[Told]:
    """Yield every line once: a connection as a record where it begins; raises ZoneMissing."""
    if options.zone is None:
        raise ZoneMissing(msg("the log's times are local"))
    clock = WallClock(options.zone)
    heard: list[tuple[SourceLine, str, int | None]] = []
    for line in lines_of(raw, options):
        match = _LINE.fullmatch(unprefixed(line.text))
        if match is None:
            yield Skipped(line.number, is_known=False)
            continue
        written = None if _OF_A_CHILD.match(match[2]) else match[1] or journal_time(line.text)
        heard.append((line, match[2], None if written is None else clock.see(written)))
    yield from _Log(clock).told(heard)


class _Log:
    """Goes through a log once; a session is known by its process, its display, or by its user until then."""

    def __init__(self, clock: WallClock) -> None:
        self._clock = clock
        self._open: list[_Begun] = []
        self._addresses: dict[str, str] = {}
        self._unclear: set[str] = set()
        self._latest: int | None = None

    def told(self, heard: list[tuple[SourceLine, str, int | None]]) -> Iterator[Told]:
        """Yield every line of sesman once."""
        for line, text, stamp in heard:
            self._latest = self._latest if stamp is None else stamp
            try:
                check_text(line.text)
                yield from self._take(line, text, stamp)
            except UnreadableLineError as error:
                yield quarantined(line, error.reason)
        yield from self._failed(None, self._latest)
        for each in self._open:
            yield from _record(each)

    def _take(self, line: SourceLine, text: str, stamp: int | None) -> Iterator[Told]:
        if match := _FAILED.fullmatch(text):
            at = from_epoch(int(match["epoch"]), match["epoch"])
            words = some(address=_host(match["address"]), account=match["user"])
            yield SourceRecord(line=line.number, started=at, ended=at, kind="attempt", words=words)
        elif match := _CREATED.fullmatch(text):
            self._came(line, match, stamp)
        elif match := _RECONNECTED.fullmatch(text):
            yield from self._is_no_new_session(match["user"])
            yield from self._over(match, over_by=self._when(stamp))
            self._came(line, match, stamp)
        elif match := _TERMINATED.fullmatch(text):
            yield from self._ended(line, match, stamp)
        elif text.startswith(_MARK):
            raise UnreadableLineError("unknown-event")
        else:
            yield from self._take_of_newer(line, text, stamp)

    def _take_of_newer(self, line: SourceLine, text: str, stamp: int | None) -> Iterator[Told]:
        """Yield the lines that begin, place and end a session without a mark; most are of 0.10 and later."""
        if match := _ASKED.fullmatch(text):
            address = self._addresses.get(match["user"])
            yield from self._failed(match["user"], stamp)
            self._begin(_Begun(line, match["user"], address, is_asked=True), stamp)
        elif match := _FINISHED.fullmatch(text):
            yield from self._finished(line, match["display"], stamp)
        else:
            if match := _LOGGED_IN.fullmatch(text):
                self._addresses[match["user"]] = match["address"]
            elif match := _STARTING.fullmatch(text):
                yield from self._started(match)
            elif match := _STOPPED.fullmatch(text):
                self._stopped(match["pid"], stamp)
            elif match := _X_SERVER.fullmatch(text):
                yield from self._shown(match["display"])
            yield Skipped(line.number)

    def _begin(self, begun: _Begun, stamp: int | None) -> None:
        """Note a client that was let in; raises UnreadableLineError where its time cannot be read."""
        begun.at = self._when(stamp)
        self._open.append(begun)
        if begun.at is None:
            self._clock.moment(stamp)  # raises why

    def _started(self, match: re.Match[str]) -> Iterator[Told]:
        """Give the session that was just created its process and its display."""
        last = self._open[-1] if self._open and self._open[-1].pid is None else None
        yield from self._placed(last, match["display"])
        if last is not None:
            last.pid = match["pid"]

    def _stopped(self, pid: str, stamp: int | None) -> None:
        for each in self._open:
            if each.pid == pid:
                each.stopped = self._when(stamp)

    def _when(self, stamp: int | None) -> Moment | None:
        try:
            return self._clock.moment(stamp)
        except UnreadableLineError:
            return None

    def _came(self, line: SourceLine, match: re.Match[str], stamp: int | None) -> None:
        begun = _Begun(line, match["user"], match["address"], match["pid"], match["display"])
        self._begin(begun, stamp)

    def _is_no_new_session(self, user: str) -> Iterator[Told]:
        """Yield the line that asked for a session where one was there already."""
        asked = [each for each in self._open if each.is_asked and each.user == user]
        if asked:
            self._open.remove(asked[-1])
            if asked[-1].at is not None:
                yield Skipped(asked[-1].line.number)

    def _placed(self, begun: _Begun | None, display: str) -> Iterator[Told]:
        """Give a session its display, and yield what had it before: that was over by then."""
        before = [each for each in self._open if each is not begun and each.display == display]
        for each in before:
            self._open.remove(each)
            yield from _record(each, over_by=self._when(self._latest) if begun is None else begun.at)
        if begun is not None:
            begun.display = display
            begun.is_asked = False

    def _shown(self, display: str) -> Iterator[Told]:
        """Place the session that was asked for; of several at once nobody can tell which it is."""
        yield from self._failed(None, self._latest)
        asked = [each for each in self._open if each.is_asked]
        if len(asked) > 1:
            self._unclear.add(display)
            for each in asked:
                self._open.remove(each)
                yield from _record(each, is_shared=True)
        elif asked:
            self._unclear.discard(display)
            yield from self._placed(asked[0], display)

    def _ended(self, line: SourceLine, match: re.Match[str], stamp: int | None) -> Iterator[Told]:
        at = self._clock.moment(stamp)
        found = [*self._over(match, ended=at)]
        yield from found or [SourceRecord(line=line.number, ended=at, user=match["user"])]
        if found:
            yield Skipped(line.number)

    def _finished(self, line: SourceLine, display: str, stamp: int | None) -> Iterator[Told]:
        at = self._clock.moment(stamp)
        mine = [each for each in self._open if each.display == display]
        for each in mine[-1:]:
            self._open.remove(each)
            yield from _record(each, ended=at)
        if mine or display in self._unclear:
            yield Skipped(line.number)
        else:
            yield SourceRecord(line=line.number, ended=at)

    def _over(
        self, match: re.Match[str], *, ended: Moment | None = None, over_by: Moment | None = None
    ) -> Iterator[Told]:
        """Yield the record of the last client of the session that a line names."""
        mine = [each for each in self._open if each.is_of(match["pid"], match["display"])]
        mine = mine or [
            each
            for each in self._open
            if each.pid is None and each.display is None and each.user == match["user"]
        ]
        if mine:
            self._open.remove(mine[-1])
            yield from _record(mine[-1], ended, over_by)

    def _failed(self, user: str | None, stamp: int | None) -> Iterator[Told]:
        """Yield what was asked for and never came about: a user asks again, or too much time has passed."""
        at = self._when(stamp)
        for each in [each for each in self._open if each.is_asked]:
            is_late = each.at is not None and at is not None and at.at - each.at.at > _FAILS_WITHIN
            if each.user == user or is_late:
                self._open.remove(each)
                yield from _record(each, ended=each.at, kind="attempt")


def _record(
    begun: _Begun,
    ended: Moment | None = None,
    over_by: Moment | None = None,
    *,
    kind: RecordKind = "remote_control",
    is_shared: bool = False,
) -> Iterator[Told]:
    if begun.at is not None:
        yield SourceRecord(
            line=begun.line.number,
            started=begun.at,
            ended=ended or begun.stopped,
            over_by=None if begun.stopped else over_by,
            is_shared=is_shared,
            kind=kind,
            user=begun.user,
            words=some(address=_host(begun.address) if begun.address else None),
        )


def _host(address: str) -> str:
    """Return an address without its port, and without the mark of an IPv4 address written as IPv6."""
    host, _, port = address.removeprefix("::ffff:").rpartition(":")
    return (
        host
        if port.isdigit() and host and (":" not in host or host.startswith("["))
        else address.removeprefix("::ffff:")
    )
