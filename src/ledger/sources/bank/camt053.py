"""camt.053 (ISO 20022), versions .02 to .14: read by local names, each amount in its own place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, cast

from lxml import etree

from ledger.domain.payments.folding import plain_account
from ledger.domain.payments.transfer import BankTransfer
from ledger.errors import BadBankFile
from ledger.message import msg
from ledger.sources.bank.joining import joined, width_of
from ledger.sources.bank.statement import CURRENCY, BankFile, BankStatement, check_balance, refusal

USTRD_WIDTHS = (35, 140)
_NAMESPACE = re.compile(r"urn:iso:std:iso:20022:tech:xsd:(camt\.053\.001\.(\d{2}))")
_VERSIONS = range(2, 15)
_AMOUNT = re.compile(r"(\d{1,13})(?:\.(\d{1,2})0*)?")
_OPENING, _CLOSING = ("OPBD", "PRCD"), ("CLBD",)
Element = etree._Element  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] # the library names its type so


def is_camt053(raw: bytes) -> bool:
    """Return True for bytes that begin as XML does."""
    return raw.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def read_camt053(raw: bytes) -> BankFile:
    """Return the statements of a document; raises BadBankFile, also for one with a DOCTYPE."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(raw, parser)
    except etree.XMLSyntaxError as error:
        line = error.lineno or 1
        # from None: the text of such an error quotes the file
        raise refusal(line, "XML", msg("the document is not well-formed")) from None
    document = cast("Any", root.getroottree().docinfo)  # its stubs know no doctype
    if document.doctype:
        raise refusal(1, "XML", msg("the document has a DOCTYPE"))
    match = _NAMESPACE.fullmatch(etree.QName(root).namespace or "")
    if match is None or int(match[2]) not in _VERSIONS:
        raise BadBankFile(msg("the document is not camt.053, or in a version that is not known"))
    statements = [each for body in _all(root, "BkToCstmrStmt") for each in _all(body, "Stmt")]
    if not statements:
        raise refusal(_line(root), "Stmt", msg("the document holds no statement"))
    width = width_of(_ustrd(root), USTRD_WIDTHS)
    read = [_statement(each, width) for each in statements]
    kept = [statement for statement in read if statement is not None]
    encoding = str(document.encoding or "utf-8").lower()
    return BankFile(format=match[1], encoding=encoding, statements=kept, other_currency=len(read) - len(kept))


def _statement(element: Element, width: int | None) -> BankStatement | None:
    account = _text(element, "Acct", "Id", "IBAN") or _text(element, "Acct", "Id", "Othr", "Id")
    if not account:
        raise refusal(_line(element), "Acct/Id", msg("there is no account number"))
    opening, closing = _balance(element, _OPENING), _balance(element, _CLOSING)
    currency = _text(element, "Acct", "Ccy") or next(
        (b[1] for b in (opening, closing) if b is not None), CURRENCY
    )
    if currency != CURRENCY:
        return None
    transfers: list[BankTransfer] = []
    not_booked = 0
    for entry in _all(element, "Ntry"):
        if _status(entry) == "BOOK":
            transfers += _entry(entry, width)
        else:
            not_booked += 1
    number = next((n for name in ("ElctrncSeqNb", "LglSeqNb", "Id") if (n := _text(element, name))), "")
    statement = BankStatement(
        account=plain_account(account),
        number=number,
        opening_grosze=None if opening is None else opening[0],
        closing_grosze=None if closing is None else closing[0],
        transfers=sorted(transfers, key=lambda t: t.booked_on),
        not_booked=not_booked,
    )
    check_balance(statement, _line(element), "Bal CLBD")
    return statement


def _balance(statement: Element, codes: Sequence[str]) -> tuple[int, str] | None:
    for code in codes:
        for each in _all(statement, "Bal"):
            if _text(each, "Tp", "CdOrPrtry", "Cd") == code:
                amount = _one(each, "Amt")
                return _sign(each) * _grosze(amount, any_currency=True), amount.get("Ccy", CURRENCY)
    return None


def _status(entry: Element) -> str:
    return _text(entry, "Sts", "Cd") or _text(entry, "Sts")


def _sign(element: Element) -> int:
    told = _text(element, "CdtDbtInd")
    if told not in {"CRDT", "DBIT"}:
        raise refusal(_line(element), "CdtDbtInd", msg("it is neither CRDT nor DBIT"))
    return 1 if told == "CRDT" else -1


def _entry(entry: Element, width: int | None) -> Iterator[BankTransfer]:
    sign, total = _sign(entry), _grosze(_one(entry, "Amt"))
    parts = [part for details in _all(entry, "NtryDtls") for part in _all(details, "TxDtls")]
    told = _text(entry, "NtryDtls", "Btch", "NbOfTxs")
    if told and len(parts) > 1 and told != str(len(parts)):
        raise refusal(
            _line(entry),
            "NbOfTxs",
            msg("the batch holds {n_parts} transfers, and the file says another number", n_parts=len(parts)),
        )
    amounts = [_part_amount(part, total if len(parts) == 1 else None) for part in parts]
    if parts and sum(amounts) != total:
        raise refusal(
            _line(entry),
            "Ntry/Amt",
            msg(
                "the transfers of the batch come to {amounts} grosze, and the entry is {total}",
                amounts=sum(amounts),
                total=total,
            ),
        )
    if not parts:
        is_batch = told not in {"", "1"}
        yield _transfer(entry, None, sign * total, width, is_batch=is_batch)
    for place, (part, amount) in enumerate(zip(parts, amounts, strict=True), start=1):
        yield _transfer(entry, part, sign * amount, width, place=place if len(parts) > 1 else 0)


