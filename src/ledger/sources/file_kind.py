"""What the first bytes of a file say about it: its encoding, or that it is no text at all.

Every adapter asks here, so that no hint is guessed and no mark at the beginning is overlooked.
"""

from __future__ import annotations

import io
import re
import zipfile

from ledger.message import later

_MARKS = (  # UTF-32 first: its mark begins with that of UTF-16
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_SIGNATURES = (
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        later("an old Excel workbook (.xls), or a file protected by a password"),
    ),
    (b"%PDF-", later("a PDF document")),
    (b"\x1f\x8b", later("packed by gzip")),
    (b"BZh", later("packed by bzip2")),
    (b"\xfd7zXZ\x00", later("packed by xz")),
    (b"\x28\xb5\x2f\xfd", later("packed by zstd")),
    (b"7z\xbc\xaf\x27\x1c", later("a 7z archive")),
    (b"Rar!\x1a\x07", later("a RAR archive")),
    (b"SQLite format 3\x00", later("an SQLite database")),
    (b"{\\rtf", later("a text document (.rtf)")),
    (b"\x89PNG\r\n", later("a picture")),
    (b"\xff\xd8\xff", later("a picture")),
    (b"MZ\x90\x00", later("a program")),
    (b"\x7fELF", later("a program")),
    (b"ElfFile\x00", later("an event log of Windows (.evtx)")),
    (b"LPKSHHRH", later("a journal of systemd in its own form")),
)
_PACKED = b"PK\x03\x04"
_HTML = re.compile(rb"\s*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
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


def kind_of_file(raw: bytes) -> str | None:
    """Return what a file is that is no plain text, for a message; None for what may be text."""
    for signature, kind in _SIGNATURES:
        if raw.startswith(signature):
            return kind
    if raw.startswith(_PACKED):
        return _packed_kind(raw)
    if _HTML.match(raw[:_HEAD_BYTES].removeprefix(b"\xef\xbb\xbf")):
        return later("a web page (HTML)")
    return None


def _packed_kind(raw: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            names = packed.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, EOFError):
        return later("a ZIP archive that is damaged or cut off")
    if any(name.startswith("xl/") for name in names):
        return later("an Excel workbook")
    if "mimetype" in names and "content.xml" in names:
        return later("a document of LibreOffice (.ods or .odt)")
    return (
        later("a Word document")
        if any(name.startswith("word/") for name in names)
        else later("a ZIP archive")
    )
