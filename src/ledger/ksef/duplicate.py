"""What an answer 440 says of the document that KSeF has under our number.

Number and session stand in `extensions`, which an answer may lack; the sentences of `details` name them too:
"Faktura o numerze KSeF: … została już prawidłowo przesłana do systemu w sesji: …" (KSeF API 2.0).
"""

from __future__ import annotations

import re
from typing import NamedTuple, cast

_NUMBER = re.compile(r"(?<![0-9A-Z])\d{10}-\d{8}-[0-9A-F]{6}-?[0-9A-F]{6}-[0-9A-F]{2}(?![0-9A-Z])")
_SESSION = re.compile(r"(?<![0-9A-Z])\d{8}-[A-Z]{2}(?:-[0-9A-F]{10}){1,2}-[0-9A-F]{2}(?![0-9A-Z])")


_SAID = {
    name: re.compile(rf"<(?:\w+:)?{name}>\s*([^<]*?)\s*</".encode())
    for name in ("NIP", "RodzajFaktury", "P_1", "P_2")
}


class DocumentKey(NamedTuple):
    """What KSeF knows a document by, as its XML says it: it takes one of a seller, a kind and a number."""

    nip: str
    kind: str
    number: str
    issued_on: str


def key_of(xml: bytes) -> DocumentKey | None:
    """Return the key of a document of FA(3); None for a file that has none."""
    from xml.sax.saxutils import unescape  # noqa: PLC0415 - brings urllib along, for a file that few commands read

    found = [_SAID[name].search(xml) for name in ("NIP", "RodzajFaktury", "P_2", "P_1")]
    told = [unescape(each[1].decode("utf-8", "replace")) for each in found if each is not None]
    return DocumentKey(*told) if len(told) == len(found) else None


class Original(NamedTuple):
    """The other document: its KSeF number, and the session it came in; None for what is not told."""

    number: str | None
    session: str | None


def original_of(extensions: object, details: tuple[str, ...]) -> Original:
    """Return what is told of the other document; a number whose checksum does not hold is not told."""
    told = cast("dict[str, object]", extensions) if isinstance(extensions, dict) else {}
    text = "\n".join(details)
    found_numbers: list[str] = _NUMBER.findall(text)
    found_sessions: list[str] = _SESSION.findall(text)
    numbers = [told.get("originalKsefNumber"), *found_numbers]
    sessions = [told.get("originalSessionReferenceNumber"), *found_sessions]
    return Original(
        next((each for each in numbers if isinstance(each, str) and is_number(each)), None),
        next((each for each in sessions if isinstance(each, str) and each), None),
    )


def is_number(text: str) -> bool:
    """Return True for a KSeF number whose checksum holds."""
    from ksef_client.utils.ksef_number import is_valid_ksef_number  # noqa: PLC0415 - takes 200 ms

    return is_valid_ksef_number(text)


def sentences(details: object) -> tuple[str, ...]:
    """Return the sentences beside a code, in whatever shape an answer has them."""
    if isinstance(details, str):
        return (details,)
    return tuple(map(str, cast("list[object]", details))) if isinstance(details, list) else ()
