"""AnyDesk's `connection_trace.txt`: that a connection came, to the minute; never when it ended.

It is evidence only: nothing can be billed from it. A connection that was rejected is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ledger.errors import ZoneMissing
from ledger.message import msg
from ledger.sources.adapter import (
    Options,
    Skipped,
    SourceLine,
    SourceRecord,
    Told,
    UnreadableLineError,
    check_text,
    is_text,
    lines_of,
    quarantined,
    remote_id_of,
    some,
)
from ledger.sources.wall_clock import WallClock

_LINE = re.compile(r"(Incoming|Outgoing)\s+(\d{4}-\d{2}-\d{2}, \d{2}:\d{2})\s+(\S+)\s+(.*\S)\s*", re.ASCII)
_REJECTED = re.compile(r"(?:Incoming|Outgoing)\s.*\bREJECTED\b.*", re.ASCII)
_MINUTE_MS = 60_000


class _Row(NamedTuple):
    line: SourceLine
    match: re.Match[str]
    stamp: int


def read(raw: bytes, options: Options) -> Iterator[Told]:
    """Yield every line as a record without end, skipped, or in quarantine; raises ZoneMissing."""
    if options.zone is None:
        raise ZoneMissing(msg("the trace does not say the zone of its times"))
    clock = WallClock(options.zone)
    rows: list[_Row] = []
    for line in lines_of(raw, options):
        match = _LINE.fullmatch(line.text)
        stamp = None if match is None else clock.see(match[2])
        if not line.text.strip():
            yield Skipped(line.number, is_known=False)
        elif _REJECTED.fullmatch(line.text):
            yield Skipped(line.number)
        elif match is None or stamp is None or not match[4].strip():  # blanks that ASCII does not know
            yield quarantined(line, "fields" if is_text(line.text) else "not-text")
        else:
            rows.append(_Row(line, match, stamp))
    for row in rows:
        try:
            check_text(row.line.text)
            yield _record(row, clock)
        except UnreadableLineError as error:
            yield quarantined(row.line, error.reason)


def _record(row: _Row, clock: WallClock) -> SourceRecord:
    match = row.match
    partner = match[4].split()[-1]
    return SourceRecord(
        line=row.line.number,
        started=clock.moment(row.stamp),
        kind="unknown",
        precision_ms=_MINUTE_MS,
        remote_id=remote_id_of(partner) if match[1] == "Outgoing" else None,
        words=some(partner=match[4]),
    )
