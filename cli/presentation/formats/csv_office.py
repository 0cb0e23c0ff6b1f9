"""CSV of the main table for a Polish office: what LibreOffice and Excel in Polish open by a double click.

Semicolons, decimal commas, a byte order mark, Polish headings and words; a code stays the text it is.
"""

from __future__ import annotations

import csv
import io
import re
from datetime import datetime
from typing import BinaryIO, cast

from cli.presentation.catalogue import said
from cli.presentation.formats.cells import FORMULA_STARTS, for_people, plain_text
from cli.presentation.formats.model import Cell, Column, Page, Report
from cli.presentation.moments import to_second
from cli.presentation.text import harmless
from cli.presentation.wording.vocabulary import word

_NIP = re.compile(r"\d{10}")
_LOOKS_TYPED = re.compile(r"[-+]?[\d., ]*\d[\d.,:/ %-]*(?:[eE][-+]?\d+)?|(?i:prawda|fałsz|true|false)")
"""What a spreadsheet takes for a number, a date, a time or a truth value."""


def write(report: Report, page: Page, out: BinaryIO) -> None:
    """Write row by row; the same in every language."""
    del page
    table = report.tables[0]
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([harmless(said(column.title, "pl")) for column in table.columns])
    for row in table.rows:
        writer.writerow([_cell(cell, column) for cell, column in zip(row, table.columns, strict=True)])
    text.flush()
    text.detach()


def _cell(cell: Cell, column: Column) -> str:
    """Return a cell: 1234,50 without blanks, 2026-11-16 18:05:00 of the office clock, words for codes."""
    if cell is None:
        return ""
    match column.kind:
        case "grosze":
            return "".join(for_people(cell, "grosze", "pl").split())
        case "instant":
            return to_second(cast("datetime", cell))
        case "date":
            return str(cell)
        case "text":
            return _text(harmless(plain_text(word(column.key, cell, "pl"))), column.key)
        case _:
            return for_people(cell, column.kind, "pl")


def _text(text: str, key: str) -> str:
    """Return a text that stays one: a NIP with its dashes, other digits with a TAB behind them.

    LibreOffice and Excel take neither for a number, and a TAB at a cell's end is not seen.
    """
    if key == "nip" and _NIP.fullmatch(text):
        return f"{text[:3]}-{text[3:6]}-{text[6:8]}-{text[8:]}"
    if _LOOKS_TYPED.fullmatch(text):
        return f"{text}\t"
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
