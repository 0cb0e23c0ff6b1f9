"""Tables as offices keep them: cells that cannot be read, layouts, profiles, names, amounts."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped] # it ships none

from tests.support.office import Answer, Office
from tests.support.ugly_workbook import CUSTOMERS, Kept, write_ugly

PLAIN = "Nr sesji;Kod klienta;Rodzaj;Początek;Koniec;Nr faktury;Dane usunięto"
DONE = ("A-1", "K-1", "inne", "16.11.2026 17:20", "16.11.2026 18:35", "", "")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path / "ledger")
    made.takes("customer", "customer,name", [("K-1", "Żaneta"), ("K-2", "Łukasz")])
    return made


def put(office: Office, text: str, name: str = "sesje.csv", encoding: str = "utf-8") -> str:
    path = office.folder.parent / name
    path.write_text(text, encoding=encoding)
    return str(path)


def semicolons(*rows: Sequence[str], header: str = PLAIN) -> str:
    return "\n".join([header, *(";".join(row) for row in rows)]) + "\n"


def refused(office: Office, *words: str) -> str:
    """Messages of an import that must change nothing."""
    before = office.events()
    answer = office.run("session", "import", *words)
    assert (office.events(), answer.status in {1, 2}) == (before, True), answer.err
    return answer.err


def sessions(office: Office) -> list[tuple[str, str, str]]:
    """References, beginnings and ends of all sessions."""
    answer = office.does(
        "report", "billing", "--period", "2020..2030".replace("..", "-01-01..") + "-01-01", "-f", "csv"
    )
    rows = csv.DictReader(answer.out.splitlines())
    return [(row["session_ref"], row["connected_at"], row["ended_at"]) for row in rows]


# --- cells ------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", ["#N/D!", "#ADR!", "#ARG!", "#N/A", "Err:502", "#DZIEL/0!", "Błąd:508"])
@pytest.mark.parametrize("column", range(7))
def test_error_of_a_spreadsheet_in_csv_is_refused_in_every_column(
    office: Office, column: int, error: str
) -> None:
    row = [*DONE[:column], error, *DONE[column + 1 :]]
    told = refused(office, put(office, semicolons(row)))
    assert f"the cell holds the spreadsheet's error {error} (E-IMPORT-CELL)" in told
    assert "sesje.csv:2: " in told


@pytest.mark.parametrize("noun", ["customer", "purchase"])
def test_error_of_a_spreadsheet_is_refused_in_other_imports(office: Office, noun: str) -> None:
    text = (
        "Kod klienta;Nazwa;NIP\nK-9;Firma;#ADR!\n"
        if noun == "customer"
        else ("Klient;Zamówienie;Data zakupu;Produkt\nK-1;Z-1;2026-01-01;#N/D\n")
    )
    answer = office.run(noun, "import", put(office, text))
    assert (answer.status, "spreadsheet's error #" in answer.err) == (2, True)


def test_error_in_a_column_that_is_passed_over_is_nothing(office: Office) -> None:
    text = semicolons((*DONE, "#N/D!"), header=f"{PLAIN};Uwagi")
    assert "Uwagi: unknown column" in refused(office, put(office, text))
    office.does("session", "import", put(office, text), "--ignore", "Uwagi")


@pytest.mark.parametrize(
    ("begins", "ends", "purged", "bad"),
    [
        ("16.11.2026", "16.11.2026", "", ["connected_at", "ended_at"]),
        ("17.11.2026 09:00", "2026-11-18", "", ["ended_at"]),
        ("17.11.2026 09:00", "17.11.2026 10:00", "18 listopada 2026", ["purged_at"]),
        ("17:20", "18:35", "", ["connected_at"]),
    ],
)
def test_day_alone_is_no_moment(office: Office, begins: str, ends: str, purged: str, bad: list[str]) -> None:
    told = refused(office, put(office, semicolons(("L-1", "K-1", "inne", begins, ends, "", purged))))
    assert [
        column
        for column in ("connected_at", "ended_at", "purged_at")
        if f":2: {column}: the cell is a " in told
    ] == bad


def test_midnight_in_a_workbook_is_a_moment_and_a_day_is_none(office: Office) -> None:
    path = office.folder.parent / "sesje.xlsx"
    book: Any = xlsxwriter.Workbook(str(path))
    with book:
        page = book.add_worksheet()
        timed, plain = (book.add_format({"num_format": f}) for f in ("dd.mm.yyyy hh:mm", "dd.mm.yyyy"))
        page.write_row(0, 0, PLAIN.split(";")[:5])
        page.write_row(1, 0, ["M-1", "K-1", "inne"])
        page.write(1, 3, datetime(2026, 11, 16, 23, 10), timed)  # noqa: DTZ001 - a cell has no zone
        page.write(1, 4, datetime(2026, 11, 17), timed)  # noqa: DTZ001 - the same
    office.does("session", "import", str(path))
    assert sessions(office) == [("M-1", "2026-11-16T23:10:00+01:00", "2026-11-17T00:00:00+01:00")]
    book = xlsxwriter.Workbook(str(path))
    with book:
        page = book.add_worksheet()
        plain = book.add_format({"num_format": "dd.mm.yyyy"})
        page.write_row(0, 0, PLAIN.split(";")[:6])
        page.write(1, 0, datetime(2026, 3, 11), plain)  # noqa: DTZ001 - what Excel makes of 3.11
        page.write_row(1, 1, ["K-1", "inne"])
        page.write(1, 3, datetime(2026, 11, 16), plain)  # noqa: DTZ001 - the same
        page.write(1, 5, datetime(2025, 11, 1), plain)  # noqa: DTZ001 - the same
    told = refused(office, str(path))
    for column in ("session_ref", "billed_as"):
        assert f"sesje.xlsx:2: {column}: the spreadsheet keeps this cell as a date" in told
    assert "sesje.xlsx:2: connected_at: the cell is a day without a time of day" in told


def test_dates_are_read_in_the_spellings_of_every_other_import(office: Office) -> None:
    rows = [
        ("V-1", "K-1", "inne", "16-11-2026 17:20", "16-11-2026 18:35", "", ""),
        ("V-2", "K-1", "inne", "17/11/2026 17:20", "2026/11/17 18:35", "", ""),
        ("V-3", "K-1", "inne", "18.11.26 17.20", "18 listopada 2026 18:35", "", ""),
    ]
    office.does("session", "import", put(office, semicolons(*rows)))
    assert [(begins[8:16], ends[11:16]) for _, begins, ends in sessions(office)] == [
        ("16T17:20", "18:35"),
        ("17T17:20", "18:35"),
        ("18T17:20", "18:35"),
    ]


def test_slash_dates_that_can_be_read_both_ways_wait_for_an_order(office: Office) -> None:
    row = ("S-1", "K-1", "inne", "03/04/2026 10:00", "03/04/2026 10:30", "", "")
    file = put(office, semicolons(row))
    assert "can be read" in refused(office, file)
    office.does("session", "import", file, "--dates", "mdy")
    assert sessions(office)[0][1] == "2026-03-04T10:00:00+01:00"


def test_files_as_excel_writes_them_are_read(office: Office) -> None:
    """Given a line that names the separator, UTF-16, empty rows: none of it is data."""
    text = "sep=;\n" + semicolons(DONE, ("", "", "", "", "", "", ""))
    office.does("session", "import", put(office, text, encoding="utf-16"))
    assert sessions(office) == [("A-1", "2026-11-16T17:20:00+01:00", "2026-11-16T18:35:00+01:00")]


@pytest.mark.parametrize(
    ("word", "kept"), [("PRAWDA", "yes"), ("FAŁSZ", "no"), ("TRUE", "yes"), ("False", "no"), ("firma", "no")]
)
def test_booleans_of_both_languages_are_understood(office: Office, word: str, kept: str) -> None:
    office.does("customer", "import", put(office, f"Kod klienta;Nazwa;Konsument\nK-7;Dąb;{word}\n"))
    assert office.asks("customer", "show", "K-7")["consumer"] == kept


# --- day and times apart ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "row", "begins", "ends"),
    [
        ("Data;Od;Do", "16.11.2026;17:20;18:35", "16T17:20", "16T18:35"),
        ("Data;Od;Do", "16.11.2026;23:40;00:20", "16T23:40", "17T00:20"),
        ("Data;Od;Do", "16.11.2026;22:00;24:00", "16T22:00", "17T00:00"),
        ("Dzień;Godz. od;Godz. do", "16 listopada 2026;9.05;10.00", "16T09:05", "16T10:00"),
        ("Data;Od;Do;Czas trwania", "16.11.2026;17:20;18:35;1 godz. 15 min", "16T17:20", "16T18:35"),
        ("Data;Od;Do;Czas trwania", "16.11.2026;23:30;;80 min", "16T23:30", "17T00:50"),
        ("Data;Od;Data zakończenia;Do", "16.11.2026;23:30;18.11.2026;01:00", "16T23:30", "18T01:00"),
        ("Początek;Koniec", "16.11.2026 17:20;18:35", "16T17:20", "16T18:35"),
    ],
)
def test_day_and_times_in_columns_of_their_own(
    office: Office, header: str, row: str, begins: str, ends: str
) -> None:
    office.does(
        "session", "import", put(office, f"Nr sesji;Kod klienta;Rodzaj;{header}\nD-1;K-1;inne;{row}\n")
    )
    (found,) = sessions(office)
    assert (found[1][8:16], found[2][8:16]) == (begins, ends)


@pytest.mark.parametrize(
    ("header", "row", "column"),
    [
        ("Data;Od;Do;Czas trwania", "16.11.2026;17:20;18:35;2 godz.", "duration"),
        ("Data;Od;Do;Minuty", "16.11.2026;17:20;18:35;74", "minutes"),
        ("Data;Od;Do;Czas trwania", "16.11.2026;17:20;18:35;75", "duration"),
        ("Data;Od;Do", "16.11.2026;16.11.2026;18:35", "connected_at"),
        ("Data;Od;Do", ";17:20;18:35", "connected_at"),
        ("Data;Od;Do", "16.11.2026;15.11.2026 17:20;18:35", "connected_at"),
        ("Data;Od;Do", "29.03.2026;02:30;04:00", "connected_at"),
        ("Data;Od;Do", "16.11.2026;17:20;jutro", "ended_at"),
    ],
)
def test_day_and_times_that_do_not_fit_are_refused(
    office: Office, header: str, row: str, column: str
) -> None:
    told = refused(office, put(office, f"Nr sesji;Kod klienta;Rodzaj;{header}\nD-1;K-1;inne;{row}\n"))
    assert f"sesje.csv:2: {column}: " in told


# --- layouts ----------------------------------------------------------------------------------


@pytest.fixture
def shop(tmp_path: Path) -> tuple[Office, Path, list[Kept]]:
    """A ledger with the customers of the ugly workbook, and the workbook."""
    made = Office(tmp_path / "ledger", now="2026-12-30T20:00:00+01:00")
    made.takes("customer", "customer,name,consumer", [(code, name, "no") for code, name in CUSTOMERS])
    path = tmp_path / "pomoc.xlsx"
    return made, path, write_ugly(path)


def adopted(office: Office, path: Path, *options: str) -> Answer:
    """The usual way: guess, look, save the profile, confirm the names, import."""
    profile, names = path.with_suffix(".toml"), path.with_name("names.csv")
    sheets = ("--sheet", "2024", "--sheet", "2025")
    given = ("--save-profile", str(profile), "--names", str(names), "--dry-run")
    if not names.exists():
        first = office.run("session", "import", str(path), "--guess", *sheets, *given)
        assert (first.status, "E-IMPORT-NAMES" in first.err) == (1, True), first.err
    return office.run(
        "session", "import", str(path), "--profile", str(profile), "--names", str(names), *options
    )


def test_two_years_of_an_office_come_in_by_one_command(shop: tuple[Office, Path, list[Kept]]) -> None:
    office, path, kept = shop
    tried = adopted(office, path, "--dry-run")
    assert (tried.status, office.asks("session", "list")["sessions"]) == (0, []), tried.err
    assert "sheet Słowniki (hidden) is not read: 3 rows" in tried.err
    assert "sheet Notatki is not read: 1 rows" in tried.err
    assert "rows left out (title): 24: 2024:5, 2024:10," in tried.err
    assert "rows left out (total): 24: 2024:8, 2024:13," in tried.err
    assert (
        "2024-01-05-1015-K-102 K-102 other 2024-01-05 10:15:00+01:00 – 2024-01-05 11:05:00+01:00" in tried.err
    )
    done = adopted(office, path)
    assert (done.status, done.out) == (0, "pomoc.xlsx: rows 48 = 48 + 0 + 0 (new + extended + unchanged)\n")
    found = office.asks("report", "billing", "--period", "2024-01-01..2026-01-01")
    assert sum(each["net_grosze"] for each in found["sessions"]) == 100 * sum(row.net for row in kept)
    assert {each["billed"] for each in found["sessions"]} == {f"elsewhere:{row.invoice}" for row in kept}
    assert found["total"]["net_grosze"] == 0  # all of it stands on invoices of that time
    again = adopted(office, path)
    assert again.out == "pomoc.xlsx: rows 48 = 0 + 0 + 48 (new + extended + unchanged)\n"


def test_rows_whose_amount_is_not_the_price_list_s_are_named(
    office: Office,
) -> None:
    header = "Nr sesji;Kod klienta;Rodzaj;Data;Od;Do;Kwota netto"
    rows = [
        "N-1;K-1;inne;16.11.2026;11:00;11:40;100,00 zł",
        "N-2;K-1;inne;16.11.2026;17:20;18:35;300",
        "N-3;K-2;inne;17.11.2026;11:00;11:40;50,00",
        "N-4;K-2;inne;18.11.2026;11:00;;50,00",
    ]
    answer = office.does("session", "import", put(office, "\n".join([header, *rows]) + "\n"))
    told = [line for line in answer.err.splitlines() if "hint" not in line]
    assert told == [
        "sesje.csv:4: N-3: 50.00 in sheet, 100.00 by price list",
        "sesje.csv:5: N-4: 50.00 in sheet, – by price list",
        "the sheet's amounts add up to 500.00, by price list 500.00",
    ]


def test_several_sheets_of_one_kind_are_never_chosen_silently(shop: tuple[Office, Path, list[Kept]]) -> None:
    office, path, _ = shop
    told = refused(office, str(path), "--guess")
    assert "pomoc.xlsx has 2 sheets of this kind: 2024, 2025 (E-IMPORT-FILE)" in told
    told = refused(office, str(path), "--sheet", "2023", "--guess")
    assert "pomoc.xlsx has no sheet '2023'" in told
    one = office.run("session", "import", str(path), "--sheet", "2024", "--guess", "--dry-run")
    assert "sheet 2025 is not read: 51 rows" in one.err


def test_a_guess_is_shown_and_counts_only_once_confirmed(office: Office) -> None:
    text = "Lista;;;;\n;;;;\nKiedy;Start;Stop;Klient;Typ;Uwagi\n16.11.2026;10:00;10:30;K-1;inne;drukarka\n"
    file = put(office, text)
    told = refused(office, file, "--guess")
    assert "E-NEEDS-YES" in told
    for line in (
        "headings in row 3",
        "Kiedy = day",
        "Start = connected_at",
        "Typ = issue",
        "Uwagi is passed over",
    ):
        assert f"found: {line}" in told
    office.does("session", "import", file, "--guess", "--yes")
    assert [ref for ref, *_ in sessions(office)] == ["2026-11-16-1000-K-1"]


def test_a_profile_of_the_ledger_names_columns_words_and_constants(office: Office) -> None:
    config = office.folder / "ledger.toml"
    with config.open("a", encoding="utf-8") as file:
        file.write(
            '[imports.arkusz]\nconstants = {issue = "other"}\nignore = ["Lp"]\nskip_totals = true\n'
            'session_ref = "{Lp}/{day}"\n[imports.arkusz.columns]\n"Kiedy" = "day"\n"Z" = "connected_at"\n'
            '"Ile" = "minutes"\n"Firma" = "customer"\n'
            '[imports.arkusz.values.customer]\n"Dąb S.A." = "K-2"\n'
        )
    file_text = (
        "Lp;Kiedy;Z;Ile;Firma\n1;16.11.2026;10:00;30;dąb s.a.\n2;16.11.2026;11:00;45;K-1\nRazem;;;75;\n"
    )
    answer = office.does("session", "import", put(office, file_text), "--profile", "arkusz")
    assert "rows left out (total): 1: 4" in answer.err
    assert [(ref, ends[11:16]) for ref, _, ends in sessions(office)] == [
        ("1/2026-11-16", "10:30"),
        ("2/2026-11-16", "11:45"),
    ]
    assert "there is no profile 'inny'" in refused(office, put(office, file_text), "--profile", "inny")


def test_two_rows_that_get_one_reference_are_refused(office: Office) -> None:
    text = "Data;Od;Do;Klient;Rodzaj\n16.11.2026;10:00;10:30;K-1;inne\n16.11.2026;10:00;10:45;K-1;inne\n"
    told = refused(office, put(office, text), "--guess", "--yes")
    assert "sesje.csv:3: session_ref: another row gets the same reference" in told


def test_bad_rows_of_an_office_s_sheet_go_in_again_once_mended(
    shop: tuple[Office, Path, list[Kept]], tmp_path: Path
) -> None:
    office, path, _ = shop
    adopted(office, path)
    bad, profile, names = tmp_path / "bad.csv", path.with_suffix(".toml"), path.with_name("names.csv")
    text = "Pomoc;;;;;;\n;\nLp.;Data;Godz. od;Godz. do;Klient;Rodzaj pomocy;Uwagi\n"
    rows = f"1;5.1.26;10:00;10:30;{CUSTOMERS[0][1]};inne;\n2;6.1.26;10:00;09.61;{CUSTOMERS[1][1]};inne;x\n"
    given = ("--profile", str(profile), "--names", str(names))
    assert office.run("session", "import", put(office, text + rows), *given, "--errors", str(bad)).status == 2
    mended = bad.read_text(encoding="utf-8")
    assert mended.splitlines()[0] == "Lp.;Data;Godz. od;Godz. do;Klient;Rodzaj pomocy;Uwagi;import_problem"
    assert len(mended.splitlines()) == 2
    bad.write_text(mended.replace("09.61", "11.01"), encoding="utf-8")
    assert office.asks("session", "import", str(bad), *given)["new"] == 1


def test_names_are_proposed_and_never_taken_before_a_person_has_seen_them(
    office: Office, tmp_path: Path
) -> None:
    office.takes(
        "customer", "customer,name", [("K-5", "Piekarnia Kłos sp. z o.o."), ("K-6", "Dąb"), ("K-7", "Dąb")]
    )
    rows = [
        (f"N-{n}", name, "inne", "16.11.2026 10:00", "16.11.2026 10:30", "", "")
        for n, name in enumerate(["piekarnia kłos Sp. z o.o.", "Klos piekarnia", "Dąb", "Nikt Taki", "K-1"])
    ]
    names = tmp_path / "names.csv"
    told = refused(office, put(office, semicolons(*rows)), "--names", str(names))
    assert "4 names have no confirmed code" in told
    assert names.read_text(encoding="utf-8-sig").splitlines() == [
        "name;customer;how",
        "piekarnia kłos Sp. z o.o.;K-5;same",
        "Klos piekarnia;K-5;similar",
        "Dąb;;unknown",
        "Nikt Taki;;unknown",
    ]
    assert "2 names have no confirmed code" in refused(
        office, put(office, semicolons(*rows)), "--names", str(names)
    )
    text = names.read_text(encoding="utf-8-sig").replace("Dąb;;", "Dąb;K-6;").replace("Taki;;", "Taki;K-2;")
    names.write_text(text, encoding="utf-8")
    office.does("session", "import", put(office, semicolons(*rows)), "--names", str(names))
    found = office.asks("session", "list")["sessions"]
    assert [each["customer"] for each in found] == ["K-5", "K-5", "K-6", "K-2", "K-1"]


def test_an_office_s_list_of_customers_and_orders_is_read_too(office: Office) -> None:
    text = "Klienci sklepu;;;;\nLp.;Kod;Nazwa firmy;Telefon;NIP\n1;K-8;Kłos;600100200;526-025-02-74\n"
    file = put(office, text)
    office.does("customer", "import", file, "--guess", "--yes")
    assert office.asks("customer", "show", "K-8")["nip"] == "5260250274"
    orders = put(office, "Zakupy;;\nNr zam.;Klient;Data\nZ-9;K-8;5 kwietnia 2025\nRAZEM;1;\n")
    given = ("--column", "Nr zam.=order_ref", "--guess", "--yes")
    answer = office.does("purchase", "import", orders, *given)
    assert "rows left out (total): 1: 4" in answer.err
    assert office.asks("customer", "show", "K-8")["purchases"][0]["order_ref"] == "Z-9"
