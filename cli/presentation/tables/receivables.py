"""Unpaid invoices as a report."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from cli.presentation.columns import BUYER, CUSTOMER_CODE, DUE_ON, GROSS, ISSUED_ON, NAME, NUMBER, PAID, aside
from cli.presentation.formats.model import Column, Report, Row, Table
from cli.presentation.tables.invoice import buyer_name
from cli.presentation.wording import labels
from ledger.application.ledger import Ledger
from ledger.domain.clock import format_instant
from ledger.message import msg
from projections.queries import sales_register as view


def receivables_report(ledger: Ledger, found: list[view.Receivable], today: date, as_of: datetime) -> Report:
    """Return the unpaid invoices and their sums by age."""
    columns = (
        NUMBER,
        CUSTOMER_CODE,
        BUYER,
        aside(ISSUED_ON),
        DUE_ON,
        aside(GROSS),
        aside(PAID),
        Column("left_grosze", labels.LEFT, "grosze"),
        Column("days_overdue", msg("Days overdue"), "integer"),
        aside(Column("age", msg("Age"))),
    )
    ages: dict[str, int] = {}
    for each in found:
        ages[each.age] = ages.get(each.age, 0) + each.left_grosze
    by_customer = view.receivables_by_customer(found)
    document = {
        "schema": "session-ledger/report-receivables/1",
        "as_of": format_instant(as_of),
        "invoices": [
            {
                "number": each.invoice.issued.number,
                "customer": each.customer,
                "due_on": each.invoice.issued.due_on.isoformat(),
                "gross_grosze": each.gross_grosze,
                "paid_grosze": each.paid_grosze,
                "left_grosze": each.left_grosze,
                "days_overdue": each.days_overdue,
                "age": each.age,
            }
            for each in found
        ],
        "ages": ages,
        "left_grosze": sum(ages.values()),
        "today": today.isoformat(),
        "customers": [each._asdict() for each in by_customer],
    }
    title = msg("Receivables on {today}", today=today)
    age_columns = (
        Column("age", msg("Age")),
        Column("left_grosze", labels.LEFT, "grosze"),
    )
    tables = (
        Table("receivables", title, columns, _receivable_rows(ledger, found)),
        Table("customers", labels.CUSTOMERS, _CUSTOMER_COLUMNS, _customer_rows(ledger, by_customer)),
        Table("ages", msg("By age"), age_columns, list(ages.items())),
    )
    return Report("receivables", title, document, tables, as_of)


_CUSTOMER_COLUMNS = (
    CUSTOMER_CODE,
    NAME,
    Column("invoices", msg("Invoices"), "integer"),
    Column("left_grosze", msg("Left"), "grosze"),
    Column("overdue_grosze", msg("Overdue"), "grosze"),
    Column("days_overdue", msg("Longest, days"), "integer"),
)


def _customer_rows(ledger: Ledger, found: list[view.CustomerReceivables]) -> Iterator[Row]:
    for each in found:
        yield (each.customer, ledger.customer_name(each.customer), *each[1:])


def _receivable_rows(ledger: Ledger, found: list[view.Receivable]) -> Iterator[Row]:
    for each in found:
        issued = each.invoice.issued
        yield (
            issued.number,
            each.customer,
            buyer_name(ledger, issued),
            issued.issued_on,
            issued.due_on,
            each.gross_grosze,
            each.paid_grosze,
            each.left_grosze,
            max(each.days_overdue, 0),
            each.age,
        )
