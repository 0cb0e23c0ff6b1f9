"""XLSX: a sheet for each table, numbers as numbers, no formulas; dated by the last event covered."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from typing import Any, BinaryIO, cast

from cli.presentation.catalogue import said
from cli.presentation.formats.cells import office, plain_text
from cli.presentation.formats.model import Cell, Column, Kind, Page, Report, Row, Table
from cli.presentation.formats.xlsx_streamed import streamed_workbook
from cli.presentation.text import Lang, harmless
from cli.presentation.wording.labels import SUM_OF_COLUMN
from cli.presentation.wording.vocabulary import word
from ledger.domain.clock import format_instant
from ledger.errors import TooManyRows
from ledger.message import Message, msg

ROWS_MAX = 1_048_576
TEXT_MAX = 32_767
SHEET_NAME_MAX = 31
WIDTH_MAX = 60
A4 = 9
_NO_EVENT = datetime(1980, 1, 1, tzinfo=UTC)
"""The date of a file that covers no event: the first a ZIP archive knows."""
_WIDTHS: dict[Kind, int] = {"instant": 20, "date": 11, "grosze": 11}
_LOOKS: dict[Lang, dict[Kind, str]] = {
    "en": {"grosze": "0.00", "instant": "yyyy-mm-dd hh:mm:ss", "date": "yyyy-mm-dd"},
    "pl": {"grosze": "0.00", "instant": "dd.mm.yyyy hh:mm:ss", "date": "dd.mm.yyyy"},
}

SHEETS = {
    "ages": "Wiekowanie",
    "assumptions": "Założenia",
    "counts": "Liczby",
    "customer": "Klient",
    "customers": "Klienci",
    "customers_month": "Klienci w miesiącu",
    "dates": "Terminy",
    "delays": "Czas do usunięcia",
    "deletions": "Usunięcia",
    "difference": "Różnica",
    "documents": "Dokumenty",
    "eu_sales": "VAT-UE",
    "elsewhere": "Poza księgą",
    "erased": "Usunięte dane",
    "events": "Zdarzenia",
    "exceptions": "Wyjątki",
    "expected": "Oczekiwane",
    "findings": "Ustalenia",
    "free": "Bezpłatne",
    "goodwill": "Ulgi",
    "held": "Wstrzymane",
    "person": "Dane osoby",
    "holds": "Wstrzymania",
    "hours": "Godziny",
    "imports": "Wczytania",
    "invoices": "Faktury",
    "items": "Pozycje",
    "ledgers": "Księgi",
    "late": "Nie w terminie",
    "lines": "Wiersze",
    "month": "Miesiąc",
    "months": "Miesiące",
    "nights": "Noce",
    "notes": "Uwagi",
    "open": "Otwarte",
    "overlaps": "Nakładanie się",
    "owed": "Kto jest winien",
    "plan": "Plan faktur",
    "prices": "Ceny",
    "purchases": "Zakupy",
    "readings": "Odczytanie cennika",
    "sentences": "Zdania cennika",
    "payments": "Przelewy",
    "outages": "Awarie KSeF",
    "marked": "Znaczniki",
    "rates": "Stawki",
    "receivables": "Należności",
    "records": "Zapisy",
    "rules": "Reguły cennika",
    "requests": "Żądania",
    "sales": "Sprzedaż",
    "samples": "Próby",
    "sessions": "Sesje",
    "settings": "Ustawienia",
    "shops": "Sklepy",
    "summary": "Podsumowanie",
    "targets": "Cele",
    "tariffs": "Cenniki",
    "technicians": "Technicy",
    "till": "Paragony",
    "total": "Razem",
    "unread": "Nieodczytane",
    "value": "Od cennika do kwoty",
    "weekdays": "Dni tygodnia",
}
"""Polish names of sheets; a table that is not here keeps its own."""
SUMMED = frozenset({"sessions", "customers", "invoices", "sales", "receivables", "till", "plan"})
"""Tables whose amounts add up: each row is another session, customer or document."""
WITH_TOTALS = frozenset({"statement"})
"""Reports whose tables end in a total of their own: adding it up again would double it."""
_HOURS = "_hours"


def _adds_up(column: Column) -> bool:
    return column.kind == "grosze" or (column.kind == "integer" and column.key.endswith(_HOURS))


def write(report: Report, page: Page, out: BinaryIO) -> None:
    """Write the workbook once it is whole, packed in memory: names of people never reach a temporary file."""
    buffer = io.BytesIO()
    book = streamed_workbook(buffer)
    book.set_properties(_properties(report, page.lang))
    for table in report.tables:
        _Sheet(book, table, page.lang, has_sums=report.name not in WITH_TOTALS).fill()
    if report.notes:
        _write_notes(
            book.add_worksheet(SHEETS["notes"] if page.lang == "pl" else "notes"), report.notes, page.lang
        )
    book.close()
    out.write(buffer.getbuffer())


def _properties(report: Report, lang: Lang) -> dict[str, Any]:
    dated = (report.dated or _NO_EVENT).astimezone(UTC)
    return {
        "title": harmless(said(report.title, lang)),
        "comments": format_instant(dated) if report.dated else "",
        "created": dated.replace(tzinfo=None, microsecond=0),
    }


class _Sheet:
    """One table on one sheet."""

    def __init__(self, book: Any, table: Table, lang: Lang, *, has_sums: bool) -> None:  # noqa: ANN401 - XlsxWriter ships no types
        self._table = table
        self._lang = lang
        name = SHEETS.get(table.name, table.name) if lang == "pl" else table.name
        self._sheet = book.add_worksheet(re.sub(r"[\[\]:*?/\\']", "-", name)[:SHEET_NAME_MAX])
        self._head = book.add_format({"bold": True, "bottom": 1})
        self._sums: dict[int, int] = {}
        if has_sums and lang == "pl" and table.name in SUMMED:
            self._sums = {at: 0 for at, column in enumerate(table.columns) if _adds_up(column)}
            self._sum_words = book.add_format({"bold": True, "top": 1})
            self._sum_looks = {
                kind: book.add_format({"bold": True, "top": 1} | look)
                for kind, look in {"grosze": {"num_format": "0.00"}, "integer": {}}.items()
            }
        self._looks = {kind: book.add_format({"num_format": look}) for kind, look in _LOOKS[lang].items()}
        self._heads = [harmless(said(column.title, lang)) for column in table.columns]
        self._widths = [
            max(len(head), _WIDTHS.get(column.kind, 6))
            for head, column in zip(self._heads, table.columns, strict=True)
        ]

    def fill(self) -> None:
        """Write heads and rows, and set the page up for A4 paper."""
        for index, head in enumerate(self._heads):
            self._sheet.write_string(0, index, head, self._head)
        number = 0
        for number, row in enumerate(self._table.rows, start=1):
            if number >= ROWS_MAX:
                raise TooManyRows(
                    msg(
                        "the sheet {name} would have more than {most} rows",
                        name=self._table.name,
                        most=ROWS_MAX - 1,
                    )
                )
            self._write_row(number, row)
        self._set_up(number)
        if self._sums and number > 1:
            self._write_sums(number + 1)

    def _write_sums(self, number: int) -> None:
        """Write a row below the table, outside its filter: the sum of each column that adds up."""
        if 0 not in self._sums:
            self._sheet.write_string(number, 0, said(SUM_OF_COLUMN, "pl"), self._sum_words)
        for at, total in self._sums.items():
            kind = self._table.columns[at].kind
            self._sheet.write_number(
                number, at, total / 100 if kind == "grosze" else total, self._sum_looks[kind]
            )

    def _set_up(self, last_row: int) -> None:
        for index, characters in enumerate(self._widths):
            self._sheet.set_column(index, index, min(characters, WIDTH_MAX) + 1)
        self._sheet.freeze_panes(1, 0)
        self._sheet.autofilter(0, 0, last_row, len(self._heads) - 1)
        self._sheet.set_landscape()
        self._sheet.set_paper(A4)
        self._sheet.fit_to_pages(1, 0)
        self._sheet.repeat_rows(0)

    def _write_row(self, number: int, row: Row) -> None:
        for index, (cell, column) in enumerate(zip(row, self._table.columns, strict=True)):
            if index in self._sums and cell is not None:
                self._sums[index] += cast("int", cell)
            if cell is not None and column.kind == "text":
                told = word(column.key, cell, "pl") if self._lang == "pl" else cell
                text = harmless(plain_text(told))
                self._sheet.write_string(number, index, _cut(text))
                self._widths[index] = max(self._widths[index], len(text))
            elif cell is not None:
                self._write_value(number, index, cell, column.kind)

    def _write_value(self, row: int, index: int, cell: Cell, kind: Kind) -> None:
        look = self._looks.get(kind)
        match kind:
            case "grosze":
                self._sheet.write_number(row, index, cast("int", cell) / 100, look)
            case "instant":
                self._sheet.write_datetime(row, index, office(cell).replace(tzinfo=None), look)
            case "date":
                self._sheet.write_datetime(row, index, cell, look)
            case "boolean":
                self._sheet.write_boolean(row, index, bool(cell))
            case _:
                self._sheet.write_number(row, index, cell)


def _cut(text: str) -> str:
    """Cut the text to what a cell holds."""
    return text if len(text) <= TEXT_MAX else text[: TEXT_MAX - 1] + "…"


def _write_notes(sheet: Any, notes: tuple[str | Message, ...], lang: Lang) -> None:  # noqa: ANN401 - as above
    for number, note in enumerate(notes):
        sheet.write_string(number, 0, _cut(harmless(said(note, lang))))
    sheet.set_column(0, 0, 100)
