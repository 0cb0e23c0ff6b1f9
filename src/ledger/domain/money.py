"""Money: whole grosze, and VAT rounded once.

Source: art. 106e ust. 11 of the Polish VAT act: amounts to full grosz, halves up.
"""

from __future__ import annotations

import re

from ledger.errors import BadAmount
from ledger.message import msg

_AMOUNT = r"(-?)(\d{1,12})(?:[.,](\d{2}))?"
_THOUSANDS = r"(?<!\d)(-?\d{1,3}(?:[ \u00a0\u202f]\d{3}){1,3})(?![ \u00a0\u202f\d])"
_CURRENCY = r"\s?(?:zł|pln)$"
"""Read when first needed: few commands take an amount."""


def half_up(numerator: int, denominator: int) -> int:
    """The quotient of two integers to the nearest integer, halves away from zero; denominator > 0."""
    quotient = (2 * abs(numerator) + denominator) // (2 * denominator)
    return quotient if numerator >= 0 else -quotient


def percent_of(amount_grosze: int, percent: int) -> int:
    """`percent` of an amount in grosze, half up to the grosz."""
    return half_up(amount_grosze * percent, 100)


def vat_on(net_grosze: int, rate_percent: int) -> int:
    """VAT in grosze on a net sum; call it once, on the sum, never line by line."""
    return percent_of(net_grosze, rate_percent)


def parse_amount(text: str) -> int:
    """Grosze from "100.00", "100,00" or "100"; raises BadAmount."""
    match = re.fullmatch(_AMOUNT, text.strip())
    if match is None:
        raise BadAmount(msg("{text!r} is not an amount of money", text=text.strip()))
    sign, zloty, grosze = match.groups()
    amount = int(zloty) * 100 + int(grosze or 0)
    return -amount if sign else amount


def typed_amount(text: str) -> int:
    """Grosze as a person types them: thousands may be parted, `zł` or `PLN` may follow; raises BadAmount."""
    bare = re.sub(_CURRENCY, "", text.strip(), flags=re.IGNORECASE)
    try:
        return parse_amount(re.sub(_THOUSANDS, lambda found: re.sub(r"\s", "", found[1]), bare))
    except BadAmount:
        raise BadAmount(msg("{text!r} is not an amount of money", text=text.strip())) from None


def format_amount(amount_grosze: int, *, lang: str = "en") -> str:
    """Zloty from grosze: 100.00 (en) or 100,00 (pl), thousands not separated."""
    zloty, grosze = divmod(abs(amount_grosze), 100)
    sign = "-" if amount_grosze < 0 else ""
    return f"{sign}{zloty}{',' if lang == 'pl' else '.'}{grosze:02d}"
