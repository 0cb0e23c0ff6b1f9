"""The code page of a bank's file: UTF-8, or the one under which it holds Polish letters alone."""

from __future__ import annotations

import codecs

from ledger.errors import BadBankFile
from ledger.message import Hint, msg

NAMES = {"cp1250": "windows-1250", "iso8859-2": "ISO 8859-2", "cp852": "cp852"}
_POLISH = frozenset("ĄĆĘŁŃÓŚŹŻąćęłńóśźż")
_AROUND = frozenset("\u00a0„”–—§°")
"""Signs that banks set beside letters."""
_BOM_NAME = "utf-8 with BOM"


def decoded(raw: bytes, encoding: str | None = None) -> tuple[str, str]:
    """Return the text of a file without its BOM, and the name of its code page.

    Raises: BadBankFile: no code page gives Polish letters alone, or two of them do, differently.
    """
    if encoding is not None:
        return _as_told(raw, encoding)
    if raw.startswith(codecs.BOM_UTF8):
        return _as_told(raw, "utf-8-sig")[0], _BOM_NAME
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return _guessed(raw)
    return text, "ascii" if raw.isascii() else "utf-8"


def _as_told(raw: bytes, encoding: str) -> tuple[str, str]:
    try:
        text = raw.decode(encoding)
    except LookupError as error:
        raise BadBankFile(msg("there is no encoding of that name")) from error
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        fact = msg("line {line}: the text is not {encoding}", line=line, encoding=encoding)
        raise BadBankFile(fact, hint=_HINT) from error
    return text.removeprefix("\ufeff"), NAMES.get(encoding, encoding)


_HINT = Hint("name the code page of the bank, for example --encoding cp1250")


def _guessed(raw: bytes) -> tuple[str, str]:
    found: dict[str, str] = {}
    for encoding in NAMES:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        strange = {c for c in text if not c.isascii()} - _AROUND
        if strange <= _POLISH and text not in found.values():
            found[encoding] = text
    if len(found) != 1:
        fact = (
            msg("several code pages give Polish letters")
            if found
            else msg("no code page gives Polish letters alone")
        )
        raise BadBankFile(msg("the encoding of the file cannot be told: {fact}", fact=fact), hint=_HINT)
    encoding, text = next(iter(found.items()))
    return text, NAMES[encoding]
