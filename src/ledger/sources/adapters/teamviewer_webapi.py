"""Saved pages of TeamViewer's `GET /api/v1/reports/connections`: newest first, times in UTC.

`fee` and the tool's own charges are never a price, and are not read.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from ledger.domain.events import RecordKind
from ledger.sources.adapter import (
    Options,
    Quarantined,
    SourceRecord,
    Told,
    UnreadableLineError,
    is_text,
    remote_id_of,
    some,
)
from ledger.sources.pages import converted, entries_of, in_quarantine
from ledger.sources.timestamps import moment

_KINDS: dict[int, RecordKind] = {1: "remote_control", 2: "remote_control", 3: "remote_control"}
ID_MAX_CHARACTERS = 120


class _EndCustomer(msgspec.Struct):
    name: str | None = None
    email: str | None = None


class WebApiConnection(msgspec.Struct):
    """An entry of the report, as far as it is read."""

    id: str
    start_date: str
    end_date: str | None = None
    userid: str | None = None
    username: str | None = None
    deviceid: str | None = None
    devicename: str | None = None
    support_session_type: int | None = None
    billing_state: str | None = None
    notes: str | None = None
    session_note: str | None = None
    session_code: str | None = None
    custom_api: str | None = None
    end_customer: _EndCustomer | None = None


def read(raw: bytes, options: Options) -> Iterator[Told]:
    """Yield every entry as a record or in quarantine; raises BadSource when there is no list of them."""
    for number, entry in converted(entries_of(raw, options, "records"), WebApiConnection):
        if isinstance(entry, Quarantined):
            yield entry
            continue
        try:
            yield _record(number, entry)
        except UnreadableLineError as error:
            yield in_quarantine(number, error.reason, entry)


def _record(number: int, entry: WebApiConnection) -> SourceRecord:
    texts = [value for value in msgspec.structs.astuple(entry) if isinstance(value, str)]
    if not all(map(is_text, texts)):
        raise UnreadableLineError("not-text")
    if not entry.id or len(entry.id) > ID_MAX_CHARACTERS:
        raise UnreadableLineError("fields")
    remote_id = remote_id_of(entry.deviceid)
    customer = entry.end_customer or _EndCustomer()
    return SourceRecord(
        line=number,
        started=moment(entry.start_date),
        ended=moment(entry.end_date) if entry.end_date else None,
        kind=_KINDS.get(entry.support_session_type or 0, "unknown"),
        native_id=entry.id.lower(),
        remote_id=remote_id,
        user=entry.username or entry.userid,
        words=some(
            partner=None if remote_id is not None else entry.deviceid,
            computer=entry.devicename,
            notes=entry.notes,
            session_note=entry.session_note,
            customer=customer.name,
            email=customer.email,
        ),
        stated=tuple(some(a=entry.billing_state, b=entry.session_code, c=entry.custom_api).values()),
    )
