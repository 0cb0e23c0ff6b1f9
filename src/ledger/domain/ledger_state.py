"""The state of the ledger's own stream: how it was opened, its settings, the price lists in force.

Settings that change a result are events; where things lie and how they look is `ledger.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, cast
from uuid import UUID

from msgspec import Struct, field
from msgspec.structs import replace

from ledger.domain import events as e
from ledger.domain.clock import local_month, office_time
from ledger.errors import SettingUnknown
from ledger.message import msg

if TYPE_CHECKING:
    from ledger.domain.ksef_outage import Outage
    from ledger.domain.tariff.sections import BandName

LEDGER_STREAM = UUID("01890000-0000-7000-8000-000000000000")
"""Every ledger keeps its book in the stream of this id."""

SETTINGS: dict[str, int] = {
    "purge.sla_seconds": 900,
    "purge.abandoned_days": 30,
    "retention.tax_years": 6,
    "retention.transfer_days": 90,
    "invoice.term_days": 14,
}
"""The settings that are events, with what holds until somebody changes them."""

TEXT_SETTINGS: dict[str, str] = {
    "invoice.series": "FV/{year}/{month}/{number:4}",
    "invoice.correction_series": "FK/{year}/{month}/{number:4}",
    "invoice.start": "",
    "reconcile.require": "off",
}
"""The same for those that are words."""
CHOICES: dict[str, tuple[str, ...]] = {"reconcile.require": ("off", "matched")}
"""The words that one of these can be."""

TAX_YEARS_MAX = 50
SETTING_SECONDS_MAX = 10_000 * 86_400
"""No setting is longer, so that a day counted back from now always exists."""

_UNIT_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_SPAN = re.compile(r"(\d{1,9})([smhd]?)", re.ASCII)


class ListedTariff(Struct, frozen=True):
    """One published price list: where it was published, from when it holds, its text."""

    tariff: str
    digest: str
    valid_from: date
    text: str
    published: int


class Closure(Struct, frozen=True):
    """A month's close, and its reopening if there was one."""

    month: str
    closed_at: datetime
    reopened_at: datetime | None = None


class LedgerState(Struct):
    """The ledger as its own events tell it."""

    origin: str
    opened_at: datetime
    billing_from: date | None = None
    testing: bool = False
    version: int = 1
    signing_vkey: str | None = None
    """The key that signs since the last rotation; None before the first one."""
    samples: list[e.SampleDrawn] = field(default_factory=list[e.SampleDrawn])
    settings: dict[str, int] = field(default_factory=lambda: dict(SETTINGS))
    texts: dict[str, str] = field(default_factory=lambda: dict(TEXT_SETTINGS))
    ksef_from: e.KsefObligationBegan | None = None
    """The document that crossed the monthly limit: from it on everything goes to KSeF."""
    outages: tuple[Outage, ...] = ()
    """Announced outages of KSeF, those withdrawn too, in the order of recording."""
    closures: list[Closure] = field(default_factory=list[Closure])
    places: list[e.PlacesChanged] = field(default_factory=list[e.PlacesChanged])
    """Every change of the places that ledger.toml names, in the order of recording."""
    tariffs: list[ListedTariff] = field(default_factory=list[ListedTariff])
    band_names: dict[str, dict[str, BandName]] = field(default_factory=dict[str, "dict[str, BandName]"])
    """By the digest of a price list, the names that its bands were given after it was published."""

    def tariff_at(self, instant: datetime) -> str | None:
        """Digest of the list in force at an instant: the latest valid_from, the last published of it."""
        day = office_time(instant).date()
        in_force = [t for t in self.tariffs if t.valid_from <= day]
        return max(in_force, key=lambda t: (t.valid_from, t.published)).digest if in_force else None

    def text_of(self, digest: str) -> str:
        """The published text under a digest; raises KeyError."""
        for listed in self.tariffs:
            if listed.digest == digest:
                return listed.text
        raise KeyError(digest)

    def is_closed(self, month: str) -> bool:
        """Whether a month, 2026-11, is closed now."""
        return any(each.month == month and each.reopened_at is None for each in self.closures)

    def closed_month(self, at: datetime) -> str | None:
        """Return the month of an instant, 2026-11, where that month is closed now."""
        month = local_month(at)
        return month if self.is_closed(month) else None

    def was_ever_closed(self, month: str) -> bool:
        """Whether a month was closed, so that its fingerprint key is gone for good."""
        return any(each.month == month for each in self.closures)

    def billed_before_adoption(self, ended_at: datetime) -> bool:
        """Whether a session that ended then was billed before this ledger was begun."""
        return self.billing_from is not None and office_time(ended_at).date() < self.billing_from


