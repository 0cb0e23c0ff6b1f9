"""Mounted file systems, as Linux lists them."""

from __future__ import annotations

import os
from pathlib import Path

_MOUNTS = Path("/proc/self/mountinfo")
_OPTIONS_LENGTH_MAX = 256


def mount_of(device: int) -> tuple[str | None, str | None]:
    """File system type and mount options of a device, from mountinfo (proc(5)); None where it is silent."""
    try:
        mounts = _MOUNTS.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None, None
    wanted = f"{os.major(device)}:{os.minor(device)}"
    for line in mounts.splitlines():
        mount, dash, kind = line.partition(" - ")
        fields = mount.split()
        if dash and len(fields) > 5 and fields[2] == wanted:  # noqa: PLR2004 - the sixth field has the options
            return kind.split(" ", 1)[0], fields[5][:_OPTIONS_LENGTH_MAX]
    return None, None
