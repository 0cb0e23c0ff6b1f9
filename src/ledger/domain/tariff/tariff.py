"""A price list, read from TOML, and everything that can be wrong with one.

A published text stands for itself: it quotes the sentences it applies, lists its public holidays by
date, and names every reading that the sentences leave open.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator
from datetime import date, datetime, time
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta

from ledger.domain.clock import epoch_seconds
from ledger.domain.money import half_up, parse_amount
from ledger.domain.problems import mismatches
from ledger.domain.tariff.sections import (
    Amount,
    Assumption,
    Band,
    Boundary,
    Calendar,
    Clock,
    CustomerPolicy,
    Entitlement,
    Example,
    Free,
    HolidayPolicy,
    Key,
    Name,
    Part,
    Percent,
    ReclassifyRule,
    Text,
    Unit,
    VatRate,
)
from ledger.domain.tariff.week import MINUTES_A_DAY, format_minute
from ledger.errors import BadTariff
from ledger.message import Message, joined, msg, plain

MAX_TEXT_CHARACTERS = 200_000
# Since 2000 every zone's offsets and changes are whole minutes; before, not every one was.
EARLIEST_VALID_FROM = date(2000, 1, 1)


class Tariff(Part, frozen=True, kw_only=True, eq=False):
    """A price list. Two tariffs are the same only if they are one object: rating keeps tables by it."""

    id: Name
    name: Text
    valid_from: date
    time_zone: str
    currency: Literal["PLN"]
    base_price: Amount
    boundary: Boundary
    reconnect: Literal["window", "per_connection"]
    hardware_out_of_office: Percent
    pin: Literal["session", "unit"]
    period_by: Literal["ended", "started"]
    flag_long_hours: Annotated[int, Meta(ge=1, le=48)]
    unit: Unit
    clock: Clock
    reclassify: ReclassifyRule
    customer: CustomerPolicy
    holidays: HolidayPolicy
    bands: dict[Key, Band]
    entitlements: dict[Key, Entitlement]
    free: Free
    vat: Annotated[tuple[VatRate, ...], Meta(min_length=1)]
    assumptions: Annotated[tuple[Assumption, ...], Meta(max_length=64)]
    examples: tuple[Example, ...] = ()
    calendar: Calendar | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the office clock."""
        return ZoneInfo(self.time_zone)

    @property
    def valid_from_s(self) -> int:
        """The epoch second of the midnight from which the tariff is in force."""
        return epoch_seconds(datetime.combine(self.valid_from, time(), self.zone))

    @property
    def band_ids(self) -> tuple[str, ...]:
        """The bands in the order of the file."""
        return tuple(self.bands)

    def list_grosze(self, band_id: str) -> int:
        """The net price of a started unit in a band, before any discount."""
        ratio = Fraction(self.bands[band_id].multiplier)
        return half_up(parse_amount(self.base_price) * ratio.numerator, ratio.denominator)

    def vat_percent_on(self, day: date) -> int:
        """The rate of VAT on an office day; before the first rate came into force, that one."""
        rates = sorted(self.vat, key=lambda rate: rate.valid_from)
        in_force = [rate for rate in rates if rate.valid_from <= day]
        return (in_force or rates[:1])[-1].percent


def digest(text: str) -> str:
    """SHA-256 of a tariff's bytes, in hexadecimal: what events name it by."""
    return hashlib.sha256(text.encode()).hexdigest()


@lru_cache(maxsize=64)
def parse_tariff(text: str) -> Tariff:
    """The tariff of a TOML text, one object for each text; raises BadTariff, which names every problem."""
    tariff, problems = read_tariff(text)
    if tariff is None:
        raise BadTariff(msg("the tariff cannot be used: {problems}", problems=joined(problems)))
    return tariff


def read_tariff(text: str) -> tuple[Tariff | None, list[Message]]:
    """The tariff of a TOML text, or None and every problem of it."""
    if len(text) > MAX_TEXT_CHARACTERS:
        return None, [msg("the file is longer than {longest} characters", longest=MAX_TEXT_CHARACTERS)]
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        return None, [msg("not TOML: {error}", error=error)]
    return tariff_of(document)


def tariff_of(document: dict[str, object]) -> tuple[Tariff | None, list[Message]]:
    """The tariff of a parsed document, or None and every problem of it."""
    try:
        tariff = msgspec.convert(document, Tariff)
    except msgspec.ValidationError:
        return None, mismatches(document, Tariff)
    problems = list(_contradictions(tariff))
    return (None, problems) if problems else (tariff, [])


