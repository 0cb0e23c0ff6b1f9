"""The same rating without a trace, for projections that rate every session.

A session of any shape is rated by tables where every edge of a price list and of its readings is a whole
hour; any other as `rate` and `assumptions_of` do.
"""

from __future__ import annotations

from ledger.domain.rating.assumptions import assumptions_of, readings
from ledger.domain.rating.cells import BeyondTables
from ledger.domain.rating.hours import TariffAt
from ledger.domain.rating.inputs import SessionFacts
from ledger.domain.rating.rate import rate
from ledger.domain.rating.tables import Tables, Totals
from ledger.domain.tariff.tariff import Tariff

__all__ = ["Rater", "Totals"]


class Rater:
    """Rates the sessions of one tariff; raises NoCalendar."""

    def __init__(self, tariff: Tariff, tariff_at: TariffAt | None = None) -> None:
        self.tariff = tariff
        self._tariff_at = tariff_at
        self._tables = Tables.of(tariff, readings(tariff)) if tariff_at is None else None

    def totals(self, facts: SessionFacts) -> Totals:
        """Hours, money and assumptions of a session that has ended."""
        if self._tables is not None:
            try:
                return self._tables.totals(facts)
            except BeyondTables:
                pass
        rated = rate(facts, self.tariff, self._tariff_at)
        return Totals(
            rated.started_hours,
            tuple(rated.band_hours[band] for band in self.tariff.bands),
            rated.net_grosze,
            rated.waived_grosze,
            assumptions_of(facts, self.tariff, self._tariff_at),
        )
