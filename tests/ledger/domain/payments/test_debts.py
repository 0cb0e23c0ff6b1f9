"""Debts found by number, amount, customer and name."""

from __future__ import annotations

from datetime import date

from ledger.domain.payments.debts import Debts
from ledger.domain.payments.matching import Debt


def _debt(number: str, customer: str, name: str, owed: int = 100) -> Debt:
    return Debt(number=number, customer=customer, name=name, due_on=date(2026, 11, 2), owed_grosze=owed)


def test_a_customer_keeps_its_name_and_one_without_is_like_nobody() -> None:
    """An invoice that is paid has its name no more; an erased buyer has none at all."""
    debts = Debts([_debt("1", "K-1", "Anna Nowicka"), _debt("2", "K-1", "", 0), _debt("3", "K-2", "")])
    assert debts.named_like("NOWICKA ANNA") == {"K-1"}
    assert debts.named_like("NIKT TAKI") == debts.named_like("") == set()


def test_a_payment_moves_a_debt_to_its_new_amount() -> None:
    debts = Debts([_debt("1", "K-1", "Anna Nowicka"), _debt("2", "K-1", "Anna Nowicka")])
    debts.pay("1", 40)
    assert (debts.owed("1"), debts.with_amount(60), debts.with_amount(100)) == (60, ["1"], ["2"])
    assert debts.open_of({"K-1"}) == ["1", "2"]
    debts.pay("1", 60)
    assert debts.open_of({"K-1", "K-9"}) == ["2"]
    assert debts.customer("1") == "K-1"
    assert debts.vat("1") == 0
    assert debts.ordered(["1", "2"], set()) == ["1", "2"]
