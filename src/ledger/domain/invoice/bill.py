"""What an invoice, as its corrections left it, says of its sessions, and whether they come to that now.

The one notion behind `check`, the status, the billing report and `invoice correct`: what one of them tells,
the other does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ledger.domain.events import InvoiceIssued, InvoiceLine
from ledger.domain.invoice.lines import Charge, corrected_rows, standing_after


def standing_lines(issued: InvoiceIssued, corrections: Iterable[InvoiceIssued]) -> list[InvoiceLine]:
    """Return the lines of an invoice once its corrections are applied, in their order."""
    lines = list(issued.lines)
    for correction in corrections:
        lines = standing_after(lines, correction.lines)
    return lines


def says_otherwise(standing: Sequence[InvoiceLine], charges: Iterable[Charge]) -> bool:
    """Return True if lines differ from what is charged now, so that a correction would have rows."""
    return bool(corrected_rows(standing, charges, 0))
