"""The kind of a file by its first bytes, for imports and for adapters of sources alike."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ledger.errors import BadSheet, BadSource
from ledger.imports.file_kind import declared_encoding, is_binary, kind_of, wide_encoding
from ledger.imports.table_reader import read_sheet
from ledger.sources.adapter import Options
from ledger.sources.registry import reader


def zipped(*names: str, mimetype: str = "") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, mimetype if name == "mimetype" else "")
    return packed.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
OTHERS = [
    (b"%PDF-1.7\n", "a PDF"),
    (b"\x1f\x8b\x08\x00", "packed with gzip"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (zipped("word/document.xml"), "a document of a word processor (.docx)"),
    (zipped("xl/workbook.bin"), "a binary workbook (.xlsb)"),
    (zipped("report.csv"), "a ZIP archive"),
    (zipped(), "an empty ZIP archive"),
    (zipped("mimetype", mimetype="application/vnd.oasis.opendocument.text"), "an OpenDocument that is no"),
    (OLE + "EncryptedPackage".encode("utf-16-le"), "locked by a password"),
    (OLE + "WordDocument".encode("utf-16-le"), "a document of a word processor (.doc)"),
    (OLE + "__properties_version1.0".encode("utf-16-le"), "a mail of Outlook (.msg)"),
    (b"<html><table>", "a web page (HTML)"),
    (b"\xef\xbb\xbf\r\n<!DOCTYPE html>", "a web page (HTML)"),
    ("<html xmlns:x='urn:schemas-microsoft-com:office:excel'>".encode("utf-16"), "a web page (HTML)"),
    (b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'>", "a web page (HTML)"),
    (b"<!-- saved by a portal --><table border=1>", "a web page (HTML)"),
    (b"<?xml version='1.0'?>\n<?mso-application progid='Excel.Sheet'?>", "a workbook in XML of 2003"),
    (b"<?xml version='1.0' encoding='UTF-8'?><Faktura/>", "XML"),
    (b"MIME-Version: 1.0\nContent-Type: multipart/related", "a web page in one file (MHTML)"),
    (b"From: <Saved by a browser>\nSubject: x\nMIME-Version: 1.0", "a web page in one file (MHTML)"),
]


@pytest.mark.parametrize(("raw", "name"), OTHERS)
def test_file_of_another_kind_is_named_by_imports_and_sources_alike(
    tmp_path: Path, raw: bytes, name: str
) -> None:
    """Whatever it is called: a page of a portal is often called .xls."""
    path = tmp_path / "sesje.xls"
    path.write_bytes(raw)
    with pytest.raises(BadSheet) as refused:
        read_sheet(path)
    assert f"sesje.xls is {name}" in refused.value.fact
    assert "--encoding" not in refused.value.hint
    for adapter in ("generic-csv", "meshcentral", "vnc-log"):
        with pytest.raises(BadSource) as turned_down:
            list(reader(adapter)(raw, Options(zone=ZoneInfo("Europe/Warsaw"))))
        assert f"it is {name}" in turned_down.value.fact


@pytest.mark.parametrize(
    ("raw", "form"),
    [
        (b"a;b\n1;2\n", "csv"),
        ("\ufeffa;b\n".encode("utf-16-le"), "csv"),
        (b"", "csv"),
        (b"From: and until;b\n", "csv"),
        (b"<10;>20\n", "csv"),
        (b"ID;Nazwa\n1;x\n", "csv"),
        (OLE, "xls"),
        (zipped("xl/workbook.xml"), "xlsx"),
        (b"PK\x03\x04cut", "xlsx"),
        (zipped("mimetype", mimetype="application/vnd.oasis.opendocument.spreadsheet"), "ods"),
    ],
)
def test_form_of_a_table_is_in_its_bytes(raw: bytes, form: str) -> None:
    assert kind_of(raw).form == form


@pytest.mark.parametrize("name", ["sesje.xls", "sesje.xlsx", "sesje.ods", "sesje.csv"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-8"])
def test_text_is_read_whatever_it_is_called(tmp_path: Path, name: str, encoding: str) -> None:
    """Exports of portals are tables of text that are called .xls."""
    path = tmp_path / name
    path.write_bytes("Nr sesji\tOpis\nA-1\tżółć\n".encode(encoding))
    assert [line.cells for line in read_sheet(path).lines] == [["A-1", "żółć"]]


@pytest.mark.parametrize("named", ["cp1250", "iso-8859-2", "utf-8"])
def test_mark_of_the_file_beats_the_encoding_that_was_named(tmp_path: Path, named: str) -> None:
    path = tmp_path / "sesje.csv"
    path.write_bytes("Nr;Opis\n1;żółć\n".encode("utf-8-sig"))
    assert read_sheet(path, encoding=named).header == ["Nr", "Opis"]
    path.write_bytes("Nr;Opis\n1;żółć\n".encode("utf-16"))
    assert [line.cells for line in read_sheet(path, encoding=named).lines] == [["1", "żółć"]]


def test_workbook_that_lost_its_first_bytes_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "sesje.xlsx"
    path.write_bytes(zipped("xl/workbook.xml")[10:])
    with pytest.raises(BadSheet, match="cannot be read as a spreadsheet"):
        read_sheet(path)


@pytest.mark.parametrize(
    ("raw", "declared", "wide"),
    [
        (b"a;b", None, None),
        ("zażółć;b".encode("utf-16"), "utf-16", None),
        ("a;b;ż".encode("utf-32"), "utf-32", None),
        ("Nr sesji;Kod klienta;Początek".encode("utf-16-le"), None, "utf-16-le"),
        ("Nr sesji;Kod klienta;Początek".encode("utf-16-be"), None, "utf-16-be"),
        (b"\x00\x01\x02\x00\x00", None, None),
    ],
)
def test_encoding_is_in_the_first_bytes(raw: bytes, declared: str | None, wide: str | None) -> None:
    assert (declared_encoding(raw), wide_encoding(raw)) == (declared, wide)
    assert is_binary([raw]) == (declared is None and wide is None and b"\0" in raw)
