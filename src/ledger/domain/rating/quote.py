"""The price before connecting: what an hour started now or later costs, as a timeline."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import NamedTuple

from ledger.domain.events.base import Issue
from ledger.domain.money import vat_on
from ledger.domain.rating.assumptions import assumptions_of
from ledger.domain.rating.hours import price_runs
from ledger.domain.rating.inputs import TEST, Kind, Purchase, SessionFacts, claim_of
from ledger.domain.rating.prices import Price, prices_of
from ledger.domain.rating.rate import Rated, rate
from ledger.domain.tariff.tariff import Tariff

_Gross = Callable[[int, int], int]
"""Net in grosze and an epoch second, to gross."""
DAY_SECONDS = 86_400
MINUTE_SECONDS = 60


class Segment(NamedTuple):
    """An hour started from one epoch second up to another costs `price`, with VAT `gross_grosze`."""

    from_s: int
    until_s: int
    price: Price
    gross_grosze: int


class QuotedTotal(NamedTuple):
    """What a session of so many minutes would cost."""

    minutes: int
    rated: Rated
    gross_grosze: int
    assumptions: tuple[str, ...]


class PriceQuote(NamedTuple):
    """The timeline of a would-be session; or, without one, the sentence that makes its issue free."""

    at_s: int
    segments: tuple[Segment, ...]
    free_quote: str | None
    total: QuotedTotal | None


def quote(
    tariff: Tariff,
    at_s: int,
    issue: Issue,
    *,
    order_ref: str | None = None,
    purchases: tuple[Purchase, ...] = (),
    horizon_seconds: int = DAY_SECONDS,
    minutes: int | None = None,
    is_taxed: bool = True,
) -> PriceQuote:
    """The price of help that would connect at an epoch second, up to the horizon; raises NoCalendar.

    Gross is net for a buyer whose document has no VAT (`is_taxed`).
    """
    gross = partial(_gross, tariff) if is_taxed else _net
    kind = Kind(at_s, issue, order_ref)
    claim = claim_of(kind, purchases, at_s, tariff.customer.lookback_days)
    total = None if minutes is None else _total(tariff, kind, purchases, minutes, gross)
    if claim == TEST:
        return PriceQuote(at_s, (), tariff.free.test.quote, total)
    segments = _segments(tariff, (at_s, at_s + horizon_seconds), claim, gross)
    return PriceQuote(at_s, tuple(segments), None, total)


def _segments(tariff: Tariff, span: tuple[int, int], claim: int, gross_of: _Gross) -> list[Segment]:
    prices = prices_of(tariff)
    segments: list[Segment] = []
    for start, end, price in price_runs(*span, claim, lambda _: prices):
        gross = gross_of(price.net_grosze, start)
        if segments and (segments[-1].price, segments[-1].gross_grosze) == (price, gross):
            segments[-1] = segments[-1]._replace(until_s=end)
        else:
            segments.append(Segment(start, end, price, gross))
    return segments


def _total(
    tariff: Tariff, kind: Kind, purchases: tuple[Purchase, ...], minutes: int, gross_of: _Gross
) -> QuotedTotal:
    until_s = kind.from_s + minutes * MINUTE_SECONDS
    facts = SessionFacts(kind.from_s, ((kind.from_s, until_s),), (kind,), purchases, None)
    rated = rate(facts, tariff)
    gross = gross_of(rated.net_grosze, until_s)
    return QuotedTotal(minutes, rated, gross, assumptions_of(facts, tariff))


def _gross(tariff: Tariff, net_grosze: int, at_s: int) -> int:
    """Net and the VAT of the office day of an epoch second."""
    day = datetime.fromtimestamp(at_s, tariff.zone).date()
    return net_grosze + vat_on(net_grosze, tariff.vat_percent_on(day))


def _net(net_grosze: int, at_s: int) -> int:
    """Net alone, on whatever day."""
    del at_s
    return net_grosze
