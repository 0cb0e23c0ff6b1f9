"""Customers as reports; names and purchases come from the vault."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from cli.presentation.columns import CUSTOMER_CODE, NAME, NIP, ORDER_REF, VALUE
from cli.presentation.formats.model import Column, Report, Row, Table
from cli.presentation.tables.sessions import session_document, session_table
from cli.presentation.wording import labels
from ledger.application.ledger import ERASED, Ledger
from ledger.domain.clock import format_instant
from ledger.domain.customer import Bought
from ledger.message import Code, Message, msg, plain
from projections.read_models.sessions import SessionLine

_PURCHASE_COLUMNS = (
    ORDER_REF,
    Column("purchased_at", msg("Purchased at"), "instant"),
    Column("product", msg("Product")),
    Column("returned_at", msg("Returned at"), "instant"),
)
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


def customer_report(
    ledger: Ledger, code: str, sessions: Sequence[SessionLine] = (), *, sessions_total: int = 0
) -> Report:
    """Return the data and purchases of one customer, and their last sessions of so many.

    Raises CustomerUnknown.
    """
    customer = ledger.find_customer(code)
    words = ledger.words(customer.commitment)
    data = {
        key: (words or {}).get(key, ERASED if words is None and key == "name" else None) for key in _FIELDS
    }
    data |= {"country": customer.country, "consumer": customer.consumer}
    data |= {"vat_treatment": customer.vat_treatment, "merged_into": customer.merged_into}
    document = {
        "schema": "session-ledger/customer/1",
        "customer": code,
        **data,
        "purchases": [_purchase(bought) for bought in customer.purchases],
        "sessions": [session_document(line) for line in sessions],
        "sessions_total": sessions_total,
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
        _PURCHASE_COLUMNS,
        [_purchase_row(ledger, bought) for bought in customer.purchases],
    )
    shown = (session_table(_titled(len(sessions), sessions_total), sessions),) if sessions else ()
    return Report("customer", facts.title, document, (facts, orders, *shown), ledger.last_recorded_at())


def _titled(shown: int, total: int) -> Message:
    if shown == total:
        return labels.SESSIONS
    return msg("The last {shown} sessions of {total}", shown=shown, total=total)


def purchases_report(ledger: Ledger, codes: Collection[str] | None = None) -> Report:
    """Return what customers bought, all of them or those of these codes, by customer and moment."""
    found = [
        (customer.customer, bought)
        for customer in ledger.customers()
        if codes is None or customer.customer in codes
        for bought in sorted(customer.purchases, key=lambda bought: bought.purchased_at)
    ]
    document = {
        "schema": "session-ledger/purchase-list/1",
        "purchases": [{"customer": code, **_purchase(bought)} for code, bought in found],
    }
    rows: list[Row] = [(code, *_purchase_row(ledger, bought)) for code, bought in found]
    table = Table("purchases", msg("Purchases"), (CUSTOMER_CODE, *_PURCHASE_COLUMNS), rows)
    return Report("purchases", table.title, document, (table,), ledger.last_recorded_at())


def _purchase(bought: Bought) -> dict[str, str | None]:
    """Return a purchase for JSON; what was bought is not in it."""
    return {
        "order_ref": bought.order_ref,
        "purchased_at": format_instant(bought.purchased_at),
        "returned_at": None if bought.returned_at is None else format_instant(bought.returned_at),
    }


def _purchase_row(ledger: Ledger, bought: Bought) -> Row:
    product = (ledger.words(bought.commitment) or {}).get("product")
    return (bought.order_ref, bought.purchased_at, product, bought.returned_at)


def _value(key: str, value: str) -> Message | str:
    """Return what stands in a field of a customer; the codes of two of them as codes."""
    return plain("{value}", value=Code(key, value)) if key in {"consumer", "vat_treatment"} else value
