"""How a document is marked in the VAT register of JPK_V7M(3): exactly one of four fields.

Source: the Ministry's explanations of NrKSeF, OFF, BFK and DI as the trade press quotes them (2026).
"""

from __future__ import annotations

from typing import Literal

from ledger.events import Duty

JpkField = Literal["NrKSeF", "OFF", "BFK", "DI"]
IssuedIn = Literal["online", "offline24", "emergency"]
"""How it was handed to KSeF; emergency: KSeF itself had failed (art. 106nf)."""


def jpk_marker(duty: Duty, ksef_number: str | None = None, issued_in: IssuedIn | None = None) -> JpkField:
    """The marker as of now: NrKSeF takes the number itself, the others 1. DI has to be corrected later.

    A document outside KSeF is BFK: a consumer's, and one below the month's limit. One that belongs into
    KSeF, or was handed to it, and has no number yet is DI, after a failure of KSeF OFF.
    """
    if ksef_number is not None:
        return "NrKSeF"
    if issued_in == "emergency":
        return "OFF"
    if duty == "ksef" or issued_in is not None:
        return "DI"
    return "BFK"
