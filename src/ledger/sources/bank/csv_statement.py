"""CSV files of banks: a profile tells the columns, every cell is held to its form."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import NamedTuple

from ledger.domain.payments.folding import plain_account
from ledger.domain.payments.transfer import BankTransfer
from ledger.errors import BadBankFile
from ledger.message import Hint, msg
from ledger.sources.bank.profile import BankProfile, Preamble, profiles
from ledger.sources.bank.statement import CURRENCY, BankFile, BankStatement, check_balance, refusal

_THOUSANDS = re.compile(r"[ \u00a0\u202f]")
_ACCOUNT = re.compile(r"(?:PL)?\d{26}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_NO_BALANCE = ""


class _Row(NamedTuple):
    line: int
    cells: list[str]


class _Booked(NamedTuple):
    """A transfer with the running balance that the bank writes beside it, its own account and currency."""

    transfer: BankTransfer
    balance: int | None
    account: str
    currency: str


def read_csv(text: str, encoding: str, account: str | None = None) -> BankFile:
    """Return the statements of a file of a known bank; `account` is our own, where the file does not name it.

    Raises: BadBankFile.
    """
    for profile in profiles():
        found = _header(text, profile)
        if found is not None:
            return _Reader(profile, *found, account).read(encoding)
    raise BadBankFile(msg("the file is none of the formats that are read"))


def _rows(text: str, delimiter: str) -> Iterator[_Row]:
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            yield _Row(reader.line_num, cells)
    except csv.Error:
        raise refusal(reader.line_num, "", msg("the quotation marks of the row do not match")) from None


def _header(text: str, profile: BankProfile) -> tuple[list[_Row], _Row, list[_Row]] | None:
    """Return what stands before the header, the header, and what follows; None for another bank's file."""
    if not all(name in text for name in profile.columns.names()):
        return None
    rows = list(_rows(text, profile.delimiter))
    for place, row in enumerate(rows):
        if profile.columns.names() <= {cell.strip() for cell in row.cells}:
            return rows[:place], row, rows[place + 1 :]
    return None


