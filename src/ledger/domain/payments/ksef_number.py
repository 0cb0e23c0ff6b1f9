"""KSeF numbers in a title: of one invoice, or collective ones of several."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"(?<![0-9A-Z])\d{10}-(?:\d{8}|IZ\d{6})-[0-9A-F]{12}-[0-9A-F]{2}(?![0-9A-Z])")
_POLYNOMIAL = 0x07
_TOP_BIT = 0x80
_BYTE = 0xFF


def checksum(body: str) -> str:
    """Return the two check digits of a KSeF number without its last part: CRC-8, polynomial 0x07."""
    crc = 0
    for byte in body.encode():
        crc ^= byte
        for _ in range(8):
            crc = ((crc << 1) ^ (_POLYNOMIAL if crc & _TOP_BIT else 0)) & _BYTE
    return f"{crc:02X}"


def is_sound(number: str) -> bool:
    """Return True if the check digits of a number are right."""
    body, _, digits = number.rpartition("-")
    return checksum(body) == digits


def is_collective(number: str) -> bool:
    """Return True for the identifier of several invoices paid at once."""
    return number[11:13] == "IZ"


def ksef_numbers(title: str) -> list[str]:
    """Return what has the form of a KSeF number in a folded title, in order, each once."""
    return list(dict.fromkeys(_NUMBER.findall(title)))


def without_ksef_numbers(title: str) -> str:
    """Return the title with something that is no number in their places."""
    return _NUMBER.sub("|", title)
