"""What a transfer is taken for: rules that the sample files do not reach, and the order of transfers."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.domain.payments.matching import Debt, Judged, Matcher, Office, PaymentPart, taken_back
from ledger.domain.payments.transfer import BankTransfer

DAY = date(2026, 11, 12)
OURS, ANNAS, BENS = "1" * 26, "2" * 26, "3" * 26


def debt(number: str, owed: int, customer: str = "K-1", name: str = "Anna Nowicka", **more: Any) -> Debt:  # noqa: ANN401
    """Return what is owed for an invoice of a series of one letter."""
    return Debt(number=number, customer=customer, name=name, due_on=DAY, owed_grosze=owed, **more)


DEBTS = [
    debt("F/2026/1", 10000),
    debt("F/2026/2", 5000),
    debt("F/2026/3", 7000, "K-2", "Ben Adamski Serwis", paid_grosze=3000),
    debt("F/2026/4", 0, "K-2", "", paid_grosze=4000),
]


def matcher() -> Matcher:
    """Return a matcher of the debts; both buyers' accounts are known."""
    known = {ANNAS: frozenset({"K-1"}), BENS: frozenset({"K-2"})}
    return Matcher(DEBTS, ["K/2026/1"], Office(accounts=frozenset({OURS}), nip="9988776652", known=known))


def transfer(amount: int, title: str = "", **more: Any) -> BankTransfer:  # noqa: ANN401 - as a test gives it
    """Return a transfer of somebody unknown."""
    fields: dict[str, Any] = {"name": "KTOS", "account": "4" * 26} | more
    return BankTransfer(booked_on=DAY, value_on=DAY, amount_grosze=amount, title=title, **fields)


def judged(*given_: BankTransfer) -> Judged:
    """Return what the last transfer is taken for, after the others."""
    of = matcher()
    return [of.judge(each) for each in given_][-1]


@pytest.mark.parametrize(
    ("given_", "verdict", "why", "parts"),
    [
        (transfer(10000, "F/2026/1"), "proposed", "number", [("F/2026/1", 10000)]),
        (transfer(9999, "F/2026/1"), "proposed", "number-part", [("F/2026/1", 9999)]),
        (
            transfer(15000, "F/2026/1 F/2026/2"),
            "proposed",
            "number",
            [("F/2026/1", 10000), ("F/2026/2", 5000)],
        ),
        (
            transfer(5000, "F/2026/2 F/2026/4"),
            "listed",
            "more-than-owed",
            [("F/2026/2", 5000), ("F/2026/4", 0)],
        ),
        (transfer(5000, "x", account="", name=""), "set-aside", "bank", []),
        (transfer(5000, account="", name=""), "listed", "no-details", []),
        (transfer(5000, "F/2026/2", account="", name=""), "listed", "no-details", [("F/2026/2", 5000)]),
        (transfer(5000, "F/2026/2", is_batch=True), "listed", "batch", []),
        (transfer(5000, "F/2026/2", is_reversal=True), "listed", "returned", [("F/2026/2", 5000)]),
        (transfer(-3000, "oddajemy", account=BENS), "listed", "refund", [("F/2026/3", -3000)]),
        (transfer(-4000, "x", return_reason="AC04"), "listed", "returned", [("F/2026/4", -4000)]),
        (transfer(-1, "x"), "set-aside", "outgoing", []),
        (transfer(-1, "oplata", account="", name=""), "set-aside", "bank", []),
        (transfer(5000, account=OURS), "set-aside", "own-money", []),
        (transfer(100, "x", account=BENS), "listed", "account", [("F/2026/3", 100)]),
        (transfer(7000, "x", account=BENS), "listed", "account-and-amount", [("F/2026/3", 7000)]),
        (transfer(7000, "x", name="ADAMSKI BEN"), "listed", "name-and-amount", [("F/2026/3", 7000)]),
        (transfer(7000, "x", name="ADAMSKI BEN UL. DLUGA"), "listed", "amount", [("F/2026/3", 7000)]),
        (
            transfer(7000, "x", name="SERWIS BEN ADAMSKI WARSZAWA"),
            "listed",
            "name-and-amount",
            [("F/2026/3", 7000)],
        ),
        (transfer(1, "x", name=""), "listed", "nothing", []),
        (transfer(2000, "faktura 1"), "listed", "short-number", [("F/2026/1", 2000)]),
        (transfer(10000, "faktura 4"), "listed", "amount", [("F/2026/1", 10000)]),
        (transfer(10000, "faktura 1/2026"), "listed", "other-order", [("F/2026/1", 10000)]),
        (transfer(10000, "F/2026/1", other_title="F/2026/ 1"), "proposed", "number", [("F/2026/1", 10000)]),
    ],
)
def test_a_transfer_is_taken_for(
    given_: BankTransfer, verdict: str, why: str, parts: list[tuple[str, int]]
) -> None:
    got = judged(given_)
    assert (got.verdict, got.why) == (verdict, why)
    assert [(part.invoice, part.amount_grosze) for part in got.parts] == parts


def test_an_account_whose_buyer_owes_nothing_is_a_hint_no_more() -> None:
    """The amount is what is left to go by."""
    of = Matcher(
        [debt("F/2026/1", 100)], [], Office(accounts=frozenset(), nip="", known={BENS: frozenset({"K-9"})})
    )
    assert of.judge(transfer(100, "x", account=BENS)).why == "amount"


def test_a_proposal_lowers_what_is_owed_for_the_next() -> None:
    """A part, the rest, and once more."""
    part, rest = transfer(4000, "F/2026/1"), transfer(6000, "F/2026/1")
    assert judged(part, rest) == Judged(
        verdict="proposed", why="number", parts=(PaymentPart("F/2026/1", 6000),)
    )
    assert judged(part, rest, rest).why == "paid-already"


def test_what_is_taken_back_or_maybe_known_is_listed_and_lowers_nothing() -> None:
    of = matcher()
    assert of.judge(transfer(10000, "F/2026/1"), taken_back=True).why == "taken-back"
    assert of.judge(transfer(10000, "F/2026/1"), doubtful=True).why == "maybe-known"
    assert of.judge(transfer(10000, "F/2026/1")).verdict == "proposed"


def test_a_reversal_takes_the_last_credit_of_its_amount_and_account_back() -> None:
    """Each takes one; a transfer out takes none."""
    back = transfer(-100, account="a", is_reversal=True)
    credit = transfer(100, account="a")
    assert taken_back([credit, credit, transfer(100, account="b"), back]) == {1}
    assert taken_back([credit, back, back]) == {0}
    assert taken_back([credit, transfer(-100, account="a")]) == set()


@settings(deadline=None)  # a busy machine is no fault
@given(
    st.lists(st.tuples(st.sampled_from(["F/2026/1", "F/2026/2", "F/2026/1 F/2026/2"]), st.integers(1, 12000)))
)
def test_never_is_more_proposed_than_is_owed(told: list[tuple[str, int]]) -> None:
    """Whatever comes, in whatever order; and a proposal is always all of its transfer."""
    of = matcher()
    proposed: dict[str, int] = dict.fromkeys(("F/2026/1", "F/2026/2"), 0)
    for title, amount in told:
        got = of.judge(transfer(amount, title))
        if got.verdict == "proposed":
            assert sum(part.amount_grosze for part in got.parts) == amount
            for part in got.parts:
                proposed[part.invoice] += part.amount_grosze
    assert proposed["F/2026/1"] <= 10000
    assert proposed["F/2026/2"] <= 5000
