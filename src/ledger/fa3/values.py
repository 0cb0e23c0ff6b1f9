"""Values of a document as FA(3) spells them; whatever cannot be spelled is refused by its field's name."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from ledger.domain.money import format_amount
from ledger.errors import InvoiceField
from ledger.message import Message, msg

REFUSED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(chr(0x10000 * plane + end) for plane in range(1, 17) for end in (0xFFFE, 0xFFFF))
    + "]"
)
"""Control characters, halves of pairs and non-characters: XML 1.0 forbids or warns of them, KSeF refuses."""

EMAIL = r"[^@]{1,127}@[^@]{1,127}"
"""The form of an e-mail address."""
_NIP_WEIGHTS = (6, 5, 7, 2, 3, 4, 5, 6, 7)


def refused_character(text: str) -> str | None:
    """The first character that KSeF refuses, as U+0085."""
    if text.isprintable():  # many times faster, and true of no character in REFUSED
        return None
    found = REFUSED.search(text)
    return None if found is None else f"U+{ord(found[0]):04X}"


def token(value: str, field: str, *, longest: int, shortest: int = 1) -> str:
    """The text in one line, as the type xsd:token reads it; raises InvoiceField."""
    if (character := refused_character(value)) is not None:
        raise InvoiceField(
            msg(
                "{field} holds the character {character}, which KSeF refuses",
                field=field,
                character=character,
            )
        )
    text = re.sub(r"[ \t\r\n]+", " ", value).strip(" ")
    if len(text) < shortest:
        raise InvoiceField(
            msg(
                "{field} has {characters} characters; it takes {shortest} or more",
                field=field,
                characters=len(text),
                shortest=shortest,
            )
            if text
            else msg("{field} is empty", field=field)
        )
    if len(text) > longest:
        raise InvoiceField(
            msg(
                "{field} has {characters} characters; FA(3) takes {longest} at most",
                field=field,
                characters=len(text),
                longest=longest,
            )
        )
    return text


def matching(value: str, field: str, pattern: str, what: Message) -> str:
    """The value without spaces, if it has the form; raises InvoiceField."""
    text = value.replace(" ", "")
    if re.fullmatch(pattern, text, re.ASCII) is None:
        raise InvoiceField(msg("{field} is not {what}", field=field, what=what))
    return text


def nip(value: str, field: str) -> str:
    """Ten digits whose last one proves the others: KSeF refuses any other."""
    digits = matching(
        value.replace("-", ""), field, r"[1-9](\d[1-9]|[1-9]\d)\d{7}", msg("a NIP of ten digits")
    )
    proof = sum(weight * int(digit) for weight, digit in zip(_NIP_WEIGHTS, digits, strict=False)) % 11
    if proof != int(digits[9]):
        raise InvoiceField(msg("{field} is no NIP: its last digit does not prove the others", field=field))
    return digits


def amount(grosze: int) -> str:
    """Zloty with two decimals: 850.00."""
    return format_amount(grosze)


def moment(instant: datetime) -> str:
    """Full seconds of UTC: 2026-11-22T09:00:00Z; raises InvoiceField."""
    if instant.tzinfo is None:
        raise InvoiceField(msg("made_at has no time zone"))
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