def _contradictions(tariff: Tariff) -> Iterator[Message]:
    """What is wrong with a tariff whose every key is right by itself."""
    yield from _zone_problems(tariff)
    if tariff.valid_from < EARLIEST_VALID_FROM:
        yield msg("valid_from: before {day}", day=EARLIEST_VALID_FROM)
    if min(rate.valid_from for rate in tariff.vat) > tariff.valid_from:
        yield msg("vat: no rate in force on valid_from")
    yield from _hours_problems(tariff)
    yield from _entitlement_problems(tariff)
    ids = [assumption.id for assumption in tariff.assumptions]
    yield from (
        msg("assumptions: {name} stands twice", name=name)
        for name in sorted({i for i in ids if ids.count(i) > 1})
    )
    yield from _calendar_problems(tariff)


def _zone_problems(tariff: Tariff) -> Iterator[Message]:
    try:
        ZoneInfo(tariff.time_zone)
    except (KeyError, ValueError, OSError):  # unknown; not a name; a folder of zones
        yield msg("time_zone: there is no {zone!r}", zone=tariff.time_zone)


def _hours_problems(tariff: Tariff) -> Iterator[Message]:
    rest = [name for name, band in tariff.bands.items() if band.rest]
    if len(rest) != 1:
        yield msg("bands: {count} rest bands where there must be one", count=len(rest))
    for name, band in tariff.bands.items():
        expected = "none" if band.rest else "all"
        if band.names_hours != expected:
            yield (
                msg("bands.{name}: the rest band names no days, from and until", name=name)
                if band.rest
                else msg("bands.{name}: needs days, from and until", name=name)
            )
        if band.starts == "after" and (band.rest or band.from_ == "00:00"):
            yield msg("bands.{name}: starts after needs a from that is not 00:00", name=name)
    for name, entitlement in tariff.entitlements.items():
        if entitlement.names_hours == "some":
            yield msg("entitlements.{name}: needs all or none of days, from and until", name=name)
    parts = {f"bands.{name}": part.window for name, part in tariff.bands.items()}
    parts |= {f"entitlements.{name}": part.window for name, part in tariff.entitlements.items()}
    for path, window in parts.items():
        if window is not None and window.from_minute == window.until_minute:
            yield msg("{path}: from and until are the same; a whole day is 00:00 until 24:00", path=path)
    yield from _overlaps(tariff)


def _overlaps(tariff: Tariff) -> Iterator[Message]:
    windows = {name: band.window for name, band in tariff.bands.items()}
    for weekday in range(7):
        for minute in day_edges(tariff)[:-1]:
            holding = [name for name, window in windows.items() if window and window.holds(weekday, minute)]
            if len(holding) > 1:
                yield msg(
                    "bands: {minute} lies in {bands}",
                    minute=format_minute(weekday, minute),
                    bands=_all_of(holding),
                )


def _all_of(names: list[str]) -> Message:
    listed = plain("{name}", name=names[0])
    for name in names[1:]:
        listed = msg("{first} and {second}", first=listed, second=name)
    return listed


def day_edges(tariff: Tariff) -> list[int]:
    """The minutes of the day, from 0 to 1440, between which no band and no entitlement changes."""
    parts = (*tariff.bands.values(), *tariff.entitlements.values())
    windows = [part.window for part in parts if part.window is not None]
    return sorted(
        {0, MINUTES_A_DAY}.union(*((window.from_minute, window.until_minute) for window in windows))
    )


def _entitlement_problems(tariff: Tariff) -> Iterator[Message]:
    if tariff.hardware_out_of_office and not any(e.issue == "other" for e in tariff.entitlements.values()):
        yield msg("hardware_out_of_office: no entitlement for other problems whose sentence it could quote")


def _calendar_problems(tariff: Tariff) -> Iterator[Message]:
    calendar = tariff.calendar
    if calendar is None:
        return
    if not calendar.first_year <= tariff.valid_from.year <= calendar.last_year:
        yield msg("calendar: the year of valid_from is not among its years")
    for first, second in pairwise(calendar.dates):
        if first >= second:
            yield msg("calendar.dates: {second} does not come after {first}", second=second, first=first)
    for day in calendar.dates:
        if not calendar.first_year <= day.year <= calendar.last_year:
            yield msg("calendar.dates: {day} is not in its years", day=day)
