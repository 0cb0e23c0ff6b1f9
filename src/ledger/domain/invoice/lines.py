"""From a rated session to what stands on an invoice: started hours at one price, and what changed of them.

A charge is a number of started hours of one session with the same list price and the same discount; what
is free stands on no invoice. A goodwill in percent is spread over the hours so that every amount is whole
grosze and their sum is the session's net.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

import msgspec

from ledger.domain.events import InvoiceLine
from ledger.domain.money import half_up, vat_on

if TYPE_CHECKING:  # a command that only asks what stands on an invoice need not learn to rate
    from ledger.domain.rating.rate import Rated


class Charge(NamedTuple):
    """Started hours of one session at one price; net = hours x (list - discount)."""

    session: UUID
    service_on: date
    band: str
    rule: str
    hours: int
    list_grosze: int
    discount_grosze: int

    @property
    def net_grosze(self) -> int:
        """What the hours cost."""
        return self.hours * (self.list_grosze - self.discount_grosze)


class Sums(NamedTuple):
    """Net, VAT and gross of a document; VAT is taken once, on the net sum."""

    net_grosze: int
    vat_grosze: int
    gross_grosze: int


def net_by_hour(rated: Rated) -> list[int]:
    """What each started hour costs after every discount and waiver; the sum is the session's net."""
    nets = [hour.net_grosze - hour.waived_grosze for hour in rated.hours]
    left = rated.before_waiver_grosze - sum(hour.waived_grosze for hour in rated.hours)
    percent_grosze = left - rated.net_grosze
    if not percent_grosze:
        return nets
    spread: list[int] = []
    seen = taken = 0
    for net in nets:
        seen += net
        until = half_up(seen * percent_grosze, left)
        spread.append(net - (until - taken))
        taken = until
    return spread


def charges_of(session: UUID, service_on: date, rated: Rated) -> list[Charge]:
    """What a rated session puts on an invoice, in the order in which its hours opened."""
    found: dict[tuple[str, str, int, int], int] = {}
    for hour, net_grosze in zip(rated.hours, net_by_hour(rated), strict=True):
        key = (hour.band, hour.rule, hour.list_grosze, hour.list_grosze - net_grosze)
        if net_grosze:
            found[key] = found.get(key, 0) + 1
    return [
        Charge(session, service_on, band, rule, hours, list_grosze, discount_grosze)
        for (band, rule, list_grosze, discount_grosze), hours in found.items()
    ]


def lines_of(charges: Iterable[Charge], first: int = 1) -> list[InvoiceLine]:
    """The lines of an invoice, numbered from `first`."""
    return [_line(charge, number) for number, charge in enumerate(charges, first)]


def _line(charge: Charge, number: int) -> InvoiceLine:
    return InvoiceLine(
        number=number,
        unit_id=f"{charge.session}.{number}",
        session=charge.session,
        service_on=charge.service_on,
        band=charge.band,
        hours=charge.hours,
        list_grosze=charge.list_grosze,
        discount_grosze=charge.discount_grosze,
        net_grosze=charge.net_grosze,
        rule=charge.rule,
    )


def sums_of(lines: Iterable[InvoiceLine], vat_percent: int) -> Sums:
    """The sums of lines as they stand; rows of a state before are left out."""
    net_grosze = sum(line.net_grosze for line in lines if not line.before)
    vat_grosze = vat_on(net_grosze, vat_percent)
    return Sums(net_grosze, vat_grosze, net_grosze + vat_grosze)


def corrected_rows(
    standing: Sequence[InvoiceLine], charges: Iterable[Charge], numbered: int
) -> list[InvoiceLine]:
    """The rows of a correction that turns the standing lines into what is charged now; none: nothing changed.

    A changed line is a pair, before and after, with the same number and unit; one that is gone has 0 hours
    after, one that is new stands alone under the next number after `numbered`, the highest ever used. A rule
    that was applied in place of another at the same price changes no line.
    """
    now: defaultdict[tuple[UUID, str, int], list[Charge]] = defaultdict(list)
    for charge in charges:
        now[charge.session, charge.band, charge.list_grosze].append(charge)
    before: defaultdict[tuple[UUID, str, int], list[InvoiceLine]] = defaultdict(list)
    for line in standing:
        before[line.session, line.band, line.list_grosze].append(line)
    rows: list[InvoiceLine] = []
    new: list[Charge] = []
    for key in dict.fromkeys((*before, *now)):
        for line, charge in zip_longest(before.get(key, ()), now.get(key, ())):
            if line is None:
                new.append(charge)
            else:
                rows += _pair(line, charge)
    return sorted(rows, key=lambda row: row.number) + lines_of(new, numbered + 1)


def _pair(line: InvoiceLine, charge: Charge | None) -> list[InvoiceLine]:
    if charge is None:
        after = msgspec.structs.replace(line, hours=0, net_grosze=0)
    else:
        after = msgspec.structs.replace(
            line,
            service_on=charge.service_on,
            rule=charge.rule,
            hours=charge.hours,
            discount_grosze=charge.discount_grosze,
            net_grosze=charge.net_grosze,
        )
    return (
        []
        if msgspec.structs.replace(after, rule=line.rule) == line
        else [msgspec.structs.replace(line, before=True), after]
    )


def standing_after(standing: Sequence[InvoiceLine], rows: Iterable[InvoiceLine]) -> list[InvoiceLine]:
    """The lines that stand once a correction's rows are applied, by number."""
    by_number = {line.number: line for line in standing}
    by_number.update({row.number: row for row in rows if not row.before})
    return [by_number[number] for number in sorted(by_number) if by_number[number].hours]


def difference(rows: Iterable[InvoiceLine]) -> int:
    """What a correction's rows change of the net sum, in grosze."""
    return sum(-row.net_grosze if row.before else row.net_grosze for row in rows)
