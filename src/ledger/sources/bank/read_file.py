"""Reading a bank's file, whatever its format: recognised by what is in it, never by its name."""

from __future__ import annotations

from datetime import date

from ledger.domain.payments.folding import plain_account
from ledger.errors import BadBankFile
from ledger.message import msg
from ledger.sources.bank.camt053 import is_camt053, read_camt053
from ledger.sources.bank.csv_statement import read_csv
from ledger.sources.bank.encoding import decoded
from ledger.sources.bank.mt940 import is_mt940, read_mt940
from ledger.sources.bank.statement import BankFile, refusal

SIZE_MAX_BYTES = 64 * 1024 * 1024
LINES_MAX = 500_000


def read_bank_file(
    raw: bytes, *, encoding: str | None = None, account: str | None = None, today: date | None = None
) -> BankFile:
    """Return the statements of a file.

    `account` is the own account that the file is of, where it does not name it. `today`: the office's day,
    after which nothing can be booked. Raises: BadBankFile, which names line and field and repeats no words.
    """
    if len(raw) > SIZE_MAX_BYTES:
        raise BadBankFile(msg("the file is larger than {limit} MiB", limit=SIZE_MAX_BYTES // 1024**2))
    file = _read(raw, encoding, account)
    told = None if account is None else plain_account(account)
    for statement in file.statements:
        if told is not None and statement.account != told:
            raise BadBankFile(msg("the file is of another account than --account names"))
        for transfer in statement.transfers:
            if today is not None and transfer.booked_on > today:
                raise refusal(transfer.line, msg("date of booking"), msg("it lies in the future"))
    return file


def _read(raw: bytes, encoding: str | None, account: str | None) -> BankFile:
    if is_camt053(raw):
        return read_camt053(raw)
    text, name = decoded(raw, encoding)
    if "\0" in text:
        raise BadBankFile(msg("the file is no text"))
    if text.count("\n") > LINES_MAX:
        raise BadBankFile(msg("the file has more than {most} lines or entries", most=LINES_MAX))
    return read_mt940(text, name) if is_mt940(text) else read_csv(text, name, account)
