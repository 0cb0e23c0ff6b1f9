"""What an invoice says of its sessions, and whether they come to that."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import msgspec

from ledger.domain.events import InvoiceIssued, InvoiceLine
from ledger.domain.invoice.bill import says_otherwise, standing_lines
from ledger.domain.invoice.lines import Charge, corrected_rows, lines_of

A, DAY = UUID(int=1), date(2026, 11, 16)
TWO_HOURS = Charge(A, DAY, "office", "list_price", 2, 10000, 0)


def _issued(lines: list[InvoiceLine]) -> InvoiceIssued:
    return InvoiceIssued(
        at=datetime(2026, 12, 1, tzinfo=UTC),
        by="anna",
        number="FV/1",
        customer="K-1",
        issued_on=DAY,
        due_on=DAY,
        lines=tuple(lines),
        vat_percent=23,
        net_grosze=0,
        vat_grosze=0,
        gross_grosze=0,
        xml_sha256="",
        xml_bytes=0,
        duty="exempt",
    )


def test_an_invoice_says_what_its_corrections_left() -> None:
    first = _issued(lines_of([TWO_HOURS]))
    one_hour = TWO_HOURS._replace(hours=1)
    correction = _issued(corrected_rows(first.lines, [one_hour], 1))
    standing = standing_lines(first, [correction])
    assert [(line.hours, line.net_grosze) for line in standing] == [(1, 10000)]
    assert not says_otherwise(standing, [one_hour])
    assert says_otherwise(standing, [TWO_HOURS])
    assert says_otherwise(standing, [])


def test_another_day_of_service_is_said_and_another_rule_at_the_same_price_is_not() -> None:
    lines = lines_of([TWO_HOURS])
    assert says_otherwise(lines, [TWO_HOURS._replace(service_on=date(2026, 11, 17))])
    assert not says_otherwise(lines, [TWO_HOURS._replace(rule="customer_discount")])
    assert not says_otherwise([msgspec.structs.replace(line, rule="x") for line in lines], [TWO_HOURS])
