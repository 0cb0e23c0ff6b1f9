"""The amounts that an office's sheet has for its rows, held against the price list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ledger.application.ledger import Ledger
from ledger.domain.clock import epoch_seconds
from ledger.domain.rating.inputs import Kind, Purchase, SessionFacts, purchases_for_rating
from ledger.domain.rating.rate import rate
from ledger.errors import LedgerError
from ledger.handlers.quote import purchases_of
from ledger.imports.result import AmountDifference
from ledger.imports.session_rows import ImportedSession


def differences(ledger: Ledger, sessions: Iterable[ImportedSession]) -> Iterator[AmountDifference]:
    """Yield each session with an amount of its own: that amount, and the net of the price list.

    The price list's is None for an open session, or without a price list at that time.
    """
    bought: dict[str, tuple[Purchase, ...]] = {}
    for told in sessions:
        amounts = [row.net for row in told.rows if row.net is not None]
        if amounts:
            code = told.first.customer
            if code not in bought:
                bought[code] = _purchases(ledger, code)
            yield AmountDifference(
                told.first.line, told.first.session_ref, sum(amounts), _net(ledger, told, bought[code])
            )


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
