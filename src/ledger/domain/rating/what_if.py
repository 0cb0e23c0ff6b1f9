"""The same tariff under another reading: keys of its file with other values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import cast

import msgspec

from ledger.domain.rating.hours import TariffAt
from ledger.domain.tariff.tariff import Tariff, tariff_of
from ledger.errors import BadTariffChange

_WHOLE_NUMBER = re.compile(r"\d{1,9}", re.ASCII)
NO_LIMIT = "none"
POLICY_KEYS = (
    "base_price",
    "boundary",
    "clock.start",
    "customer.lookback_days",
    "flag_long_hours",
    "hardware_out_of_office",
    "holidays.bands",
    "holidays.free_window",
    "period_by",
    "pin",
    "reclassify.in_open_hour",
    "reconnect",
    "unit.seconds",
)
BAND_KEYS = ("days", "from", "until", "multiplier", "starts")
WHOLE_NUMBERS = {"customer.lookback_days", "flag_long_hours", "hardware_out_of_office", "unit.seconds"}


def changeable_keys(tariff: Tariff) -> tuple[str, ...]:
    """The keys of a tariff that may be changed, in alphabetical order."""
    bands = (
        f"bands.{name}.{key}"
        for name, band in tariff.bands.items()
        for key in (("multiplier",) if band.rest else BAND_KEYS)
    )
    return tuple(sorted((*POLICY_KEYS, *bands)))


def value_of(tariff: Tariff, key: str) -> str:
    """The value in force of a key, as it is written in a change; raises BadTariffChange."""
    table, name = _table_of(_document(tariff), tariff, key)
    value = table.get(name)
    return NO_LIMIT if value is None else str(value)


def with_changes(tariff: Tariff, changes: Mapping[str, str]) -> Tariff:
    """The tariff with other values of some keys; raises BadTariffChange for a key or a value it cannot have.

    Values are texts as typed; `customer.lookback_days=none` takes the limit away.
    """
    document = _document(tariff)
    for key, value in changes.items():
        table, name = _table_of(document, tariff, key)
        table[name] = _number(key, value) if key in WHOLE_NUMBERS else value
    changed, problems = tariff_of(document)
    if changed is None:
        said = ", ".join(f"{key}={value}" for key, value in changes.items())
        raise BadTariffChange(f"the tariff cannot have {said}: {'; '.join(problems)}")
    return changed


def changed_at(tariff_at: TariffAt, changes: Mapping[str, str]) -> TariffAt:
    """The look-up of tariffs with the changes applied to each that can take them."""
    items = tuple(changes.items())
    return lambda second: _changed(tariff_at(second), items)


@lru_cache(maxsize=512)
def _changed(tariff: Tariff, items: tuple[tuple[str, str], ...]) -> Tariff:
    try:
        return with_changes(tariff, dict(items))
    except BadTariffChange:
        return tariff


def _number(key: str, value: str) -> int | None:
    if key == "customer.lookback_days" and value == NO_LIMIT:
        return None
    if _WHOLE_NUMBER.fullmatch(value) is None:
        raise BadTariffChange(f"{key} is a whole number, not {value!r}")
    return int(value)


def _document(tariff: Tariff) -> dict[str, object]:
    return cast("dict[str, object]", msgspec.to_builtins(tariff, builtin_types=(date, datetime)))


def _table_of(document: dict[str, object], tariff: Tariff, key: str) -> tuple[dict[str, object], str]:
    """The table of a document in which a key stands, and its name there."""
    keys = changeable_keys(tariff)
    if key not in keys:
        raise BadTariffChange(f"the tariff has no key {key!r} to change", hint=f"it has {', '.join(keys)}")
    *path, name = key.split(".")
    table = document
    for part in path:
        table = cast("dict[str, object]", table[part])
    return table, name
