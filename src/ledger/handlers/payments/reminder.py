"""What a customer owes that is overdue, with statutory interest: the content of a reminder.

Nothing is recorded: a letter that was drawn and never sent is no fact.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import NamedTuple
from uuid import UUID

from ledger.application.ledger import Ledger
from ledger.domain import events as e
from ledger.domain.clock import office_time
from ledger.domain.invoice.state import Invoice
from ledger.domain.payments.interest import (
    RATES,
    Interest,
    InterestLaw,
    LateDebt,
    PaidOn,
    RateTable,
    interest,
)
from ledger.domain.payments.recovery import EuroRate, Recovery, euros_of, rate_day
from ledger.domain.working_days import working_day_from
from ledger.errors import BadCombination, InterestUnknown, NothingOverdue, TimeAhead
from ledger.handlers.buyer import Addressee, addressee_of, members_of
from ledger.handlers.invoice.outage import holidays_of
from ledger.handlers.payments.debts import Owing, owing
from ledger.handlers.payments.transfers import all_transfers
from ledger.message import Hint, msg


class OverdueInvoice(NamedTuple):
    """An invoice that is overdue, what is left of it, and its interest, in grosze."""

    invoice: Invoice
    gross_grosze: int
    paid_grosze: int
    law: InterestLaw
    """By the buyer on the document: `commercial` for a business with its number, else `civil`."""
    interest: Interest
    recovery: Recovery | None = None
    """The flat sum for the costs of recovery, where it is asked for and due."""

    @property
    def left_grosze(self) -> int:
        """What is still to be paid, without interest."""
        return self.gross_grosze - self.paid_grosze


class Reminder(NamedTuple):
    """What a customer is reminded of on a day."""

    addressee: Addressee
    on: date
    invoices: tuple[OverdueInvoice, ...]

    @property
    def left_grosze(self) -> int:
        """What is still to be paid, without interest."""
        return sum(each.left_grosze for each in self.invoices)

    @property
    def interest_grosze(self) -> int:
        """Interest up to the day of the letter; each document is rounded by itself."""
        return sum(each.interest.grosze for each in self.invoices)

    @property
    def recovery_grosze(self) -> int:
        """The flat sums for the costs of recovery that are asked for."""
        return sum(each.recovery.grosze for each in self.invoices if each.recovery is not None)


class InterestAsked(NamedTuple):
    """How interest is reckoned: the last day, and until when somebody looked for a new rate."""

    on: date | None = None
    """The day of the letter; None: today."""
    rates_known_until: date | None = None
    euro_rates: tuple[EuroRate, ...] = ()
    """With these the flat sums for the costs of recovery are asked for."""


def reminder_of(ledger: Ledger, customer: str, asked: InterestAsked) -> Reminder:
    """Return the reminder of a customer, the longest overdue invoice first.

    Raises: CustomerUnknown, NothingOverdue, InterestUnknown, TimeAhead, BadCombination.
    """
    code = members_of(ledger, customer)[0]
    today = office_time(ledger.now()).date()
    on = asked.on or today
    if on > today:
        raise TimeAhead(msg("{day} is not yet over: who knows what is paid by then", day=on))
    owed, holidays = owing(ledger), holidays_of(ledger)
    overdue = [
        owed.invoices[debt.number]
        for debt in owed.debts
        if debt.customer == code and debt.owed_grosze > 0 and working_day_from(debt.due_on, holidays) < on
    ]
    if not overdue:
        fact = msg("customer {customer} owes nothing that is overdue on {day}", customer=code, day=on)
        raise NothingOverdue(fact)
    counted = _Counted(ledger, owed, asked._replace(on=on), holidays)
    found = [counted.overdue(invoice) for invoice in overdue]
    _require_needed(found, asked.euro_rates)
    in_order = sorted(found, key=lambda each: (each.invoice.issued.due_on, each.invoice.issued.number))
    return Reminder(addressee_of(ledger, code), on, tuple(in_order))


def _require_needed(found: Collection[OverdueInvoice], rates: Collection[EuroRate]) -> None:
    used = {each.recovery.rate for each in found if each.recovery is not None}
    for rate in rates:
        if rate not in used:
            raise BadCombination(
                msg("no overdue invoice of a commercial transaction needs the rate of {day}", day=rate.on)
            )


class _Counted:
    """Counts the interest of documents, with what was read once for all of them."""

    def __init__(self, ledger: Ledger, owed: Owing, asked: InterestAsked, holidays: Collection[date]) -> None:
        self._ledger = ledger
        self._owed = owed
        self._asked = asked
        self._holidays = holidays
        self._booked: Mapping[UUID, e.TransferSeen] = {each.id: each.seen for each in all_transfers(ledger)}

    def overdue(self, invoice: Invoice) -> OverdueInvoice:
        """Return an invoice with its interest; raises InterestUnknown."""
        issued = invoice.issued
        gross = self._owed.owed(issued.number)
        words = self._ledger.words(issued.commitment) or {}
        is_business = not issued.consumer and bool(words.get("nip") or words.get("vat_id"))
        law: InterestLaw = "commercial" if is_business else "civil"
        debt = LateDebt(gross, issued.due_on, tuple(self._payments(invoice)))
        on = self._asked.on or issued.due_on
        counted = interest(self._table(law), debt, on, self._holidays)
        recovery = self._recovery(issued.number, counted) if law == "commercial" else None
        return OverdueInvoice(invoice, gross, invoice.paid_grosze, law, counted, recovery)

    def _recovery(self, number: str, counted: Interest) -> Recovery | None:
        if not self._asked.euro_rates:
            return None
        on = rate_day(counted, self._holidays)
        rate = next((rate for rate in self._asked.euro_rates if rate.on == on), None)
        if rate is None:
            raise InterestUnknown(
                msg("{number}: the mean rate of the euro of {day} is needed", number=number, day=on),
                hint=Hint("read it at the National Bank: --eur-rate with that day, the rate and the table"),
            )
        return Recovery(euros_of(counted), rate)

    def _table(self, law: InterestLaw) -> RateTable:
        table, looked = RATES[law], self._asked.rates_known_until
        return table if looked is None else table._replace(known_until=max(table.known_until, looked))

    def _payments(self, invoice: Invoice) -> list[PaidOn]:
        """Return what came in and stayed; of a transfer on its value date where that is earlier."""
        reversed_ = [(each.transfer, each.amount_grosze) for each in invoice.reversals]
        paid: list[PaidOn] = []
        for each in invoice.payments:
            if each.transfer is not None and (each.transfer, each.amount_grosze) in reversed_:
                reversed_.remove((each.transfer, each.amount_grosze))
                continue
            seen = None if each.transfer is None else self._booked.get(each.transfer)
            paid.append(PaidOn(each.on if seen is None else min(each.on, seen.value_on), each.amount_grosze))
        return paid
