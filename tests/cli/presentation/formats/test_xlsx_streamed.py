"""A workbook streamed in memory has the parts of the library's own, streamed by temporary files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import xlsxwriter  # type: ignore[import-untyped] # it ships none
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.presentation.formats.xlsx_streamed import streamed_workbook

cells = st.none() | st.text("aż<&\n ", max_size=4) | st.integers(-5, 5) | st.just(2.5) | st.booleans()
rows = st.lists(st.lists(cells | st.just(datetime(2026, 11, 16, 17, 20)), max_size=4), max_size=40)  # noqa: DTZ001 - a cell has no zone


def parts(
    make: Callable[[BytesIO], Any], sheets: list[list[list[object]]], *, twice: bool
) -> dict[str, bytes]:
    """Return the parts of a workbook filled from above, with formats, widths, a frozen head and a filter."""
    buffer = BytesIO()
    book = make(buffer)
    book.set_properties({"title": "Sesje", "created": datetime(2026, 11, 30)})  # noqa: DTZ001 - as above
    looks = [None, book.add_format({"num_format": "0.00"}), book.add_format({"bold": True})]
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    for told in sheets:
        sheet = book.add_worksheet()
        for number, row in enumerate(told):
            for at, cell in enumerate(row):
                look = looks[(number + at) % len(looks)]
                match cell:
                    case bool():
                        sheet.write_boolean(number, at, cell, look)
                    case int() | float():
                        sheet.write_number(number, at, cell, look)
                    case str():
                        sheet.write_string(number, at, cell, look)
                    case datetime():
                        sheet.write_datetime(number, at, cell, moment)
                    case _:
                        continue
        sheet.set_column(0, 0, 12)
        if twice and told:
            sheet.write_string(len(told) + 1, 0, "Razem", looks[2])
            sheet.autofilter(0, 0, len(told), 3)
        sheet.freeze_panes(1, 0)
    book.close()
    with ZipFile(buffer) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def plain(buffer: BytesIO) -> Any:  # noqa: ANN401 - the library ships no types
    return xlsxwriter.Workbook(buffer, {"constant_memory": True})


@settings(max_examples=60)
@given(sheets=st.lists(rows, min_size=1, max_size=3), twice=st.booleans())
def test_a_streamed_workbook_is_the_plain_one(sheets: list[list[list[object]]], *, twice: bool) -> None:
    assert parts(streamed_workbook, sheets, twice=twice) == parts(plain, sheets, twice=twice)


def test_a_long_sheet_goes_in_blocks_and_comes_out_the_same() -> None:
    """Rows for several blocks of XML."""
    sheets: list[list[list[object]]] = [[[f"A-{n}", n, None, "ż" * 100] for n in range(3_000)], [["B"]]]
    assert parts(streamed_workbook, sheets, twice=True) == parts(plain, sheets, twice=True)
