"""The log's leaf: one event as the exact line of the export.

The line is built by concatenation, never by serialising again, so that the stored payload stands in
it byte for byte. Vectors: tests/vectors/entry_line.json.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import lru_cache

_LINE = b'{"index":%a,"stream":"%b","version":%a,"type":"%b","recorded_at":"%b","data":%b}'
"""%a writes a number as Python does, and anything else so that no hash can be right."""
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - isoformat of a naive UTC instant takes the Z behind it


@lru_cache(maxsize=64)
def recorded_at_text(recorded_at_us: int) -> str:
    """Microseconds since 1970 as `2026-11-16T17:31:00.000000Z`, always six digits of fraction."""
    instant = _EPOCH + timedelta(microseconds=recorded_at_us)
    return instant.isoformat(timespec="microseconds") + "Z"


def entry_line(  # noqa: PLR0917 - the parts of the line, in its order
    index: int, stream: bytes, version: int, topic: str, recorded_at_us: int, payload: bytes
) -> bytes:
    """Return the export's line of one event, without newline.

    `stream` is the id's 16 bytes, `payload` compact JSON in UTF-8; the keys stand in this order.
    """
    return _LINE % (
        index,
        _stream_text(stream),
        version,
        topic.encode(),
        _recorded_at_bytes(recorded_at_us),
        payload,
    )


def entry_lines(rows: Iterable[tuple[int, bytes, int, bytes, int, bytes]]) -> Iterator[bytes]:
    """`entry_line` of many rows in order, in half the time; the topic is bytes.

    What lies together has its stream, and the moment of its recording, in common.
    """
    last_stream, stream_text, last_us, moment = b"", b"", -1, b""
    for index, stream, version, topic, recorded_at_us, payload in rows:
        if stream != last_stream:
            last_stream, stream_text = stream, _stream_text(stream)
        if recorded_at_us != last_us:
            last_us, moment = recorded_at_us, _recorded_at_bytes(recorded_at_us)
        yield _LINE % (index, stream_text, version, topic, moment, payload)


@lru_cache(maxsize=64)
def _recorded_at_bytes(recorded_at_us: int) -> bytes:
    return recorded_at_text(recorded_at_us).encode()


@lru_cache(maxsize=256)
def _stream_text(stream: bytes) -> bytes:
    """Return the id as UUIDs are written. Kept a while: the events of a stream often follow one another."""
    uid = stream.hex()
    return f"{uid[:8]}-{uid[8:12]}-{uid[12:16]}-{uid[16:20]}-{uid[20:]}".encode()
