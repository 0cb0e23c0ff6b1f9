"""A reminder or a demand for payment as a report: a letter on paper, rows for everything else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from cli.presentation.catalogue import said
from cli.presentation.columns import DUE_ON, GROSS, ISSUED_ON, NUMBER, PAID
from cli.presentation.documents.amounts import amount, iban
from cli.presentation.documents.shop import shop_words
from cli.presentation.formats.model import Column, Report, Row, Table
from cli.presentation.text import Lang
from cli.presentation.wording import labels
from ledger.domain.clock import format_instant
from ledger.domain.payments.recovery import Recovery
from ledger.fa3.seller import ShopContact, seller_lines
from ledger.handlers.payments.reminder import OverdueInvoice, Reminder
from ledger.message import Message, msg, msg_in, msg_n

TERM_DAYS = 7
"""The term of a demand, where nobody says another one."""
REMINDER = msg_in("letter", "Payment reminder")
DEMAND = msg_in("letter", "Demand for payment")
_ASKS = msg("These invoices are overdue. Please pay them; who has paid meanwhile may put this letter aside.")
_THEN = msg("Otherwise the claim may be taken to court, which adds its costs.")
_LAWS = {
    "commercial": msg(
        "Interest: statutory, for late payment in commercial transactions (art. 7(1) of the act of 8 March"
        " 2013)."
    ),
    "civil": msg("Interest: statutory, for late payment (art. 481 § 2 of the Civil Code)."),
}
_COUNTED = msg(
    "Interest is counted from the day after the due day up to the day of this letter; it grows until the"
    " payment."
)
_RECOVERY = msg("Flat sum for the costs of recovery")
_RECOVERY_LAW = msg(
    "Costs of recovery: a flat sum for each claim (art. 10(1) of the act of 8 March 2013), at the mean rate"
    " of the last working day of the month before it fell due."
)
_NO_RECOVERY = msg(
    "The flat sum for the costs of recovery (art. 10(1) of the act of 8 March 2013) is not asked for here."
)
_SUM_RECOVERED = msg("To be paid, with interest and costs of recovery")
_HOW = msg("How the interest is counted")
FROM = msg_in("letter", "From")
TO = msg_in("letter", "To")
_DAY = msg_in("letter", "Date")
_ACCOUNT = msg("Account")
SIGNED_BY_SHOP = msg("Day and signature: who issues this letter")
_SUM = msg("To be paid, with interest")
_COLUMNS = (
    NUMBER,
    ISSUED_ON,
    DUE_ON,
    GROSS,
    PAID,
    Column("left_grosze", labels.LEFT, "grosze"),
    Column("days", msg("Days late"), "integer"),
    Column("interest_grosze", msg("Interest"), "grosze"),
)
_SUM_COLUMNS = (
    Column("left_grosze", labels.LEFT, "grosze"),
    Column("interest_grosze", msg("Interest"), "grosze"),
    Column("total_grosze", labels.TOTAL, "grosze"),
)
_SUM_RECOVERY = Column("recovery_grosze", msg("Costs of recovery"), "grosze")
_RECOVERY_COLUMNS = (
    NUMBER,
    Column("eur", msg("EUR"), "integer"),
    Column("rate", msg("Rate")),
    Column("rate_on", msg("Rate of"), "date"),
    Column("table", msg("Table of the National Bank")),
    _SUM_RECOVERY,
)
_INTEREST_COLUMNS = (
    NUMBER,
    Column("first_on", msg_in("interest", "From"), "date"),
    Column("last_on", msg_in("interest", "Up to"), "date"),
    Column("days", msg("Days"), "integer"),
    Column("owed_grosze", msg("Owed"), "grosze"),
    Column("percent", msg("Yearly rate, %")),
    Column("act", msg("Notice")),
)


class Letter(NamedTuple):
    """Which letter it is, and who writes it."""

    is_demand: bool
    within_days: int
    shop: ShopContact


def reminder_report(found: Reminder, letter: Letter, as_of: datetime, lang: Lang) -> Report:
    """Return the letter; its first table has a line for each invoice, the second one its interest."""
    total = found.left_grosze + found.interest_grosze + found.recovery_grosze
    recoveries = list(_recoveries(found, lang))
    title = _SUM_RECOVERED if recoveries else _SUM
    sums: dict[Column, int] = {_SUM_COLUMNS[0]: found.left_grosze, _SUM_COLUMNS[1]: found.interest_grosze}
    if recoveries:
        sums[_SUM_RECOVERY] = found.recovery_grosze
    sums[_SUM_COLUMNS[2]] = total
    return Report(
        "reminder",
        DEMAND if letter.is_demand else REMINDER,
        _document(found, letter, as_of),
        (
            Table("invoices", msg("Overdue invoices"), _COLUMNS, list(_rows(found))),
            Table("sums", title, tuple(sums), [tuple(sums.values())]),
            Table(
                "interest", msg("How the interest is counted"), _INTEREST_COLUMNS, list(_parts(found, lang))
            ),
            *([Table("recovery", _RECOVERY, _RECOVERY_COLUMNS, recoveries)] if recoveries else ()),
        ),
        as_of,
        notes=tuple(_notes(found, letter)),
        form=(
            *(((FROM, ", ".join(lines)),) if (lines := seller_lines(letter.shop.seller)) else ()),
            (TO, str(found.addressee)),
            (_DAY, said(msg("{day}", day=found.on), lang)),
            (title, f"{amount(total, lang)} PLN"),
            *(((_ACCOUNT, iban(account)),) if (account := letter.shop.seller.get("bank_account")) else ()),
        ),
        signatures=(SIGNED_BY_SHOP,) if letter.is_demand else (),
    )


def _notes(found: Reminder, letter: Letter) -> Iterator[Message]:
    yield _ASKS
    if letter.is_demand:
        yield msg_n(
            "Please pay within {count} day of receiving this letter.",
            "Please pay within {count} days of receiving this letter.",
            letter.within_days,
        )
        yield _THEN
    yield from (_LAWS[law] for law in ("commercial", "civil") if law in {each.law for each in found.invoices})
    yield _COUNTED
    if any(each.law == "commercial" for each in found.invoices):
        yield _RECOVERY_LAW if found.recovery_grosze else _NO_RECOVERY
    yield from shop_words(letter.shop)


def _rows(found: Reminder) -> Iterator[Row]:
    for each in found.invoices:
        issued = each.invoice.issued
        yield (
            issued.number,
            issued.issued_on,
            issued.due_on,
            each.gross_grosze,
            each.paid_grosze,
            each.left_grosze,
            each.interest.days,
            each.interest.grosze,
        )
    if len(found.invoices) > 1:
        yield (labels.TOTAL, None, None, None, None, found.left_grosze, None, found.interest_grosze)


def _recoveries(found: Reminder, lang: Lang) -> Iterator[Row]:
    for each in found.invoices:
        if each.recovery is not None:
            euros, rate = each.recovery
            mark = "." if lang == "en" else ","
            typed = f"{rate.ten_thousandths // 10_000}{mark}{rate.ten_thousandths % 10_000:04d}"
            yield (each.invoice.issued.number, euros, typed, rate.on, rate.table, each.recovery.grosze)


def _parts(found: Reminder, lang: Lang) -> Iterator[Row]:
    for each in found.invoices:
        for part in each.interest.parts:
            percent = amount(part.rate.percent_hundredths, lang)
            yield (
                each.invoice.issued.number,
                part.first,
                part.last,
                part.days,
                part.owed_grosze,
                percent,
                part.rate.act,
            )


def _document(found: Reminder, letter: Letter, as_of: datetime) -> dict[str, Any]:
    """Return codes, days and amounts for JSON; no name is in it."""
    day = timedelta(days=letter.within_days)
    return {
        "schema": "session-ledger/reminder/1",
        "as_of": format_instant(as_of),
        "customer": found.addressee.code,
        "on": found.on.isoformat(),
        "kind": "demand" if letter.is_demand else "reminder",
        "until": (found.on + day).isoformat() if letter.is_demand else None,
        "left_grosze": found.left_grosze,
        "interest_grosze": found.interest_grosze,
        "recovery_grosze": found.recovery_grosze,
        "invoices": [_invoice_document(each) for each in found.invoices],
    }


def _invoice_document(each: OverdueInvoice) -> dict[str, Any]:
    issued = each.invoice.issued
    return {
        "number": issued.number,
        "due_on": issued.due_on.isoformat(),
        "gross_grosze": each.gross_grosze,
        "paid_grosze": each.paid_grosze,
        "left_grosze": each.left_grosze,
        "law": each.law,
        "days": each.interest.days,
        "interest_grosze": each.interest.grosze,
        "recovery": None if each.recovery is None else _recovery_document(each.recovery),
        "interest": [
            {
                "first_on": part.first.isoformat(),
                "last_on": part.last.isoformat(),
                "days": part.days,
                "owed_grosze": part.owed_grosze,
                "percent_hundredths": part.rate.percent_hundredths,
                "act": part.rate.act,
            }
            for part in each.interest.parts
        ],
    }


def _recovery_document(found: Recovery) -> dict[str, Any]:
    return {
        "eur": found.euros,
        "rate_ten_thousandths": found.rate.ten_thousandths,
        "rate_on": found.rate.on.isoformat(),
        "table": found.rate.table,
        "recovery_grosze": found.grosze,
    }
