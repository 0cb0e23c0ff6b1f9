"""The tables of a tariff file, each with its keys."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from ledger.domain.events.base import Issue
from ledger.domain.tariff.week import DAYS_PATTERN, FROM_PATTERN, UNTIL_PATTERN, Window, parse_window

Favours = Literal["shop", "customer"]
Boundary = Literal["unit_start", "cheapest", "dearest", "per_band"]

Name = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_.-]{0,63}\Z")]
Key = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,31}\Z")]
Text = Annotated[str, Meta(pattern=r"\S", max_length=2000)]
Label = Annotated[str, Meta(pattern=r"^\S([^\r\n\t]{0,58}\S)?\Z")]
Days = Annotated[str, Meta(pattern=DAYS_PATTERN)]
From = Annotated[str, Meta(pattern=FROM_PATTERN)]
Until = Annotated[str, Meta(pattern=UNTIL_PATTERN)]
Amount = Annotated[str, Meta(pattern=r"^\d{1,6}\.\d\d\Z")]
Multiplier = Annotated[str, Meta(pattern=r"^\d{1,3}(\.\d{1,2})?\Z")]
Percent = Annotated[int, Meta(ge=0, le=100)]
Year = Annotated[int, Meta(ge=2000, le=2200)]


class Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the file: its keys and no others."""


class Unit(Part, frozen=True, kw_only=True):
    """What is sold: a started unit of elapsed seconds."""

    seconds: Annotated[int, Meta(ge=60, le=86_400)]
    quote: Text


class Clock(Part, frozen=True, kw_only=True):
    """When the clock of a session starts."""

    start: Literal["connected", "requested"]


class ReclassifyRule(Part, frozen=True, kw_only=True):
    """What becomes of an open hour when its session turns out to be about something else."""

    in_open_hour: Literal["keep", "new_window"]


class CustomerPolicy(Part, frozen=True, kw_only=True):
    """How long a purchase makes a customer of the shop; None is for ever."""

    lookback_days: Annotated[int, Meta(ge=1, le=36_500)] | None = None


class HolidayPolicy(Part, frozen=True, kw_only=True):
    """Whether a public holiday has the bands of a Sunday, and whether it shuts entitlements' windows."""

    bands: Literal["PL", "none"]
    free_window: Literal["PL", "none"]


class Windowed(Part, frozen=True, kw_only=True):
    """A table that may hold for some hours of some days only."""

    days: Days | None = None
    from_: From | None = field(default=None, name="from")
    until: Until | None = None

    @property
    def window(self) -> Window | None:
        """The hours it names, None when it names none."""
        if self.days is None or self.from_ is None or self.until is None:
            return None
        return parse_window(self.days, self.from_, self.until)

    @property
    def names_hours(self) -> Literal["none", "some", "all"]:
        """How many of days, from and until are given."""
        given = [self.days, self.from_, self.until]
        if None not in given:
            return "all"
        return "none" if given == [None] * 3 else "some"


class BandName(Part, frozen=True, kw_only=True):
    """What papers, files for the tax office and reports call a band."""

    pl: Label
    en: Label


class Band(Windowed, frozen=True, kw_only=True):
    """A price for some hours of the week; the rest band is the price of all hours no other band names.

    `starts`: "after" where the very second of `from` belongs to the band before.
    """

    multiplier: Multiplier
    quote: Text
    rest: bool = False
    starts: Literal["at", "after"] = "at"
    name: BandName | None = None


class Entitlement(Windowed, frozen=True, kw_only=True):
    """Percent off a band's price for customers of the shop, for one issue, in a window or always."""

    who: Literal["customer"]
    issue: Literal["hardware", "other"]
    percent: Annotated[int, Meta(ge=1, le=100)]
    quote: Text


class FreeIssue(Part, frozen=True, kw_only=True):
    """An issue that costs nothing and opens no hour."""

    quote: Text


class Free(Part, frozen=True, kw_only=True):
    """The issues that cost nothing."""

    test: FreeIssue


class VatRate(Part, frozen=True, kw_only=True):
    """A rate of VAT and the day it came into force."""

    percent: Percent
    valid_from: date


class AssumptionText(Part, frozen=True, kw_only=True):
    """The question, the choice and the reason in another language."""

    question: Text
    chosen: Text
    reason: Text


class Alternative(Part, frozen=True, kw_only=True):
    """Another reading: what it changes in the tariff, and whom that favours."""

    favours: Favours
    changes: Annotated[dict[str, str], Meta(min_length=1)]


class Assumption(Part, frozen=True, kw_only=True):
    """A question that the sentences leave open, the reading chosen, and why.

    `favours` is "shop" where some other reading would be better for the customer. Without
    alternatives the question has no bearing on amounts.
    """

    id: Name
    question: Text
    chosen: Text
    reason: Text
    favours: Favours
    pl: AssumptionText | None = None
    quote: Text | None = None
    alternatives: tuple[Alternative, ...] = ()
    accepted_by: Text | None = None
    accepted_on: date | None = None


class Example(Part, frozen=True, kw_only=True):
    """A session of one connection with its net: the file's own test."""

    what: Text
    who: Literal["public", "customer"]
    issue: Issue
    from_: Annotated[datetime, Meta(tz=True)] = field(name="from")
    until: Annotated[datetime, Meta(tz=True)]
    net: Amount


class Calendar(Part, frozen=True, kw_only=True):
    """The public holidays of whole years, by date."""

    first_year: Year
    last_year: Year
    dates: Annotated[tuple[date, ...], Meta(max_length=5000)]
