"""Compiles the catalogues of messages when the package is built; `make` does the same with one file.

A compiled catalogue is searched by halving, so its ids stand in the order of their bytes; Babel's own
compiler orders them as texts, and one with a context would not be found.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

LOCALE = Path(__file__).parent / "cli" / "locale"
_MAGIC = 0x950412DE
_HEAD_BYTES = 28
_HEADER = "Language: {language}\nContent-Type: text/plain; charset=utf-8\nPlural-Forms: {plural}\n"
_PLACE_BYTES = 8


def forms(text: str | Sequence[str] | None) -> tuple[str, ...]:
    """Return the forms of an id or of its text, as Babel has them: one, or those of a plural."""
    return (text or "",) if text is None or isinstance(text, str) else tuple(text)


def compiled(catalogue: Catalog) -> bytes:
    """Return a catalogue as a .mo file, ids in byte order, without what is untranslated or doubtful."""
    found: dict[bytes, bytes] = {}
    for message in catalogue:
        ids, texts = forms(message.id), forms(message.string)
        if ids == ("",):  # Babel puts the time in; the same source is the same file
            texts = (_HEADER.format(language=catalogue.locale, plural=catalogue.plural_forms),)
        elif not all(texts) or message.fuzzy:
            continue
        key = "\0".join(ids)
        found[(f"{message.context}\4{key}" if message.context else key).encode()] = "\0".join(texts).encode()
    ids = sorted(found)
    begin = _HEAD_BYTES + 2 * _PLACE_BYTES * len(ids)
    columns = ids, [found[each] for each in ids]
    places, strings = b"", b""
    for each in (text for column in columns for text in column):
        places += struct.pack("<2I", len(each), begin + len(strings))
        strings += each + b"\0"
    second = _HEAD_BYTES + _PLACE_BYTES * len(ids)
    return struct.pack("<7I", _MAGIC, 0, len(ids), _HEAD_BYTES, second, 0, 0) + places + strings


def compile_file(po: Path, mo: Path) -> None:
    """Compile one catalogue."""
    from babel.messages.pofile import read_po  # noqa: PLC0415 - an import of this file needs no Babel

    with po.open("rb") as file:
        mo.write_bytes(compiled(read_po(file)))


def compile_stale() -> None:
    """Compile every catalogue that is newer than its compiled file."""
    for po in sorted(LOCALE.rglob("*.po")):
        mo = po.with_suffix(".mo")
        if not mo.exists() or mo.stat().st_mtime_ns < po.stat().st_mtime_ns:
            compile_file(po, mo)


try:
    from hatchling.builders.config import BuilderConfig
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # `make` compiles with Babel alone
    pass
else:

    class Catalogues(BuildHookInterface[BuilderConfig]):
        """Compiles them all before files are collected, for every kind of build."""

        PLUGIN_NAME = "custom"

        def initialize(self, version: str, build_data: dict[str, Any]) -> None:
            """Compile the catalogues."""
            del version, build_data
            for po in sorted(LOCALE.rglob("*.po")):
                compile_file(po, po.with_suffix(".mo"))


if __name__ == "__main__":
    compile_file(Path(sys.argv[1]), Path(sys.argv[2]))
