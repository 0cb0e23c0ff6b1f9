"""A report in every format: the same numbers, the same bytes each time, nothing that a reader would obey."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import stat
import zipfile
from collections.abc import Iterable
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import python_calamine
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from cli import output
from cli.context import App
from cli.presentation.formats import cells, json_file, xlsx
from cli.presentation.formats import table as format_table
from cli.presentation.formats.model import Column, Page, Report, Row, Table
from cli.presentation.formats.widths import width
from cli.presentation.text import harmless
from cli.presentation.whole_file import written_whole
from ledger.errors import BinaryToTerminal, FileTrouble, TooManyRows, UnknownFormat
from ledger.message import msg, msg_in, plain
from tests.support.systems import needs_links, needs_modes

if TYPE_CHECKING:
    from tests.cli.conftest import Play

COLUMNS = (
    Column("session", msg("Session"), "integer"),
    Column("customer", msg("Customer")),
    Column("ended_at", msg_in("records", "Ended"), "instant"),
    Column("day", msg("Day"), "date"),
    Column("net_grosze", msg("Net"), "grosze"),
    Column("delay_seconds", msg("After"), "seconds"),
    Column("late", msg("late"), "boolean"),
)
ENDED = datetime(2026, 11, 16, 17, 5, 59, 999999, tzinfo=UTC)
ROWS: tuple[Row, ...] = (
    (12, "K-041", ENDED, date(2026, 11, 16), 30000, 900, False),
    (13, ("Żółw", "Łoś"), None, None, -123456, 90061, True),
    (14, None, None, None, None, None, None),
)
FORMATS = tuple(output.FORMATS)


def report(rows: Iterable[Row] = ROWS, **changes: Any) -> Report:  # noqa: ANN401 - any part of it
    main = Table("sessions", msg("Sessions"), COLUMNS, rows)
    customers = Table("customers", msg("Customers"), COLUMNS[:2], [(1, "K-041")])
    parts: dict[str, Any] = {
        "name": "billing",
        "title": msg("Billing"),
        "document": {"schema": "s/1", "sessions": [{"session": 12, "title": "Żółw"}], "total": {}},
        "tables": (main, customers),
        "dated": datetime(2026, 11, 30, 23, 30, tzinfo=UTC),
        "notes": ("Total 300.00",),
    }
    return Report(**(parts | changes))


def written(made: Report, name: str, lang: str = "en") -> bytes:
    buffer = io.BytesIO()
    writer = __import__(output.FORMATS[name].module, fromlist=["write"])
    writer.write(made, Page("pl" if lang == "pl" else "en"), buffer)
    return buffer.getvalue()


def with_text(text: str) -> Report:
    return report([(1, text, None, None, None, None, None)])


# --- what each format shows -------------------------------------------------------------------


def test_csv_has_zloty_office_time_with_offset_and_plain_numbers() -> None:
    assert written(report(), "csv").decode() == (
        "session,customer,ended_at,day,net_pln,delay_seconds,late\n"
        "12,K-041,2026-11-16T18:05:59+01:00,2026-11-16,300.00,900,no\n"
        '13,"Żółw, Łoś",,,-1234.56,90061,yes\n'
        "14,,,,,,\n"
    )


def test_csv_is_the_same_in_every_language() -> None:
    assert written(report(), "csv", "pl") == written(report(), "csv", "en")


def test_ndjson_has_grosze_and_utc_under_the_columns_keys() -> None:
    lines = written(report(), "ndjson").decode().splitlines()
    assert lines[0] == (
        '{"session":12,"customer":"K-041","ended_at":"2026-11-16T17:05:59.999999Z","day":"2026-11-16",'
        '"net_grosze":30000,"delay_seconds":900,"late":false}'
    )
    assert json.loads(lines[1])["customer"] == ["Żółw", "Łoś"]
    assert set(json.loads(lines[2]).values()) == {14, None}


def test_json_is_the_document_as_python_s_json_would_indent_it() -> None:
    made = report()
    assert written(made, "json").decode() == json.dumps(made.document, ensure_ascii=False, indent=2) + "\n"


def test_json_streams_an_iterator_as_the_list_it_stands_for() -> None:
    items: list[object] = [{"a": [1, {}], "b": "\n"}, [], 3]
    streamed = report(document={"none": iter(()), "all": iter(items), "after": None})
    listed = {"none": [], "all": items, "after": None}
    assert written(streamed, "json").decode() == json.dumps(listed, ensure_ascii=False, indent=2) + "\n"
    assert written(report(document={}), "json") == b"{}\n"


def test_table_in_a_pipe_is_aligned_and_cut_nowhere() -> None:
    assert written(report(), "table", "pl").decode() == (
        "Rozliczenie\n"
        "\n"
        "Sesja  Klient     Koniec               Dzień          Netto        Po  po terminie\n"
        "-----  ---------  -------------------  ----------  --------  --------  -----------\n"
        "   12  K-041      16.11.2026 18:05:59  16.11.2026    300,00   0:15:00  nie\n"
        "   13  Żółw, Łoś                                   -1234,56  25:01:01  tak\n"
        "   14\n"
        "\n"
        "Klienci\n"
        "\n"
        "Sesja  Klient\n"
        "-----  ------\n"
        "    1  K-041\n"
        "\n"
        "Total 300.00\n"
    )


def test_xlsx_has_a_sheet_a_table_with_numbers_as_numbers() -> None:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(written(report(), "xlsx")))
    assert book.sheet_names == ["sessions", "customers", "notes"]
    heads, first, second, *_ = book.get_sheet_by_name("sessions").to_python()
    assert heads[:3] == ["Session", "Customer", "Ended"]
    ended = datetime(2026, 11, 16, 18, 5, 59)  # noqa: DTZ001 - a sheet knows no zone
    assert first == [12.0, "K-041", ended, date(2026, 11, 16), 300.0, 900.0, False]
    assert second[4] == -1234.56
    assert book.get_sheet_by_name("notes").to_python() == [["Total 300.00"]]


def test_xlsx_shows_amounts_with_two_places() -> None:
    with zipfile.ZipFile(io.BytesIO(written(report(), "xlsx"))) as book:
        assert 'formatCode="0.00"' in book.read("xl/styles.xml").decode() or (
            'numFmtId="2"' in book.read("xl/styles.xml").decode()  # the built-in 0.00
        )


def test_xlsx_cuts_a_text_longer_than_a_cell_and_shows_the_cut() -> None:
    book = python_calamine.CalamineWorkbook.from_filelike(
        io.BytesIO(written(with_text("x" * 40_000), "xlsx"))
    )
    cell = str(book.get_sheet_by_name("sessions").to_python()[1][1])
    assert (len(cell), cell[-1]) == (32_767, "…")


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "ROWS_MAX", len(ROWS))
    with pytest.raises(TooManyRows):
        written(report(), "xlsx")


class _Page(HTMLParser):
    """The tags of a page with their attributes, and its text."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data


