"""A confirmation of balance as a report: a letter in two parts on paper, rows for everything else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from cli.presentation.catalogue import said
from cli.presentation.columns import CUSTOMER_CODE, DUE_ON, GROSS, ISSUED_ON, NUMBER, ON, PAID
from cli.presentation.documents.amount_words import amount_in_words
from cli.presentation.documents.amounts import amount
from cli.presentation.documents.reminder import FROM, SIGNED_BY_SHOP, TO
from cli.presentation.documents.shop import shop_words
from cli.presentation.formats.model import Column, Report, Row, Slip, Table
from cli.presentation.text import Lang
from cli.presentation.wording import labels
from ledger.domain.clock import format_instant
from ledger.fa3.seller import ShopContact, seller_lines
from ledger.handlers.payments.balance import Balance, CustomerBalance, OpenDocument
from ledger.message import Message, msg, msg_in, msg_n

WITHIN_DAYS = 14
"""Days for an answer, where nobody says another number."""
_TITLE = msg("Confirmation of balance on {day}")
_OPEN = msg("Open documents")
_PAYMENTS = msg("Payments on them")
_DAY = msg("Balance at the end of")
_BALANCE = msg("Balance")
_PART = msg_in("letter", "Part")
_PART_A = msg("A, for the addressee to keep")
_PART_B = msg("Part B, to be signed and sent back")
_OURS = msg("{amount} PLN in favour of {name}")
_NOTHING = msg("{amount} PLN, nothing is open")
_WHOLE = msg("All that was issued and paid up to that day is counted in; interest is not.")
_ASKED = msg(
    "We ask for confirmation of this balance, as art. 26(1)(2) of the Accounting Act of 29 September 1994"
    " says. If it is another one by your books, please say in part B what differs."
)
_NO_DEMAND = msg("This letter is no demand for payment.")
_SHOP = msg("the shop")
_AGREES = msg("It agrees with our books (yes or no)")
_OTHER_BALANCE = msg("If not, by our books it is")
_DIFFERS = msg("What differs")
_SIGNED_BY_OTHER = msg("Day, stamp and signature: who confirms")
_CORRECTIONS = Column("corrections_grosze", msg("Corrections"), "grosze")
_LEFT = Column("left_grosze", labels.LEFT, "grosze")
_AMOUNT = Column("amount_grosze", msg("Amount"), "grosze")
_ALL = msg("Balances on {day}")
_ALL_COLUMNS = (
    CUSTOMER_CODE,
    Column("documents", _OPEN, "integer"),
    Column("balance_grosze", _BALANCE, "grosze"),
)
_COLUMNS = (NUMBER, ISSUED_ON, DUE_ON, GROSS, _CORRECTIONS, PAID, _LEFT)


def balance_report(
    found: Balance, shop: ShopContact, within_days: int, as_of: datetime, lang: Lang
) -> Report:
    """Return the letter: open documents, payments on them, and a part for the answer."""
    shop_name = shop.seller.get("name") or said(_SHOP, lang)
    day = said(msg("{day}", day=found.on), lang)
    balance = _balance(found, shop_name, lang)
    parties = [", ".join(seller_lines(shop.seller)) or shop_name, str(found.addressee)]
    return Report(
        "balance",
        _TITLE.of(day=found.on),
        _document(found, as_of),
        (
            Table("documents", _OPEN, _COLUMNS, list(_rows(found))),
            Table("payments", _PAYMENTS, (NUMBER, ON, _AMOUNT), list(_payments(found))),
        ),
        as_of,
        notes=(_WHOLE, _ASKED, _within(within_days), _NO_DEMAND, *shop_words(shop)),
        form=(
            (_PART, said(_PART_A, lang)),
            *zip((FROM, TO), parties, strict=True),
            (_DAY, day),
            (_BALANCE, balance),
        ),
        signatures=(SIGNED_BY_SHOP,),
        slips=(
            Slip(
                _PART_B,
                (
                    *zip((FROM, TO), reversed(parties), strict=True),
                    (_DAY, day),
                    (_BALANCE, balance),
                    (_AGREES, ""),
                    (_OTHER_BALANCE, ""),
                    (_DIFFERS, ""),
                ),
                (_SIGNED_BY_OTHER,),
            ),
        ),
    )


def _within(days: int) -> Message:
    return msg_n(
        "Please send part B back, signed, within {count} day.",
        "Please send part B back, signed, within {count} days.",
        days,
    )


def balances_report(found: list[CustomerBalance], on: date, as_of: datetime) -> Report:
    """Return who has open documents at the end of a day: whom to write to."""
    title = _ALL.of(day=on)
    total = sum(each.balance_grosze for each in found)
    document = {
        "schema": "session-ledger/balances/1",
        "as_of": format_instant(as_of),
        "on": on.isoformat(),
        "balance_grosze": total,
        "customers": [each._asdict() for each in found],
    }
    rows: list[Row] = [*found, *([(labels.TOTAL, None, total)] if len(found) > 1 else ())]
    return Report("balances", title, document, (Table("balances", title, _ALL_COLUMNS, rows),), as_of)


def _balance(found: Balance, shop_name: str, lang: Lang) -> str:
    """Return the sum, in whose favour it is, and the sum in words."""
    grosze = found.balance_grosze
    if not grosze:
        return said(_NOTHING.of(amount=amount(0, lang)), lang)
    favoured = shop_name if grosze > 0 else found.addressee.name
    told = said(_OURS.of(amount=amount(abs(grosze), lang), name=favoured), lang)
    return f"{told} ({amount_in_words(abs(grosze), lang)})"


def _rows(found: Balance) -> Iterator[Row]:
    for each in found.documents:
        issued = each.invoice.issued
        yield (
            issued.number,
            issued.issued_on,
            issued.due_on,
            issued.gross_grosze,
            each.corrections_grosze,
            each.paid_grosze,
            each.left_grosze,
        )
    if len(found.documents) > 1:
        yield (labels.TOTAL, None, None, None, None, None, found.balance_grosze)


def _payments(found: Balance) -> Iterator[Row]:
    for each in found.documents:
        yield from each.payments


def _document(found: Balance, as_of: datetime) -> dict[str, Any]:
    """Return codes, days and amounts for JSON; no name is in it."""
    return {
        "schema": "session-ledger/balance/1",
        "as_of": format_instant(as_of),
        "customer": found.addressee.code,
        "on": found.on.isoformat(),
        "balance_grosze": found.balance_grosze,
        "documents": [_open_document(each) for each in found.documents],
    }


def _open_document(each: OpenDocument) -> dict[str, Any]:
    issued = each.invoice.issued
    return {
        "number": issued.number,
        "issued_on": issued.issued_on.isoformat(),
        "due_on": issued.due_on.isoformat(),
        "gross_grosze": issued.gross_grosze,
        "corrections_grosze": each.corrections_grosze,
        "paid_grosze": each.paid_grosze,
        "left_grosze": each.left_grosze,
        "payments": [
            {"on": payment.on.isoformat(), "amount_grosze": payment.amount_grosze}
            for payment in each.payments
        ],
    }
