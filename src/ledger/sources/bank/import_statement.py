"""Import of a bank's file: transfers that are not known yet become events, in one transaction.

The same file again changes nothing. Of transfers out to people who are not invoiced nothing is kept.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple, cast
from uuid import UUID

from ledger.application.ledger import Ledger, Metadata, PersonalData
from ledger.domain import events as e
from ledger.domain.clock import office_time
from ledger.domain.payments.matching import SET_ASIDE, Judged, Matcher, taken_back
from ledger.domain.payments.transfer import BankTransfer
from ledger.errors import BadBankFile, BankAccountUnknown, StatementOverlaps
from ledger.fa3.seller import own_accounts
from ledger.handlers.payments.debts import office, owing
from ledger.handlers.payments.transfers import all_transfers, words_of
from ledger.imports.result import Progress, no_progress
from ledger.imports.write import PlannedStream, check_command, write
from ledger.message import msg, plain
from ledger.sources.bank.read_file import read_bank_file
from ledger.sources.bank.statement import BankFile, BankStatement
from ledger.sources.bank.transfer_ids import account_stream, transfer_streams

_TAIL = 4
_NAMES_SHOWN = 3


class StatementOptions(NamedTuple):
    """What a person says of a file: code page, own account, that days of another format may come again."""

    encoding: str | None = None
    account: str | None = None
    anyway: bool = False


@dataclass
class TakenStatement:
    """What came of one statement: transfers = seen + known + outgoing."""

    account: str
    """The last digits of the own account."""
    statement: BankStatement
    seen: int = 0
    known: int = 0
    outgoing: int = 0
    judged: Counter[str] = field(default_factory=Counter[str])
    """New transfers by verdict."""
    gap: bool = False
    """The opening balance is not the closing one of the last statement: one is missing between them."""


@dataclass
class TakenBankFile:
    """What came of a file. `names` are the first payers: they show whether the code page is right."""

    name: str
    file: BankFile
    statements: list[TakenStatement]
    names: list[str]
    events: int = 0
    recorded: bool = True


def import_bank_file(
    ledger: Ledger,
    said: Metadata,
    source: tuple[str, bytes],
    options: StatementOptions,
    *,
    dry_run: bool = False,
    progress: Progress = no_progress,
) -> TakenBankFile:
    """Import a file, a name and bytes, whole or not at all.

    Raises: BadBankFile, BankAccountUnknown, StatementOverlaps, CommandReused, Conflict.
    """
    name, raw = source
    author = said._replace(source="import").of_command(
        "payment import", {"sha256": hashlib.sha256(raw).hexdigest()}
    )
    file = _read(ledger, name, raw, options)
    intake = _Intake(ledger, author, file, anyway=options.anyway, dry_run=dry_run)
    plan = intake.plan()
    check_command(ledger, author, adds=bool(plan))
    taken = TakenBankFile(name, file, intake.taken, intake.names[:_NAMES_SHOWN], recorded=not dry_run)
    if plan and not dry_run:
        taken.events = write(ledger, plan, progress)
    return taken


def _read(ledger: Ledger, name: str, raw: bytes, options: StatementOptions) -> BankFile:
    today = office_time(ledger.now()).date()
    try:
        file = read_bank_file(raw, encoding=options.encoding, account=options.account, today=today)
    except BadBankFile as error:
        raise BadBankFile(msg("{file}: {fact}", file=name, fact=error.message), hint=error.hint) from None
    own = own_accounts(ledger.folder.read_config())
    for statement in file.statements:
        if statement.account not in own:
            fact = msg(
                "the account that ends in {tail} is none of the shop's own", tail=statement.account[-_TAIL:]
            )
            if statement.transfers:
                fact = msg("line {line}: {fact}", line=statement.transfers[0].line, fact=fact)
            raise BankAccountUnknown(plain("{file}: {fact}", file=name, fact=fact))
    file.statements = _once(file.statements)
    return file


def _once(statements: Sequence[BankStatement]) -> list[BankStatement]:
    """Return the statements without those that a file holds a second time."""
    kept: list[BankStatement] = []
    for each in statements:
        if not any(_same(each, other) for other in kept):
            kept.append(each)
    return kept


def _same(one: BankStatement, other: BankStatement) -> bool:
    def said(statement: BankStatement) -> list[Any]:
        transfers = [
            (t.booked_on, t.amount_grosze, t.title, t.account, t.bank_id) for t in statement.transfers
        ]
        balances = statement.opening_grosze, statement.closing_grosze
        return [statement.account, statement.number, balances, transfers]

    return one.number != "" and said(one) == said(other)


class _Intake:
    """Compares a file with the ledger and plans what is to be recorded."""

    def __init__(
        self, ledger: Ledger, author: Metadata, file: BankFile, *, anyway: bool, dry_run: bool
    ) -> None:
        self.ledger = ledger
        self.author = author
        self.header: dict[str, Any] = author.without_command().header(ledger.now())
        self.file = file
        self.anyway = anyway
        self.dry_run = dry_run
        self.taken: list[TakenStatement] = []
        self.names: list[str] = []
        self._known = {UUID(hex=str(key)) for key in ledger.store.keys("transfer")}
        self._has_command = False
        self._versions: dict[UUID, int] = {}

    def plan(self) -> list[PlannedStream]:
        """Return what is appended, statement after statement; nothing for what is known."""
        owed = owing(self.ledger)
        matcher = Matcher(
            owed.debts, owed.corrections, office(self.ledger, owed.debts, all_transfers(self.ledger))
        )
        back = _taken_back(self.file.statements)
        plans: list[PlannedStream] = []
        for number, statement in enumerate(self.file.statements):
            plans += self._statement(matcher, statement, back[number])
        return plans

    def _statement(
        self, matcher: Matcher, statement: BankStatement, back: set[int]
    ) -> Iterator[PlannedStream]:
        account = account_stream(statement.account)
        history = [
            each.event
            for each in self.ledger.events_of(account)
            if isinstance(each.event, e.StatementImported)
        ]
        doubtful = self._overlaps(statement, history)
        taken = TakenStatement(statement.account[-_TAIL:], statement, gap=_has_gap(statement, history))
        self.taken.append(taken)
        streams = transfer_streams(statement.account, statement.transfers, self._fingerprint(account))
        for place, (transfer, stream) in enumerate(zip(statement.transfers, streams, strict=True)):
            if stream in self._known:
                taken.known += 1
                continue
            is_back = place in back
            judged = matcher.judge(transfer, taken_back=is_back, doubtful=doubtful)
            if transfer.name and judged.why not in SET_ASIDE:
                self.names.append(transfer.name)
            if judged.why == "outgoing":
                taken.outgoing += 1
                continue
            taken.seen += 1
            taken.judged[judged.verdict] += 1
            self._known.add(stream)
            yield self._seen(stream, account, transfer, judged, is_back=is_back, doubtful=doubtful)
        fact = self._imported(statement, taken)
        if taken.seen or not any(_repeats(fact, each) for each in history):
            version = self._versions.setdefault(account, len(self.ledger.events_of(account)))
            self._versions[account] += 1
            words = PersonalData("tax", {"account": statement.account})
            yield PlannedStream(account, version, [fact], words, 0)

    def _fingerprint(self, account: UUID) -> Callable[[bytes], bytes]:
        """Return the keyed hash of an account; a dry run makes no key, and without one nothing is known."""
        vault = self.ledger.vault
        if self.dry_run and not vault.has_keys("tax", account):
            return lambda data: hashlib.sha256(data).digest()
        return vault.fingerprints("tax", account)

    def _seen(
        self,
        stream: UUID,
        account: UUID,
        transfer: BankTransfer,
        judged: Judged,
        *,
        is_back: bool,
        doubtful: bool,
    ) -> PlannedStream:
        is_aside = judged.verdict == "set-aside"
        fact = e.TransferSeen(
            **self.header,
            account=account,
            booked_on=transfer.booked_on,
            value_on=transfer.value_on,
            amount_grosze=transfer.amount_grosze,
            reversal=transfer.is_reversal,
            batch=transfer.is_batch,
            charges_grosze=transfer.charges_grosze,
            return_reason=transfer.return_reason if transfer.return_reason.isalnum() else "",
            taken_back=is_back,
            doubtful=doubtful,
            set_aside=cast("e.SetAsideCode", judged.why) if is_aside else None,
        )
        # Between own accounts, and what the bank takes, there is nobody's name that somebody has to see.
        words = (
            {}
            if is_aside and (judged.why == "own-money" or transfer.amount_grosze < 0)
            else words_of(transfer)
        )
        return PlannedStream(stream, 0, [fact], PersonalData("tax", words) if words else None, 1)

    def _imported(self, statement: BankStatement, taken: TakenStatement) -> e.StatementImported:
        first, last = statement.days or (None, None)
        header = self.header if self._has_command else self.author.header(self.ledger.now())
        self._has_command = True
        return e.StatementImported(
            **header,
            format=self.file.format,
            number=statement.number,
            first_on=first,
            last_on=last,
            opening_grosze=statement.opening_grosze,
            closing_grosze=statement.closing_grosze,
            transfers=len(statement.transfers),
            seen=taken.seen,
            known=taken.known,
            outgoing=taken.outgoing,
            not_booked=statement.not_booked,
        )

    def _overlaps(self, statement: BankStatement, history: Sequence[e.StatementImported]) -> bool:
        """Return True where days of the statement came in another format and that was accepted.

        Raises: StatementOverlaps.
        """
        days = statement.days
        for each in history:
            if days is None or each.first_on is None or each.last_on is None:
                continue
            if _family(each.format) != _family(self.file.format) and (
                each.first_on <= days[1] and days[0] <= each.last_on
            ):
                if self.anyway:
                    return True
                raise StatementOverlaps(
                    msg(
                        "{first} to {last} of the account that ends in {tail} came as {format}",
                        first=each.first_on,
                        last=each.last_on,
                        tail=statement.account[-_TAIL:],
                        format=each.format,
                    )
                )
        return False


def _taken_back(statements: Sequence[BankStatement]) -> list[set[int]]:
    """Return for each statement the places of the credits that the same file takes back."""
    every = [transfer for statement in statements for transfer in statement.transfers]
    places = taken_back(every)
    found: list[set[int]] = []
    begin = 0
    for statement in statements:
        end = begin + len(statement.transfers)
        found.append({place - begin for place in places if begin <= place < end})
        begin = end
    return found


def _family(form: str) -> str:
    """Return the format without its version."""
    return "camt.053" if form.startswith("camt.053") else form


def _has_gap(statement: BankStatement, history: Sequence[e.StatementImported]) -> bool:
    """Return True if the statement begins after the last one, and not with the balance that ended it."""
    days = statement.days
    ended = [each for each in history if each.last_on is not None and each.closing_grosze is not None]
    if days is None or statement.opening_grosze is None or not ended:
        return False
    last = max(ended, key=lambda each: each.last_on or date.min)
    is_later = last.last_on is not None and days[0] > last.last_on
    return is_later and last.closing_grosze != statement.opening_grosze


def _repeats(fact: e.StatementImported, before: e.StatementImported) -> bool:
    """Return True if the same statement was imported before."""
    said = ("format", "number", "first_on", "last_on", "opening_grosze", "closing_grosze", "transfers")
    return all(getattr(fact, name) == getattr(before, name) for name in said)
