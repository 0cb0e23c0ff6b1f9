"""Rows of a CSV file: its encoding, its separator, its lines."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from ledger.errors import BadSheet
from ledger.imports.cells import CONTROL, with_plain_blanks
from ledger.imports.file_kind import declared_encoding, wide_encoding
from ledger.message import Hint, msg
from ledger.packed import BlockReader, Blocks

DELIMITERS = ",;\t"
UTF_8 = "utf-8-sig"
"""UTF-8 with or without its mark: what is read unless an encoding is named or declared."""

Rows = Callable[[], Iterator[tuple[int, list[str]]]]
"""Goes through a file from its beginning: the number of a line and its cells."""

_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?[;,\s]*', re.IGNORECASE)
_BUFFER_BYTES = 1 << 16
_C0 = bytes(code for code in range(32) if code not in b"\t\n\r") + b"\x7f"


def csv_rows(name: str, raw: Blocks, encoding: str) -> tuple[Rows, str]:
    """Return what reads the rows, and the separator; raises BadSheet."""
    head = next(iter(raw), b"")
    used = declared_encoding(head) or encoding  # the file knows better
    if not _is_clean(raw, used):
        whole = with_plain_blanks(_decoded(name, b"".join(raw), encoding))
        raw, used = [whole.encode()], "utf-8"

    def text(newline: str) -> io.TextIOWrapper:
        blocks = io.BufferedReader(BlockReader(_utf_8(raw, used)), _BUFFER_BYTES)
        return io.TextIOWrapper(blocks, "utf-8", newline=newline)

    header = next((line.strip("\r\n") for line in text("\n") if line.strip()), "")
    told = _SEPARATOR_LINE.fullmatch(header)
    delimiter = told[1] if told else max(DELIMITERS, key=header.count)

    def rows() -> Iterator[tuple[int, list[str]]]:
        reader = csv.reader(text(""), delimiter=delimiter, strict=True)
        number, skips = 1, told is not None
        try:
            for cells in reader:
                if skips and any(cells):  # Excel's own first line, which names the separator
                    skips = False
                else:
                    yield number, [cell.strip() for cell in cells]
                number = reader.line_num + 1
        except csv.Error as error:
            hint = Hint(
                "a cell that holds quotation marks, line breaks or the separator stands in quotation marks"
            )
            raise BadSheet(
                msg("{name}:{number}: the line is not CSV: {error}", name=name, number=number, error=error),
                hint=hint,
            ) from error

    return rows, delimiter


def _utf_8(raw: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """Yield the text of a file in UTF-8 with plain blanks; raises LookupError, ValueError."""
    decoder = codecs.getincrementaldecoder(encoding)()
    for block in chain(raw, [b""]):
        text = decoder.decode(block, not block)
        if text:
            yield with_plain_blanks(text).encode()


def _is_clean(raw: Iterable[bytes], encoding: str) -> bool:
    """Return True if a file can be read block by block, and none holds a control character."""
    try:
        return not any(_has_control(block) for block in _utf_8(raw, encoding))
    except (LookupError, ValueError):
        return False


def _has_control(block: bytes) -> bool:
    if len(block.translate(None, _C0)) != len(block):
        return True
    return b"\xc2" in block and CONTROL.search(block.decode()) is not None


def _decoded(name: str, raw: bytes, encoding: str) -> str:
    """Return the whole text of a file that cannot be read block by block; raises BadSheet if it is none."""
    used = declared_encoding(raw) or encoding  # the file knows better
    try:
        text = raw.decode(used)
        encoded = text.encode()  # some encodings give halves of characters, which are no text
    except LookupError as error:
        raise BadSheet(
            msg("{encoding!r} is no encoding of text", encoding=encoding),
            hint=Hint("for example --encoding cp1250"),
        ) from error
    except ValueError as error:
        fact = msg("{name} is not {encoding} text", name=name, encoding=used.removesuffix("-sig"))
        if isinstance(error, UnicodeDecodeError):
            line = raw.count(b"\n", 0, error.start) + 1
            fact = msg("{text} at line {line}", text=fact, line=line)
        raise BadSheet(fact) from error
    if b"\0" in encoded:
        line = text.count("\n", 0, text.index("\0")) + 1
        wide = wide_encoding(raw)
        hint = (
            Hint(msg("it looks like UTF-16 without its mark: --encoding {encoding}", encoding=wide))
            if wide
            else None
        )
        raise BadSheet(msg("{name} holds a zero byte at line {line}", name=name, line=line), hint=hint)
    _check_controls(name, text, encoded, used)
    return text


def _check_controls(name: str, text: str, encoded: bytes, encoding: str) -> None:
    """Raise BadSheet for control characters: bytes of cp1250 read as ISO 8859-2 become such."""
    if len(encoded.translate(None, _C0)) == len(encoded) and b"\xc2" not in encoded:
        return
    found = CONTROL.search(text)
    if found is not None:
        line = text.count("\n", 0, found.start()) + 1
        fact = msg(
            "{name} holds the control character U+{character:04X} at line {line}",
            name=name,
            character=ord(found[0]),
            line=line,
        )
        hint = Hint(
            msg(
                "{encoding} is probably not its encoding; try --encoding cp1250",
                encoding=encoding.removesuffix("-sig"),
            )
        )
        raise BadSheet(fact, hint=hint)
