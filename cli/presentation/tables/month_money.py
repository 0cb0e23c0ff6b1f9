"""The whole month in money as tables and JSON: every standing beside the others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cli.presentation.catalogue import said
from cli.presentation.columns import (
    CUSTOMER_CODE,
    GROSS,
    NAME,
    NET,
    NUMBER,
    STARTED_HOURS,
    VAT,
)
from cli.presentation.formats.model import Column, Row, Table
from cli.presentation.text import Lang
from cli.presentation.wording import labels
from cli.presentation.wording.vocabulary import word
from ledger.application.ledger import Ledger
from ledger.domain.invoice.lines import Sums
from ledger.message import Message, msg
from projections.queries.month_money import STANDINGS, MonthMoney, Standing, StandingSums, added

STANDING = Column("standing", msg("Standing"))
_LIST_VALUE = Column("list_grosze", msg("List value"), "grosze")
_SESSIONS = Column("sessions", labels.SESSIONS, "integer")
STANDING_TITLES: dict[Standing, Message] = {
    "to_bill": labels.TO_BE_BILLED,
    "waiting": msg("Waits to be confirmed"),
    "billed": msg("On invoices"),
    "receipt": msg("On receipts"),
    "elsewhere": msg("Billed elsewhere"),
}
"""What sums of a standing are called; what is free has none."""


def month_document(money: MonthMoney) -> dict[str, Any]:
    """Return the month for JSON: sums by standing, of all and of each customer, and the documents."""
    return {
        "total": _by_standing(money.total),
        "customers": [
            {"customer": each.customer, "vat_treatment": each.treatment, **_by_standing(each.by_standing)}
            for each in money.customers
        ],
        "documents": [
            {
                "number": each.number,
                "customer": each.customer,
                "vat_period": each.vat_period,
                "vat_percent": each.vat_percent,
                "vat_treatment": each.treatment,
                "counts_in_vat": each.counts and each.vat_period is not None,
                "sessions": list(each.sessions),
                **_grosze(each.part),
                "document": _grosze(each.whole),
            }
            for each in money.documents
        ],
    }


def _by_standing(amounts: dict[Standing, StandingSums]) -> dict[str, Any]:
    return {kind: amounts[kind]._asdict() for kind in STANDINGS} | {
        "total": added(amounts.values())._asdict()
    }


def _grosze(sums: Sums) -> dict[str, int]:
    return sums._asdict()


def standings_table(money: MonthMoney, lang: Lang) -> Table:
    """Return the whole month, a row for each standing there is, and their sum."""
    columns = (STANDING, _SESSIONS, STARTED_HOURS, _LIST_VALUE, NET, VAT, GROSS)
    shown: list[Standing] = [kind for kind in STANDINGS if money.total[kind].sessions]
    rows: list[Row] = [(word(STANDING.key, kind, lang), *money.total[kind]) for kind in shown]
    if rows:
        rows.append((said(labels.SUM, lang), *added(money.total.values())))
    return Table("month", msg("The whole month"), columns, rows)


def month_table(ledger: Ledger, money: MonthMoney, lang: Lang) -> Table:
    """Return each customer's net by standing, side by side; standings that nobody has are left out."""
    shown: list[Standing] = [kind for kind in STANDING_TITLES if money.total[kind].sessions]
    columns = (
        CUSTOMER_CODE,
        NAME,
        *(Column(f"{kind}_net_grosze", STANDING_TITLES[kind], "grosze") for kind in shown),
        Column("free_hours", msg("Free hours"), "integer"),
        NET,
        VAT,
        GROSS,
    )

    def rows() -> Iterator[Row]:
        for each in money.customers:
            name = ledger.customer_name(each.customer)
            yield (each.customer, name, *_side_by_side(each.by_standing, shown))
        if money.customers:
            yield (None, said(labels.SUM, lang), *_side_by_side(money.total, shown))

    return Table("customers_month", msg("Customers' month"), columns, rows())


def _side_by_side(amounts: dict[Standing, StandingSums], shown: list[Standing]) -> Row:
    total = added(amounts.values())
    return (
        *(amounts[kind].net_grosze for kind in shown),
        amounts["free"].started_hours,
        total.net_grosze,
        total.vat_grosze,
        total.gross_grosze,
    )


def documents_table(ledger: Ledger, money: MonthMoney) -> Table:
    """Return the documents behind the month: what each says of its sessions, and its whole gross."""
    columns = (
        NUMBER,
        CUSTOMER_CODE,
        NAME,
        Column("vat_period", labels.VAT_PERIOD),
        _SESSIONS,
        NET,
        VAT,
        GROSS,
        Column("document_gross_grosze", msg("Whole document"), "grosze"),
    )

    def rows() -> Iterator[Row]:
        for each in money.documents:
            name = ledger.customer_name(each.customer)
            yield (
                each.number,
                each.customer,
                name,
                each.vat_period,
                len(each.sessions),
                *each.part,
                each.whole.gross_grosze,
            )

    return Table("documents", labels.DOCUMENTS, columns, rows())
