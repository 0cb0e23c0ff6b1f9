"""Two years in one command from other ugly sheets: nothing twice, and the sheet's own sum."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped] # it ships none

from tests.support.office import Office
from tests.support.ugly_sheets import write_list, write_months
from tests.support.ugly_workbook import CUSTOMERS, Kept

CASES = {
    "months.xlsx": (write_months, ("--all-sheets",)),
    "list.csv": (write_list, ("--encoding", "cp1250")),
}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path / "ledger", now="2026-12-30T20:00:00+01:00")
    made.takes("customer", "customer,name,consumer", [(code, name, "no") for code, name in CUSTOMERS])
    return made


@pytest.mark.parametrize("name", CASES)
def test_two_years_come_in_by_one_command_and_a_second_time_change_nothing(
    office: Office, tmp_path: Path, name: str
) -> None:
    write: Callable[[Path], list[Kept]]
    write, options = CASES[name]
    path, profile, names = tmp_path / name, tmp_path / "kept.toml", tmp_path / "names.csv"
    kept = write(path)
    given = (*options, "--names", str(names))
    first = office.run(
        "session", "import", str(path), "--guess", *given, "--save-profile", str(profile), "--dry-run"
    )
    assert (first.status, "E-IMPORT-NAMES" in first.err) == (1, True), first.err
    profiled = [each for each in given if each != "--all-sheets"]
    done = office.does("session", "import", str(path), "--profile", str(profile), *profiled)
    assert done.out == f"{name}: rows 48 = 48 + 0 + 0 (new + extended + unchanged)\n"
    total = sum(row.net for row in kept)
    assert f"the sheet's amounts add up to {total}.00, by price list {total}.00" in done.err
    told = office.asks("report", "billing", "--period", "2024-01-01..2026-01-02")["sessions"]
    assert sum(each["net_grosze"] for each in told) == 100 * total
    assert {each["billed"] for each in told} == {f"elsewhere:{row.invoice}" for row in kept}
    _ends_are_kept(told, kept, is_whole=name == "list.csv")
    again = office.does("session", "import", str(path), "--profile", str(profile), *profiled)
    assert again.out == f"{name}: rows 48 = 0 + 0 + 48 (new + extended + unchanged)\n"


def _ends_are_kept(told: list[dict[str, str]], kept: list[Kept], *, is_whole: bool) -> None:
    """The list has the true ends; the months have 24:00 where help went past midnight."""
    nights = [
        each for each in told if "T22:40:00" in each["connected_at"] or "T21:40:00" in each["connected_at"]
    ]
    assert len(nights) == sum(row.ends.hour == 0 for row in kept)
    past = r"T(22|23):20:00Z" if is_whole else r"T(22|23):00:00Z"
    assert all(re.search(past, each["ended_at"]) for each in nights)


@pytest.mark.parametrize(
    ("hours", "told"),
    [
        ("10-11", "the hours of a row are written 10:15–11:05"),
        ("10:15", "the hours of a row are written 10:15–11:05"),
        ("10:15–", "the hours of a row are written 10:15–11:05"),
        ("10:15–11:05–12:00", "the hours of a row are written 10:15–11:05"),
        ("10:15–25:00", "the day has no such time"),
    ],
)
def test_hours_in_one_cell_that_are_no_two_times_are_refused(
    office: Office, tmp_path: Path, hours: str, told: str
) -> None:
    path = tmp_path / "s.csv"
    path.write_text(
        f"Sesja;Kod klienta;Rodzaj;Data;Od-do\nA-1;K-101;inne;16.11.2026;{hours}\n", encoding="utf-8"
    )
    answer = office.run("session", "import", str(path), "--column", "Od-do=hours_from_to")
    assert answer.status == 2
    assert told in answer.err
    assert office.asks("session", "list")["sessions"] == []


def test_hours_in_one_cell_beside_a_beginning_are_refused(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    text = "Sesja;Kod klienta;Rodzaj;Data;Od;Do;Od-do\nA-1;K-101;inne;16.11.2026;10:00;11:00;10:15-11:05\n"
    path.write_text(text, encoding="utf-8")
    answer = office.run("session", "import", str(path))
    assert answer.status == 2
    assert "s.csv:2: hours_from_to: the hours stand in columns of their own, too" in answer.err


@pytest.mark.parametrize(
    "amount", ["100,-", "100.-", "100,– zł", "PLN 100", "100 zł netto", "100 złotych", "1 00,00 zł."]
)
def test_amount_as_a_hand_writes_it_is_compared(office: Office, tmp_path: Path, amount: str) -> None:
    path = tmp_path / "s.csv"
    head = "Sesja;Kod klienta;Rodzaj;Początek;Koniec;Kwota netto"
    row = f"A-1;K-101;inne;2026-11-16 11:00;2026-11-16 11:40;{amount}"
    path.write_text(f"{head}\n{row}\n", encoding="utf-8")
    told = office.does("session", "import", str(path)).err
    assert "the sheet's amounts add up to 100.00, by price list 100.00" in told


def workbook(path: Path, rows: list[list[object]], merged: str = "") -> Path:
    """A workbook of one sheet; texts with an equals sign are formulas."""
    made: Any = xlsxwriter.Workbook(str(path))
    sheet = made.add_worksheet("2025")
    for at, row in enumerate(rows):
        sheet.write_row(at, 0, row)
    if merged:
        sheet.merge_range(merged, rows[1][2])
    made.close()
    return path


TWOFOLD: list[list[object]] = [
    ["Ewidencja 2025"],
    ["Data", "Klient", "Godziny", "", "Rodzaj", "Netto"],
    ["", "", "od", "do", "", ""],
    ["śr. 08.01.2025", "K-101", "22:30", "0:45", "inne", "1200,00 zł"],
    ["Razem styczeń", "", "", "", "", "1200,00 zł"],
    ["14.02.2025", "K-102", "10:00", "10:30", "inne", "100,00 zł"],
]


@pytest.mark.parametrize(
    ("top", "below"),
    [
        (["Data", "Klient", "Godziny", "", "Rodzaj", "Netto"], ["", "", "od", "do", "", ""]),
        (["Data", "Klient", "Godz.", "", "Rodzaj", "Kwota"], ["", "", "od", "do", "", "netto"]),
        (["", "", "Godzina", "", "", ""], ["Data", "Klient", "od", "do", "Rodzaj", "Netto"]),
    ],
)
def test_headings_over_two_rows_are_read_as_one_and_by_a_profile_again(
    office: Office, tmp_path: Path, top: list[object], below: list[object]
) -> None:
    path = workbook(tmp_path / "s.xlsx", [TWOFOLD[0], top, below, *TWOFOLD[3:]], "C2:D2")
    profile = tmp_path / "kept.toml"
    guess = ("--guess", "--yes", "--save-profile", str(profile), "--dry-run")
    tried = office.does("session", "import", str(path), *guess)
    assert "od = connected_at" in tried.err + tried.out
    done = office.does("session", "import", str(path), "--profile", str(profile))
    assert done.out == "s.xlsx: rows 2 = 2 + 0 + 0 (new + extended + unchanged)\n"
    assert "the sheet's amounts add up to 1300.00" in done.err
    told = office.asks("report", "billing", "--period", "2025")["sessions"]
    assert [(each["connected_at"], each["ended_at"]) for each in told] == [
        ("2025-01-08T21:30:00Z", "2025-01-08T23:45:00Z"),
        ("2025-02-14T09:00:00Z", "2025-02-14T09:30:00Z"),
    ]


def test_row_of_numbers_below_the_headings_is_a_row(office: Office, tmp_path: Path) -> None:
    path = workbook(tmp_path / "s.xlsx", [["Data", "Klient", "od", "do", "Rodzaj"], ["", "", "", "1", ""]])
    answer = office.run("session", "import", str(path), "--guess", "--yes", "--dry-run")
    assert "headings in row 1" in answer.out + answer.err
    assert answer.status == 2


def unreckoned(path: Path, cell: bytes, kind: bytes) -> Path:
    """A workbook whose formulas have `cell` for their results, in cells of a kind."""
    rows: list[list[object]] = [
        ["Nr sesji", "Kod klienta", "Rodzaj", "Data", "Od", "Do", "Kwota netto", "Nr faktury"],
        ["A-1", "K-101", "inne", "16.11.2026", "10:00", "10:40", "=100*1", '=IF(1=1,"","x")'],
        ["A-2", "K-101", "inne", "17.11.2026", "10:00", "10:30", "100"],
    ]
    reckoned = workbook(path.with_name("reckoned.xlsx"), rows)
    with zipfile.ZipFile(reckoned) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            part = source.read(name).replace(b"</f><v>0</v>", b"</f>" + cell)
            target.writestr(name, part.replace(b"><f>", kind + b"><f>"))
    return path


@pytest.mark.parametrize("result", [b"", b"<v></v>", b"<v/>", b"<v />"])
def test_formula_that_nobody_reckoned_is_named_by_its_cell(
    office: Office, tmp_path: Path, result: bytes
) -> None:
    """Programs that write workbooks leave formulas without results; the reader gives empty cells for them."""
    answer = office.run("session", "import", str(unreckoned(tmp_path / "s.xlsx", result, b"")))
    assert answer.status == 2
    assert "s.xlsx:2: net: the cell's formula =100*1 has no result" in answer.err
    assert 's.xlsx:2: billed_as: the cell\'s formula =IF(1=1,"","x") has no result' in answer.err
    assert office.asks("session", "list")["sessions"] == []


def test_formula_whose_result_is_an_empty_text_is_an_empty_cell(office: Office, tmp_path: Path) -> None:
    """Excel and LibreOffice mark such a cell as one of a text."""
    path = unreckoned(tmp_path / "s.xlsx", b"<v></v>", b' t="str"')
    assert office.does("session", "import", str(path)).out.startswith("s.xlsx: rows 2 = 2 + 0 + 0")


def test_heading_of_a_second_table_beside_the_first_is_named(office: Office, tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["Data", "Od", "Do", "Klient", "Rodzaj", "", "Klient", "NIP"],
        ["16.11.2026", "10:00", "10:30", "K-101", "inne", "", "K-102", "1111111111"],
    ]
    path = workbook(tmp_path / "s.xlsx", rows)
    answer = office.run("session", "import", str(path), "--guess", "--yes")
    assert "s.xlsx:1: Klient: column customer stands there twice" in answer.err
    assert "column is missing" not in answer.err
