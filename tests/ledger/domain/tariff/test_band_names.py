"""What a band is called: by its list, by a later naming, by the shop's first list, or by nothing."""

from __future__ import annotations

import pytest

from ledger.domain.tariff.band_names import SHOPS_OWN, band_names, unnamed_bands
from ledger.domain.tariff.sections import BandName
from ledger.domain.tariff.tariff import Tariff, parse_tariff
from tests.ledger.domain.rating.rating_cases import shop_text

LATER = BandName(pl="późny wieczór", en="late evening")


def without_names(*renamed: tuple[str, str]) -> Tariff:
    """The shop's list as an older release published it: no band has a name."""
    lines = [line for line in shop_text().splitlines() if not line.startswith("name = {")]
    text = "\n".join(lines)
    for old, new in renamed:
        assert old in text
        text = text.replace(old, new)
    return parse_tariff(text)


UNKNOWN = without_names(("[bands.off_hours]", "[bands.evening]"))
"""One band bears an id that the shop's first list did not have."""


def test_the_lists_own_name_goes_before_every_other() -> None:
    named = parse_tariff(shop_text())
    own = named.bands["night"].name
    assert own is not None
    assert band_names(named, {"night": LATER})["night"] == own


def test_a_name_given_later_goes_before_the_shops_own() -> None:
    assert band_names(without_names(), {"night": LATER}) == {**SHOPS_OWN, "night": LATER}


def test_the_bands_of_the_first_list_are_called_as_they_were() -> None:
    assert band_names(without_names(), {}) == SHOPS_OWN
    assert unnamed_bands(without_names(), {}) == []


@pytest.mark.parametrize(("later", "unnamed"), [({}, ["evening"]), ({"evening": LATER}, [])])
def test_another_band_has_no_name_until_it_is_given_one(
    later: dict[str, BandName], unnamed: list[str]
) -> None:
    assert unnamed_bands(UNKNOWN, later) == unnamed
    assert band_names(UNKNOWN, later).get("evening") == later.get("evening")