def evolve(state: LedgerState | None, fact: e.Event) -> LedgerState:
    """The book after one more fact (the same object, changed); the first one is LedgerOpened."""
    if state is None:
        first = cast("e.LedgerOpened", fact)
        return LedgerState(first.origin, first.at, billing_from=first.billing_from, testing=first.testing)
    state.version += 1
    match fact:
        case e.SettingChanged():
            _set(state, fact)
        case e.KsefObligationBegan():
            state.ksef_from = fact
        case e.KsefOutageBegan() | e.KsefOutageEnded() | e.KsefOutageWithdrawn():
            from ledger.domain.ksef_outage import evolve as evolve_outages  # noqa: PLC0415 - outages are rare

            state.outages = evolve_outages(state.outages, fact)
        case e.SigningKeyRotated():
            state.signing_vkey = fact.to_vkey
        case e.PlacesChanged():
            state.places.append(fact)
        case e.SampleDrawn():
            state.samples.append(fact)
        case e.TariffPublished() | e.BandsNamed():
            _evolve_tariffs(state, fact)
        case e.PeriodClosed() | e.PeriodReopened():
            _evolve_closures(state, fact)
        case _:
            raise TypeError(f"{type(fact).__name__} is not a fact about the ledger")
    return state


def _evolve_tariffs(state: LedgerState, fact: e.TariffPublished | e.BandsNamed) -> None:
    if isinstance(fact, e.TariffPublished):
        state.tariffs.append(
            ListedTariff(fact.tariff, fact.digest, fact.valid_from, fact.text, state.version)
        )
    else:
        from ledger.domain.tariff.sections import BandName  # noqa: PLC0415 - few ledgers name bands later

        names = {each.band: BandName(pl=each.pl, en=each.en) for each in fact.names}
        state.band_names.setdefault(fact.digest, {}).update(names)


def _evolve_closures(state: LedgerState, fact: e.PeriodClosed | e.PeriodReopened) -> None:
    if isinstance(fact, e.PeriodClosed):
        state.closures.append(Closure(fact.month, fact.at))
    else:
        state.closures = [_reopened(each, fact) for each in state.closures]


def _set(state: LedgerState, fact: e.SettingChanged) -> None:
    if fact.key == "billing.from":
        state.billing_from = date.fromisoformat(str(fact.value))
    elif fact.key in TEXT_SETTINGS:
        state.texts[fact.key] = str(fact.value)
    else:
        state.settings[fact.key] = int(fact.value)


def _reopened(closure: Closure, fact: e.PeriodReopened) -> Closure:
    is_meant = closure.month == fact.month and closure.reopened_at is None
    return replace(closure, reopened_at=fact.at) if is_meant else closure


def project(state: LedgerState | None, recorded: Iterable[e.RecordedEvent]) -> LedgerState | None:
    """The projector that `repository.get` reads the book with."""
    for event in recorded:
        state = evolve(state, event.event)
    return state


def parse_setting(key: str, text: str) -> int | str:
    """The value of a setting that is an event: seconds as 900, 900s, 15m, 2h or 1d, days as 30 or 30d.

    Years are written as 6, numbers of documents as their pattern. Raises SettingUnknown for another key,
    another unit, zero, or more than SETTING_SECONDS_MAX or TAX_YEARS_MAX.
    """
    if key in TEXT_SETTINGS:
        return _parse_text(key, text)
    if key not in SETTINGS:
        raise SettingUnknown(msg("there is no setting {key}", key=key))
    if key == "retention.tax_years" and re.fullmatch(r"[0-9]{1,2}", text) and 0 < int(text) <= TAX_YEARS_MAX:
        return int(text)
    in_days = key.endswith("_days")
    match = _SPAN.fullmatch(text)
    if key.endswith("_years") or match is None or (in_days and match[2] not in {"", "d"}):
        raise SettingUnknown(msg("{key} cannot be {text!r}", key=key, text=text))
    unit_seconds = _UNIT_SECONDS["d" if in_days else match[2] or "s"]
    seconds = int(match[1]) * unit_seconds
    if not 0 < seconds <= SETTING_SECONDS_MAX:
        raise SettingUnknown(msg("{key} cannot be {text!r}", key=key, text=text))
    return int(match[1]) if in_days else seconds


def _parse_text(key: str, text: str) -> str:
    if key.endswith("series"):
        from ledger.domain.numbering import parse_pattern  # noqa: PLC0415 - read where one is set

        parse_pattern(text)
    if text not in CHOICES.get(key, (text,)):
        raise SettingUnknown(msg("{key} cannot be {text!r}", key=key, text=text))
    return text
