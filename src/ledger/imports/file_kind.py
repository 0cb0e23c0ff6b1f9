"""What the first bytes of a file say about it: its encoding, the form of its table, or another kind of file.

Imports and adapters of sources ask here, so that no hint is guessed and no mark at the beginning is
overlooked. A file's name decides nothing.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from typing import Literal, NamedTuple

from ledger.message import later

Form = Literal["csv", "xlsx", "ods", "xls"]
"""What is read as a table: text, and the three forms of workbooks."""


class FileKind(NamedTuple):
    """A file's kind as messages name it ("it is …"), and the form in which it is read; None for no table."""

    name: str
    form: Form | None = None


LOCKED = FileKind(later("locked by a password"))

_MARKS = (  # UTF-32 first: its mark begins with that of UTF-16
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BINARY = (
    (b"%PDF-", later("a PDF")),
    (b"{\\rtf", later("a document of a word processor (RTF)")),
    (b"\x1f\x8b", later("packed with gzip")),
    (b"BZh", later("packed with bzip2")),
    (b"\xfd7zXZ\x00", later("packed with xz")),
    (b"\x28\xb5\x2f\xfd", later("packed with zstd")),
    (b"7z\xbc\xaf", later("packed with 7-Zip")),
    (b"Rar!", later("packed with RAR")),
    (b"SQLite format 3\x00", later("an SQLite database")),
    (b"\x89PNG", later("a picture (PNG)")),
    (b"\xff\xd8\xff", later("a picture (JPEG)")),
    (b"MZ\x90\x00", later("a program")),
    (b"\x7fELF", later("a program")),
    (b"ElfFile\x00", later("an event log of Windows (.evtx)")),
    (b"LPKSHHRH", later("a journal of systemd in its own form")),
    (b"PK\x05\x06", later("an empty ZIP archive")),
)
_MARKUP = (
    (re.compile(r"<\?xml\b.*mso-application", re.DOTALL), later("a workbook in XML of 2003")),
    (re.compile(r"<\?mso-application"), later("a workbook in XML of 2003")),
    (
        re.compile(
            r"(?:<\?xml\b[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|table|meta)\b",
            re.DOTALL,
        ),
        later("a web page (HTML)"),
    ),
    (re.compile(r"<\?xml\b"), later("XML")),
    (re.compile(r"(?:[\w-]+:[^\n]*\n)*mime-version:"), later("a web page in one file (MHTML)")),
)
_OLE_STREAMS = (
    ("EncryptedPackage", LOCKED),
    ("WordDocument", FileKind(later("a document of a word processor (.doc)"))),
    ("PowerPoint Document", FileKind(later("a presentation (.ppt)"))),
    ("__properties_version1.0", FileKind(later("a mail of Outlook (.msg)"))),
)
_HEAD_BYTES = 1_024
_WIDE_SHARE = 0.9


def declared_encoding(raw: bytes) -> str | None:
    """Return the encoding that a byte order mark declares; None without one."""
    return next((encoding for mark, encoding in _MARKS if raw.startswith(mark)), None)


def wide_encoding(raw: bytes) -> str | None:
    """Return utf-16-le or utf-16-be where every other byte is zero and no mark says so; else None."""
    head = raw[:_HEAD_BYTES]
    even, odd = head[::2], head[1::2]
    if len(odd) > 1 and odd.count(0) > _WIDE_SHARE * len(odd) and not even.count(0):
        return "utf-16-le"
    if len(odd) > 1 and even.count(0) > _WIDE_SHARE * len(even) and not odd.count(0):
        return "utf-16-be"
    return None


def is_binary(blocks: Iterable[bytes]) -> bool:
    """Return True for zero bytes of a file that no encoding of two or four bytes explains."""
    head = next(iter(blocks), b"")
    is_wide = declared_encoding(head) is not None or wide_encoding(head) is not None
    return not is_wide and any(b"\0" in block for block in blocks)


def kind_of(raw: bytes) -> FileKind:
    """Return what a file is by its first bytes; what shows no other kind is text."""
    if raw.startswith(_ZIP):
        return _packed(raw)
    if raw.startswith(_OLE):
        streams = (kind for name, kind in _OLE_STREAMS if name.encode("utf-16-le") in raw)
        return next(streams, FileKind(later("an old Excel workbook (.xls)"), "xls"))
    for signature, name in _BINARY:
        if raw.startswith(signature):
            return FileKind(name)
    head = _head_text(raw)
    if head.startswith(("<", "mime-version:", "from:", "content-", "date:", "subject:")):
        for pattern, name in _MARKUP:
            if pattern.match(head):
                return FileKind(name)
    return FileKind(later("text"), "csv")


def _head_text(raw: bytes) -> str:
    """Return the beginning of a file as small letters, in the encoding that its mark declares."""
    encoding = declared_encoding(raw) or wide_encoding(raw) or "latin-1"
    return raw[:_HEAD_BYTES].decode(encoding, errors="replace").lstrip().lower()


def _packed(raw: bytes) -> FileKind:  # noqa: PLR0911 - one return a kind
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            names = set(archive.namelist())
            mimetype = b""
            if "mimetype" in names:
                with archive.open("mimetype") as file:
                    mimetype = file.read(_HEAD_BYTES)  # no more: a few bytes can be packed gigabytes
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, EOFError):
        # perhaps a workbook: its reader is asked, and says that it is damaged
        return FileKind(later("a ZIP archive that is damaged or cut off"), "xlsx")
    if b"opendocument.spreadsheet" in mimetype:
        return FileKind(later("a workbook of LibreOffice (.ods)"), "ods")
    if b"opendocument" in mimetype:
        return FileKind(later("an OpenDocument that is no spreadsheet"))
    if "xl/workbook.bin" in names:
        return FileKind(later("a binary workbook (.xlsb)"))
    if any(name.startswith("xl/") for name in names):
        return FileKind(later("an Excel workbook"), "xlsx")
    if any(name.startswith("word/") for name in names):
        return FileKind(later("a document of a word processor (.docx)"))
    if any(name.startswith("Index/") and name.endswith(".iwa") for name in names):
        return FileKind(later("a workbook of Numbers"))
    return FileKind(later("a ZIP archive"))
