"""The flat sum for the costs of recovery in commercial transactions, art. 10 of the act of 8 March 2013.

40, 70 or 100 EUR for each claim, in zloty at the mean rate that the National Bank published on the last
working day of the month before the one in which the claim fell due. A rate is what a person read there.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from ledger.domain.clock import parse_day
from ledger.domain.identifiers import shown
from ledger.domain.money import half_up
from ledger.domain.payments.interest import Interest
from ledger.domain.working_days import working_day_before
from ledger.errors import BadCombination
from ledger.message import Hint, msg

MIDDLE_OVER_GROSZE = 5_000_00
"""A claim of more than so much bears 70 EUR."""
HIGH_FROM_GROSZE = 50_000_00
"""One of so much bears 100 EUR."""
_LOW, _MIDDLE, _HIGH = 40, 70, 100
_SCALE = 10_000
_TYPED = re.compile(r"(\S+) (\d)[.,](\d{4}) (\d{1,3}/A/NBP/\d{4})")


class EuroRate(NamedTuple):
    """A mean rate of the euro: its day, ten-thousandths of a zloty, and the table of the National Bank."""

    on: date
    ten_thousandths: int
    table: str


class Recovery(NamedTuple):
    """The flat sum of one claim: whole euros, and zloty in grosze at a rate."""

    euros: int
    rate: EuroRate

    @property
    def grosze(self) -> int:
        """The sum in grosze, rounded half up."""
        return half_up(self.euros * self.rate.ten_thousandths * 100, _SCALE)


def euro_rate_of(text: str) -> EuroRate:
    """Return what a person typed as `30.11.2026 4,2512 231/A/NBP/2026`; raises BadCombination, BadDate."""
    match = _TYPED.fullmatch(" ".join(text.split()).upper())
    if match is None or match[2] == "0":
        raise BadCombination(
            msg("{text} is not a day, a rate and a table of the National Bank", text=shown(text)),
            hint=Hint('like this: --eur-rate "30.11.2026 4,2512 231/A/NBP/2026"'),
        )
    return EuroRate(parse_day(match[1]), int(match[2] + match[3]), match[4])


def rate_day(interest: Interest, holidays: Collection[date]) -> date:
    """Return the day whose rate counts for a claim, which falls due on the first day that bears interest."""
    return working_day_before(interest.parts[0].first.replace(day=1), holidays)


def euros_of(interest: Interest) -> int:
    """Return the euros for a claim, by what was owed of it when it fell due."""
    owed = interest.parts[0].owed_grosze
    return _LOW if owed <= MIDDLE_OVER_GROSZE else _MIDDLE if owed < HIGH_FROM_GROSZE else _HIGH
