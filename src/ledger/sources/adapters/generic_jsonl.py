"""One JSON object a line: the schema `ledger.source-session/1`, for whatever has no adapter of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, Literal

import msgspec

from ledger.domain.events import TimeBasis
from ledger.sources.adapter import (
    Options,
    Skipped,
    SourceLine,
    Told,
    UnreadableLineError,
    check_text,
    lines_of,
    quarantined,
)
from ledger.sources.adapters.generic import record_of, times_of
from ledger.sources.table import ordered


class _Artefact(msgspec.Struct, forbid_unknown_fields=True):
    kind: str
    ref: str | None = None
    size: int | None = None


class _Session(msgspec.Struct, forbid_unknown_fields=True):
    schema: Literal["ledger.source-session/1"]
    source: str
    source_instance: str
    started_at: str
    time_basis: TimeBasis
    kind: str
    source_record_id: str | None = None
    partner_id: str | None = None
    partner_ref: str | None = None
    technician: str | None = None
    ended_at: str | None = None
    precision_s: float = 1
    source_duration_s: int | None = None
    artefacts: list[_Artefact] = []
    raw_sha256: str | None = None


_decode = msgspec.json.Decoder(_Session).decode


def read(raw: bytes, options: Options) -> Iterator[Told]:
    """Yield every line as a record, skipped, or in quarantine; raises BadSource for dates in both orders."""
    found: list[tuple[SourceLine, dict[str, str]]] = []
    for line in lines_of(raw, options):
        if not line.text.strip():
            yield Skipped(line.number, is_known=False)
            continue
        try:
            found.append((line, _fields(line)))
        except UnreadableLineError as error:
            yield quarantined(line, error.reason)
    options = ordered(options, times_of(fields for _, fields in found))
    for line, fields in found:
        try:
            yield record_of(line.number, fields, options)
        except UnreadableLineError as error:
            yield quarantined(line, error.reason)


def _fields(line: SourceLine) -> dict[str, str]:
    check_text(line.text)
    try:
        session = _decode(line.text)
    except (msgspec.MsgspecError, UnicodeError, RecursionError, ValueError) as error:
        raise UnreadableLineError("fields") from error
    told: dict[str, Any] = msgspec.structs.asdict(session)
    artefacts = [_named(artefact) for artefact in told.pop("artefacts")]
    for name in ("schema", "source", "raw_sha256"):
        del told[name]
    fields = {name: str(value) for name, value in told.items() if value not in (None, "")}
    if artefacts:
        fields["artefacts"] = " ".join(artefacts)
    return fields


def _named(artefact: _Artefact) -> str:
    """Return what is kept of a file that the source names: its kind, its size and a hash of its path."""
    ref = (
        "" if artefact.ref is None else hashlib.sha256(artefact.ref.encode(errors="replace")).hexdigest()[:16]
    )
    return f"{'_'.join(artefact.kind.split())}:{artefact.size}:{ref}"
