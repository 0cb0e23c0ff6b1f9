"""Customers as forms name them: by code, NIP or a part of the name; a list to choose from."""

from __future__ import annotations

from ledger.application.ledger import Ledger
from ledger.errors import SeveralCustomers
from ledger.handlers.customer_search import Match, named, several

CODES_LISTED_MAX = 500


def code_of(ledger: Ledger, typed: object) -> str | None:
    """Return the code of the customer that was named; None where nobody was.

    Raises CustomerUnknown, SeveralCustomers.
    """
    if not isinstance(typed, str):
        return None
    try:
        return named(ledger, typed).code
    except SeveralCustomers as error:  # whoever records at the desk may see names
        raise several(map(Match._make, error.matches), with_names=True) from None


def listed(ledger: Ledger) -> list[tuple[str, str]]:
    """Return codes and names to choose from; none where there are too many to list."""
    codes = list(ledger.customer_codes())
    if len(codes) > CODES_LISTED_MAX:
        return []
    return [(code, ledger.customer_name(code)) for code in codes]
