"""Workbooks with every kind of cell; `files/` holds them as LibreOffice 7.4.7 saved them.

Made by: python -m tests.ledger.imports.make_office_files DIR
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped] # it ships none

HEADER = ["Nr sesji", "Kod klienta", "Rodzaj", "Początek", "Koniec", "Data", "Czas", "Nr faktury", "Płatne"]


def write_workbook(path: Path) -> None:
    """Write one row of each kind of cell that readers take for something else."""
    made: Any = xlsxwriter.Workbook(str(path))
    with made as book:
        lists = book.add_worksheet("Listy")
        lists.write_column(0, 0, ["sprzęt", "inne", "test"])
        page = book.add_worksheet("Sesje")
        moment, day, clock, long = (
            book.add_format({"num_format": f}) for f in ("dd.mm.yyyy hh:mm", "dd.mm.yyyy", "hh:mm", "[h]:mm")
        )
        page.write_row(0, 0, HEADER)
        page.write_row(1, 0, ["A-1", "K-1", "inne"])
        page.write(1, 3, datetime(2026, 11, 16, 17, 20), moment)  # noqa: DTZ001 - a cell has no zone
        page.write(1, 4, datetime(2026, 11, 17), moment)  # noqa: DTZ001 - the same
        page.write(1, 5, date(2026, 11, 16), day)
        page.write(1, 6, timedelta(hours=25, minutes=30), long)
        page.write(1, 7, "FV 1")
        page.write(1, 8, True)  # noqa: FBT003 - a cell's value
        page.write_row(2, 0, ["A-2", "K-1", "inne"])
        page.write(2, 3, time(17, 20), clock)
        page.write_formula(2, 4, "=NA()", moment, "#N/A")
        page.write(2, 5, datetime(2026, 11, 17), day)  # noqa: DTZ001 - the same
        page.write_formula(2, 6, "=1/0", None, "#DIV/0!")
        page.write(2, 7, date(2025, 11, 1), day)
        page.write(2, 8, False)  # noqa: FBT003 - the same
        page.write_row(3, 0, ["A-3", 1234567890, "ABC"])
        page.write_formula(3, 7, "=1/0", None, "#DIV/0!")
        lists.hide()
        page.activate()
        page.set_first_sheet()


def convert(path: Path, form: str, folder: Path, *, reads: str | None = None) -> Path:
    """Return a file as LibreOffice saves it in another form, for example `ods` or `csv:…`."""
    program = shutil.which("soffice")
    assert program is not None
    profile = (folder / "profile").absolute().as_uri()
    words = [program, f"-env:UserInstallation={profile}", "--headless", "--convert-to", form]
    words += [] if reads is None else [f"--infilter={reads}"]
    subprocess.run([*words, "--outdir", str(folder), str(path)], check=True, capture_output=True, timeout=180)
    return folder / f"{path.stem}.{form.partition(':')[0]}"


if __name__ == "__main__":
    target = Path(sys.argv[1])
    work = target / "work"
    work.mkdir(parents=True)
    write_workbook(work / "office.xlsx")
    for each in ("ods", "xls"):
        shutil.copy(convert(work / "office.xlsx", each, work), target)
    shutil.rmtree(work)
