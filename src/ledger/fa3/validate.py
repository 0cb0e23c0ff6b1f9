"""Whether a file is an FA(3) invoice that adds up, and what it says at a glance."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from ledger.domain.money import parse_amount
from ledger.errors import XmlInvalid, XmlSums
from ledger.fa3.parser import parse, text_of, told
from ledger.fa3.recount import sum_faults
from ledger.fa3.schema import schema_faults
from ledger.message import msg


class Summary(NamedTuple):
    """What names an invoice among others."""

    number: str
    kind: str
    seller_nip: str
    issued_on: date
    gross_grosze: int


def validate(xml: bytes, *, tolerance_grosze: int = 0) -> None:
    """Raise XmlUnreadable, XmlInvalid or XmlSums, each with lines and elements.

    `tolerance_grosze` is for files of others: the Ministry's own samples are off by a grosz here and there.
    """
    root = parse(xml)
    if faults := list(schema_faults(root)):
        raise XmlInvalid(told(faults))
    if faults := sum_faults(root, tolerance_grosze):
        raise XmlSums(told(faults))


def summary(xml: bytes) -> Summary:
    """Number, kind, seller, day and gross, without validating; raises XmlUnreadable or XmlInvalid."""
    root = parse(xml)
    paths = ("Fa/P_2", "Fa/RodzajFaktury", "Podmiot1/DaneIdentyfikacyjne/NIP", "Fa/P_1", "Fa/P_15")
    found = {path: text_of(root, path) for path in paths}
    if missing := [path for path, text in found.items() if not text]:
        raise XmlInvalid(
            msg(
                "line {line}: no {names} in the document",
                line=root.sourceline,
                names=", ".join(missing),
            )
        )
    number, kind, seller_nip, issued_on, gross = (str(found[path]) for path in paths)
    try:
        return Summary(number, kind, seller_nip, date.fromisoformat(issued_on), _grosze(gross))
    except ValueError:
        raise XmlInvalid(msg("line {line}: P_1 is not a day", line=root.sourceline)) from None


def _grosze(amount: str) -> int:
    """FA(3) may write 2051 and 31.5 too."""
    whole, _, part = amount.partition(".")
    return parse_amount(f"{whole}.{part:0<2}")
