"""Facts about the ledger itself: how it was opened, its settings, price lists, keys and samples."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

import msgspec

from ledger.domain.events.base import Event, Personal, Reasoned
from ledger.domain.events.purges import Place


class LedgerOpened(Event, frozen=True, kw_only=True):
    """The ledger was made; nothing that ended before `billing_from` is billed here."""

    TOPIC: ClassVar[str] = "ledger.opened:1"

    origin: str
    billing_from: date | None = None
    testing: bool = False


class SettingChanged(Event, frozen=True, kw_only=True):
    """A setting that changes results has a new value (for example purge.sla_seconds)."""

    TOPIC: ClassVar[str] = "ledger.setting_changed:1"

    key: str
    value: int | str | bool


class NamedPlace(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A folder that ledger.toml names; `place` is None where it was not there."""

    key: str
    place: Place | None = None


class PlacesChanged(Personal, frozen=True, kw_only=True):
    """Files of sessions lie in these places of a host from here on; the paths are in the vault."""

    TOPIC: ClassVar[str] = "ledger.places_changed:1"

    host: str
    places: tuple[NamedPlace, ...] = ()


class TariffPublished(Reasoned, frozen=True, kw_only=True):
    """A price list came into force from `valid_from` on; `text` is all that rating ever reads of it."""

    TOPIC: ClassVar[str] = "tariff.published:1"

    tariff: str
    digest: str
    valid_from: date
    text: str
    retroactive: bool = False


class BandNaming(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What papers call a band, in Polish and in English."""

    band: str
    pl: str
    en: str


class BandsNamed(Event, frozen=True, kw_only=True):
    """Bands that a published price list left without names have them from here on; each is named once."""

    TOPIC: ClassVar[str] = "tariff.bands_named:1"

    tariff: str
    digest: str
    names: tuple[BandNaming, ...]


class SigningKeyRotated(Event, frozen=True, kw_only=True):
    r"""From here on checkpoints are signed by another key; both keys say so.

    The signatures are over the text `<from_vkey>\n<to_vkey>\n`, base64.
    """

    TOPIC: ClassVar[str] = "ledger.signing_key_rotated:1"

    from_vkey: str
    to_vkey: str
    signed_by_old: str
    signed_by_new: str


class SampleDrawn(Event, frozen=True, kw_only=True):
    """Sessions for a reviewer, drawn from a tree head and a word of the inspector's."""

    TOPIC: ClassVar[str] = "ledger.sample_drawn:1"

    sample: str
    first: date
    until: date
    nonce: str
    tree_size: int
    root: str
    population: int
    sessions: tuple[int, ...]