class _Reader:
    """Reads the rows of one file."""

    def __init__(
        self, profile: BankProfile, before: list[_Row], header: _Row, rows: list[_Row], account: str | None
    ) -> None:
        self.profile = profile
        self.columns = profile.columns
        self.names = [cell.strip() for cell in header.cells]
        self.header = header
        self.before = before
        self.rows = rows
        self.account = None if account is None else plain_account(account)
        named = [name for name in self.names if name]
        for name in named:
            if named.count(name) > 1:
                raise refusal(header.line, name, msg("the column is there more than once"))

    def read(self, encoding: str) -> BankFile:
        """Return the statements."""
        if self.profile.preamble is not None:
            return self._with_preamble(self.profile.preamble, encoding)
        booked, not_booked = self._booked(self.rows)
        accounts = list(dict.fromkeys(each.account for each in booked))
        if not accounts and self.account is not None:
            accounts = [self.account]
        rows_of = [(account, [each for each in booked if each.account == account]) for account in accounts]
        kept = [(account, rows) for account, rows in rows_of if not rows or self._is_ours(rows)]
        statements = [self._statement(rows, account) for account, rows in kept]
        if statements:
            statements[0].not_booked = not_booked
        return BankFile(
            format=self.profile.format,
            encoding=encoding,
            statements=statements,
            other_currency=len(rows_of) - len(kept),
        )

    def _is_ours(self, rows: Sequence[_Booked]) -> bool:
        """Return True for an account in PLN, False for one that is all in another currency."""
        foreign = [each for each in rows if each.currency != CURRENCY]
        if foreign and len(foreign) != len(rows):
            raise refusal(
                foreign[0].transfer.line,
                self.columns.currency,
                msg("it is {currency} among rows in PLN", currency=foreign[0].currency),
            )
        return not foreign

    def _statement(self, booked: Sequence[_Booked], account: str) -> BankStatement:
        transfers = [each.transfer for each in booked]
        for one, other in pairwise(booked):
            if other.transfer.booked_on < one.transfer.booked_on:
                raise refusal(
                    other.transfer.line, self.columns.booked, msg("the rows are not in the order of booking")
                )
            if None not in {one.balance, other.balance}:
                assert one.balance is not None  # noqa: S101 - just looked
                if one.balance + other.transfer.amount_grosze != other.balance:
                    raise refusal(
                        other.transfer.line, self.columns.balance, msg("the running balance does not follow")
                    )
        first, last = (booked[0], booked[-1]) if booked else (None, None)
        opening = (
            None if first is None or first.balance is None else first.balance - first.transfer.amount_grosze
        )
        return BankStatement(
            account=account,
            opening_grosze=opening,
            closing_grosze=None if last is None else last.balance,
            transfers=transfers,
        )

    # --- a preamble ---------------------------------------------------------------------------

    def _with_preamble(self, labels: Preamble, encoding: str) -> BankFile:
        end = next((n for n, row in enumerate(self.rows) if not any(c.strip() for c in row.cells)), None)
        if end is None:
            raise refusal(self.header.line, labels.closing, msg("the table has no end"))
        table, after = self.rows[:end], self.rows[end:]
        account = self._labelled(self.before, labels.account)
        if not _ACCOUNT.fullmatch(plain_account(account.cells[0])):
            raise refusal(account.line, labels.account, msg("it is no account number"))
        if self._labelled(self.before, labels.currency).cells[0] != CURRENCY:
            return BankFile(format=self.profile.format, encoding=encoding, statements=[], other_currency=1)
        self.account = plain_account(account.cells[0])
        booked, _ = self._booked(table)
        statement = self._statement(booked, self.account)
        opening, closing = (
            self._balance(rows, name)
            for rows, name in ((self.before, labels.opening), (after, labels.closing))
        )
        if statement.opening_grosze not in {None, opening[0]}:
            raise refusal(
                opening[1], labels.opening, msg("the first running balance does not follow from it")
            )
        statement.opening_grosze, statement.closing_grosze = opening[0], closing[0]
        self._check_counts(labels, statement.transfers)
        check_balance(statement, closing[1], labels.closing)
        return BankFile(format=self.profile.format, encoding=encoding, statements=[statement])

    def _labelled(self, rows: Sequence[_Row], label: str) -> _Row:
        """Return the cells behind a label: of its row, or of the next one."""
        for place, row in enumerate(rows):
            cells = [cell.strip() for cell in row.cells]
            if label in cells:
                behind = [cell for cell in cells[cells.index(label) + 1 :] if cell]
                if behind:
                    return _Row(row.line, behind)
                below = [cell.strip() for cell in rows[place + 1].cells] if place + 1 < len(rows) else []
                if below and below[0]:
                    return _Row(rows[place + 1].line, below)
        raise refusal(self.header.line, label, msg("it is not there"))

    def _balance(self, rows: Sequence[_Row], label: str) -> tuple[int, int]:
        row = self._labelled(rows, label)
        text = row.cells[0].removesuffix(CURRENCY).strip()
        return self._grosze(row.line, label, text), row.line

    def _check_counts(self, labels: Preamble, transfers: Sequence[BankTransfer]) -> None:
        """Hold the numbers and sums of the preamble against the rows."""
        for side, label in labels.counts.items():
            row = self._labelled(self.before, label)
            amounts = [t.amount_grosze for t in transfers if (t.amount_grosze > 0) == (side == "credits")]
            if row.cells[0] != str(len(amounts)):
                raise refusal(
                    row.line,
                    label,
                    msg("the file says another number of rows than {n_amounts}", n_amounts=len(amounts)),
                )
            told = self._grosze(row.line, label, row.cells[1].removesuffix(CURRENCY).strip())
            if told != abs(sum(amounts)):
                raise refusal(row.line, label, msg("the rows come to {abs} grosze", abs=abs(sum(amounts))))

    # --- rows ---------------------------------------------------------------------------------

    def _booked(self, rows: Sequence[_Row]) -> tuple[list[_Booked], int]:
        """Return the rows as transfers in the order of booking, and how many are not booked."""
        booked: list[_Booked] = []
        not_booked = 0
        for row in rows:
            if not any(cell.strip() for cell in row.cells):
                continue
            cells = self._cells(row)
            mark = self.profile.not_booked
            if mark is not None and cells[mark.column] == mark.text:
                not_booked += 1
            else:
                booked.append(self._transfer(row, cells))
        return (booked[::-1] if self.profile.newest_first else booked), not_booked

    def _cells(self, row: _Row) -> dict[str, str]:
        if len(row.cells) != len(self.names):
            fact = msg(
                "it has {fields} fields, and the header {named}", fields=len(row.cells), named=len(self.names)
            )
            raise refusal(row.line, "", fact)
        return {name: cell.strip() for name, cell in zip(self.names, row.cells, strict=True) if name}

    def _transfer(self, row: _Row, cells: dict[str, str]) -> _Booked:
        line, columns = row.line, self.columns
        currency = cells.get(columns.currency, CURRENCY)
        if not _CURRENCY.fullmatch(currency):
            raise refusal(line, columns.currency, msg("it is no currency: PLN"))
        amount = self._grosze(line, columns.amount, cells[columns.amount])
        if amount == 0:
            raise refusal(line, columns.amount, msg("the amount is nothing"))
        details = self._details(row)
        own, account = self._accounts(row, cells, details, is_in=amount > 0)
        transfer = BankTransfer(
            booked_on=self._day(line, columns.booked, cells[columns.booked]),
            value_on=self._day(line, columns.value, cells[columns.value]),
            amount_grosze=amount,
            title=details.get("title", cells.get(columns.title, "")),
            name=details.get("name", cells.get(columns.name, "")),
            account=account,
            bank_id=cells.get(columns.bank_id, "").strip("'"),
            line=line,
        )
        told = cells.get(columns.balance, _NO_BALANCE)
        balance = self._grosze(line, columns.balance, told) if told else None
        return _Booked(transfer, balance, own, currency)

    def _accounts(
        self, row: _Row, cells: dict[str, str], details: dict[str, str], *, is_in: bool
    ) -> tuple[str, str]:
        """Return our own account and that of the other side."""
        columns = self.columns
        if self.profile.account_in != "columns":
            if self.account is None:
                hint = Hint("name it: --account NRB")
                raise BadBankFile(msg("the file does not name our own account"), hint=hint)
            return self.account, plain_account(details.get("account", cells.get(columns.account, "")))
        ends = [columns.from_account, columns.to_account]
        ours, theirs = ends[::-1] if is_in else ends
        own = plain_account(cells[ours])
        if not _ACCOUNT.fullmatch(own):
            raise refusal(row.line, ours, msg("it is no account number"))
        return own, plain_account(cells[theirs])

    def _details(self, row: _Row) -> dict[str, str]:
        """Return what stands as `Key: value` from the column of details on."""
        if not self.columns.details:
            return {}
        pairs: dict[str, str] = {}
        for cell in row.cells[self.names.index(self.columns.details) :]:
            key, colon, value = cell.partition(":")
            if colon:
                pairs.setdefault(key.strip(), value.strip())
        return {
            what: next((pairs[key] for key in keys if key in pairs), "")
            for what, keys in self.profile.details.items()
        }

    def _day(self, line: int, column: str, text: str) -> date:
        try:
            return datetime.strptime(text, self.profile.dates).date()  # noqa: DTZ007 - a day of the bank's calendar
        except ValueError:
            raise refusal(line, column, msg("the date has another form than the bank writes")) from None

    def _grosze(self, line: int, column: str, text: str) -> int:
        form = rf"([+-]?)(\d{{1,12}})(?:{re.escape(self.profile.decimal)}(\d{{2}}))?"
        match = re.fullmatch(form, _THOUSANDS.sub("", text))
        if match is None:
            raise refusal(line, column, msg("the amount has another form than the bank writes"))
        grosze = int(match[2]) * 100 + int(match[3] or "0")
        return -grosze if match[1] == "-" else grosze
