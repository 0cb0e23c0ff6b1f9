"""Names that Windows gives to no file and no folder, or that mean a device there.

What is written under one is lost without a word (`NUL.csv`), goes into a hidden stream of another file
(`a:b`), or gets another name than was said (`report.`). The list is that of Microsoft's "Naming Files,
Paths, and Namespaces".
"""

from __future__ import annotations

import os
from pathlib import Path, PureWindowsPath

from ledger.errors import FileTrouble
from ledger.message import Hint, Message, msg

_NUMBERS = "123456789\u00b9\u00b2\u00b3"
_DEVICES = {
    *("CON", "CONIN$", "CONOUT$", "PRN", "AUX", "NUL"),
    *(f"{port}{number}" for port in ("COM", "LPT") for number in _NUMBERS),
}
_FORBIDDEN = frozenset('<>:"|?*')
_LITERAL = "\\\\?\\"
"""What begins a path whose names Windows takes as they are."""
_RENAME = Hint("give it another name")


def refuse_unusable(path: Path) -> None:
    """Raise FileTrouble on Windows for a path of which a name cannot be used; elsewhere every name can."""
    if os.name == "nt" and (fact := why_unusable(PureWindowsPath(path))):
        raise FileTrouble(fact, hint=_RENAME)


def why_unusable(path: PureWindowsPath) -> Message | None:
    """Return what is wrong with the first name of a path that Windows cannot use; None if it can use all."""
    if str(path).startswith(_LITERAL):
        return None
    names = (name for name in path.parts[bool(path.anchor) :] if name != "..")
    return next((fact for name in names if (fact := _wrong(name))), None)


def _wrong(name: str) -> Message | None:
    for character in name:
        if character in _FORBIDDEN or ord(character) < ord(" "):
            return msg(
                "{name!r} holds {character!r}: Windows takes it in no name", name=name, character=character
            )
    if name.partition(".")[0].rstrip(" ").upper() in _DEVICES:
        return msg("{name} is a device on Windows, and no file", name=name)
    if name.endswith((".", " ")):
        return msg("{name!r} ends with a dot or a blank, which Windows leaves out", name=name)
    return None
