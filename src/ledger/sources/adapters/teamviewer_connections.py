"""`Connections.txt` (the technician's side) and `Connections_incoming.txt` (the other one) of TeamViewer.

Lines of fields, no header; times are UTC without an offset. Six fields: the partner's ID, start, end, the
local user, the kind, a GUID. Seven: the ID and the name of who came in, and then the same. Between fields
stands a TAB, or each of them but the last is filled up with blanks to a width of 32: then the two times and
the GUID are what the others are found by. A line is written when the connection ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

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
    remote_id_of,
    some,
)
from ledger.sources.session_kinds import kind_of
from ledger.sources.timestamps import moment

_OUTGOING, _INCOMING = 6, 7
_GUID = re.compile(r"\{?([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})\}?")
_TIME = r"(\d{1,4}[-./]\d{1,2}[-./]\d{1,4}\s\d{1,2}:\d{2}(?::\d{2})?)"
_PADDED = re.compile(rf"(\S.*?)\s+{_TIME}\s+{_TIME}\s+(\S.*?)\s+(\{{?[0-9a-fA-F-]{{36}}\}}?)", re.ASCII)
_GAP = re.compile(r"\s{2,}")


class _Fields(NamedTuple):
    id: str
    name: str | None
    started: str
    ended: str
    local_user: str
    kind: str
    guid: str


def read(raw: bytes, options: Options) -> Iterator[Told]:
    """Yield every line as a record, skipped, or in quarantine."""
    for line in lines_of(raw, options):
        if not line.text.strip():
            yield Skipped(line.number, is_known=False)
            continue
        try:
            yield _record(line)
        except UnreadableLineError as error:
            yield quarantined(line, error.reason)


def _record(line: SourceLine) -> SourceRecord:
    check_text(line.text)
    fields = _fields(line.text)
    match = _GUID.fullmatch(fields.guid)
    if match is None:
        raise UnreadableLineError("fields")
    is_incoming = fields.name is not None
    remote_id = remote_id_of(fields.id)
    if not fields.id:
        raise UnreadableLineError("fields")
    if is_incoming:
        words = some(partner=fields.id, local_user=fields.local_user)
    else:
        words = {} if remote_id is not None else some(partner=fields.id)  # an address on the same network
    return SourceRecord(
        line=line.number,
        started=moment(fields.started, assumed="utc-assumed"),
        ended=moment(fields.ended, assumed="utc-assumed"),
        kind=kind_of(fields.kind),
        native_id=match[1].lower(),
        # Whom an incoming connection went to, its file does not say.
        remote_id=None if is_incoming else remote_id,
        user=(fields.name if is_incoming else fields.local_user) or None,
        words=words,
    )


def _fields(text: str) -> _Fields:
    cells = [cell.strip() for cell in text.split("\t")] if "\t" in text else _padded(text)
    while cells and not cells[-1]:  # version 15 ends its lines with a TAB
        cells.pop()
    if len(cells) == _OUTGOING:
        return _Fields(cells[0], None, *cells[1:])
    if len(cells) == _INCOMING:
        return _Fields(*cells)
    raise UnreadableLineError("fields")


def _padded(text: str) -> list[str]:
    """Return the fields of a line without a TAB; a name as wide as its column has one blank after it."""
    match = _PADDED.fullmatch(text.strip())
    if match is None:
        raise UnreadableLineError("fields")
    head, started, ended, tail, guid = match.groups()
    user, _, kind = tail.rpartition("  ") if "  " in tail else tail.rpartition(" ")
    whose = _GAP.split(head, maxsplit=1) if _GAP.search(head) else [head]
    return [*whose, started, ended, user.strip(), kind.strip(), guid]
