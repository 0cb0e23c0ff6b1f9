"""x11vnc: the environment of its hooks, a line for each variable.

A hook appends `env | grep ^RFB_ | sort` to a file. The block of `-gone` tells both ends, in seconds since
1970; without it a connection is still open, or its server was killed. `-accept` runs for every connection,
`-afteraccept` for one that is let in, unless it goes at once. One that went before is an attempt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ledger.domain.events import RecordKind
from ledger.sources.adapter import (
    Options,
    Skipped,
    SourceLine,
    SourceRecord,
    Told,
    UnreadableLineError,
    check_text,
    lines_of,
    quarantined,
    some,
)
from ledger.sources.timestamps import from_epoch

_VARIABLE = re.compile(r"(RFB_[A-Z0-9_]+)=(.*)")
_SECONDS_DIGITS_MAX = 12
_NO_USER = "unknown-user"


def read(raw: bytes, options: Options) -> Iterator[Told]:
    """Yield every line once: a block as a record, or in quarantine, where it begins."""
    block: list[SourceLine] = []
    names: set[str] = set()
    for line in lines_of(raw, options):
        match = _VARIABLE.fullmatch(line.text)
        if match is None or match[1] in names:
            yield from _told(block)
            block, names = [], set()
        if match is None:
            yield Skipped(line.number, is_known=False)
        else:
            block.append(line)
            names.add(match[1])
    yield from _told(block)


def _told(block: list[SourceLine]) -> Iterator[Told]:
    if not block:
        return
    whole = SourceLine(block[0].number, "\n".join(line.text for line in block), block[-1].is_last)
    try:
        yield _record(whole)
    except UnreadableLineError as error:
        yield quarantined(whole, error.reason)
    for line in block[1:]:
        yield Skipped(line.number)


def _record(block: SourceLine) -> SourceRecord:
    check_text(block.text)
    variables = dict(line.split("=", 1) for line in block.text.split("\n"))
    mode = variables.get("RFB_MODE")
    told = [variables.get(f"RFB_{name}", "") for name in ("X11VNC_PID", "CLIENT_ID", "LOGIN_TIME")]
    if mode not in {"accept", "afteraccept", "gone"} or not all(told) or block.is_last:
        raise UnreadableLineError("fields")
    started, now = told[2], variables.get("RFB_CURRENT_TIME", "")
    user = variables.get("RFB_USERNAME", "")
    return SourceRecord(
        line=block.number,
        started=from_epoch(_seconds(started), started),
        ended=from_epoch(_seconds(now), now) if mode == "gone" else None,
        kind=_kind(variables, mode),
        native_id="|".join(told),
        user=user if user != _NO_USER else None,
        words=some(address=variables.get("RFB_CLIENT_IP")),
    )


def _kind(variables: dict[str, str], mode: str) -> RecordKind:
    """Return the kind of a connection; an attempt is one that went before it was let in."""
    if mode == "gone" and variables.get("RFB_STATE") != "NORMAL":
        return "attempt"
    return "view_only" if variables.get("RFB_LOGIN_VIEWONLY") == "1" else "remote_control"


def _seconds(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= _SECONDS_DIGITS_MAX):
        raise UnreadableLineError("bad-time")
    return int(text)
