"""RustDesk's own log on the customer's computer: a connection that was opened, with the offset of its time.

It is evidence of a connection, without who it was, and without a reliable end.
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
    unprefixed,
)
from ledger.sources.timestamps import moment

_STAMP = (
    r"\[(\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}(?:[.,]\d+)?(?:\s?(?:[Zz]|UTC|[+-]\d{1,2}(?::?\d{2})?))?)\] "
)
"""A time without an offset is known as a line of this log, and refused for its zone."""
_OPENED = re.compile(_STAMP + r".*#(\d{1,9}) Connection opened from (\S+?)\.?(?:\s.*)?", re.ASCII)
_LIKE = re.compile(_STAMP, re.ASCII)
_OPENING = "connection opened"


def read(raw: bytes, options: Options) -> Iterator[Told]:
    """Yield every line once: a connection as an open record, or in quarantine."""
    for line in lines_of(raw, options):
        text = unprefixed(line.text)
        match = _OPENED.fullmatch(text)
        if match is None and _OPENING in text.lower():
            yield quarantined(line, "fields")
            continue
        if match is None:
            yield Skipped(line.number, is_known=_LIKE.match(text) is not None)
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
