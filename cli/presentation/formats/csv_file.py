"""CSV of the main table: UTF-8, comma, line feed, one row of keys."""

from __future__ import annotations

import csv
import io
from typing import BinaryIO

from cli.presentation.formats.cells import csv_key, for_csv
from cli.presentation.formats.model import Kind, Page, Report


def write(report: Report, page: Page, out: BinaryIO) -> None:
    """Write row by row; the same in every language."""
    del page
    table = report.tables[0]
    kinds: list[Kind] = [column.kind for column in table.columns]
    text = io.TextIOWrapper(out, encoding="utf-8", newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([csv_key(column) for column in table.columns])
    for row in table.rows:
        writer.writerow([for_csv(cell, kind) for cell, kind in zip(row, kinds, strict=True)])
    text.flush()
    text.detach()
