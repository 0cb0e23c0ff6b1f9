"""The title of a split payment (art. 108a of the VAT act): `/VAT/…/IDC/…/INV/…/TXT/…`."""

from __future__ import annotations

import re

import msgspec

_FORM = re.compile(
    r"/VAT/(\d{1,10}(?:,\d{1,2})?)/IDC/([^/]{1,14})/INV/(.*?)(?:/TXT/(.*))?", re.IGNORECASE | re.DOTALL
)


class SplitPayment(msgspec.Struct, frozen=True):
    """What a split payment says of itself. `idc` is the tax number of the seller, never of the payer."""

    vat_grosze: int
    idc: str
    inv: str
    txt: str


def split_payment(title: str) -> SplitPayment | None:
    """Return the fields of a title that is one of a split payment; None for any other.

    `/INV/` lasts up to `/TXT/`, since the number of an invoice has slashes of its own.
    """
    found = _FORM.fullmatch(title.strip())
    if found is None:
        return None
    whole, _, part = found[1].partition(",")
    return SplitPayment(
        int(whole) * 100 + int(part.ljust(2, "0")), found[2], found[3].strip(), found[4] or ""
    )
