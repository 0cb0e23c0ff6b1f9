"""The same rating without a trace, for projections that rate every session.

A session of any shape is rated by tables where every edge of a price list and of its readings is a whole
hour; any other as `rate` and `assumptions_of` do.
"""

from __future__ import annotations

from typing import NamedTuple

from ledger.domain.rating.assumptions import assumptions_of, readings
from ledger.domain.rating.cells import BeyondTables
from ledger.domain.rating.hours import TariffAt
from ledger.domain.rating.inputs import SessionFacts
from ledger.domain.rating.rate import rate
from ledger.domain.rating.tables import MAX_KNOWN, RatedByTables, Tables
from ledger.domain.tariff.tariff import Tariff


class Totals(NamedTuple):
    """What `rate` and `assumptions_of` say of a session; `band_hours` in the order of the tariff's bands."""

    started_hours: int
    band_hours: tuple[int, ...]
    net_grosze: int
    waived_grosze: int
    assumptions: tuple[str, ...]


class Rater:
    """Rates the sessions of one tariff; raises NoCalendar."""

    def __init__(self, tariff: Tariff, tariff_at: TariffAt | None = None) -> None:
        self.tariff = tariff
        self._tariff_at = tariff_at
        self._readings = readings(tariff)
        self._ids = [reading.assumption_id for reading in self._readings]
        self._tables: Tables | None = None
        if tariff_at is None:
            self._tables = Tables.of([tariff, *(reading.tariff for reading in self._readings)])
        self._known: dict[object, Totals] = {}

    def totals(self, facts: SessionFacts) -> Totals:
        """Hours, money and assumptions of a session that has ended."""
        if self._tables is not None:
            try:
                key = self._tables.key_of(facts)
                totals = None if key is None else self._known.get(key)
                if totals is None:
                    totals = self._totals(self._tables.rated(facts))
                    if len(self._known) >= MAX_KNOWN:
                        self._known.clear()
                    if key is not None:
                        self._known[key] = totals
            except BeyondTables:
                pass
            else:
                return totals
        rated = rate(facts, self.tariff, self._tariff_at)
        return Totals(
            rated.started_hours,
            tuple(rated.band_hours[band] for band in self.tariff.bands),
            rated.net_grosze,
            rated.waived_grosze,
            assumptions_of(facts, self.tariff, self._tariff_at),
        )

    def _totals(self, rated: RatedByTables) -> Totals:
        band_hours, waived, (here, *others) = rated
        changing: tuple[str, ...] = ()
        if others.count(here) < len(others):
            found = [id_ for id_, net in zip(self._ids, others, strict=True) if net != here]
            changing = tuple(dict.fromkeys(found))
        return Totals(sum(band_hours), band_hours, here, waived, changing)
