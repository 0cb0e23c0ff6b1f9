"""The code page of a bank's file: UTF-8, or the one under which it holds Polish letters alone."""

from __future__ import annotations

import codecs

from ledger.errors import BadBankFile
from ledger.message import Hint, msg

NAMES = {"cp1250": "windows-1250", "iso8859-2": "ISO 8859-2", "cp852": "cp852"}
_POLISH = frozenset("ĄĆĘŁŃÓŚŹŻąćęłńóśźż")
_NEIGHBOURS = frozenset("ÄÖÜäöüßÉé")
"""Letters of names from abroad that stand in Polish files too."""
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
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _as_told(raw, "utf-16")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data" and not raw[: error.start].isascii():
            line = raw.count(b"\n") + 1
            raise BadBankFile(
                msg("line {line}: the file ends in the middle of a letter", line=line)
            ) from error
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
    readings = _readings(raw)
    found = [each for each in readings if _strange(each[1]) <= _POLISH]
    if not found:
        fitting = [each for each in readings if _strange(each[1]) <= _POLISH | _NEIGHBOURS]
        # Another reading that might be names from abroad leaves nothing certain.
        words = [each for each in readings if all(letter.isalpha() for letter in _strange(each[1]))]
        found = fitting if fitting == words else []
    if len(found) != 1:
        fact = (
            msg("several code pages give Polish letters")
            if found
            else msg("no code page gives Polish letters alone")
        )
        raise BadBankFile(msg("the encoding of the file cannot be told: {fact}", fact=fact), hint=_HINT)
    encoding, text = found[0]
    return text, NAMES[encoding]


def _readings(raw: bytes) -> list[tuple[str, str]]:
    """Return code page and text of every reading; of equal ones the first."""
    found: dict[str, str] = {}
    for encoding in NAMES:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        found.setdefault(text, encoding)
    return [(encoding, text) for text, encoding in found.items()]


def _strange(text: str) -> set[str]:
    return {letter for letter in text if not letter.isascii()} - _AROUND
