"""The kind of a file by its first bytes, for those who are to read it and for what is said of others."""

from __future__ import annotations

import codecs
import io
import zipfile
from typing import Literal

from ledger.message import later

Kind = Literal["csv", "xlsx", "ods", "xls"]

READ: tuple[Kind, ...] = ("csv", "xlsx", "ods", "xls")

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_LOCKED = "EncryptedPackage".encode("utf-16-le")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OTHERS = (
    (b"%PDF", later("a PDF")),
    (b"{\\rtf", later("a document of a word processor (RTF)")),
    (b"\x1f\x8b", later("packed with gzip")),
    (b"7z\xbc\xaf", later("packed with 7-Zip")),
    (b"Rar!", later("packed with RAR")),
    (b"\x89PNG", later("a picture (PNG)")),
    (b"\xff\xd8\xff", later("a picture (JPEG)")),
)
_MARKUP = (
    (b"<!doctype html", later("a web page (HTML)")),
    (b"<html", later("a web page (HTML)")),
    (b"<table", later("a web page (HTML)")),
    (b"<?mso-application", later("a workbook in XML of 2003")),
    (b"<?xml", later("XML")),
)


def declared_encoding(raw: bytes) -> str | None:
    """Return the encoding that a byte order mark declares, or None without one."""
    return next((name for mark, name in _BOMS if raw.startswith(mark)), None)


def kind_of(raw: bytes, suffix: str) -> Kind | str:
    """Return the kind of a file that is read as a table, or a noun phrase for one that is not.

    The bytes decide; a suffix only where a damaged workbook has lost its first ones.
    """
    if raw.startswith(_ZIP):
        return _packed(raw)
    if raw.startswith(_OLE):
        return later("locked by a password") if _OLE_LOCKED in raw else "xls"
    for start, name in _OTHERS:
        if raw.startswith(start):
            return name
    head = raw[:512].removeprefix(codecs.BOM_UTF8).lstrip().lower()
    for start, name in _MARKUP:
        if head.startswith(start):
            return later("a workbook in XML of 2003") if b"mso-application" in head else name
    if suffix in {".xlsx", ".xlsm", ".ods"}:
        return "xlsx" if suffix != ".ods" else "ods"
    return "csv"


def _packed(raw: bytes) -> Kind | str:  # noqa: PLR0911 - one return a kind
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            names = set(archive.namelist())
            mimetype = archive.read("mimetype") if "mimetype" in names else b""
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, EOFError):
        return "xlsx"  # damaged; the reader of workbooks says so
    if b"opendocument.spreadsheet" in mimetype:
        return "ods"
    if b"opendocument" in mimetype:
        return later("an OpenDocument that is no spreadsheet")
    if "xl/workbook.bin" in names:
        return later("a binary workbook (.xlsb)")
    if any(name.startswith("word/") for name in names):
        return later("a document of a word processor (.docx)")
    if any(name.startswith("Index/") and name.endswith(".iwa") for name in names):
        return later("a workbook of Numbers")
    return "xlsx"
