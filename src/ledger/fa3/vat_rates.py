"""Where a treatment of VAT stands in FA(3): the name of the rate, the fields of its sums."""

from __future__ import annotations

from typing import NamedTuple

from ledger.domain.events import VatTreatment
from ledger.errors import InvoiceField
from ledger.message import msg


class Rate(NamedTuple):
    """P_12 of a row, and the fields of the sums. `buyer_accounts`: reverse charge, P_18."""

    name: str
    net_field: str
    vat_field: str | None
    buyer_accounts: bool = False


PERCENTS = {23: "1", 22: "1", 8: "2", 7: "2", 5: "3"}
"""Rates of VAT, and the number of their pair of fields P_13 and P_14."""
ABROAD = {"eu": Rate("np II", "P_13_9", None, buyer_accounts=True), "non_eu": Rate("np I", "P_13_8", None)}


def rate_of(treatment: VatTreatment, percent: int) -> Rate:
    """The rate of a document; raises InvoiceField where the treatment is not decided or the rate is none."""
    if treatment in ABROAD:
        return ABROAD[treatment]
    if treatment == "ask":
        raise InvoiceField(msg("treatment is not decided: VAT of this country, of the buyer's, or of none"))
    if percent not in PERCENTS:
        raise InvoiceField(
            msg("vat_percent {percent} is no rate of VAT that FA(3) has a field for", percent=percent)
        )
    return Rate(str(percent), f"P_13_{PERCENTS[percent]}", f"P_14_{PERCENTS[percent]}")