def test_html_is_one_page_that_fetches_nothing() -> None:
    page = _Page(written(report(charts=("<svg></svg>",)), "html", "pl"))
    names = [tag for tag, _ in page.tags]
    assert page.tags[0] == ("html", {"lang": "pl"})
    assert not {"script", "link", "img", "iframe", "object"} & set(names)
    assert not {"src", "href"} & {name for _, attrs in page.tags for name in attrs}
    assert "url(" not in written(report(), "html").decode()
    assert "default-src 'none'" in str(page.tags)


def test_html_has_captions_scopes_every_table_and_the_date_of_the_last_event() -> None:
    page = _Page(written(report(), "html", "pl"))
    names = [tag for tag, _ in page.tags]
    assert names.count("table") == names.count("caption") == 2
    assert [attrs.get("scope") for tag, attrs in page.tags if tag == "th"].count("col") == 9
    assert [attrs.get("scope") for tag, attrs in page.tags if tag == "th"].count("row") == 4
    assert "Stan na 01.12.2026 00:30:00" in page.words
    assert "-1234,56" in page.words


def test_html_prints_on_a4_with_heads_repeated_and_wide_tables_across() -> None:
    narrow = written(report(), "html").decode()
    assert "size: A4;" in narrow
    assert "thead { display: table-header-group }" in narrow
    wide = Table("w", msg("w"), (*COLUMNS, *COLUMNS), [])
    assert "size: A4 landscape;" in written(report(tables=(wide,)), "html").decode()


# --- the same bytes ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", FORMATS)
def test_report_written_later_on_another_clock_has_the_same_bytes(name: str) -> None:
    with time_machine.travel(datetime(2026, 12, 1, tzinfo=UTC), tick=False):
        before = written(report(), name)
    with time_machine.travel(datetime(2031, 6, 7, 8, 9, 10, tzinfo=UTC), tick=False):
        assert written(report(), name) == before


@pytest.mark.parametrize("dated", [None, datetime(2026, 11, 30, 23, 30, 5, 7, tzinfo=UTC)])
def test_xlsx_is_dated_by_the_last_event_and_by_nothing_else(dated: datetime | None) -> None:
    with zipfile.ZipFile(io.BytesIO(written(report(dated=dated), "xlsx"))) as book:
        core = book.read("docProps/core.xml").decode()
    stamp = "1980-01-01T00:00:00Z" if dated is None else "2026-11-30T23:30:05Z"
    assert re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", core.partition("<dcterms")[2]) == [stamp, stamp]


