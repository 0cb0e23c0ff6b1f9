"""Transfers as a report, and what came of an import as lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from cli.presentation.catalogue import said
from cli.presentation.columns import aside
from cli.presentation.formats.model import Column, Report, Row, Table
from cli.presentation.text import Lang
from cli.presentation.wording.payments import STATES, TRANSFERS, WHY
from ledger.domain.clock import format_instant
from ledger.domain.money import format_amount
from ledger.domain.payments.transfer import BankTransfer, Transfer
from ledger.handlers.payments.proposals import TransferProposal, digest_of
from ledger.message import Message, msg
from ledger.sources.bank.import_statement import TakenBankFile, TakenStatement

KEY_SHOWN = 12
_COLUMNS = (
    Column("transfer", msg("Transfer")),
    aside(Column("booked_on", msg("Booked"), "date")),
    Column("amount_grosze", msg("Amount"), "grosze"),
    aside(Column("name", msg("From"))),
    Column("title", msg("Title")),
    Column("state", msg("State")),
    Column("documents", msg("Documents")),
    aside(Column("why", msg("Why"))),
)


def transfers_report(
    proposals: Sequence[TransferProposal],
    decided: Iterable[tuple[Transfer, BankTransfer]],
    dated: datetime,
    lang: Lang,
) -> Report:
    """Return undecided transfers with what they are taken for, then the decided ones."""
    settled = list(decided)
    document = {
        "schema": "session-ledger/payments/1",
        "as_of": format_instant(dated),
        "digest": digest_of(each for each in proposals if each.judged.verdict == "proposed"),
        "transfers": [*map(_proposal_document, proposals), *(_decided_document(*each) for each in settled)],
    }
    rows = [*_proposal_rows(proposals, lang), *(_decided_row(*each, lang) for each in settled)]
    return Report("payments", TRANSFERS, document, (Table("payments", TRANSFERS, _COLUMNS, rows),), dated)


def _proposal_rows(proposals: Iterable[TransferProposal], lang: Lang) -> Iterator[Row]:
    for each in proposals:
        yield _row(
            each.transfer,
            each.words,
            STATES[each.judged.verdict],
            [(part.invoice, part.amount_grosze) for part in each.judged.parts],
            WHY[each.judged.why],
            lang,
        )


def _decided_row(transfer: Transfer, words: BankTransfer, lang: Lang) -> Row:
    parts = [(part.number, part.amount_grosze) for part in transfer.parts]
    why = WHY.get(transfer.set_aside or "", msg(""))
    return _row(transfer, words, STATES[transfer.state], parts, why, lang)


def _row(
    transfer: Transfer,
    words: BankTransfer,
    state: Message,
    parts: Sequence[tuple[str, int]],
    why: Message,
    lang: Lang,
) -> Row:
    return (
        transfer.id.hex[:KEY_SHOWN],
        transfer.seen.booked_on,
        transfer.seen.amount_grosze,
        words.name,
        words.title,
        said(state, lang),
        tuple(f"{number}: {format_amount(amount, lang=lang)}" for number, amount in parts),
        said(why, lang),
    )


def _document(transfer: Transfer, words: BankTransfer, state: str) -> dict[str, Any]:
    seen = transfer.seen
    return {
        "transfer": transfer.id.hex,
        "booked_on": seen.booked_on.isoformat(),
        "value_on": seen.value_on.isoformat(),
        "amount_grosze": seen.amount_grosze,
        "name": words.name,
        "title": words.title,
        "account": words.account,
        "state": state,
    }


def _proposal_document(each: TransferProposal) -> dict[str, Any]:
    judged = each.judged
    return _document(each.transfer, each.words, judged.verdict) | {
        "why": judged.why,
        "documents": [{"number": p.invoice, "amount_grosze": p.amount_grosze} for p in judged.parts],
        "over_grosze": judged.over_grosze,
    }


def _decided_document(transfer: Transfer, words: BankTransfer) -> dict[str, Any]:
    return _document(transfer, words, transfer.state) | {
        "why": transfer.set_aside,
        "documents": [{"number": p.number, "amount_grosze": p.amount_grosze} for p in transfer.parts],
        "over_grosze": 0,
    }


# --- an import ----------------------------------------------------------------------------------


def import_document(taken: TakenBankFile) -> dict[str, Any]:
    """Return what came of a file as a JSON document."""
    return {
        "schema": "session-ledger/payment-import/1",
        "file": taken.name,
        "format": taken.file.format,
        "encoding": taken.file.encoding,
        "dry_run": not taken.recorded,
        "other_currency": taken.file.other_currency,
        "statements": [_statement_document(each) for each in taken.statements],
        "events": taken.events,
    }


def _statement_document(taken: TakenStatement) -> dict[str, Any]:
    statement = taken.statement
    first, last = statement.days or (None, None)
    return {
        "account_ends_in": taken.account,
        "number": statement.number,
        "first_on": None if first is None else first.isoformat(),
        "last_on": None if last is None else last.isoformat(),
        "opening_grosze": statement.opening_grosze,
        "closing_grosze": statement.closing_grosze,
        "transfers": len(statement.transfers),
        "new": taken.seen,
        "known": taken.known,
        "outgoing": taken.outgoing,
        "not_booked": statement.not_booked,
        "proposed": taken.judged["proposed"],
        "listed": taken.judged["listed"],
        "set_aside": taken.judged["set-aside"],
        "gap": taken.gap,
    }


def statement_line(taken: TakenStatement, name: str) -> Message:
    """Return the counts of one statement."""
    count = len(taken.statement.transfers)
    sums = f"{count} = {taken.seen} + {taken.known} + {taken.outgoing}"
    judged = taken.judged
    return msg(
        "{name}, account …{account}: transfers {sums} (new + known + outgoing, not kept); proposed "
        "{judged}, to decide {judged_2}, set aside {judged_2_2}",
        name=name,
        account=taken.account,
        sums=sums,
        judged=judged["proposed"],
        judged_2=judged["listed"],
        judged_2_2=judged["set-aside"],
    )


def statement_notes(taken: TakenStatement, name: str) -> Iterator[Message]:
    """Yield what the counts do not say."""
    if taken.gap:
        yield msg(
            "{name}, account …{account}: the opening balance does not follow from the last statement:"
            " one is missing",
            name=name,
            account=taken.account,
        )
    if taken.statement.closing_grosze is None:
        yield msg(
            "{name}, account …{account}: the bank gives no balances; nothing shows whether the file is whole",
            name=name,
            account=taken.account,
        )
    if taken.statement.not_booked:
        yield msg(
            "{name}: not booked, left out: {not_booked}", name=name, not_booked=taken.statement.not_booked
        )
