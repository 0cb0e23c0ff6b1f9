"""RustDesk's own log on the customer's computer: that a connection was opened, with the offset of its time.

It is evidence that somebody came, and does not say who, nor reliably when they left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ledger.sources.adapter import (
    Options,
    Skipped,
    SourceRecord,
    Told,
    UnreadableLineError,
    check_text,
    lines_of,
    quarantined,
    some,
)
from ledger.sources.timestamps import moment

_OPENED = re.compile(
    r"\[(\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\.\d+ [+-]\d{2}:\d{2})\] .*"
    r" #(\d{1,9}) Connection opened from (\S+?)\.?",
    re.ASCII,
)


def read(raw: bytes, options: Options) -> Iterator[Told]:
    """Every line once: a connection as an open record, or in quarantine."""
    for line in lines_of(raw, options):
        match = _OPENED.fullmatch(line.text)
        if match is None:
            yield Skipped(line.number)
            continue
        try:
            check_text(line.text)
            started = moment(match[1])
            yield SourceRecord(
                line=line.number,
                started=started,
                kind="unknown",
                precision_ms=1,
                native_id=f"{match[2]}|{started.text}",
                words=some(address=match[3]),
            )
        except UnreadableLineError as error:
            yield quarantined(line, error.reason)
