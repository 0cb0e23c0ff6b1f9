"""Price lists ready for rating, and the first day of billing.

Rating is imported where it happens: a report from a read model that is up to date rates nothing.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from functools import cached_property, lru_cache, partial
from typing import TYPE_CHECKING

from ledger.domain.clock import (
    epoch_microseconds,
    epoch_seconds,
    from_epoch_microseconds,
    local_month,
    office_midnight,
)
from ledger.domain.ledger_state import Closure, LedgerState
from ledger.errors import StoreDamaged
from ledger.message import msg

if TYPE_CHECKING:
    from ledger.domain.rating.bulk import Rater, Totals
    from ledger.domain.tariff.tariff import Tariff
    from projections.inputs.life import OnInvoice

HOUR_US = 3_600_000_000
END_OF_TIME_US = 1 << 62


def listed(state: LedgerState, digest: str) -> Tariff:
    """Return the price list that a connection is pinned to; raises StoreDamaged."""
    from ledger.domain.tariff.tariff import parse_tariff  # noqa: PLC0415 - as above

    try:
        return parse_tariff(state.text_of(digest))
    except KeyError:
        raise StoreDamaged(msg("the price list {digest} was never published", digest=digest[:12])) from None


@lru_cache(maxsize=64)
def _rater(tariff: Tariff) -> Rater:
    from ledger.domain.rating.bulk import Rater  # noqa: PLC0415 - as above

    return Rater(tariff)


def rater_of(tariff: Tariff, state: LedgerState) -> Rater:
    """Return the rater of a price list; one that prices each unit looks up the list in force."""
    from ledger.domain.rating.bulk import Rater  # noqa: PLC0415 - as above
    from ledger.domain.session.rating import hourly_tariff  # noqa: PLC0415 - as above

    by_hour = hourly_tariff(tariff, state, partial(listed, state))
    return _rater(tariff) if by_hour is None else Rater(tariff, by_hour)


class PriceList:
    """A price list with all that a billing row takes from it."""

    def __init__(self, tariff: Tariff, state: LedgerState) -> None:
        self.tariff = tariff
        self.id = tariff.id
        self.by_begin = tariff.period_by == "started"
        self.long_us = tariff.flag_long_hours * HOUR_US
        self._state = state
        rates = sorted(tariff.vat, key=lambda rate: rate.valid_from)
        self._vat_from_s = [epoch_seconds(office_midnight(rate.valid_from)) for rate in rates[1:]]
        self._vat_percents = [rate.percent for rate in rates]
        self._band_texts: dict[tuple[int, ...], str] = {}

    @cached_property
    def rater(self) -> Rater:
        """The rater under it, whose tables are made when first needed."""
        return rater_of(self.tariff, self._state)

    def vat_percent(self, ended_s: int) -> int:
        """Return the rate of VAT on help that ended at an epoch second."""
        return self._vat_percents[bisect_right(self._vat_from_s, ended_s)]

    def band_text(self, totals: Totals) -> str:
        """Return the started hours of each band as JSON."""
        text = self._band_texts.get(totals.band_hours)
        if text is None:
            text = self._band_texts[totals.band_hours] = json.dumps(self._hours_by_band(totals))
        return text

    def is_billed(self, billed: OnInvoice, totals: Totals) -> bool:
        """Return True if an invoice holds the very same net, and started hours of each band."""
        return totals.net_grosze == billed.net_grosze and self._hours_by_band(totals) == billed.band_hours

    def _hours_by_band(self, totals: Totals) -> dict[str, int]:
        return dict(zip(self.tariff.band_ids, totals.band_hours, strict=True))


def _closed_us(closure: Closure) -> tuple[str, int, int]:
    """Return a month, and from when until when it was closed."""
    reopened = closure.reopened_at
    until_us = END_OF_TIME_US if reopened is None else epoch_microseconds(reopened)
    return closure.month, epoch_microseconds(closure.closed_at), until_us


class PriceLists:
    """The price lists of a ledger by digest, made ready when first asked for; none before the first event."""

    def __init__(self, state: LedgerState | None) -> None:
        self._state = state
        self._lists: dict[str, PriceList] = {}
        self.closures = [] if state is None else [_closed_us(closure) for closure in state.closures]
        begins = None if state is None else state.billing_from
        self._billing_from_us = None if begins is None else epoch_microseconds(office_midnight(begins))

    def of(self, digest: str) -> PriceList:
        """Return the price list of a digest; raises StoreDamaged."""
        try:
            return self._lists[digest]
        except KeyError:
            if self._state is None:
                raise StoreDamaged(msg("the ledger has no beginning: its first event is not there")) from None
            found = self._lists[digest] = PriceList(listed(self._state, digest), self._state)
            return found

    def is_late(self, ended_us: int, amount_recorded_us: int) -> bool:
        """Return True if the amount of a session that ended then was recorded while its month was closed."""
        month = local_month(from_epoch_microseconds(ended_us))
        return any(
            month == of and closed < amount_recorded_us < reopened for of, closed, reopened in self.closures
        )

    def is_before_adoption(self, ended_us: int | None) -> bool:
        """Return True if what ended then was billed before the first day of billing."""
        return ended_us is not None and self._billing_from_us is not None and ended_us < self._billing_from_us
