"""Customers as reports; names and purchases come from the vault."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from cli.presentation.columns import CUSTOMER_CODE, NAME, NIP, ORDER_REF, VALUE
from cli.presentation.formats.model import Column, Report, Row, Table
from cli.presentation.wording import labels
from ledger.application.ledger import ERASED, Ledger
from ledger.domain.clock import format_instant
from ledger.message import Code, Message, msg, plain

_FIELDS = ("name", "nip", "address_line1", "address_line2", "country", "email", "consumer", "vat_id")


def customers_report(ledger: Ledger, codes: Collection[str] | None = None) -> Report:
    """Return all customers, or those of these codes."""

    def rows() -> Iterator[Row]:
        for customer in ledger.customers():
            code = customer.customer
            if codes is not None and code not in codes:
                continue
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
        CUSTOMER_CODE,
        NAME,
        NIP,
        Column("country", labels.COUNTRY),
        Column("consumer", msg("Consumer")),
        Column("purchases", msg("Purchases"), "integer"),
        Column("merged_into", msg("Merged into")),
    )
    found = list(rows())
    keys = [column.key for column in columns]
    document = {
        "schema": "session-ledger/customer-list/1",
        "customers": [dict(zip(keys, row, strict=True)) for row in found],
    }
    title = labels.CUSTOMERS
    return Report(
        "customers", title, document, (Table("customers", title, columns, found),), ledger.last_recorded_at()
    )


def customer_report(ledger: Ledger, code: str) -> Report:
    """Return the data and purchases of one customer.

    Raises CustomerUnknown.
    """
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
        msg("Customer {code}", code=code),
        (Column("field", msg("Field")), VALUE),
        [(key, _value(key, value)) for key, value in data.items() if value],
    )
    orders = Table(
        "purchases",
        msg("Purchases"),
        (
            ORDER_REF,
            Column("purchased_at", msg("Purchased at"), "instant"),
            Column("product", msg("Product")),
            Column("returned_at", msg("Returned at"), "instant"),
        ),
        purchases,
    )
    return Report("customer", facts.title, document, (facts, orders), ledger.last_recorded_at())


def _value(key: str, value: str) -> Message | str:
    """Return what stands in a field of a customer; the codes of two of them as codes."""
    return plain("{value}", value=Code(key, value)) if key in {"consumer", "vat_treatment"} else value
