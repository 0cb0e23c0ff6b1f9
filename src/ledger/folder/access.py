"""Who can read a file: its mode on POSIX, its access list on Windows.

A list is read as the text that Windows gives it (SDDL, "Security Descriptor String Format"), so that what it
means is decided, and tested, on every system.
"""

from __future__ import annotations

import re
import stat
import sys
from pathlib import Path

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
OWNER_ALONE = "D:P(A;{flags};FA;;;SY)(A;{flags};FA;;;BA)(A;{flags};FA;;;OW)"
"""The system, its administrators and the owner, nothing inherited: what Python's own mkdir(0o700) gives
from 3.12.4 on. Administrators can take every file in any case."""
_TRUSTED = {"SY", "BA", "OW", "CO", "S-1-5-18", "S-1-5-32-544", "S-1-3-4", "S-1-3-0"}
_READS_WORDS = {"FA", "FR", "GA", "GR", "CC", "KA", "KR", "WD", "WO"}
"""Two letters each; CC is the bit that lets a file be read. Who may change the list or the owner (WD, WO)
can read after that."""
_READS_BITS = 0x1 | 0x40000 | 0x80000 | 0x10000000 | 0x80000000
_GRANT = r"\((A|OA|XA|ZA);([A-Z]*);([^;]*);[^;]*;[^;]*;([^;)]+)[^)]*\)"


def readers(descriptor: str, me: str = "") -> list[str]:
    """Return who else may read, as a descriptor in SDDL says: `["WD"]` for everybody.

    `me` is whoever looks, who counts as the owner. A descriptor without a list lets everybody in.
    """
    owner = re.match(r"O:((?:S-[0-9-]+)|[A-Z]{2})", descriptor)
    known = {*_TRUSTED, me, *([owner[1]] if owner else [])}
    listed = re.search(r"D:(?!NO_ACCESS_CONTROL)", descriptor)
    if listed is None:
        return ["WD"]
    grants = re.findall(_GRANT, descriptor[listed.end() :].split("S:", 1)[0])
    return sorted(
        {who for _, flags, rights, who in grants if _reads(rights) and "IO" not in flags and who not in known}
    )


def _reads(rights: str) -> bool:
    if rights.startswith("0x"):
        return bool(int(rights, 16) & _READS_BITS)
    return any(rights[at : at + 2] in _READS_WORDS for at in range(0, len(rights), 2))


def is_readable_by_others(path: Path) -> bool | None:
    """Return if others than the owner can read a file or folder; None where that cannot be seen.

    On Windows it is seen where the file system has access lists; FAT has none.
    """
    if sys.platform == "win32":
        from ledger.folder import access_lists  # noqa: PLC0415 - its calls are those of Windows

        descriptor = access_lists.descriptor(path)
        return None if descriptor is None else bool(readers(descriptor, access_lists.me()))
    return bool(path.stat().st_mode & _OTHERS)


def restrict(path: Path) -> None:
    """Give a file or folder of Windows to its owner alone; elsewhere its mode did that when it was made.

    Where the file system has no access lists nothing is changed; `check` says that it cannot be seen there.
    """
    if sys.platform == "win32":
        from ledger.folder import access_lists  # noqa: PLC0415 - its calls are those of Windows

        access_lists.give(path, OWNER_ALONE.format(flags="OICI" if path.is_dir() else ""))
