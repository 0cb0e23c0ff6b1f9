"""AnyDesk's `connection_trace.txt`: that a connection came, to the minute; never when it ended.

It is evidence only: nothing can be billed from it. A connection that was rejected is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ledger.errors import ZoneMissing
from ledger.sources.adapter import (
    Options,
    Skipped,
    SourceRecord,
    Told,
    UnreadableLineError,
    check_text,
    lines_of,
    quarantined,
    remote_id_of,
    some,
)
from ledger.sources.timestamps import moment

_LINE = re.compile(r"(Incoming|Outgoing)\s+(\d{4}-\d{2}-\d{2}, \d{2}:\d{2})\s+(\S+)\s+(.*\S)\s*", re.ASCII)
_REJECTED = "REJECTED"
_MINUTE_MS = 60_000


def read(raw: bytes, options: Options) -> Iterator[Told]:
    """Every line as a record without end, as no connection, or in quarantine; raises ZoneMissing."""
    if options.zone is None:
        raise ZoneMissing("the trace does not say the zone of its times")
    for line in lines_of(raw, options):
        if not line.text.strip() or _REJECTED in line.text:
            yield Skipped(line.number)
            continue
        try:
            check_text(line.text)
            yield _record(line.number, line.text, options)
        except UnreadableLineError as error:
            yield quarantined(line, error.reason)


def _record(number: int, text: str, options: Options) -> SourceRecord:
    match = _LINE.fullmatch(text)
    if match is None:
        raise UnreadableLineError("fields")
    partner = match[4].split()[-1]
    return SourceRecord(
        line=number,
        started=moment(match[2], options.zone),
        kind="unknown",
        precision_ms=_MINUTE_MS,
        remote_id=remote_id_of(partner) if match[1] == "Outgoing" else None,
        words=some(partner=match[4]),
    )
