"""Kinds of connections by the names of the remote tools."""

from __future__ import annotations

from typing import get_args

from ledger.domain.events import RecordKind

_KINDS: dict[str, RecordKind] = {
    **{kind.replace("_", ""): kind for kind in get_args(RecordKind)},
    "remotesupport": "remote_control",
    "remotesupportactive": "remote_control",
    "remotesupportactivesdk": "remote_control",
    "desktop": "remote_control",
    "rdp": "remote_control",
    "vnc": "remote_control",
    "zdalnepulpit": "remote_control",
    "zdalnesterowanie": "remote_control",
    "file": "file_transfer",
    "files": "file_transfer",
    "transferplikow": "file_transfer",
    "viewer": "view_only",
    "podglad": "view_only",
    "ssh": "terminal",
    "messenger": "chat",
    "presentation": "meeting",
}


def kind_of(text: str) -> RecordKind:
    """Return the kind of a name in any spelling (RemoteControl, remote_control); unknown for another."""
    return _KINDS.get("".join(c for c in text.casefold() if c.isalnum()), "unknown")
