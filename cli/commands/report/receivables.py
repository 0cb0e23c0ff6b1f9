"""`session-ledger report receivables`: unpaid invoices by age."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import click

from cli.context import App, pass_app
from cli.options import as_of_option
from cli.output import Column, Report, Row, Table, report_options
from cli.params import CUSTOMER, Now
from cli.presentation.columns import CUSTOMER_CODE
from cli.presentation.text import Text
from cli.reading import standing
from ledger.application.ledger import ERASED, Ledger
from ledger.domain.clock import format_instant, office_time
from projections.queries import sales_register as view

_NUMBER = Column("number", Text("Numer", "Number"))


_KIND = Column("kind", Text("Rodzaj", "Kind"))


_BUYER = Column("buyer", Text("Nabywca", "Buyer"))


_ISSUED = Column("issued_on", Text("Wystawiono", "Issued"), "date")


_DUE = Column("due_on", Text("Termin", "Due"), "date")


_NET = Column("net_grosze", Text("Netto", "Net"), "grosze")


_VAT = Column("vat_grosze", Text("VAT", "VAT"), "grosze")


_GROSS = Column("gross_grosze", Text("Brutto", "Gross"), "grosze")


_PAID = Column("paid_grosze", Text("Zapłacono", "Paid"), "grosze")


@click.command()
@click.option("--customer", type=CUSTOMER, help="Only this customer.")
@as_of_option
@report_options
@pass_app
def receivables(app: App, customer: str | None, as_of: datetime | Now | None) -> Report:
    """What is still to be paid, by how long it is overdue; corrections are counted in.

    \b
    Example:
      session-ledger report receivables -o unpaid.xlsx
    """
    ledger = app.open()
    position, moment = standing(ledger, as_of)
    today = office_time(moment).date()
    found = list(view.receivables(view.register(ledger.store, position), today, customer=customer))
    columns = (
        _NUMBER,
        CUSTOMER_CODE,
        _BUYER,
        _ISSUED,
        _DUE,
        _GROSS,
        _PAID,
        Column("left_grosze", Text("Zostało", "Left"), "grosze"),
        Column("days_overdue", Text("Dni po terminie", "Days overdue"), "integer"),
        Column("age", Text("Wiek", "Age")),
    )
    ages: dict[str, int] = {}
    for each in found:
        ages[each.age] = ages.get(each.age, 0) + each.left_grosze
    document = {
        "schema": "session-ledger/report-receivables/1",
        "as_of": format_instant(moment),
        "invoices": [
            {
                "number": each.invoice.issued.number,
                "customer": each.invoice.issued.customer,
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
    }
    title = Text(f"Należności na {today}", f"Receivables on {today}")
    age_columns = (
        Column("age", Text("Wiek", "Age")),
        Column("left_grosze", Text("Zostało", "Left"), "grosze"),
    )
    tables = (
        Table("receivables", title, columns, _receivable_rows(ledger, found)),
        Table("ages", Text("Według wieku", "By age"), age_columns, list(ages.items())),
    )
    return Report("receivables", title, document, tables, moment)


def _receivable_rows(ledger: Ledger, found: list[view.Receivable]) -> Iterator[Row]:
    for each in found:
        issued = each.invoice.issued
        words = ledger.words(issued.commitment)
        yield (
            issued.number,
            issued.customer,
            ERASED if words is None else words.get("name", ERASED),
            issued.issued_on,
            issued.due_on,
            each.gross_grosze,
            each.paid_grosze,
            each.left_grosze,
            max(each.days_overdue, 0),
            each.age,
        )