@pytest.mark.parametrize("name", FORMATS)
def test_rows_may_come_from_an_iterator_and_none_is_lost(name: str, tmp_path: Path) -> None:
    file = tmp_path / "report"
    output.deliver(report(iter(ROWS)), App(), name, file)
    assert file.read_bytes() == written(report(), name)


# --- hostile text -----------------------------------------------------------------------------

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1"]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_is_a_formula_in_csv(text: str) -> None:
    cell = next(iter(list(csv.reader(io.StringIO(written(with_text(text), "csv").decode())))[1:]))[1]
    assert cell == "'" + harmless(text)


def test_negative_amount_in_csv_stays_a_number() -> None:
    assert cells.for_csv(-100, "grosze") == "-1.00"


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_is_a_formula_in_xlsx(text: str) -> None:
    with zipfile.ZipFile(io.BytesIO(written(with_text(text), "xlsx"))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert harmless(text) in sheet


@given(st.text(alphabet=st.characters(codec=None), max_size=20))
def test_harmless_text_moves_no_cursor_and_turns_no_writing(text: str) -> None:
    """No control, no bidirectional or zero-width mark, no half surrogate; ordinary letters stay."""
    shown = harmless(text)
    assert not any(ord(c) < 32 or 0x7F <= ord(c) <= 0x9F for c in shown)
    assert not re.search("[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]", shown)
    assert harmless(shown) == shown
    assert harmless("Zażółć gęślą jaźń – 10 € 漢字 🐢") == "Zażółć gęślą jaźń – 10 € 漢字 🐢"


@pytest.mark.parametrize("name", [name for name in FORMATS if not output.FORMATS[name].binary])
def test_no_format_of_text_lets_an_escape_or_an_override_through(name: str) -> None:
    text = "\x1b]0;owned\x07\x9b2J\u202egro.live\u2066\u2028</title><script>alert(1)</script>"
    made = with_text(text)
    made.document["text"] = text
    shown = written(made, name).decode()
    if name == "csv-pl":  # its lines end as RFC 4180 has them
        shown = shown.replace("\r\n", "\n")
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066]", shown)
    assert name != "html" or "<script" not in shown


def test_json_of_hostile_text_reads_back_as_it_was() -> None:
    text = "\x1b\x9b\x7f\u202e\u2028\u200b\ufeff\\u202e"
    assert json.loads(json_file.encode({"text": text})) == {"text": text}


def test_wide_and_combining_characters_keep_the_columns_straight() -> None:
    assert (width("Żółw"), width("漢字"), width("z\u0307")) == (4, 4, 1)


# --- choosing, writing ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chosen", "file", "name"),
    [
        (None, None, "table"),
        ("csv", None, "csv"),
        (None, "a.CSV", "csv"),
        (None, "a.jsonl", "ndjson"),
        (None, "a.htm", "html"),
        (None, "a.txt", "table"),
        ("json", "a.csv", "json"),
        ("json", "a", "json"),
    ],
)
def test_format_is_the_chosen_one_or_the_suffix_s(chosen: str | None, file: str | None, name: str) -> None:
    assert output.format_of(chosen, Path(file) if file else None) == name


def test_name_that_tells_no_format_is_refused() -> None:
    with pytest.raises(UnknownFormat):
        output.format_of(None, Path("report.doc"))


REPORTS = """
from cli.presentation.formats.model import Column, Report, Table
from cli.output import report_options

def _made(rows):
    name = "Report"
    columns = (Column("session", "session", "integer"), Column("note", "note"))
    return Report("made", name, {"n": 1}, (Table("made", name, columns, rows),), exit_status=0)

@click.command()
@report_options
def full():
    return _made([(1, "short"), (2, "a text that is long enough to be folded " * 3)])

@click.command()
@report_options
def empty():
    return _made([])

@click.command()
@report_options
def findings():
    from msgspec.structs import replace
    return replace(_made([(1, "x")]), exit_status=3)

@click.command()
@report_options
def broken():
    def rows():
        yield (1, "x")
        raise ValueError("half way")
    return _made(rows())

@click.command()
@click.option("--ran", type=click.Path())
@report_options
def late(ran):
    open(ran, "w").close()
    return _made([])
"""


def test_data_is_stdout_and_talk_is_stderr(play: Play, tmp_path: Path) -> None:
    assert play(REPORTS, "full", "-f", "csv").stdout.startswith("session,note\n1,short\n")
    assert play(REPORTS, "full", "-f", "json") == (0, '{\n  "n": 1\n}\n', "")
    file = tmp_path / "r.csv"
    status, stdout, stderr = play(REPORTS, "full", "-o", str(file))
    assert (status, stdout, stderr) == (0, "", f"wrote {file}\n")
    assert file.read_text(encoding="utf-8").startswith("session,note\n")
    assert play(REPORTS, "full", "-f", "csv", "-o", "-").stdout.startswith("session,note\n")


