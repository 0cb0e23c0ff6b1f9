"""Whether a file is an FA(3) invoice that adds up."""

from __future__ import annotations

from ledger.errors import XmlInvalid, XmlSums
from ledger.fa3.parser import parse, told
from ledger.fa3.recount import sum_faults
from ledger.fa3.schema import schema_faults


def validate(xml: bytes, *, tolerance_grosze: int = 0) -> None:
    """Raise XmlUnreadable, XmlInvalid or XmlSums, each with lines and elements.

    `tolerance_grosze` is for files of others: the Ministry's own samples are off by a grosz here and there.
    """
    root = parse(xml)
    if faults := list(schema_faults(root)):
        raise XmlInvalid(told(faults))
    if faults := sum_faults(root, tolerance_grosze):
        raise XmlSums(told(faults))
