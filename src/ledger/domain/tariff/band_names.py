"""What a band is called on papers, in files for the tax office and in reports."""

from __future__ import annotations

from collections.abc import Mapping

from ledger.domain.tariff.sections import BandName
from ledger.domain.tariff.tariff import Tariff

SHOPS_OWN: dict[str, BandName] = {
    "office": BandName(pl="w godzinach pracy biura", en="office hours"),
    "off_hours": BandName(pl="poza godzinami pracy biura", en="outside office hours"),
    "night": BandName(pl="w godzinach nocnych", en="night"),
}
"""The bands of the shop's first price list, which named none: documents have called them so ever since."""


def band_names(tariff: Tariff, named_later: Mapping[str, BandName]) -> dict[str, BandName]:
    """Return the names of a price list's bands: its own, those given later, the shop's own; some may lack."""
    found: dict[str, BandName] = {}
    for band_id, band in tariff.bands.items():
        name = band.name or named_later.get(band_id) or SHOPS_OWN.get(band_id)
        if name is not None:
            found[band_id] = name
    return found


def unnamed_bands(tariff: Tariff, named_later: Mapping[str, BandName]) -> list[str]:
    """Return the bands of a price list that nothing names, in the order of the file."""
    names = band_names(tariff, named_later)
    return [band_id for band_id in tariff.bands if band_id not in names]
