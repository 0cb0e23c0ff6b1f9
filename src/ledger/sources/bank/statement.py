"""`Statement` and `BankFile`: what every reader of this folder gives, and how it refuses a file."""

from __future__ import annotations

from datetime import date

import msgspec

from ledger.domain.payments.transfer import BankTransfer
from ledger.errors import BadBankFile
from ledger.message import Hint, Message, msg

CURRENCY = "PLN"


class BankStatement(msgspec.Struct, kw_only=True):
    """A statement of one account, in order of booking; balances are None where the bank gives none."""

    account: str
    """Plain, see `plain_account`; empty where the file does not name it."""
    number: str = ""
    opening_grosze: int | None = None
    closing_grosze: int | None = None
    transfers: list[BankTransfer]
    not_booked: int = 0

    @property
    def days(self) -> tuple[date, date] | None:
        """Return the first and the last day of booking; None without a transfer."""
        days = [transfer.booked_on for transfer in self.transfers]
        return (min(days), max(days)) if days else None


class BankFile(msgspec.Struct, kw_only=True):
    """A file as it was read; `other_currency` counts statements that are not in PLN and were left out."""

    format: str
    encoding: str
    statements: list[BankStatement]
    other_currency: int = 0


def refusal(line: int, field: str | Message, fact: Message, *, hint: Hint | None = None) -> BadBankFile:
    """Return the refusal of a file for what stands in a line, from 1; it repeats nothing of the line.

    `field` is what the bank calls it, empty for the whole line.
    """
    if not field:
        return BadBankFile(msg("line {line}: {fact}", line=line, fact=fact), hint=hint)
    return BadBankFile(msg("line {line}, {field}: {fact}", line=line, field=field, fact=fact), hint=hint)


def check_balance(statement: BankStatement, line: int, field: str) -> None:
    """Raise BadBankFile unless opening and transfers come to the closing balance, to the grosz."""
    opening, closing = statement.opening_grosze, statement.closing_grosze
    if opening is None or closing is None:
        return
    total = opening + sum(transfer.amount_grosze for transfer in statement.transfers)
    if total != closing:
        raise refusal(
            line,
            field,
            msg(
                "opening balance and transfers come to {total} grosze, and the file says {closing}",
                total=total,
                closing=closing,
            ),
        )
