"""A long report as PDF: in pieces beside the name that was given, all or none of them."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cli.presentation.formats import pdf
from cli.presentation.formats.model import Again, Column, Page, Report, Row, Table
from ledger.message import msg
from tests.support.scan import text_of_pdf

COLUMNS = (Column("session", msg("Session"), "integer"), Column("session_ref", msg("Ref")))
AS_OF = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _short_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "ROWS_IN_A_PIECE", 4)


def report(first: int, second: int = 0) -> Report:
    """A report of two tables of so many rows."""

    def rows(count: int, letter: str) -> Again:
        def made() -> Iterator[Row]:
            return ((number, f"{letter}-{number}") for number in range(1, count + 1))

        return Again(made)

    tables = (
        Table("sessions", msg("Sessions"), COLUMNS, rows(first, "A")),
        Table("exceptions", msg("Exceptions"), COLUMNS, rows(second, "B")),
    )
    return Report("billing", msg("Billing"), {}, tables, AS_OF, notes=("the last word",))


def test_a_report_of_one_piece_is_the_file_itself(tmp_path: Path) -> None:
    """The same bytes as where a report goes to a pipe."""
    file = tmp_path / "report.pdf"
    assert pdf.write_files(report(4), Page(), file) == [file]
    with (tmp_path / "whole.pdf").open("wb") as out:
        pdf.write(report(4), Page(), out)
    assert file.read_bytes() == (tmp_path / "whole.pdf").read_bytes()


def test_a_long_report_is_written_in_pieces_that_say_which_they_are(tmp_path: Path) -> None:
    """Every row once and in order, the heads again in each piece, notes in the last one alone."""
    written = pdf.write_files(report(9, 2), Page(), tmp_path / "report.pdf")
    assert [file.name for file in written] == ["report-1.pdf", "report-2.pdf", "report-3.pdf"]
    assert {file.name for file in tmp_path.iterdir()} == {file.name for file in written}
    texts = [" ".join(text_of_pdf(file).split()) for file in written]
    assert [f"Billing, part {part}" in text for part, text in enumerate(texts, 1)] == [True] * 3
    assert ["the last word" in text for text in texts] == [False, False, True]
    found = [word for text in texts for word in text.split() if word[:2] in {"A-", "B-"}]
    assert found == [*(f"A-{n}" for n in range(1, 10)), "B-1", "B-2"]
    assert all("Session Ref" in text for text in texts)


def test_pieces_are_the_same_bytes_each_time(tmp_path: Path) -> None:
    first = [file.read_bytes() for file in pdf.write_files(report(6), Page("pl"), tmp_path / "x.pdf")]
    again = [file.read_bytes() for file in pdf.write_files(report(6), Page("pl"), tmp_path / "x.pdf")]
    assert (len(first), again) == (2, first)


def test_where_a_piece_cannot_be_written_none_stays(tmp_path: Path) -> None:
    (tmp_path / "report-2.pdf").mkdir()
    with pytest.raises(Exception, match=r"report-2\.pdf is a folder"):
        pdf.write_files(report(9), Page(), tmp_path / "report.pdf")
    assert [file.name for file in tmp_path.iterdir()] == ["report-2.pdf"]


def test_where_a_piece_is_held_open_what_went_wrong_is_told_still(tmp_path: Path) -> None:
    (tmp_path / "report-2.pdf").mkdir()

    def held_open(_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(os, "unlink", held_open)
        with pytest.raises(Exception, match=r"report-2\.pdf is a folder"):
            pdf.write_files(report(9), Page(), tmp_path / "report.pdf")
