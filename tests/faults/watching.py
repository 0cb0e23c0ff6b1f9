"""Whether anything in a ledger's folder changes, told by the kernel (inotify) and not looked for."""

from __future__ import annotations

import ctypes
import os
import select
import struct
from pathlib import Path
from types import TracebackType
from typing import Self

MODIFY, MOVED, DELETE = 0x2, 0xC0, 0x200
"""From <sys/inotify.h>: IN_MODIFY; IN_MOVED_FROM and IN_MOVED_TO; IN_DELETE."""
HEAD = struct.Struct("iIII")
"""Watch, mask, cookie and the length of the name that follows."""
AT_ONCE = 64 << 10
LONGEST_S = 1.0
"""So long is waited at once, for somebody to look at the clock."""


class Watch:
    """Watches a folder, its keys and its documents, until it is left; Linux alone has it."""

    def __init__(self, folder: Path) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        self._fd = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        for place in filter(Path.is_dir, (folder, folder / "keys", folder / "documents")):
            if libc.inotify_add_watch(self._fd, os.fsencode(place), MODIFY | MOVED | DELETE) < 0:
                raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(place))
        self._is_heard = False
        """Whether something was told already: from then on nobody is woken by it any more."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        os.close(self._fd)

    def is_readable(self, other: int, seconds: float | None) -> bool:
        """Wait for another descriptor, for news, or so many seconds; True if the other can be read."""
        asked = [other] if self._is_heard else [other, self._fd]
        return other in select.select(asked, [], [], LONGEST_S if seconds is None else seconds)[0]

    def has_news(self) -> bool:
        """Return True if a file was written, moved or removed, but for the memory that SQLite shares."""
        try:
            told = os.read(self._fd, AT_ONCE)
        except BlockingIOError:
            return False
        at, names = 0, list[bytes]()
        while at < len(told):
            length = HEAD.unpack_from(told, at)[3]
            at += HEAD.size + length
            names.append(told[at - length : at].rstrip(b"\0"))
        return any(not name.endswith(b"-shm") for name in names)

    def stop(self) -> None:
        """Wake nobody any more: what was waited for has come."""
        self._is_heard = True
