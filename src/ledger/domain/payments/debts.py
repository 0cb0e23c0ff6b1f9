"""`Debts`: what is owed, found by number, amount, customer and name; falls with every payment."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from ledger.domain.payments.folding import name_words

if TYPE_CHECKING:
    from ledger.domain.payments.matching import Debt


class Debts:
    """The invoices of a ledger; lists are by due day, oldest first, then by number."""

    def __init__(self, debts: Iterable[Debt]) -> None:
        self._debts: dict[str, Debt] = {}
        self._owed: dict[str, int] = {}
        self._by_amount: defaultdict[int, list[tuple[date, str]]] = defaultdict(list)
        self._by_customer: defaultdict[str, list[tuple[date, str]]] = defaultdict(list)
        self._by_paid: defaultdict[int, list[tuple[date, str]]] = defaultdict(list)
        names: dict[str, frozenset[str]] = {}
        for debt in sorted(debts, key=lambda d: (d.due_on, d.number)):
            key = debt.due_on, debt.number
            self._debts[debt.number] = debt
            self._owed[debt.number] = debt.owed_grosze
            self._by_customer[debt.customer].append(key)
            self._by_amount[debt.owed_grosze].append(key)
            self._by_paid[debt.paid_grosze].append(key)
            names[debt.customer] = name_words(debt.name) or names.get(debt.customer, frozenset())
        self._names = names
        self._by_word: defaultdict[str, set[str]] = defaultdict(set)
        for customer, words in names.items():
            for word in words:
                self._by_word[word].add(customer)
        self._by_rarest: defaultdict[str, list[str]] = defaultdict(list)
        for customer, words in names.items():
            if words:
                self._by_rarest[min(words, key=lambda w: (len(self._by_word[w]), w))].append(customer)

    def owed(self, number: str) -> int:
        """Return what is left to pay for an invoice, in grosze; below zero once it is overpaid."""
        return self._owed[number]

    def vat(self, number: str) -> int:
        """Return the VAT of an invoice as issued, in grosze."""
        return self._debts[number].vat_grosze

    def customer(self, number: str) -> str:
        """Return the customer's code."""
        return self._debts[number].customer

    def pay(self, number: str, amount_grosze: int) -> None:
        """Lower what is owed."""
        key = self._debts[number].due_on, number
        bucket = self._by_amount[self._owed[number]]
        del bucket[bisect_left(bucket, key)]
        self._owed[number] -= amount_grosze
        insort(self._by_amount[self._owed[number]], key)

    def with_amount(self, amount_grosze: int) -> list[str]:
        """Return the invoices of which exactly so much is owed."""
        return [number for _, number in self._by_amount.get(amount_grosze, ())]

    def open_of(self, customers: Collection[str]) -> list[str]:
        """Return the invoices of these customers that something is owed for."""
        keys = sorted(key for customer in customers for key in self._by_customer.get(customer, ()))
        return [number for _, number in keys if self._owed[number] > 0]

    def paid_by(self, customers: Collection[str], amount_grosze: int) -> list[str]:
        """Return the invoices of these customers, of all where none is given, that so much was paid for."""
        keys = self._by_paid.get(amount_grosze, ())
        return [n for _, n in keys if not customers or self._debts[n].customer in customers]

    def named_like(self, name: str) -> set[str]:
        """Return the customers whose name has all the words of this one, or this one all of theirs."""
        words = name_words(name)
        if not words:
            return set()
        found = {c for word in words for c in self._by_rarest.get(word, ()) if self._names[c] <= words}
        postings: list[set[str]] = sorted((self._by_word.get(word, set()) for word in words), key=len)
        return found | set[str].intersection(*postings)

    def ordered(self, numbers: Sequence[str], first: Collection[str]) -> list[str]:
        """Return invoices by due day, those of the customers `first` before the others."""
        return sorted(numbers, key=lambda n: (self._debts[n].customer not in first, self._debts[n].due_on, n))