def test_empty_report_says_so_beside_the_data(play: Play) -> None:
    assert play(REPORTS, "empty", "-f", "csv") == (0, "session,note\n", "no rows\n")
    assert play(REPORTS, "--lang", "pl", "empty").stderr == "brak wierszy\n"


def test_report_s_exit_status_is_the_command_s(play: Play) -> None:
    assert play(REPORTS, "findings").status == 3


def test_what_cannot_be_written_is_refused_before_the_work(play: Play, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    status, _, stderr = play(REPORTS, "late", "--ran", str(ran), "-o", str(tmp_path / "no" / "r.csv"))
    assert (status, ran.exists()) == (2, False)
    assert f"the folder {tmp_path / 'no'} does not exist (E-FILE)" in stderr
    assert "is a folder (E-FILE)" in play(REPORTS, "late", "-o", str(tmp_path), "-f", "csv").stderr


def test_workbook_is_not_thrown_at_a_terminal(on_terminal: Play, play: Play) -> None:
    shown = on_terminal(REPORTS, "full", "-f", "xlsx")
    assert shown.status == BinaryToTerminal.exit_status
    assert "E-BINARY-TERMINAL" in shown.stdout
    assert "--output FILE" in shown.stdout
    assert play(REPORTS, "full").status == 0


def test_terminal_gets_colour_and_folded_texts(on_terminal: Play) -> None:
    shown = on_terminal(REPORTS, "full").stdout
    plain = re.sub(r"\x1b\[[\d;]*m", "", shown)
    assert plain != shown
    assert max(map(len, plain.splitlines())) <= 100
    assert plain.count("long enough") == 3
    assert "\x1b" not in on_terminal(REPORTS, "--no-color", "full").stdout


def test_terminal_too_narrow_to_fold_loses_nothing(
    on_terminal: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "15")
    assert on_terminal(REPORTS, "full").stdout.count("long enough") == 3


def test_a_dumb_terminal_is_as_wide_as_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is cut at 80 columns where there are 100."""
    columns = tuple(Column(f"note_{number}", "note of it") for number in range(6))
    table = Table("wide", plain("wide"), columns, [("several words of it",) * 6])
    shown: list[bytes] = []
    for kind in ("xterm", "dumb"):
        monkeypatch.setenv("TERM", kind)
        out = io.BytesIO()
        format_table.write(Report("wide", plain("wide"), {}, (table,)), Page(columns=100), out)
        shown.append(out.getvalue())
    assert shown[0] == shown[1]
    assert 80 < max(len(line) for line in shown[1].decode().splitlines()) <= 100


def test_file_is_whole_or_as_it_was(play: Play, tmp_path: Path) -> None:
    file = tmp_path / "r.csv"
    file.write_text("old", encoding="utf-8")
    assert play(REPORTS, "broken", "-o", str(file)).status == 70
    assert file.read_text(encoding="utf-8") == "old"
    assert [path.name for path in tmp_path.glob("*r.csv*")] == ["r.csv"]


@needs_links
def test_link_stays_a_link_and_a_device_is_written_to(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "target")
    with written_whole(tmp_path / "link") as out:
        out.write(b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_bytes() == b"new"
    with written_whole(Path(os.devnull)) as out:
        out.write(b"gone")
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


@needs_modes
@pytest.mark.parametrize(("private", "expected"), [(True, 0o600), (False, 0o664)])
def test_written_file_is_its_owners_alone_whatever_the_umask(
    tmp_path: Path, expected: int, *, private: bool
) -> None:
    before = os.umask(0o002)
    try:
        with written_whole(tmp_path / "f", private=private) as out:
            out.write(b"x")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "f").stat().st_mode) == expected


def test_rest_of_a_killed_writer_is_written_over(tmp_path: Path) -> None:
    (tmp_path / ".f.part").write_text("words of the one before, longer than what comes", encoding="utf-8")
    with written_whole(tmp_path / "f") as out:
        out.write(b"x")
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("f", b"x")]


def test_file_that_is_being_written_is_not_written_by_another(tmp_path: Path) -> None:
    with written_whole(tmp_path / "f") as out:
        out.write(b"x")
        with pytest.raises(FileTrouble), written_whole(tmp_path / "f"):
            pass
    assert (tmp_path / "f").read_bytes() == b"x"


def test_folder_in_the_place_of_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileTrouble), written_whole(tmp_path):
        pass
