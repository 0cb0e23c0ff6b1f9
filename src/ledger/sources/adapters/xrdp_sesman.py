"""`xrdp-sesman.log`: sessions that were created, reconnected and terminated, in local time.

Closing the window is not logged: a connection is over when the next one takes the session over, and has an
end only where the session was logged out. The line of that end names the address of the first client, which
is not read. A wrong password has its moment in seconds since 1970.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

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
_CREATED = re.compile(rf"\+\+ created session \(access granted\):? {_USER}{_WHERE}")
_RECONNECTED = re.compile(rf"\+\+ reconnected session: {_USER}{_WHERE}")
_TERMINATED = re.compile(rf"\+\+ terminated session: +{_USER}{_WHERE}")
_STARTING = re.compile(r"Starting session: session_pid (?P<pid>\d+), display :(?P<display>\d+)\.0.*")
_FAILED = re.compile(r"AUTHFAIL: user=(?P<user>\S*) ip=(?P<address>\S+) time=(?P<epoch>\d{9,11}).*")
_MARK = "++ "


@dataclass(slots=True)
class _Begun:
    """A client that was let in; `at` is None where its time cannot be read."""

    line: SourceLine
    at: Moment | None
    user: str
    address: str | None
    pid: str | None = None


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
        written = match[1] or journal_time(line.text)
        heard.append((line, match[2], None if written is None else clock.see(written)))
    yield from _Log(clock).told(heard)


class _Log:
    """Goes through a log once; a session is known by its process, or by its user until that is named."""

    def __init__(self, clock: WallClock) -> None:
        self._clock = clock
        self._open: list[_Begun] = []

    def told(self, heard: list[tuple[SourceLine, str, int | None]]) -> Iterator[Told]:
        """Yield every line of sesman once."""
        for line, text, stamp in heard:
            try:
                check_text(line.text)
                yield from self._take(line, text, stamp)
            except UnreadableLineError as error:
                yield quarantined(line, error.reason)
        for each in self._open:
            yield from _record(each)

    def _take(self, line: SourceLine, text: str, stamp: int | None) -> Iterator[Told]:
        if match := _FAILED.fullmatch(text):
            at = from_epoch(int(match["epoch"]), match["epoch"])
            words = some(address=_host(match["address"]), account=match["user"])
            yield SourceRecord(line=line.number, started=at, ended=at, kind="attempt", words=words)
        elif match := _STARTING.fullmatch(text):
            if self._open and self._open[-1].pid is None:
                self._open[-1].pid = match["pid"]
            yield Skipped(line.number)
        elif match := _CREATED.fullmatch(text):
            yield from self._came(line, match, stamp)
        elif match := _RECONNECTED.fullmatch(text):
            yield from self._over(match, over_by=self._when(stamp))
            yield from self._came(line, match, stamp)
        elif match := _TERMINATED.fullmatch(text):
            at = self._clock.moment(stamp)
            found = [*self._over(match, ended=at)]
            yield from found or [SourceRecord(line=line.number, ended=at, user=match["user"])]
            if found:
                yield Skipped(line.number)
        elif text.startswith(_MARK):
            raise UnreadableLineError("unknown-event")
        else:
            yield Skipped(line.number)

    def _when(self, stamp: int | None) -> Moment | None:
        try:
            return self._clock.moment(stamp)
        except UnreadableLineError:
            return None

    def _came(self, line: SourceLine, match: re.Match[str], stamp: int | None) -> Iterator[Told]:
        begun = _Begun(line, self._when(stamp), match["user"], match["address"], match["pid"])
        self._open.append(begun)
        if begun.at is None:
            self._clock.moment(stamp)  # raises why
        yield from ()

    def _over(
        self, match: re.Match[str], *, ended: Moment | None = None, over_by: Moment | None = None
    ) -> Iterator[Told]:
        """Yield the record of the last client of the session that a line names."""
        mine = [each for each in self._open if each.pid is not None and each.pid == match["pid"]]
        mine = mine or [each for each in self._open if each.pid is None and each.user == match["user"]]
        if mine:
            self._open.remove(mine[-1])
            yield from _record(mine[-1], ended, over_by)


def _record(begun: _Begun, ended: Moment | None = None, over_by: Moment | None = None) -> Iterator[Told]:
    if begun.at is not None:
        address = None if begun.address is None else _host(begun.address)
        yield SourceRecord(
            line=begun.line.number,
            started=begun.at,
            ended=ended,
            over_by=over_by,
            user=begun.user,
            words=some(address=address),
        )


def _host(address: str) -> str:
    """Return an address without its port, and without the mark of an IPv4 address written as IPv6."""
    host, _, port = address.removeprefix("::ffff:").rpartition(":")
    return (
        host
        if port.isdigit() and host and (":" not in host or host.startswith("["))
        else address.removeprefix("::ffff:")
    )
