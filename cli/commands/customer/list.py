"""`session-ledger customer list`: all customers."""

from __future__ import annotations

from collections.abc import Iterator

import click

from cli.context import App, pass_app
from cli.output import Column, Report, Row, Table, report_options
from cli.presentation.text import Text


@click.command("list")
@report_options
@pass_app
def list_(app: App) -> Report:
    """All customers, with their names from the vault.

    \b
    Example:
      session-ledger customer list -f csv -o customers.csv
    """
    from ledger.application.ledger import ERASED

    ledger = app.open()

    def rows() -> Iterator[Row]:
        for code in ledger.customer_codes():
            customer = ledger.find_customer(code)
            words = ledger.words(customer.commitment) or {"name": ERASED}
            yield (
                code,
                words.get("name"),
                words.get("nip"),
                customer.country,
                customer.consumer,
                len(customer.purchases),
                customer.merged_into,
            )

    columns = (
        Column("customer", Text("Klient", "Customer")),
        Column("name", Text("Nazwa", "Name")),
        Column("nip", Text("NIP", "NIP")),
        Column("country", Text("Kraj", "Country")),
        Column("consumer", Text("Konsument", "Consumer")),
        Column("purchases", Text("Zakupy", "Purchases"), "integer"),
        Column("merged_into", Text("Połączony z", "Merged into")),
    )
    found = list(rows())
    keys = [column.key for column in columns]
    document = {
        "schema": "session-ledger/customer-list/1",
        "customers": [dict(zip(keys, row, strict=True)) for row in found],
    }
    title = Text("Klienci", "Customers")
    return Report(
        "customers", title, document, (Table("customers", title, columns, found),), ledger.last_recorded_at()
    )
