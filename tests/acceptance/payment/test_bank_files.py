"""Each bank file against what it must become, worked out by hand: by the library and by the command line."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from ledger.domain.payments.matching import Judged, Matcher, taken_back
from ledger.domain.payments.transfer import BankTransfer
from ledger.handlers.payments.debts import office, owing
from ledger.handlers.payments.transfers import all_transfers
from ledger.sources.bank.read_file import read_bank_file
from ledger.sources.bank.statement import BankStatement
from tests.support.bank_office import BANK, IPKO_ACCOUNT, BankOffice, expected

FILES = expected()
MORE: dict[str, Any] = json.loads((BANK / "more" / "expected.json").read_text(encoding="utf-8"))
NUMBERS = {"amount_grosze", "place_in_batch", "charges_grosze"}
FIELDS = (
    ("title", "title"),
    ("counterparty_account", "account"),
    ("amount_grosze", "amount_grosze"),
    ("bank_id", "bank_id"),
    ("place_in_batch", "place_in_batch"),
    ("charges_grosze", "charges_grosze"),
    ("return_reason", "return_reason"),
)


@pytest.fixture(scope="module")
def matching(tmp_path_factory: pytest.TempPathFactory) -> BankOffice:
    """An office in which nothing is imported, for the library."""
    return _office(tmp_path_factory.mktemp("matching") / "ledger")


def _office(folder: Any) -> BankOffice:  # noqa: ANN401 - a path of pytest
    made = BankOffice(folder)
    made.record_invoices()
    made.knows_accounts()
    return made


def _matcher(bank_office: BankOffice) -> Matcher:
    with bank_office.opened() as ledger:
        owed = owing(ledger)
        return Matcher(owed.debts, owed.corrections, office(ledger, owed.debts, all_transfers(ledger)))


def _judged(matcher: Matcher, statement: BankStatement) -> list[tuple[BankTransfer, Judged]]:
    back = taken_back(statement.transfers)
    return [
        (transfer, matcher.judge(transfer, taken_back=place in back))
        for place, transfer in enumerate(statement.transfers)
    ]


def _account_of(name: str) -> str | None:
    return IPKO_ACCOUNT if name.startswith("ipko") else None


@pytest.mark.parametrize("name", FILES)
def test_a_file_becomes_what_was_worked_out(name: str, matching: BankOffice) -> None:
    """Statements, every field of every transfer, verdict, documents, what is over."""
    wanted, matcher = FILES[name], _matcher(matching)
    file = read_bank_file((BANK / name).read_bytes(), account=_account_of(name))
    assert file.encoding == wanted["encoding"]
    for statement, told in zip(file.statements, wanted["statements"], strict=True):
        assert f"PL{statement.account}" == told["account"]
        assert statement.number == told["number"]
        assert statement.opening_grosze == told["opening_grosze"]
        assert statement.closing_grosze == told["closing_grosze"]
        for (transfer, judged), row in zip(_judged(matcher, statement), told["transfers"], strict=True):
            for field, attribute in FIELDS:
                assert getattr(transfer, attribute) == row.get(field, 0 if field in NUMBERS else ""), field
            assert transfer.booked_on.isoformat() == row["booked_on"]
            assert transfer.value_on.isoformat() == row["value_on"]
            assert " ".join(transfer.name.split()) == " ".join(row["counterparty_name"].split())
            assert judged.verdict.replace("-", " ") == row["verdict"], row["why"]
            parts = [{"invoice": part.invoice, "amount_grosze": part.amount_grosze} for part in judged.parts]
            assert parts == row.get("matches", row.get("candidates")), row["why"]
            assert judged.over_grosze == row.get("over_grosze", 0)
            if "split_payment" in row:
                assert msgspec.to_builtins(judged.split) == row["split_payment"]
    booked = sum(each.not_booked for each in file.statements)
    assert booked == wanted.get("not_booked", 0)


@pytest.mark.parametrize("name", FILES)
def test_the_command_line_lists_the_same(name: str, tmp_path: Any) -> None:  # noqa: ANN401 - a path of pytest
    """Imported and listed; wages are not kept; the same file twice brings nothing."""
    bank_office = _office(tmp_path / "ledger")
    before = bank_office.events()
    bank_office.takes_bank_file(name, "--dry-run")
    assert bank_office.events() == before
    taken = bank_office.takes_bank_file(name)
    wanted = [row for told in FILES[name]["statements"] for row in told["transfers"]]
    outgoing = [row for row in wanted if "not kept" in row["why"]]
    assert sum(each["new"] for each in taken["statements"]) == len(wanted) - len(outgoing)
    assert sum(each["outgoing"] for each in taken["statements"]) == len(outgoing)
    listed = bank_office.asks("payment", "list")["transfers"]
    undecided = [row for row in wanted if row["verdict"] != "set aside"]
    assert len(listed) == len(undecided)
    for got, row in zip(sorted(listed, key=_order), sorted(undecided, key=_order), strict=True):
        assert (got["state"], got["title"]) == (row["verdict"], row["title"])
        documents = [
            {"invoice": each["number"], "amount_grosze": each["amount_grosze"]} for each in got["documents"]
        ]
        assert documents == row.get("matches", row.get("candidates"))
        assert got["over_grosze"] == row.get("over_grosze", 0)
    events = bank_office.events()
    again = bank_office.takes_bank_file(name)
    assert bank_office.events() == events
    assert sum(each["new"] for each in again["statements"]) == 0
    assert bank_office.asks("payment", "list")["transfers"] == listed


def _order(row: dict[str, Any]) -> tuple[Any, ...]:
    """Order by what both tell; of equal transfers those that are proposed first, as they came first."""
    return (
        row["booked_on"],
        row["amount_grosze"],
        row["title"],
        row.get("verdict", row.get("state")) != "proposed",
    )


@pytest.mark.parametrize("name", [name for name in MORE if name != "note"])
def test_a_further_file_becomes_what_was_worked_out(name: str, matching: BankOffice) -> None:
    """Files of the same formats as their descriptions allow them, three of each."""
    wanted, matcher = MORE[name], _matcher(matching)
    file = read_bank_file((BANK / "more" / name).read_bytes(), account=_account_of(name))
    assert (file.format, file.encoding) == (wanted["format"], wanted["encoding"])
    assert file.other_currency == wanted.get("other_currency", 0)
    (statement,) = file.statements
    assert statement.number == wanted.get("number", "")
    assert statement.not_booked == wanted.get("not_booked", 0)
    got = [
        {
            "booked_on": transfer.booked_on.isoformat(),
            "amount_grosze": transfer.amount_grosze,
            "title": transfer.title,
            "name": transfer.name,
            "account": transfer.account,
            "verdict": judged.verdict,
            "why": judged.why,
            "documents": {part.invoice: part.amount_grosze for part in judged.parts},
        }
        for transfer, judged in _judged(matcher, statement)
    ]
    assert got == wanted["transfers"]
