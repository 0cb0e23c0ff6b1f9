"""A customer's statement in the formats of a report: numbers are numbers, and no name is a formula."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import python_calamine

from cli.presentation.documents.statement import statement_report
from cli.presentation.formats import json_file, pdf, xlsx
from cli.presentation.formats.model import Column, Page, Report, Table, Writer
from cli.presentation.text import Lang
from ledger.message import plain
from tests.support import papers


def written(writer: Writer, report: Report | None = None, lang: Lang = "pl") -> bytes:
    out = io.BytesIO()
    writer.write(report or statement_report(papers.statement(), lang), Page(lang), out)
    return out.getvalue()


def test_free_and_test_sessions_stand_in_the_statement_with_their_sum() -> None:
    main = statement_report(papers.statement(), "pl").tables[0]
    rows = [(row[0], row[2], row[5], row[6], row[7], row[9]) for row in main.rows]
    assert rows == [
        (12, "inna sprawa", 2, 0, 80_000, "zmierzono"),
        (14, "sprzęt", 1, 0, 0, "zmierzono"),
        (15, "test", 0, 0, 0, "oświadczenie"),
        (16, "inna sprawa", 1, 30_000, 10_000, "jeszcze nie"),
        (None, None, 4, 30_000, 90_000, None),
    ]


def test_each_hour_stands_with_the_sentence_it_is_priced_by() -> None:
    tables = {table.name: table for table in statement_report(papers.statement(), "en").tables}
    hours = list(tables["hours"].rows)
    assert len(hours) == 4
    assert hours[0][2:4] == ("Saturday", "night")
    assert hours[0][-1] == "[1]"
    assert next(iter(tables["sentences"].rows)) == ("[1]", f"bands.night: „{papers.NIGHT}”")


def test_shape_for_machines_holds_no_name() -> None:
    told = json.loads(written(json_file))
    assert (told["schema"], told["customer"]) == ("session-ledger/invoice-statement/1", "K-041")
    assert [each["evidence"] for each in told["sessions"]] == ["measured", "measured", "declared", None]
    assert "Młyny" not in str(told)


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("pl", ("900,00 zł netto, VAT 207,00 zł, 1 107,00 zł brutto", "Zestawienie nie jest fakturą")),
        ("en", ("PLN 900.00 net, VAT PLN 207.00, PLN 1,107.00 gross", "This is no invoice")),
    ],
)
def test_statement_is_printed(tmp_path: Path, lang: Lang, said: tuple[str, ...]) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    (tmp_path / "s.pdf").write_bytes(written(pdf, lang=lang))
    run = subprocess.run(
        ["pdftotext", "-layout", str(tmp_path / "s.pdf"), "-"], capture_output=True, check=True, text=True
    )
    text = " ".join(run.stdout.split())
    for each in (*said, "=1+1 Łódzkie Młyny (K-041)"):
        assert each in text, each


def test_statement_is_the_same_bytes_twice() -> None:
    assert written(pdf) == written(pdf)
    assert written(xlsx) == written(xlsx)


# --- spreadsheets -----------------------------------------------------------------------------

HOSTILE = ("=1+1", "+48 22 000 00 00", "-2", "@SUM(A1)", '=HYPERLINK("http://x.example")')


def sales() -> Report:
    """Customers whose names a spreadsheet could take for formulas, and what each owes."""
    columns = (
        Column("customer", "Nabywca"),
        Column("gross_grosze", "Brutto", "grosze"),
        Column("hours", "Godziny", "integer"),
    )
    rows = [(name, 104_550 - 2 * number, number) for number, name in enumerate(HOSTILE)]
    title = plain("Sprzedaż")
    return Report("sales", title, {}, (Table("sales", title, columns, rows),))


def test_spreadsheet_reads_amounts_as_numbers_and_a_name_that_looks_like_a_formula_as_text() -> None:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(written(xlsx, sales())))
    _, *rows, total = book.get_sheet_by_name("Sprzedaż").to_python()
    assert total == ["Suma", sum(104_550 - 2 * number for number in range(len(HOSTILE))) / 100, ""]
    assert rows == [[name, 1045.5 - 0.02 * number, number] for number, name in enumerate(HOSTILE)]
    assert all(isinstance(row[1], float) for row in rows)


def test_statement_as_a_workbook_has_moments_and_amounts_as_such() -> None:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(written(xlsx)))
    _, first, *_, total = book.get_sheet_by_name("Sesje").to_python()
    assert first[3] == datetime(2026, 11, 21, 22, 5)  # noqa: DTZ001 - a sheet knows no zone
    assert (first[7], total[7]) == (800.0, 900.0)


def test_libreoffice_reads_numbers_as_numbers_and_leaves_a_formula_of_a_name_as_text(tmp_path: Path) -> None:
    program = shutil.which("soffice") or pytest.skip("LibreOffice is not installed")
    (tmp_path / "sales.xlsx").write_bytes(written(xlsx, sales()))
    subprocess.run(
        [
            program, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless",
            "--convert-to", "fods", "--outdir", str(tmp_path), str(tmp_path / "sales.xlsx"),
        ],
        capture_output=True,
        check=True,
    )  # fmt: skip
    office, table = (f"{{urn:oasis:names:tc:opendocument:xmlns:{name}:1.0}}" for name in ("office", "table"))
    cells = list(ET.parse(tmp_path / "sales.fods").iter(f"{table}table-cell"))  # noqa: S314 - made here
    assert not [cell for cell in cells if f"{table}formula" in cell.attrib]
    values = [float(c.attrib[f"{office}value"]) for c in cells if c.get(f"{office}value-type") == "float"]
    *values, _ = values  # the sum below
    assert values == [value for n in range(len(HOSTILE)) for value in (pytest.approx(1045.5 - 0.02 * n), n)]
    texts = ["".join(c.itertext()).strip() for c in cells if c.get(f"{office}value-type") == "string"]
    assert texts[3:] == [*HOSTILE, "Suma"]


def test_customer_whose_name_no_font_has_gets_a_statement(tmp_path: Path) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    of = statement_report(replace(papers.statement(), name="漢字"), "pl")
    (tmp_path / "s.pdf").write_bytes(written(pdf, of))
    run = subprocess.run(
        ["pdftotext", str(tmp_path / "s.pdf"), "-"], capture_output=True, check=True, text=True
    )
    assert "\\u6f22\\u5b57 (K-041)" in run.stdout