def _part_amount(part: Element, whole: int | None) -> int:
    """Return the amount of one transfer: TxAmt, or Amt from version .03 on; a lone one has the entry's."""
    found = _find(part, "AmtDtls", "TxAmt", "Amt")
    found = _find(part, "Amt") if found is None else found
    if found is None:
        if whole is not None:
            return whole
        raise refusal(_line(part), "TxDtls/AmtDtls/TxAmt", msg("a transfer of a batch has no amount"))
    return _grosze(found)


def _transfer(
    entry: Element,
    part: Element | None,
    amount: int,
    width: int | None,
    *,
    place: int = 0,
    is_batch: bool = False,
) -> BankTransfer:
    booked_on = _day(entry, "BookgDt")
    if booked_on is None:
        raise refusal(_line(entry), "BookgDt", msg("a booked entry has no date"))
    where = entry if part is None else part
    is_reversal = _text(entry, "RvslInd") == "true"
    name, account = _other_side(where, is_in=(amount > 0) != is_reversal)
    title, other_title = _title(where, width)
    return BankTransfer(
        booked_on=booked_on,
        value_on=_day(entry, "ValDt") or booked_on,
        amount_grosze=amount,
        title=title,
        other_title=other_title,
        name=name,
        account=account,
        bank_id=_text(entry, "AcctSvcrRef"),
        place_in_batch=place,
        is_batch=is_batch,
        is_reversal=is_reversal,
        charges_grosze=_charges(where),
        return_reason=_text(where, "RtrInf", "Rsn", "Cd") or _text(where, "RtrInf", "Rsn", "Prtry"),
        line=_line(where),
    )


def _other_side(where: Element, *, is_in: bool) -> tuple[str, str]:
    """Return name and account of the other side: of a credit the debtor, also of a credit taken back."""
    for role in ("Dbtr", "Cdtr") if is_in else ("Cdtr", "Dbtr"):
        name = _text(where, "RltdPties", role, "Nm") or _text(where, "RltdPties", role, "Pty", "Nm")
        account = _text(where, "RltdPties", f"{role}Acct", "Id", "IBAN") or _text(
            where, "RltdPties", f"{role}Acct", "Id", "Othr", "Id"
        )
        if name or account:
            return name, plain_account(account)
    return "", ""


def _title(where: Element, width: int | None) -> tuple[str, str]:
    pieces = [each.text or "" for info in _all(where, "RmtInf") for each in _all(info, "Ustrd")]
    if pieces:
        return joined(pieces, width)
    return _text(where, "RmtInf", "Strd", "CdtrRefInf", "Ref"), ""


def _ustrd(root: Element) -> Iterator[str]:
    for element in root.iter("{*}Ustrd"):
        yield element.text or ""


def _charges(where: Element) -> int:
    total = 0
    for charges in _all(where, "Chrgs"):
        records = _all(charges, "Rcrd") or [charges]
        total += sum(_grosze(amount) for record in records for amount in _all(record, "Amt"))
    return total


def _grosze(element: Element, *, any_currency: bool = False) -> int:
    match = _AMOUNT.fullmatch((element.text or "").strip())
    if match is None:
        raise refusal(_line(element), "Amt", msg("the amount has another form than 1234.56"))
    if not any_currency and element.get("Ccy", CURRENCY) != CURRENCY:
        raise refusal(_line(element), "Amt", msg("an amount is not in the currency of the account"))
    return int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))


def _day(entry: Element, name: str) -> date | None:
    text = _text(entry, name, "Dt") or _text(entry, name, "DtTm")[:10]
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise refusal(_line(entry), name, msg("the date has another form than 2026-11-30")) from None


def _line(element: Element) -> int:
    return cast("int | None", element.sourceline) or 1


def _all(element: Element, name: str) -> list[Element]:
    """Return the children of a local name, in any namespace."""
    named = (each for each in element if isinstance(cast("object", each.tag), str))  # a comment has none
    return [each for each in named if etree.QName(each).localname == name]


def _find(element: Element, *path: str) -> Element | None:
    """Return the first element of a path of local names."""
    current = element
    for name in path:
        found = _all(current, name)
        if not found:
            return None
        current = found[0]
    return current


def _one(element: Element, name: str) -> Element:
    found = _find(element, name)
    if found is None:
        raise refusal(_line(element), name, msg("it is not there"))
    return found


def _text(element: Element, *path: str) -> str:
    found = _find(element, *path)
    return "" if found is None else (found.text or "").strip()
