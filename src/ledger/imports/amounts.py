"""The amounts that an office's sheet has for its rows, held against the price list."""

from __future__ import annotations

from ledger.application.ledger import Ledger
from ledger.domain.clock import epoch_seconds
from ledger.domain.rating.inputs import Kind, Purchase, SessionFacts, purchases_for_rating
from ledger.domain.rating.rate import rate
from ledger.errors import LedgerError
from ledger.handlers.quote import purchases_of
from ledger.imports.result import AmountDifference, AmountsOfSheet
from ledger.imports.session_rows import ImportedSession


class Amounts:
    """Compares amounts session by session; purchases of a customer are looked up once."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._bought: dict[str, tuple[Purchase, ...]] = {}

    def compare(self, told: ImportedSession, found: AmountsOfSheet) -> None:
        """Add a session that has an amount of its own: that amount, and the net of the price list.

        The price list's is None for an open session, or without a price list at that time.
        """
        amounts = [row.net for row in told.rows if row.net is not None]
        if not amounts:
            return
        code = told.first.customer
        if code not in self._bought:
            self._bought[code] = _purchases(self._ledger, code)
        own, net = sum(amounts), _net(self._ledger, told, self._bought[code])
        found.sessions += 1
        found.sheet_grosze += own
        found.net_grosze += net or 0
        if own != net:
            found.different.append(AmountDifference(told.first.line, told.first.session_ref, own, net))


def _purchases(ledger: Ledger, code: str) -> tuple[Purchase, ...]:
    try:
        return purchases_for_rating(purchases_of(ledger, code))
    except LedgerError:  # an unknown customer, which is refused by itself
        return ()


def _net(ledger: Ledger, told: ImportedSession, purchases: tuple[Purchase, ...]) -> int | None:
    digest = ledger.state.tariff_at(told.rows[0].connected_at)
    if told.ended_at is None or digest is None:
        return None
    begun = epoch_seconds(told.requested_at or told.rows[0].connected_at)
    spans = tuple(
        (epoch_seconds(row.connected_at), epoch_seconds(row.ended_at)) for row in told.rows if row.ended_at
    )
    kinds = (Kind(begun, told.first.issue, told.order_ref),)
    return rate(SessionFacts(begun, spans, kinds, purchases, None), ledger.tariff(digest)).net_grosze
