"""Statutory interest for late payment: what was owed on each day, at the rate of that day.

`civil`: art. 481 § 2 of the Civil Code, the reference rate of the National Bank and 5.5 points. `commercial`:
between businesses, art. 7(1) and 11b of the act of 8 March 2013 on excessive delays in commercial
transactions, the reference rate of 1 January or 1 July and 10 points, for the half-year. Each rate names its
notice in Monitor Polski. Interest bears no interest (art. 482).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal, NamedTuple

from ledger.domain.working_days import working_day_from
from ledger.errors import InterestUnknown
from ledger.message import msg

InterestLaw = Literal["civil", "commercial"]
DAYS_OF_A_YEAR = 365
"""Also of a leap year."""
_DAY = timedelta(days=1)
_WHOLE = 100 * 100


class StatutoryRate(NamedTuple):
    """A yearly rate in hundredths of a percent, from a day on, with the notice that says so."""

    since: date
    percent_hundredths: int
    act: str


class RateTable(NamedTuple):
    """The rates of a law, oldest first, and the last day for which they are known."""

    rates: tuple[StatutoryRate, ...]
    known_until: date


RATES: Mapping[InterestLaw, RateTable] = {
    "civil": RateTable(
        (
            StatutoryRate(date(2023, 10, 5), 1125, "M.P. 2023 poz. 1123"),
            StatutoryRate(date(2025, 5, 8), 1075, "M.P. 2025 poz. 540"),
            StatutoryRate(date(2025, 7, 3), 1050, "M.P. 2025 poz. 685"),
            StatutoryRate(date(2025, 9, 4), 1025, "M.P. 2025 poz. 1015"),
            StatutoryRate(date(2025, 10, 9), 1000, "M.P. 2025 poz. 1136"),
            StatutoryRate(date(2025, 11, 6), 975, "M.P. 2025 poz. 1192"),
            StatutoryRate(date(2025, 12, 4), 950, "M.P. 2025 poz. 1308"),
            StatutoryRate(date(2026, 3, 5), 925, "M.P. 2026 poz. 367"),
        ),
        date(2026, 7, 31),
    ),
    "commercial": RateTable(
        (
            StatutoryRate(date(2024, 1, 1), 1575, "M.P. 2023 poz. 1465"),
            StatutoryRate(date(2024, 7, 1), 1575, "M.P. 2024 poz. 546"),
            StatutoryRate(date(2025, 1, 1), 1575, "M.P. 2024 poz. 1106"),
            StatutoryRate(date(2025, 7, 1), 1525, "M.P. 2025 poz. 602"),
            StatutoryRate(date(2026, 1, 1), 1400, "M.P. 2025 poz. 1257"),
            StatutoryRate(date(2026, 7, 1), 1375, "M.P. 2026 poz. 642"),
        ),
        date(2026, 12, 31),
    ),
}
"""Read in October 2026. A rate of half a year is known to its end; the other one changes with the bank's."""


class PaidOn(NamedTuple):
    """Money that came in on a day; negative for what went back."""

    on: date
    amount_grosze: int


class LateDebt(NamedTuple):
    """What a document comes to with its corrections, its due day, and what was paid of it."""

    owed_grosze: int
    due_on: date
    payments: tuple[PaidOn, ...] = ()


class InterestPart(NamedTuple):
    """Days in a row, both in, on which the same was owed at the same rate."""

    first: date
    last: date
    owed_grosze: int
    rate: StatutoryRate

    @property
    def days(self) -> int:
        """How many days these are."""
        return (self.last - self.first).days + 1


class Interest(NamedTuple):
    """The interest of one document, and the days it is made of."""

    parts: tuple[InterestPart, ...]

    @property
    def days(self) -> int:
        """Days of delay on which something was owed."""
        return sum(part.days for part in self.parts)

    @property
    def grosze(self) -> int:
        """The sum, rounded once, half a grosz up."""
        exact = sum(part.owed_grosze * part.rate.percent_hundredths * part.days for part in self.parts)
        whole = _WHOLE * DAYS_OF_A_YEAR
        return (2 * exact + whole) // (2 * whole)


def interest(table: RateTable, debt: LateDebt, until: date, holidays: Collection[date]) -> Interest:
    """Return the interest on what is owed up to a day, which counts.

    It begins after the day that the document is due on, or after the next working day where that is none;
    the day of a payment counts in full. Raises InterestUnknown.
    """
    begins = working_day_from(debt.due_on, holidays) + _DAY
    cuts = {begins, *(each.on + _DAY for each in debt.payments), *(rate.since for rate in table.rates)}
    firsts = [*sorted(day for day in cuts if begins <= day <= until), until + _DAY]
    parts: list[InterestPart] = []
    for first, following in pairwise(firsts):
        owed = debt.owed_grosze - sum(each.amount_grosze for each in debt.payments if each.on < first)
        if owed > 0:
            last = following - _DAY
            parts.append(InterestPart(first, last, owed, _rate_on(table, first, last)))
    return Interest(tuple(parts))


def _rate_on(table: RateTable, first: date, last: date) -> StatutoryRate:
    """Return the rate of days that lie between two changes of it; raises InterestUnknown."""
    known = [rate for rate in table.rates if rate.since <= first]
    if not known:
        begins = table.rates[0].since
        raise InterestUnknown(
            msg("the rate of {day} is not known; the table begins on {first}", day=first, first=begins)
        )
    if last > table.known_until:
        raise InterestUnknown(
            msg("the rate of {day} is not known; the table ends on {last}", day=last, last=table.known_until)
        )
    return known[-1]
