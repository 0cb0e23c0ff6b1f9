"""`session-ledger customer show`: one customer and their purchases."""

from __future__ import annotations

import click

from cli.context import App, pass_app
from cli.output import Column, Report, Row, Table, report_options
from cli.params import CUSTOMER
from cli.presentation.text import Text
from ledger.domain.clock import format_instant

_FIELDS = ("name", "nip", "address_line1", "address_line2", "country", "email", "consumer", "vat_id")


@click.command()
@click.argument("code", type=CUSTOMER)
@report_options
@pass_app
def show(app: App, code: str) -> Report:
    """One customer: data, purchases.

    \b
    Example:
      session-ledger customer show K-041
    """
    from ledger.application.ledger import ERASED

    ledger = app.open()
    customer = ledger.find_customer(code)
    words = ledger.words(customer.commitment)
    data = {
        key: (words or {}).get(key, ERASED if words is None and key == "name" else None) for key in _FIELDS
    }
    data |= {"country": customer.country, "consumer": customer.consumer}
    data |= {"vat_treatment": customer.vat_treatment, "merged_into": customer.merged_into}
    purchases: list[Row] = []
    for bought in customer.purchases:
        product = (ledger.words(bought.commitment) or {}).get("product")
        purchases.append((bought.order_ref, bought.purchased_at, product, bought.returned_at))
    document = {
        "schema": "session-ledger/customer/1",
        "customer": code,
        **data,
        "purchases": [
            {
                "order_ref": bought.order_ref,
                "purchased_at": format_instant(bought.purchased_at),
                "returned_at": None if bought.returned_at is None else format_instant(bought.returned_at),
            }
            for bought in customer.purchases
        ],
    }
    facts = Table(
        "customer",
        Text(f"Klient {code}", f"Customer {code}"),
        (Column("field", Text("Pole", "Field")), Column("value", Text("Wartość", "Value"))),
        [(key, value) for key, value in data.items() if value],
    )
    orders = Table(
        "purchases",
        Text("Zakupy", "Purchases"),
        (
            Column("order_ref", Text("Zamówienie", "Order")),
            Column("purchased_at", Text("Data zakupu", "Purchased at"), "instant"),
            Column("product", Text("Produkt", "Product")),
            Column("returned_at", Text("Zwrot", "Returned at"), "instant"),
        ),
        purchases,
    )
    return Report("customer", facts.title, document, (facts, orders), ledger.last_recorded_at())
