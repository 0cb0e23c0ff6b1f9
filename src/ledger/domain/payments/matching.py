"""What a transfer pays: certain and proposed, or listed with candidates and the reason.

The rules and their order are those of docs/concepts/bank-payments.md. Amounts are grosze.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Literal

import msgspec

from ledger.domain.payments.debts import Debts
from ledger.domain.payments.numbers import Doubt, NamedInvoice, NumberIndex
from ledger.domain.payments.split_payment import SplitPayment, split_payment
from ledger.domain.payments.transfer import BankTransfer

Verdict = Literal["proposed", "listed", "set-aside"]
Why = (
    Doubt
    | Literal[
        "number",
        "number-part",
        "ksef-number",
        "split-payment",
        "own-money",
        "bank",
        "outgoing",
        "refund",
        "returned",
        "taken-back",
        "batch",
        "no-details",
        "split-payment-idc",
        "split-payment-vat",
        "account-of-another",
        "more-than-owed",
        "paid-already",
        "too-little-for-several",
        "other-order",
        "short-number",
        "account-and-amount",
        "account-and-all",
        "account",
        "name-and-amount",
        "amount",
        "maybe-known",
        "nothing",
    ]
)
"""The rule of a proposal, or the reason why a person has to look."""
SET_ASIDE: frozenset[Why] = frozenset({"own-money", "bank", "outgoing"})
CANDIDATES_MAX = 5


class Debt(msgspec.Struct, frozen=True, kw_only=True):
    """What is owed for one invoice: gross and corrections, less what was paid; `vat_grosze` as issued."""

    number: str
    customer: str
    name: str
    due_on: date
    owed_grosze: int
    paid_grosze: int = 0
    vat_grosze: int = 0
    ksef_number: str | None = None


class PaymentPart(msgspec.Struct, frozen=True):
    """An invoice, and how much of it a transfer would pay; negative for money that went back."""

    invoice: str
    amount_grosze: int


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """What a transfer is taken for. `parts` are what is proposed, or the candidates, best first."""

    verdict: Verdict
    why: Why
    parts: tuple[PaymentPart, ...] = ()
    over_grosze: int = 0
    """What would be left over of the documents that it names."""
    split: SplitPayment | None = None


class Office(msgspec.Struct, frozen=True, kw_only=True):
    """The shop: its own accounts, plain, its tax number, the accounts of buyers that a person confirmed."""

    accounts: frozenset[str]
    nip: str
    known: Mapping[str, frozenset[str]] = msgspec.field(default_factory=dict[str, frozenset[str]])
    """Account of a payer: codes of its customers."""


class Matcher:
    """Judges transfers in their order; each proposal lowers what is owed for the next one."""

    def __init__(self, debts: Iterable[Debt], corrections: Iterable[str], office: Office) -> None:
        listed = list(debts)
        self.debts = Debts(listed)
        self.office = office
        ksef = [(debt.ksef_number, debt.number) for debt in listed if debt.ksef_number is not None]
        self._index = NumberIndex((debt.number for debt in listed), corrections, ksef)

    def judge(self, transfer: BankTransfer, *, taken_back: bool = False, doubtful: bool = False) -> Judged:
        """Return what one transfer is taken for.

        `taken_back`: the same file takes it back. `doubtful`: it may be one that is known already.
        """
        split = split_payment(transfer.title)
        judged = self._judge(transfer, split)
        if judged.verdict == "proposed" and (taken_back or doubtful):
            why: Why = "taken-back" if taken_back else "maybe-known"
            judged = msgspec.structs.replace(judged, verdict="listed", why=why)
        if judged.verdict == "proposed":
            for part in judged.parts:
                self.debts.pay(part.invoice, part.amount_grosze)
        return msgspec.structs.replace(judged, split=split)

    def _judge(self, transfer: BankTransfer, split: SplitPayment | None) -> Judged:
        if transfer.account and transfer.account in self.office.accounts:
            return Judged(verdict="set-aside", why="own-money")
        named, doubt = self._named(transfer, split)
        if transfer.amount_grosze < 0:
            return self._out(transfer, named)
        if transfer.is_batch or transfer.is_reversal:
            numbers = () if transfer.is_batch else named.numbers
            return self._listed("batch" if transfer.is_batch else "returned", numbers, transfer)
        if not transfer.account and not transfer.name:
            return self._from_nobody(transfer, named)
        if named.numbers or doubt is not None:
            return self._by_number(transfer, named, doubt, split)
        return self._by_hints(transfer, named)

    def _named(self, transfer: BankTransfer, split: SplitPayment | None) -> tuple[NamedInvoice, Doubt | None]:
        """Return what the title names, and the doubt; two readings that differ are one."""
        named = self._index.named(transfer.title if split is None else split.inv)
        if not transfer.other_title:
            return named, named.doubt
        other = self._index.named(transfer.other_title)
        if (other.numbers, other.doubt) == (named.numbers, named.doubt):
            return named, named.doubt
        both = tuple(dict.fromkeys(named.numbers + other.numbers))
        return named._replace(numbers=both), "two-readings"

    # --- money out ----------------------------------------------------------------------------

    def _out(self, transfer: BankTransfer, named: NamedInvoice) -> Judged:
        came_back = transfer.is_reversal or bool(transfer.return_reason)
        why: Why = "returned" if came_back else "refund"
        if named.numbers:
            parts = tuple(
                PaymentPart(number, transfer.amount_grosze) for number in named.numbers[:CANDIDATES_MAX]
            )
            return Judged(verdict="listed", why=why, parts=parts)
        customers = self.office.known.get(transfer.account, frozenset())
        if customers or came_back:
            paid = self.debts.paid_by(customers, -transfer.amount_grosze)[:CANDIDATES_MAX]
            parts = tuple(PaymentPart(number, transfer.amount_grosze) for number in paid)
            return Judged(verdict="listed", why=why, parts=parts)
        is_own = not transfer.account and not transfer.name
        return Judged(verdict="set-aside", why="bank" if is_own else "outgoing")

    # --- money in -----------------------------------------------------------------------------

    def _from_nobody(self, transfer: BankTransfer, named: NamedInvoice) -> Judged:
        """Judge a credit without the other side: interest of the bank, cash paid in, or anything."""
        if named.numbers:
            return self._listed("no-details", named.numbers, transfer)
        if transfer.title:
            return Judged(verdict="set-aside", why="bank")
        return Judged(verdict="listed", why="no-details")

    def _by_number(
        self, transfer: BankTransfer, named: NamedInvoice, doubt: Doubt | None, split: SplitPayment | None
    ) -> Judged:
        numbers, amount = named.numbers, transfer.amount_grosze
        why = self._why_not(transfer, numbers, doubt, split)
        owed = [max(self.debts.owed(number), 0) for number in numbers]
        total = sum(owed)
        rule: Why = "split-payment" if split is not None else "ksef-number" if named.by_ksef else "number"
        if why is not None:
            judged = self._listed(why, numbers, transfer)
        elif all(owed) and amount == total:
            parts = tuple(map(PaymentPart, numbers, owed))
            return Judged(verdict="proposed", why=rule, parts=parts)
        elif len(numbers) == 1 and amount < total:
            parts = (PaymentPart(numbers[0], amount),)
            return Judged(verdict="proposed", why="number-part", parts=parts)
        elif not total:
            judged = self._listed("paid-already", numbers, transfer)
        elif amount < total:
            judged = self._listed("too-little-for-several", numbers, transfer)
        else:
            judged = self._listed("more-than-owed", numbers, transfer)
        over = max(amount - total, 0) if numbers else 0
        return msgspec.structs.replace(judged, over_grosze=over)

    def _why_not(
        self, transfer: BankTransfer, numbers: Sequence[str], doubt: Doubt | None, split: SplitPayment | None
    ) -> Why | None:
        """Return what keeps named documents from being certain."""
        if doubt is not None:
            return doubt
        if split is not None and split.idc.removeprefix("PL") != self.office.nip:
            return "split-payment-idc"
        if split is not None and split.vat_grosze > sum(map(self.debts.vat, numbers)):
            return "split-payment-vat"
        known = self.office.known.get(transfer.account)
        if known and not {self.debts.customer(number) for number in numbers} <= known:
            return "account-of-another"
        return None

    def _by_hints(self, transfer: BankTransfer, named: NamedInvoice) -> Judged:
        """List the candidates of the strongest hint that has one."""
        amount, debts = transfer.amount_grosze, self.debts
        speaks = debts.named_like(transfer.name)
        weak: tuple[tuple[Why, Sequence[str]], ...] = (
            ("other-order", named.other_order),
            ("short-number", named.short),
        )
        for why, numbers in weak:
            fitting = [number for number in numbers if debts.owed(number) == amount] or [
                number for number in numbers if debts.owed(number) > 0
            ]
            if fitting:
                return self._listed(why, debts.ordered(fitting, speaks), transfer)
        customers = self.office.known.get(transfer.account, frozenset())
        if customers:
            exact = [number for number in debts.with_amount(amount) if debts.customer(number) in customers]
            if exact:
                return self._listed("account-and-amount", exact, transfer)
            open_ones = debts.open_of(customers)
            is_all = sum(map(debts.owed, open_ones)) == amount
            if open_ones:
                return self._listed("account-and-all" if is_all else "account", open_ones, transfer)
        exact = [number for number in debts.with_amount(amount) if debts.customer(number) in speaks]
        if exact:
            return self._listed("name-and-amount", exact, transfer)
        alike = debts.with_amount(amount)
        return self._listed("amount" if alike else "nothing", alike, transfer)

    def _listed(self, why: Why, numbers: Collection[str], transfer: BankTransfer) -> Judged:
        """List the first documents; of each as much as is owed, at most the transfer."""
        parts = tuple(
            PaymentPart(number, max(min(self.debts.owed(number), transfer.amount_grosze), 0))
            for number in list(numbers)[:CANDIDATES_MAX]
        )
        return Judged(verdict="listed", why=why, parts=parts)


def taken_back(transfers: Sequence[BankTransfer]) -> set[int]:
    """Return the places of the credits that a later reversal among these transfers takes back.

    A reversal takes back the last credit of its amount and account before it that none took back yet.
    """
    waiting: dict[tuple[int, str], list[int]] = {}
    found: set[int] = set()
    for place, transfer in enumerate(transfers):
        key = abs(transfer.amount_grosze), transfer.account
        if transfer.amount_grosze > 0:
            waiting.setdefault(key, []).append(place)
        elif (transfer.is_reversal or transfer.return_reason) and waiting.get(key):
            found.add(waiting[key].pop())
    return found
