"""Apache Guacamole: its table `guacamole_connection_history` as CSV, with the names of the columns.

The database keeps dates without a zone. A row without an end is live, or its server crashed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ledger.sources.adapter import Options, SourceRecord, Told, UnreadableLineError, quarantined, some
from ledger.sources.table import Cells, Columns, ordered, rows
from ledger.sources.timestamps import moment

COLUMNS: Columns = dict.fromkeys(
    (
        "history_id",
        "user_id",
        "username",
        "remote_host",
        "connection_id",
        "connection_name",
        "sharing_profile_id",
        "sharing_profile_name",
        "start_date",
        "end_date",
    ),
    (),
)
_REQUIRED = ("history_id", "start_date", "end_date")
_TIMES = ("start_date", "end_date")
_ID_DIGITS_MAX = 20


def read(raw: bytes, options: Options) -> Iterator[Told]:
    """Yield every line as a record, skipped, or in quarantine; raises BadSource for the header."""
    found = list(rows(raw, options, COLUMNS, _REQUIRED))
    cells = [row.fields for row in found if isinstance(row, Cells)]
    options = ordered(options, (row[name] for row in cells for name in _TIMES if name in row))
    for row in found:
        if not isinstance(row, Cells):
            yield row
            continue
        try:
            yield _record(row.line.number, row.fields, options)
        except UnreadableLineError as error:
            yield quarantined(row.line, error.reason)


def _record(line: int, fields: Mapping[str, str], options: Options) -> SourceRecord:
    number = fields.get("history_id", "")
    if not (number.isascii() and number.isdigit() and len(number) <= _ID_DIGITS_MAX):
        raise UnreadableLineError("fields")
    if "start_date" not in fields:
        raise UnreadableLineError("fields")
    ended = fields.get("end_date")
    return SourceRecord(
        line=line,
        started=moment(fields["start_date"], options.zone, order=options.dates),
        ended=None if ended is None else moment(ended, options.zone, order=options.dates),
        native_id=number,
        user=fields.get("username"),
        words=some(computer=fields.get("connection_name"), address=fields.get("remote_host")),
    )
