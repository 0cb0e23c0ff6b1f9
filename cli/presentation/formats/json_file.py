r"""JSON: the report's document, two spaces of indent, keys in the order given.

The bytes are those of `json.dumps(document, ensure_ascii=False, indent=2)` and a line feed, made by msgspec
in a tenth of the time; characters that turn or move the writing on a terminal are written as \u escapes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, cast

import msgspec

from cli.presentation.formats.model import Page, Report

# Inside a JSON text these can only stand in strings, where \uXXXX means the same.
_UNSAFE = re.compile("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")


def write(report: Report, page: Page, out: BinaryIO) -> None:
    """Write the whole document; iterators at its top level are written as they go."""
    del page
    begun = False
    for key, value in report.document.items():
        out.write(b",\n  " if begun else b"{\n  ")
        out.write(encode(key) + b": ")
        out.writelines(
            _items(cast("Iterator[object]", value)) if isinstance(value, Iterator) else [_indented(value, 1)]
        )
        begun = True
    out.write(b"\n}\n" if begun else b"{}\n")


def encode(value: object) -> bytes:
    """Compact JSON in UTF-8, harmless to a terminal."""
    return _harmless(msgspec.json.encode(value))


def pretty(document: dict[str, object]) -> bytes:
    """Return a whole document, indented."""
    return _indented(document, 0) + b"\n"


def _items(values: Iterable[object]) -> Iterator[bytes]:
    begun = False
    for value in values:
        yield b",\n    " if begun else b"[\n    "
        yield _indented(value, 2)
        begun = True
    yield b"\n  ]" if begun else b"[]"


def _indented(value: object, depth: int) -> bytes:
    """Return the value over several lines, the later ones indented to their depth."""
    lines = msgspec.json.format(msgspec.json.encode(cast("Any", value)), indent=2)
    return _harmless(lines.replace(b"\n", b"\n" + b"  " * depth))


def _harmless(encoded: bytes) -> bytes:
    if encoded.isascii() and b"\x7f" not in encoded:
        return encoded
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", encoded.decode()).encode()
