"""MT940: the library reads dates and amounts of one tag at a time; the rest is read and checked here.

No words of a payer are handed to the library, which writes what it cannot read to its log.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, cast

from ledger.domain.payments.folding import plain_account
from ledger.domain.payments.transfer import BankTransfer
from ledger.errors import BadBankFile
from ledger.message import msg
from ledger.sources.bank.mt940_details import Details, DetailsLayout, layout_of, read_details
from ledger.sources.bank.statement import CURRENCY, BankFile, BankStatement, check_balance, refusal

_TAG = re.compile(r":(\d{2}[A-Z]?):(.*)", re.DOTALL)
_ENTRY = re.compile(r"\d{6}(?:\d{4})?R?[CD][A-Z]?(\d{1,12},\d{0,2})[NSF][A-Z0-9]{3}.*")
_BALANCE = re.compile(r"[CD]\d{6}([A-Z]{3})(\d{1,15},\d{0,2})")
_KNOWN = frozenset(
    {
        "20",
        "21",
        "25",
        "25P",
        "28",
        "28C",
        "60F",
        "60M",
        "61",
        "86",
        "62F",
        "62M",
        "64",
        "65",
        "34F",
        "13D",
        "90C",
        "90D",
        "13",
        "NS",
    }
)
_SAFE_NUMBER = ":28C:1"
"""Polish banks write letters into the number of a statement, and the library loses the whole file over it."""


class _Tag(NamedTuple):
    name: str
    line: int
    lines: list[str]


def is_mt940(text: str) -> bool:
    """Return True for a text that begins as MT940 does, in an envelope of SWIFT or without."""
    return re.match(r"\s*(?:\{1:[^\n]*)?\s*:20:", text) is not None


def read_mt940(text: str, encoding: str) -> BankFile:
    """Return the statements of a file; raises BadBankFile."""
    statements = list(_statements(_tags(text)))
    layout = layout_of(tag.lines for tags in statements for tag in tags if tag.name == "86")
    read = [_statement(tags, layout) for tags in statements]
    kept = [statement for statement in read if statement is not None]
    return BankFile(
        format=f"mt940-{layout.name}",
        encoding=encoding,
        statements=kept,
        other_currency=len(read) - len(kept),
    )


def _tags(text: str) -> list[_Tag]:
    tags: list[_Tag] = []
    for number, whole in enumerate(text.splitlines(), start=1):
        line = re.sub(r"^\{1:.*\{4:", "", whole)
        if line.strip() in {"", "-", "-}"} or line.startswith("-}"):
            continue
        match = _TAG.fullmatch(line)
        if match and match[1] in _KNOWN:
            tags.append(_Tag(match[1], number, [match[2]]))
        elif not tags:
            raise refusal(number, "tag", msg("the file does not begin with :20:"))
        else:
            tags[-1].lines.append(line)
    return tags


def _statements(tags: Sequence[_Tag]) -> Iterator[list[_Tag]]:
    current: list[_Tag] = []
    for tag in tags:
        if tag.name == "20" and current:
            yield current
            current = []
        if not current and tag.name != "20":
            raise refusal(tag.line, f":{tag.name}:", msg("a statement begins with :20:"))
        current.append(tag)
    if not current:
        raise BadBankFile(msg("the file holds no statement"))
    yield current


def _one(tags: Sequence[_Tag], *names: str) -> _Tag:
    found = [tag for tag in tags if tag.name in names]
    if len(found) != 1:
        what = msg("the tag is there more than once") if found else msg("the tag is not there")
        line = found[1].line if found else tags[0].line
        raise refusal(line, f":{names[0]}:", what)
    return found[0]


def _statement(tags: Sequence[_Tag], layout: DetailsLayout) -> BankStatement | None:
    """Return a statement, None for one in another currency."""
    account, number = _one(tags, "25", "25P"), _one(tags, "28C", "28")
    opening, closing = _one(tags, "60F", "60M"), _one(tags, "62F", "62M")
    found = re.search(r"[A-Z]{2}\d{26}|(?<!\d)\d{26}(?!\d)", re.sub(r"[ ]", "", account.lines[0]))
    if found is None:
        raise refusal(account.line, ":25:", msg("there is no account number"))
    currency = _currency(opening)
    if _currency(closing) != currency:
        raise refusal(closing.line, f":{closing.name}:", msg("the balances are in different currencies"))
    if currency != CURRENCY:
        return None
    entries = [tag for tag in tags if tag.name == "61"]
    read = _by_library(tags, entries)
    details = _details_of(tags)
    transfers = [
        _transfer(tag, one, read_details(details.get(tag.line, []), layout))
        for tag, one in zip(entries, read.transactions, strict=True)
    ]
    statement = BankStatement(
        account=plain_account(found[0]),
        number=number.lines[0].strip(),
        opening_grosze=_grosze(read.data["final_opening_balance"].amount.amount),
        closing_grosze=_grosze(read.data["final_closing_balance"].amount.amount),
        transfers=transfers,
    )
    check_balance(statement, closing.line, f":{closing.name}:")
    return statement


def _currency(tag: _Tag) -> str:
    match = _BALANCE.fullmatch(tag.lines[0].strip())
    if match is None:
        raise refusal(
            tag.line, f":{tag.name}:", msg("the balance has another form than C or D, date, currency, amount")
        )
    return match[1]


def _details_of(tags: Sequence[_Tag]) -> dict[int, list[str]]:
    """Return the lines of field 86 by the line of the entry they stand behind."""
    found: dict[int, list[str]] = {}
    entry: int | None = None
    for tag in tags:
        if tag.name == "61":
            entry = tag.line
        elif tag.name == "86" and entry is not None:
            found[entry] = tag.lines
            entry = None
        else:
            entry = None
    return found


def _by_library(tags: Sequence[_Tag], entries: Sequence[_Tag]) -> Any:  # noqa: ANN401 - the library's own type
    """Return the statement as the library reads it, given only what holds nobody's words."""
    import mt940  # noqa: PLC0415 - only an import of such a file needs it
    from mt940.options import Options  # noqa: PLC0415 - the same

    logging.getLogger("mt940").setLevel(logging.CRITICAL + 1)  # and with it that of its children
    for tag in entries:
        if _ENTRY.fullmatch(tag.lines[0]) is None:
            fact = msg("the entry has another form than date, C or D, amount with a comma, type")
            raise refusal(tag.line, ":61:", fact)
    wanted = [tag for tag in tags if tag.name in {"60F", "60M", "61", "62F", "62M"}]
    lines = [":20:X", ":25:X", _SAFE_NUMBER]
    lines += [f":{tag.name.replace('M', 'F')}:{tag.lines[0].strip().partition('//')[0]}" for tag in wanted]
    try:
        read = cast(
            "list[Any]",
            mt940.parse_statements(
                "\n".join(lines), processors={"post_transaction_details": []}, options=Options.all()
            ),
        )
    except (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError):
        # from None: the text of such an error quotes the file
        raise refusal(
            tags[0].line, ":20:", msg("a date or an amount of the statement cannot be read")
        ) from None
    if len(read) != 1 or len(read[0].transactions) != len(entries):
        raise refusal(tags[0].line, ":61:", msg("not every entry of the statement was understood"))
    return read[0]


def _transfer(tag: _Tag, entry: Any, details: Details) -> BankTransfer:  # noqa: ANN401 - the library's own type
    data = entry.data
    amount = _grosze(data["amount"].amount)
    match = _ENTRY.fullmatch(tag.lines[0])
    told = "" if match is None else match[1]
    whole, _, part = told.partition(",")
    if abs(amount) != int(whole) * 100 + int(part.ljust(2, "0")):
        raise refusal(tag.line, ":61:", msg("the amount cannot be read"))
    value_on = _day(data["date"])
    booked_on = _day(data.get("entry_date") or data["date"])
    return BankTransfer(
        booked_on=booked_on,
        value_on=value_on,
        amount_grosze=amount,
        title=details.title,
        other_title=details.other_title,
        name=details.name,
        account=details.account,
        bank_id=details.bank_id,
        is_reversal=str(data["status"]).startswith("R"),
        line=tag.line,
    )


def _day(value: date) -> date:
    return date(value.year, value.month, value.day)


def _grosze(amount: Decimal) -> int:
    return int(amount * 100)
