"""Turnover in the owner's month, as tables and JSON: by customer, in all, who owes, the months before."""

from __future__ import annotations

from typing import Any

from cli.presentation.catalogue import said
from cli.presentation.columns import CUSTOMER_CODE, GROSS, NET, PAID, STARTED_HOURS, VAT, WHAT
from cli.presentation.formats.model import Column, Row, Table
from cli.presentation.text import Lang
from cli.presentation.wording import labels
from ledger.domain.money import half_up
from ledger.message import Message, msg
from projections.queries.month_overview import Overview
from projections.queries.month_turnover import CustomerTurnover, Turnover

OPEN = msg("Not billed yet")
ON_INVOICES = msg("On invoices")
ON_RECEIPTS = msg("On receipts")
ELSEWHERE = msg("Billed elsewhere")
OVERDUE = msg("Overdue")
LIST_VALUE = Column("list_grosze", msg("List value"), "grosze")
COUNTED = Column("sessions", labels.SESSIONS, "integer")
_OPEN = Column("open_grosze", OPEN, "grosze")
_BILLED = Column("billed_grosze", ON_INVOICES, "grosze")
_LEFT = Column("left_grosze", labels.LEFT, "grosze")
_OVERDUE = Column("overdue_grosze", OVERDUE, "grosze")
_COLUMNS = (
    CUSTOMER_CODE,
    COUNTED,
    STARTED_HOURS,
    LIST_VALUE,
    NET,
    VAT,
    GROSS,
    _OPEN,
    _BILLED,
    Column("receipt_grosze", ON_RECEIPTS, "grosze"),
    Column("elsewhere_grosze", ELSEWHERE, "grosze"),
    PAID,
    _LEFT,
    _OVERDUE,
)
_ON_PAPER = (
    "customer",
    "started_hours",
    "gross_grosze",
    "open_grosze",
    "paid_grosze",
    "left_grosze",
    "overdue_grosze",
)
_HUNDRED = 100


def document(found: Overview) -> dict[str, Any]:
    """Return the turnover for JSON; what is free and why stands in `value` and `rules`."""
    return {
        "total": found.total._asdict(),
        "customers": [{"customer": each.customer, **each.turnover._asdict()} for each in found.customers],
        "owed": {
            "left_grosze": sum(each.left_grosze for each in found.owed),
            "overdue_grosze": sum(each.overdue_grosze for each in found.owed),
            "customers": [each._asdict() for each in found.owed],
        },
        "value": found.value._asdict(),
        "months": [each._asdict() for each in found.months],
    }


def tables(found: Overview, lang: Lang) -> list[Table]:
    """Return the customers first, then the sums, what is owed, the value, the months before."""
    rows: list[Row] = [(each.customer, *each.turnover) for each in found.customers]
    customers = Table("customers", msg("Turnover by customer"), _COLUMNS, rows)
    return [customers, *_others(found, lang)]


def brief_tables(found: Overview, lang: Lang) -> list[Table]:
    """Return the same with the customers in the columns of paper, and their sum below them."""
    places = [at for at, column in enumerate(_COLUMNS) if column.key in _ON_PAPER]
    with_sum = [*found.customers]
    if with_sum:
        with_sum.append(CustomerTurnover(said(labels.SUM, lang), found.total))
    rows = [tuple((each.customer, *each.turnover)[at] for at in places) for each in with_sum]
    columns = tuple(_COLUMNS[at] for at in places)
    return [Table("customers", msg("Turnover by customer"), columns, rows), *_others(found, lang)]


def _others(found: Overview, lang: Lang) -> list[Table]:
    return [_total(found.total, lang), _owed(found), _value(found, lang), _months(found)]


def _total(total: Turnover, lang: Lang) -> Table:
    named: list[tuple[Message, int]] = [
        (msg("turnover, net"), total.net_grosze),
        (labels.VAT, total.vat_grosze),
        (msg("turnover, gross"), total.gross_grosze),
        (msg("of it not billed yet"), total.open_grosze),
        (msg("of it on invoices"), total.billed_grosze),
        (msg("of it on receipts"), total.receipt_grosze),
        (msg("of it billed elsewhere"), total.elsewhere_grosze),
        (msg("of the invoices paid"), total.paid_grosze),
        (msg("of the invoices left"), total.left_grosze),
        (msg("of what is left overdue"), total.overdue_grosze),
    ]
    columns = (WHAT, Column("amount_grosze", msg("Amount"), "grosze"))
    rows: list[Row] = [(said(name, lang), amount) for name, amount in named]
    return Table("total", msg("The month in all"), columns, rows)


def _owed(found: Overview) -> Table:
    columns = (
        CUSTOMER_CODE,
        Column("invoices", msg("Invoices"), "integer"),
        _LEFT,
        _OVERDUE,
        Column("days_overdue", msg("Longest, days"), "integer"),
    )
    rows: list[Row] = [tuple(each) for each in found.owed]
    return Table("owed", msg("Who owes, of every month, on {today}", today=found.today), columns, rows)


def _value(found: Overview, lang: Lang) -> Table:
    value = found.value
    named: list[tuple[Message, int]] = [
        (msg("hours at the list price"), value.list_grosze),
        (msg("free by the price list"), -value.free_grosze),
        (msg("discounts"), -value.discount_grosze),
        (msg("goodwill"), -value.goodwill_grosze),
        (msg("documents say otherwise"), value.corrected_grosze),
        (msg("turnover, net"), value.net_grosze),
    ]
    columns = (WHAT, NET, Column("percent", msg("% of the list"), "integer"))
    rows: list[Row] = [
        (said(name, lang), amount, _percent(amount, value.list_grosze)) for name, amount in named
    ]
    return Table("value", msg("From the list price to the turnover"), columns, rows)


def _percent(part: int, whole: int) -> int | None:
    return half_up(_HUNDRED * part, whole) if whole else None


def _months(found: Overview) -> Table:
    columns = (
        Column("month", msg("Month")),
        COUNTED,
        STARTED_HOURS,
        Column("night_hours", msg("Night hours"), "integer"),
        LIST_VALUE,
        Column("waived_grosze", msg("Goodwill"), "grosze"),
        NET,
    )
    rows: list[Row] = [tuple(each) for each in found.months]
    return Table("months", msg("This month and the twelve before"), columns, rows)
