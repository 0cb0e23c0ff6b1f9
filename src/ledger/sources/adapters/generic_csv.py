"""A table with English or Polish column names in any order, for whatever has no adapter of its own."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.sources.adapter import Options, Told, UnreadableLineError, quarantined
from ledger.sources.adapters.generic import record_of, times_of
from ledger.sources.table import Cells, Columns, ordered, rows

COLUMNS: Columns = {
    "source_record_id": ("id_zrodla", "id_polaczenia", "guid"),
    "partner_id": ("id_partnera", "remote_id"),
    "partner_ref": ("partner", "komputer", "computer"),
    "technician": ("technik", "user", "uzytkownik"),
    "started_at": ("poczatek", "start", "connected_at"),
    "ended_at": ("koniec", "end", "disconnected_at"),
    "time_zone": ("strefa", "timezone"),
    "kind": ("rodzaj", "type", "typ"),
    "notes": ("uwagi", "notatki"),
    "source_instance": ("instancja", "instance"),
    "source_duration_s": ("czas_trwania_s", "duration_s"),
    "precision_s": ("dokladnosc_s",),
    "time_basis": ("podstawa_czasu",),
    "source": ("zrodlo",),
    "schema": ("schemat",),
}
_REQUIRED = ("started_at",)


def read(raw: bytes, options: Options) -> Iterator[Told]:
    """Yield every line as a record, skipped, or in quarantine; raises BadSource for the header."""
    found = list(rows(raw, options, COLUMNS, _REQUIRED))
    options = ordered(options, times_of(row.fields for row in found if isinstance(row, Cells)))
    for row in found:
        if not isinstance(row, Cells):
            yield row
            continue
        try:
            yield record_of(row.line.number, row.fields, options)
        except UnreadableLineError as error:
            yield quarantined(row.line, error.reason)
