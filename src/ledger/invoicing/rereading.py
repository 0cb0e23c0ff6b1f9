"""The sums of an invoice's XML, counted again from the rows that stand in it.

Whoever wrote the file may have counted otherwise: only what FA(3) says of every invoice is asked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal, localcontext

from ledger.invoicing.parsing import Fault, Node, local_name
from ledger.invoicing.sums import VAT_OF_A_DIFFERENCE_GROSZE

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
SUMMED = ("VAT", "KOR")
"""Kinds whose sums are those of their rows; advances and simplified invoices count otherwise."""


def sum_faults(root: Node, tolerance_grosze: int = 0) -> list[Fault]:
    """Every amount that does not follow from others by more than the tolerance; the schema holds already."""
    with localcontext(prec=DIGITS):
        return list(_faults(root, tolerance_grosze))


def _faults(root: Node, tolerance_grosze: int) -> Iterator[Fault]:
    body = _child(root, "Fa")
    if body is None:
        return
    tolerance = tolerance_grosze * GROSZ
    kind = _text(body, "RodzajFaktury")
    rows = [node for node in body if local_name(str(node.tag)) == "FaWiersz"]
    for row in rows:
        yield from _row_fault(row, tolerance)
    if kind in SUMMED:
        yield from _net_faults(body, rows, tolerance)
        yield from _vat_faults(body, rows, tolerance, corrects=kind == "KOR")
    if kind != "UPR":
        yield from _gross_fault(body, tolerance)


def _row_fault(row: Node, tolerance: Decimal) -> Iterator[Fault]:
    """P_11 = P_8B x (P_9A - P_10), half up to the grosz."""
    hours, price, net = (_number(row, name) for name in ("P_8B", "P_9A", "P_11"))
    if hours is None or price is None or net is None:
        return
    expected = _half_up(hours * (price - (_number(row, "P_10") or 0)))
    yield from _differs(_child(row, "P_11"), net, expected, tolerance, "P_8B × (P_9A - P_10)")


def _net_faults(body: Node, rows: list[Node], tolerance: Decimal) -> Iterator[Fault]:
    """Where every row has its net and its rate, P_13 is their sum; a row as it stood counts against it."""
    nets = [(_number(row, "P_11"), FIELDS.get(_text(row, "P_12") or "")) for row in rows]
    if not rows or any(net is None or field is None for net, field in nets):
        return
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row, (net, field) in zip(rows, nets, strict=True):
        sums[str(field)] += (net or 0) * (-1 if _child(row, "StanPrzed") is not None else 1)
    for field, expected in sums.items():
        node = _child(body, field)
        if node is None:
            yield Fault(body.sourceline, "Fa", f"{field} is missing, though rows have its rate")
        else:
            yield from _differs(node, Decimal(node.text or "0"), expected, tolerance, "the sum of its rows")


def _vat_faults(body: Node, rows: list[Node], tolerance: Decimal, *, corrects: bool) -> Iterator[Fault]:
    """P_14 is the rate on P_13, half up once; a correction may be a grosz off (`ledger.invoicing.sums`)."""
    used = {_text(row, "P_12") for row in rows}
    slack = max(tolerance, VAT_OF_A_DIFFERENCE_GROSZE * GROSZ if corrects else tolerance)
    for field, rates in RATES.items():
        net = _number(body, field)
        node = _child(body, field.replace("P_13", "P_14"))
        if net is None or node is None:
            continue
        rate = next((rate for rate in rates if str(rate) in used), rates[0])
        expected = _half_up(net * rate / 100)
        yield from _differs(node, Decimal(node.text or "0"), expected, slack, f"{rate} % of {field}")


def _gross_fault(body: Node, tolerance: Decimal) -> Iterator[Fault]:
    """P_15 is the sum of every P_13 and P_14 in złoty; P_14_xW only says VAT in złoty once more."""
    parts = [
        Decimal(node.text or "0")
        for node in body
        if (name := local_name(str(node.tag))).startswith(("P_13_", "P_14_")) and not name.endswith("W")
    ]
    node = _child(body, "P_15")
    if node is not None:
        gross = Decimal(node.text or "0")
        yield from _differs(node, gross, sum(parts, Decimal(0)), tolerance, "the sum of net and VAT")


def _differs(
    node: Node | None, value: Decimal, expected: Decimal, tolerance: Decimal, what: str
) -> Iterator[Fault]:
    """Amounts are told: they name nobody."""
    if node is not None and abs(value - expected) > tolerance:
        fact = f"{value:.2f}, but {what} is {expected:.2f}"
        yield Fault(node.sourceline, local_name(str(node.tag)), fact)


def _half_up(value: Decimal) -> Decimal:
    return value.quantize(GROSZ, ROUND_HALF_UP)


def _child(node: Node, name: str) -> Node | None:
    return next((child for child in node if local_name(str(child.tag)) == name), None)


def _text(node: Node, name: str) -> str | None:
    child = _child(node, name)
    return None if child is None else child.text


def _number(node: Node, name: str) -> Decimal | None:
    """The schema has seen to it that it is one."""
    text = _text(node, name)
    return None if text is None else Decimal(text)
