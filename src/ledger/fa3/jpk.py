"""How a document is marked in the VAT register of JPK_V7M(3): exactly one of four fields.

NrKSeF: the document has its number. OFF: issued during a failure of KSeF (art. 106nf); stays, whatever number
comes later. BFK: outside KSeF, a total failure too. DI: any other, also offline24 or an unavailability while
the number lacks; the declaration is corrected when it comes.

Source: the Ministry's explanations of the four fields of JPK_V7M(3) as the trade press quotes them (2026).
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from ledger.domain.events import Duty

JpkField = Literal["NrKSeF", "OFF", "BFK", "DI"]
IssuedIn = Literal["online", "offline24", "emergency", "total_failure"]
"""How it was handed to KSeF; emergency: KSeF had failed (art. 106nf); total_failure: never (art. 106ng)."""


class JpkMarker(NamedTuple):
    """The field of SprzedazWiersz and what stands in it."""

    field: JpkField
    value: str


def jpk_marker(duty: Duty, ksef_number: str | None = None, issued_in: IssuedIn | None = None) -> JpkMarker:
    """The marker as of now. It changes when the number comes, and DI then has to be corrected.

    A document outside KSeF is BFK: a consumer's, and one below the month's limit. One that belongs into
    KSeF, or was handed to it, and has no number yet is DI, after a failure of KSeF OFF.
    """
    if ksef_number is not None:
        return JpkMarker("NrKSeF", ksef_number)
    if issued_in == "emergency":
        return JpkMarker("OFF", "1")
    if issued_in == "total_failure":
        return JpkMarker("BFK", "1")
    if duty == "ksef" or issued_in is not None:
        return JpkMarker("DI", "1")
    return JpkMarker("BFK", "1")
