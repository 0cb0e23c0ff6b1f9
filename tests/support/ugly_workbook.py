"""A workbook as an office keeps it for two years: titles, months, sums, names for codes, times apart."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date, time
from pathlib import Path
from typing import Any, NamedTuple

import xlsxwriter  # type: ignore[import-untyped] # it ships none

CUSTOMERS = (
    ("K-101", "Zakład Krawiecki Igiełka"),
    ("K-102", "Stolarnia Dąb sp. z o.o."),
    ("K-103", "Biuro Rachunkowe Saldo"),
)
HEADINGS = (
    *("Lp.", "Data", "Godz. od", "Godz. do", "Czas", "Klient", "Rodzaj pomocy", "Opis", "Kwota netto", "FV"),
    "Uwagi",
)
_MONTHS = (
    *("styczeń", "luty", "marzec", "kwiecień", "maj", "czerwiec", "lipiec", "sierpień", "wrzesień"),
    *("październik", "listopad", "grudzień"),
)
_GENITIVE = (
    *("stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca", "lipca", "sierpnia", "września"),
    *("października", "listopada", "grudnia"),
)


class Kept(NamedTuple):
    """One row of the office: what it holds, in plain values."""

    day: date
    begins: time
    ends: time
    customer: str
    issue: str
    net: int
    """Whole zloty."""
    invoice: str


def rows_of(year: int) -> Iterator[Kept]:
    """Yield two sessions a month: one in office hours, one in the evening, now and then past midnight."""
    for month in range(1, 13):
        first, second = date(year, month, 5), date(year, month, 17)
        names = [name for _, name in CUSTOMERS]
        evening = (time(23, 40), time(0, 20)) if month % 4 == 0 else (time(18, 10), time(19, 30))
        weekend = first.weekday() > 4
        yield Kept(
            first,
            time(10, 15),
            time(11, 5),
            names[month % 3],
            "inne",
            200 if weekend else 100,
            f"FV {month}/{year}",
        )
        yield Kept(second, *evening, names[(month + 1) % 3], "inne", 400, f"FV {month}/{year}")


def write_ugly(path: Path, years: tuple[int, ...] = (2024, 2025)) -> list[Kept]:
    """Write the workbook and return what is in it."""
    book: Any = xlsxwriter.Workbook(str(path))
    kept: list[Kept] = []
    with book:
        lists = book.add_worksheet("Słowniki")
        lists.write_column(0, 0, ["inne", "sprzęt", "test"])
        for year in years:
            kept += _write_year(book, year)
        notes = book.add_worksheet("Notatki")
        notes.write(0, 0, "zapytać pana Marka o drukarkę")
        lists.hide()
        book.worksheets()[1].activate()
        book.worksheets()[1].set_first_sheet()
    return kept


def _write_year(book: Any, year: int) -> list[Kept]:  # noqa: ANN401 - xlsxwriter has no types
    page = book.add_worksheet(str(year))
    day_form, time_form = (
        book.add_format({"num_format": "dd.mm.yyyy"}),
        book.add_format({"num_format": "hh:mm"}),
    )
    page.merge_range(0, 0, 0, len(HEADINGS) - 1, f"Pomoc zdalna {year}")
    page.write(1, 0, "stan na koniec roku")
    page.write_row(3, 0, HEADINGS)
    line, month, sum_of_month = 4, 0, 0
    kept = list(rows_of(year))
    for number, row in enumerate(kept, start=1):
        if row.day.month != month:
            month, sum_of_month = row.day.month, 0
            page.write(line, 0, f"{_MONTHS[month - 1]} {year}")
            line += 1
        sum_of_month += row.net
        page.write(line, 0, number)
        match number % 3:
            case 0:
                page.write(line, 1, row.day, day_form)
            case 1:
                page.write(line, 1, f"{row.day.day} {_GENITIVE[month - 1]} {year}")
            case _:
                page.write(line, 1, f"{row.day:%d.%m.%y}")
        if number % 2:
            page.write(line, 2, row.begins, time_form)
            page.write(line, 3, row.ends, time_form)
            page.write(line, 4, "50 min")
        else:
            page.write(line, 2, f"{row.begins:%H.%M}")
            page.write(line, 3, f"{row.ends:%H:%M}")
            page.write(line, 4, "40 min" if row.begins.hour > 20 else "1 godz. 20 min")
        page.write_row(line, 5, [row.customer, row.issue, "drukarka nie drukuje"])
        page.write(line, 8, f"{row.net},00 zł" if number % 2 else row.net)
        page.write(line, 9, row.invoice)
        line += 1
        if number % 2 == 0:
            page.write(line, 0, "RAZEM")
            page.write(line, 8, sum_of_month)
            line += 2
    return kept


if __name__ == "__main__":
    write_ugly(Path(sys.argv[1]))
