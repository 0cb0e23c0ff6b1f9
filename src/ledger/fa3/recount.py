"""The sums of an invoice's XML, counted again from the rows that stand in it.

Whoever wrote the file may have counted otherwise: only what FA(3) says of every invoice is asked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal, localcontext

from ledger.fa3.parser import Fault, Node, local_name
from ledger.fa3.totals import VAT_OF_A_DIFFERENCE_GROSZE
from ledger.message import Message, msg

GROSZ = Decimal("0.01")
DIGITS = 80
"""The longest hours by the longest price that the schema lets through have 44."""
FIELDS = {
    "23": "P_13_1",
    "22": "P_13_1",
    "8": "P_13_2",
    "7": "P_13_2",
    "5": "P_13_3",
    "4": "P_13_4",
    "3": "P_13_4",
    "0 KR": "P_13_6_1",
    "0 WDT": "P_13_6_2",
    "0 EX": "P_13_6_3",
    "zw": "P_13_7",
    "np I": "P_13_8",
    "np II": "P_13_9",
    "oo": "P_13_10",
}
"""The rate of a row, and the field that takes the net of such rows."""
RATES = {"P_13_1": (23, 22), "P_13_2": (8, 7), "P_13_3": (5,)}
Fields = dict[str, Node]
SUMMED = ("VAT", "KOR")
"""Kinds whose sums are those of their rows; advances and simplified invoices count otherwise."""


def sum_faults(root: Node, tolerance_grosze: int = 0) -> list[Fault]:
    """Every amount that does not follow from others by more than the tolerance; the schema holds already."""
    with localcontext(prec=DIGITS):
        return list(_faults(root, tolerance_grosze))


def _faults(root: Node, tolerance_grosze: int) -> Iterator[Fault]:
    tolerance = tolerance_grosze * GROSZ
    for body in root.iterchildren("{*}Fa"):
        fields, rows = _fields(body), [_fields(row) for row in body.iterchildren("{*}FaWiersz")]
        kind = fields["RodzajFaktury"].text
        for row in rows:
            yield from _row_fault(row, tolerance)
        if kind in SUMMED:
            yield from _net_faults(body, fields, rows, tolerance)
            yield from _vat_faults(fields, rows, tolerance, corrects=kind == "KOR")
        if kind != "UPR":
            yield from _gross_fault(fields, tolerance)


def _fields(node: Node) -> Fields:
    """Its children by their names; rows and notes, of which there are many, are not asked for here."""
    return {local_name(child.tag): child for child in node.iterchildren("{*}*")}


def _row_fault(row: Fields, tolerance: Decimal) -> Iterator[Fault]:
    """P_11 = P_8B x (P_9A - P_10), half up to the grosz."""
    if row.keys() >= {"P_8B", "P_9A", "P_11"}:
        discount = _number(row["P_10"]) if "P_10" in row else Decimal(0)
        expected = _half_up(_number(row["P_8B"]) * (_number(row["P_9A"]) - discount))
        yield from _differs(row["P_11"], expected, tolerance, msg("P_8B × (P_9A - P_10)"))


def _net_faults(body: Node, fields: Fields, rows: list[Fields], tolerance: Decimal) -> Iterator[Fault]:
    """Where every row has its net and its rate, P_13 is their sum; a row as it stood counts against it."""
    if not all("P_11" in row and "P_12" in row and row["P_12"].text in FIELDS for row in rows):
        return
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        net = _number(row["P_11"])
        sums[FIELDS[row["P_12"].text or ""]] += -net if "StanPrzed" in row else net
    for field, expected in sums.items():
        if field in fields:
            yield from _differs(fields[field], expected, tolerance, msg("the sum of its rows"))
        else:
            yield Fault(
                body.sourceline, "Fa", msg("{field} is missing, though rows have its rate", field=field)
            )


def _vat_faults(fields: Fields, rows: list[Fields], tolerance: Decimal, *, corrects: bool) -> Iterator[Fault]:
    """P_14 is the rate on P_13, half up once; a correction may be a grosz off (`ledger.fa3.totals`)."""
    used = {row["P_12"].text for row in rows if "P_12" in row}
    slack = max(tolerance, VAT_OF_A_DIFFERENCE_GROSZE * GROSZ) if corrects else tolerance
    for field, rates in RATES.items():
        vat = field.replace("P_13", "P_14")
        if field in fields and vat in fields:
            rate = next((rate for rate in rates if str(rate) in used), rates[0])
            expected = _half_up(_number(fields[field]) * rate / 100)
            yield from _differs(
                fields[vat], expected, slack, msg("{rate} % of {field}", rate=rate, field=field)
            )


def _gross_fault(fields: Fields, tolerance: Decimal) -> Iterator[Fault]:
    """P_15 is the sum of every P_13 and P_14; P_14_xW only says VAT in złoty once more."""
    parts = [
        _number(node)
        for name, node in fields.items()
        if name.startswith(("P_13_", "P_14_")) and not name.endswith("W")
    ]
    yield from _differs(fields["P_15"], sum(parts, Decimal(0)), tolerance, msg("the sum of net and VAT"))


def _differs(node: Node, expected: Decimal, tolerance: Decimal, what: Message) -> Iterator[Fault]:
    """Amounts are told: they name nobody."""
    value = _number(node)
    if abs(value - expected) > tolerance:
        fact = msg("{value:.2f}, but {what} is {expected:.2f}", value=value, what=what, expected=expected)
        yield Fault(node.sourceline, local_name(node.tag), fact)


def _half_up(value: Decimal) -> Decimal:
    return value.quantize(GROSZ, ROUND_HALF_UP)


def _number(node: Node) -> Decimal:
    """The schema has seen to it that it is one."""
    return Decimal(node.text or "0")
