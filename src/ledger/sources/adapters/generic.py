"""Named fields of the generic formats, each checked, as a record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import cast, get_args
from zoneinfo import ZoneInfo

from ledger.domain.events import TimeBasis
from ledger.sources.adapter import Moment, Options, SourceRecord, UnreadableLineError, remote_id_of, some
from ledger.sources.session_kinds import kind_of
from ledger.sources.timestamps import moment, zone_named

ID_MAX_CHARACTERS = 120
PRECISION_MAX_MS = 86_400_000
DURATION_MAX_S = 10**9


def times_of(rows: Iterable[Mapping[str, str]]) -> Iterator[str]:
    """Yield the texts of beginnings and ends, for the order of their dates."""
    return (fields[name] for fields in rows for name in ("started_at", "ended_at") if name in fields)


def record_of(line: int, fields: Mapping[str, str], options: Options) -> SourceRecord:
    """Return the record of a line by field name, empty fields left out. Raises UnreadableLineError."""
    if "started_at" not in fields:
        raise UnreadableLineError("fields")
    read_in = options._replace(zone=_zone(fields.get("time_zone"), options.zone))
    partner = fields.get("partner_id")
    remote_id = remote_id_of(partner)
    if partner is not None and remote_id is None:
        raise UnreadableLineError("fields")
    return SourceRecord(
        line=line,
        started=_moment(fields["started_at"], fields, read_in),
        ended=_moment(fields["ended_at"], fields, read_in) if "ended_at" in fields else None,
        kind=kind_of(fields.get("kind", "unknown")),
        precision_ms=_precision(fields.get("precision_s", "1")),
        native_id=_native_id(fields.get("source_record_id")),
        remote_id=remote_id,
        user=fields.get("technician"),
        words=some(partner=fields.get("partner_ref"), notes=fields.get("notes")),
        stated=tuple(sorted(fields["artefacts"].split())) if "artefacts" in fields else (),
        duration_s=_duration(fields.get("source_duration_s")),
        instance=fields.get("source_instance"),
    )


def _moment(text: str, fields: Mapping[str, str], options: Options) -> Moment:
    declared = fields.get("time_basis")
    if declared is not None and declared not in get_args(TimeBasis):
        raise UnreadableLineError("fields")
    found = moment(text, options.zone, order=options.dates)
    return found if declared is None else found._replace(basis=cast("TimeBasis", declared))


def _zone(name: str | None, otherwise: ZoneInfo | None) -> ZoneInfo | None:
    if name is None:
        return otherwise
    zone = zone_named(name)
    if zone is None:
        raise UnreadableLineError("no-zone")
    return zone


def _native_id(text: str | None) -> str | None:
    if text is None:
        return None
    if len(text) > ID_MAX_CHARACTERS:
        raise UnreadableLineError("fields")
    return text.strip("{}").lower()


def _precision(text: str) -> int:
    try:
        milliseconds = float(text) * 1_000
    except ValueError as error:
        raise UnreadableLineError("fields") from error
    if not 0 <= milliseconds <= PRECISION_MAX_MS:
        raise UnreadableLineError("fields")
    return int(milliseconds)


def _duration(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit()) or int(text[:20]) > DURATION_MAX_S:
        raise UnreadableLineError("fields")
    return int(text)
