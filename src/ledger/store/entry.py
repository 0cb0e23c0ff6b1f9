"""The log's leaf: one event as the exact line of the export.

The line is built by concatenation, never by serialising again, so that the stored payload stands in
it byte for byte. Vectors: tests/vectors/entry_line.json.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - isoformat of a naive UTC instant takes the Z behind it


@lru_cache(maxsize=64)
def recorded_at_text(recorded_at_us: int) -> str:
    """Microseconds since 1970 as `2026-11-16T17:31:00.000000Z`, always six digits of fraction."""
    instant = _EPOCH + timedelta(microseconds=recorded_at_us)
    return instant.isoformat(timespec="microseconds") + "Z"


def entry_line(  # noqa: PLR0917 - the parts of the line, in its order
    index: int, stream: bytes, version: int, topic: str, recorded_at_us: int, payload: bytes
) -> bytes:
    """The export's line of one event, without newline.

    `stream` is the id's 16 bytes, `payload` compact JSON in UTF-8; the keys stand in this order.
    """
    return (
        f'{{"index":{index},"stream":"{_stream_text(stream)}","version":{version},"type":"{topic}"'
        f',"recorded_at":"{recorded_at_text(recorded_at_us)}","data":'
    ).encode() + b"%b}" % payload


@lru_cache(maxsize=256)
def _stream_text(stream: bytes) -> str:
    """The id as UUIDs are written. Kept a while: the events of a stream often follow one another."""
    uid = stream.hex()
    return f"{uid[:8]}-{uid[8:12]}-{uid[12:16]}-{uid[16:20]}-{uid[20:]}"
