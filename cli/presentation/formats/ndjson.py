"""NDJSON: the main table, one compact object a row under the columns' keys."""

from __future__ import annotations

from datetime import datetime
from typing import BinaryIO, cast

from cli.presentation.formats.json_file import encode
from cli.presentation.formats.model import Cell, Kind, Page, Report
from ledger.domain.clock import format_instant
from ledger.message import Message


def write(report: Report, page: Page, out: BinaryIO) -> None:
    """Row by row; amounts are integers of grosze, instants UTC with Z."""
    del page
    table = report.tables[0]
    columns: list[tuple[str, Kind]] = [(column.key, column.kind) for column in table.columns]
    for row in table.rows:
        document = {key: _value(cell, kind) for (key, kind), cell in zip(columns, row, strict=True)}
        out.write(encode(document) + b"\n")


def _value(cell: Cell, kind: Kind) -> object:
    if cell is None:
        return None
    match kind:
        case "instant":
            return format_instant(cast("datetime", cell))
        case "date":
            return str(cell)
        case "boolean":
            return bool(cell)
        case _:
            return str(cell) if isinstance(cell, Message) else cell
