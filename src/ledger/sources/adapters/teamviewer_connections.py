"""`Connections.txt` (the technician's side) and `Connections_incoming.txt` (the other one) of TeamViewer.

Lines of fields between TABs, no header; times are UTC without saying so. Six fields: the partner's ID,
start, end, the local user, the kind, a GUID. Seven: the ID and the name of who came in, and then the same.
A line is written when the connection ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ledger.sources.adapter import (
    Line,
    Options,
    Skipped,
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


class _Fields(NamedTuple):
    id: str
    name: str | None
    started: str
    ended: str
    local_user: str
    kind: str
    guid: str


def read(raw: bytes, options: Options) -> Iterator[Told]:
    """Every line as a record, as blank, or in quarantine."""
    for line in lines_of(raw, options):
        if not line.text.strip():
            yield Skipped(line.number)
            continue
        try:
            yield _record(line)
        except UnreadableLineError as error:
            yield quarantined(line, error.reason)


def _record(line: Line) -> SourceRecord:
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
        user=fields.name if is_incoming else fields.local_user,
        words=words,
    )


def _fields(text: str) -> _Fields:
    cells = [cell.strip() for cell in text.split("\t")]
    while cells and not cells[-1]:  # version 15 ends its lines with a TAB
        cells.pop()
    if len(cells) == _OUTGOING:
        return _Fields(cells[0], None, *cells[1:])
    if len(cells) == _INCOMING:
        return _Fields(*cells)
    raise UnreadableLineError("fields")
