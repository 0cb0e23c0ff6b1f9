"""Other readings: which keys, which values, and what is refused."""

from __future__ import annotations

import pytest

from ledger.domain.rating.what_if import changeable_keys, value_of, with_changes
from ledger.errors import BadTariffChange
from tests.ledger.domain.rating.rating_cases import shop, tariff_with


def test_these_keys_can_be_changed() -> None:
    assert changeable_keys(shop()) == (
        "bands.night.days",
        "bands.night.from",
        "bands.night.multiplier",
        "bands.night.starts",
        "bands.night.until",
        "bands.off_hours.multiplier",
        "bands.office.days",
        "bands.office.from",
        "bands.office.multiplier",
        "bands.office.starts",
        "bands.office.until",
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


@pytest.mark.parametrize("key", changeable_keys(shop()))
def test_a_value_in_force_can_be_said_again(key: str) -> None:
    """What `value_of` tells is what `with_changes` takes."""
    value = value_of(shop(), key)
    assert value_of(with_changes(shop(), {key: value}), key) == value


def test_several_keys_change_together_and_the_tariff_itself_stays() -> None:
    other = with_changes(shop(), {"boundary": "per_band", "bands.night.until": "10:00"})
    assert (other.boundary, other.bands["night"].until) == ("per_band", "10:00")
    assert (shop().boundary, shop().bands["night"].until) == ("unit_start", "06:00")


def test_a_limit_can_be_set_and_taken_away() -> None:
    limited = with_changes(shop(), {"customer.lookback_days": "730"})
    assert limited.customer.lookback_days == 730
    assert with_changes(limited, {"customer.lookback_days": "none"}).customer.lookback_days is None


@pytest.mark.parametrize(
    ("key", "value", "fact"),
    [
        ("boundry", "cheapest", "the tariff has no key 'boundry' to change"),
        ("bands.morning.from", "06:00", "the tariff has no key 'bands.morning.from' to change"),
        ("bands.off_hours.from", "06:00", "the tariff has no key 'bands.off_hours.from' to change"),
        ("vat", "8", "the tariff has no key 'vat' to change"),
        (
            "boundary",
            "always",
            "the tariff cannot have boundary=always: boundary: invalid enum value 'always'",
        ),
        ("unit.seconds", "1h", "unit.seconds is a whole number, not '1h'"),
        ("unit.seconds", "٣٦٠٠", "unit.seconds is a whole number, not '٣٦٠٠'"),
        ("unit.seconds", "0", "the tariff cannot have unit.seconds=0: unit.seconds: expected `int` >= 60"),
        ("hardware_out_of_office", "101", "the tariff cannot have hardware_out_of_office=101"),
        ("base_price", "100,00", "the tariff cannot have base_price=100,00"),
        (
            "bands.night.until",
            "11:00",
            "the tariff cannot have bands.night.until=11:00: bands: mon 10:00 lies in",
        ),
    ],
)
def test_what_a_tariff_cannot_have_is_refused_by_name(key: str, value: str, fact: str) -> None:
    with pytest.raises(BadTariffChange) as refused:
        with_changes(shop(), {key: value})
    assert refused.value.fact.startswith(fact)


def test_an_unknown_key_is_hinted_at_the_known_ones() -> None:
    with pytest.raises(BadTariffChange) as refused:
        with_changes(shop(), {"nights": "1"})
    assert "bands.night.until" in refused.value.hint


def test_the_keys_follow_the_bands_of_the_file() -> None:
    assert "bands.deep_night.until" in changeable_keys(tariff_with("[bands.night]", "[bands.deep_night]"))
