"""Two more ways in which offices keep two years: a sheet a month, and one list with the hours in one cell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped] # it ships none

from tests.support.ugly_workbook import Kept, rows_of

_SHORT_DAYS = ("pon.", "wt.", "śr.", "czw.", "pt.", "sob.", "niedz.")
_DAYS = ("Poniedziałek", "Wtorek", "Środa", "Czwartek", "Piątek", "Sobota", "Niedziela")
_YEARS = (2024, 2025)


def write_months(path: Path) -> list[Kept]:
    """Write 24 sheets: headings in another row each, weekdays before days, 24:00, sums, a line to sign on."""
    book: Any = xlsxwriter.Workbook(str(path))
    kept: list[Kept] = []
    with book:
        for year in _YEARS:
            for month in range(1, 13):
                rows = [row for row in rows_of(year) if row.day.month == month]
                _write_month(book.add_worksheet(f"{month:02d}.{year}"), month % 3, rows)
                kept += rows
    return kept


def _write_month(page: Any, titles: int, rows: list[Kept]) -> None:  # noqa: ANN401 - xlsxwriter has no types
    for line in range(titles):
        page.write(line, 0, "Zestawienie pomocy")
    page.write_row(titles + 1, 0, ["Dzień", "Od", "Do", "Kontrahent", "Typ", "Wartość netto", "Nr FV"])
    line = titles + 2
    for row in rows:
        ends = "24:00" if row.ends.hour == 0 else f"{row.ends:%H:%M}"
        day = f"{_SHORT_DAYS[row.day.weekday()]} {row.day:%d.%m.%Y}"
        named = [f"  {row.customer.upper()}", row.issue, f"{row.net},- zł", row.invoice]
        page.write_row(line, 0, [day, f"{row.begins:%H:%M}", ends, *named])
        line += 1
    page.write_row(line + 1, 0, ["Suma", "", "", "", "", sum(row.net for row in rows)])
    page.write(line + 2, 0, "podpis: ................")


def write_list(path: Path) -> list[Kept]:
    """Write a CSV of Excel: cp1250, sep=, slashes, weekdays, hours in one cell, rows of years alone."""
    kept: list[Kept] = []
    lines = ["sep=;", "Rejestr pomocy zdalnej;;;;;", "", "Kiedy;Godziny;Firma;Rodzaj;Kwota;FV"]
    for year in _YEARS:
        rows = list(rows_of(year))
        lines.append(f"*** {year} ***;;;;;")
        for number, row in enumerate(rows):
            day = f"{_DAYS[row.day.weekday()]} {row.day:%d/%m/%Y}"
            hours = (
                f"od {row.begins:%H:%M} do {row.ends:%H:%M}"
                if number % 2
                else f"{row.begins:%H.%M} – {row.ends:%H.%M}"
            )
            lines.append(f"{day};{hours};{row.customer};{row.issue};{row.net},00 PLN;{row.invoice}")
        lines.append(f"Razem {year};;;;{sum(row.net for row in rows)},00;")
        kept += rows
    path.write_text("\r\n".join(lines), encoding="cp1250")
    return kept
