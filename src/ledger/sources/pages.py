"""Saved answers of web interfaces: JSON documents whose entries count as lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar, cast

import msgspec

from ledger.errors import BadSource
from ledger.message import msg
from ledger.sources.adapter import LINE_MAX_CHARACTERS, Options, Quarantined, Reason, is_text, text_of

_Entry = TypeVar("_Entry")
_encode = msgspec.json.Encoder(order="sorted").encode


def document(raw: bytes, options: Options) -> Any:  # noqa: ANN401 - whatever JSON says
    """Return the JSON of a file; raises BadSource."""
    text = text_of(raw, options)
    try:
        return msgspec.json.decode(text)
    except (msgspec.MsgspecError, UnicodeError, RecursionError, ValueError) as error:
        raise BadSource(msg("the file is not JSON")) from error


def entries_of(raw: bytes, options: Options, key: str) -> list[object]:
    """Return the entries of a page under a key; raises BadSource."""
    page = document(raw, options)
    told = cast("dict[str, object]", page) if isinstance(page, dict) else {}
    found = told.get(key)
    if not isinstance(found, list):
        raise BadSource(msg("the file has no list {key}", key=key))
    return cast("list[object]", found)


def converted(entries: list[object], kind: type[_Entry]) -> Iterator[tuple[int, _Entry | Quarantined]]:
    """Yield each entry with its number from 1, as a struct or in quarantine."""
    for number, entry in enumerate(entries, start=1):
        try:
            yield number, msgspec.convert(entry, kind)
        except (msgspec.ValidationError, RecursionError):
            yield number, in_quarantine(number, "fields", entry)


def in_quarantine(number: int, reason: Reason, entry: object) -> Quarantined:
    """Return an entry in quarantine, as compact JSON."""
    plain = msgspec.to_builtins(entry) if isinstance(entry, msgspec.Struct) else entry
    try:
        text = _encode(plain).decode(errors="replace")
    except (UnicodeError, RecursionError, TypeError, ValueError):
        text = ""
    return Quarantined(number, reason, text[:LINE_MAX_CHARACTERS] if is_text(text) else "")
