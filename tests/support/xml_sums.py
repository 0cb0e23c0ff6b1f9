"""The amounts of FA(3) files reckoned again from the files alone, by nothing of the program."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from xml.etree import ElementTree as ET

NAMESPACE = "{http://crd.gov.pl/wzor/2025/06/25/13775/}"
FIELDS = {"23": ("P_13_1", "P_14_1"), "np II": ("P_13_9", None), "np I": ("P_13_8", None)}
GROSZ = Decimal("0.01")


class Sums:
    """What one file says: its number, the one it corrects, and its sums."""

    def __init__(self, file: Path) -> None:
        body = ET.parse(file).getroot().find(f"{NAMESPACE}Fa")  # noqa: S314 - a file of the test's own
        assert body is not None, file
        self.body = body
        self.number = self.text("P_2")
        self.corrects = self.text(f"DaneFaKorygowanej/{NAMESPACE}NrFaKorygowanej") or None
        rates = {row.findtext(f"{NAMESPACE}P_12") or "" for row in body.iter(f"{NAMESPACE}FaWiersz")}
        assert len(rates) == 1, rates
        (self.rate,) = rates
        net_field, vat_field = FIELDS[self.rate]
        self.net, self.gross = self.amount(net_field), self.amount("P_15")
        self.vat = Decimal(0) if vat_field is None else self.amount(vat_field)

    def text(self, name: str) -> str:
        """The text of a field, nothing where it is not there."""
        return self.body.findtext(f"{NAMESPACE}{name}") or ""

    def amount(self, name: str) -> Decimal:
        """The amount of a field that must be there, with two decimals."""
        found = Decimal(self.text(name))
        assert found == found.quantize(GROSZ), (name, found)
        return found

    def rows_agree(self) -> None:
        """Each row is quantity times price after discount; rows come to the net, with VAT to the gross."""
        total = Decimal(0)
        for row in self.body.iter(f"{NAMESPACE}FaWiersz"):
            told = {child.tag.removeprefix(NAMESPACE): child.text or "" for child in row}
            hour = Decimal(told["P_9A"]) - Decimal(told.get("P_10", "0"))
            assert Decimal(told["P_11"]) == Decimal(told["P_8B"]) * hour, told
            total += -Decimal(told["P_11"]) if told.get("StanPrzed") == "1" else Decimal(told["P_11"])
        assert total == self.net, self.number
        assert self.net + self.vat == self.gross, self.number


def files_agree(files: Iterable[Path]) -> dict[str, tuple[Decimal, Decimal, Decimal]]:
    """Hold every file against itself, and each invoice with its corrections against VAT on their whole net.

    Returns: net, VAT and gross of each invoice with all that corrects it, by the invoice's number.
    """
    families: dict[str, list[Sums]] = defaultdict(list)
    for file in files:
        sums = Sums(file)
        sums.rows_agree()
        families[sums.corrects or sums.number].append(sums)
    found: dict[str, tuple[Decimal, Decimal, Decimal]] = {}
    for number, family in families.items():
        net = sum((each.net for each in family), Decimal(0))
        vat = sum((each.vat for each in family), Decimal(0))
        gross = sum((each.gross for each in family), Decimal(0))
        percent = Decimal("0.23") if family[0].rate == "23" else Decimal(0)
        assert vat == (net * percent).quantize(GROSZ, ROUND_HALF_UP), number
        found[number] = (net, vat, gross)
    return found
