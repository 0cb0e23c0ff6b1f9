"""Money is recorded once a person confirms: parts, several invoices, too much, back, undone, never twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ledger.domain import events as e
from tests.support.bank_office import BANK, BankOffice


@pytest.fixture
def office(tmp_path: Path) -> BankOffice:
    """An office with the invoices of the vectors."""
    made = BankOffice(tmp_path / "ledger")
    made.record_invoices()
    made.knows_accounts()
    return made


def _listed(office: BankOffice, *more: str) -> list[dict[str, Any]]:
    transfers: list[dict[str, Any]] = office.asks("payment", "list", *more)["transfers"]
    return transfers


def _one(office: BankOffice, title: str, *more: str) -> str:
    (found,) = [each["transfer"] for each in _listed(office, *more) if each["title"] == title]
    return str(found)


def _confirm_all(office: BankOffice, *more: str) -> Any:  # noqa: ANN401 - whatever JSON says
    digest = office.asks("payment", "list")["digest"]
    words = ("payment", "confirm", "--all-proposed", "--yes", "--digest", digest, *more, "-f", "json")
    return office.does(*words).document


def test_a_confirmation_pays_what_was_seen_and_once(office: BankOffice) -> None:
    """The same command again gives the first answer; there is nothing left to confirm."""
    office.takes_bank_file("mt940-words.sta")
    told = _confirm_all(office, "--command-id", "c-1")
    assert told["count"] == 3
    assert [office.owed(f"FV/2026/10/{n:04d}") for n in (4, 6, 9)] == [0, 0, 31500]
    digest = "0" * 12
    refused = office.run("payment", "confirm", "--all-proposed", "--yes", "--digest", digest)
    assert (refused.status, "E-PAYMENT-CHANGED" in refused.err) == (4, True)
    assert [each["state"] for each in _listed(office)].count("proposed") == 0
    assert office.owed("FV/2026/10/0009") == 31500


def test_what_changed_since_it_was_seen_is_not_confirmed(office: BankOffice) -> None:
    """An invoice paid by hand in between: the digest is another one, and nothing is recorded."""
    office.takes_bank_file("mt940-words.sta")
    digest = office.asks("payment", "list")["digest"]
    office.does(
        *("invoice", "paid", "FV/2026/10/0004", "--amount", "123.00"),
        "--on",
        "2026-11-20",
        "--method",
        "cash",
    )
    before = office.events()
    refused = office.run("payment", "confirm", "--all-proposed", "--yes", "--digest", digest)
    assert refused.status == 4
    assert office.events() == before


def test_without_a_terminal_it_takes_a_digest(office: BankOffice) -> None:
    """--yes alone confirms nothing that nobody saw; a dry run prints the digest of a few."""
    office.takes_bank_file("mt940-words.sta")
    assert "E-OPTIONS" in office.run("payment", "confirm", "--all-proposed", "--yes").err
    assert "E-NEEDS-YES" in office.run("payment", "confirm", "--all-proposed").err
    key = _one(office, "FV/2026/10/0004")
    digest = office.does("payment", "confirm", key, "--dry-run").out.strip()
    office.does("payment", "confirm", key, "--yes", "--digest", digest)
    assert (office.owed("FV/2026/10/0004"), office.owed("FV/2026/10/0006")) == (0, 184500)


def test_too_much_is_assigned_by_a_person_as_an_overpayment(office: BankOffice) -> None:
    """492.00 for 369.00: refused as a plain part, taken with --rest; given back with a minus."""
    office.takes_bank_file("mt940-words.sta")
    key = _one(office, "FV/2026/10/0011")
    part = ("--to", "FV/2026/10/0011=369.00")
    assert "E-TRANSFER-ASSIGN" in office.run("payment", "assign", key, *part).err
    assert "E-PAYMENT" in office.run("payment", "assign", key, "--to", "FV/2026/10/0011=492.00").err
    office.does("payment", "assign", key, *part, "--rest", "overpaid")
    assert office.owed("FV/2026/10/0011") == -12300
    back = _one(office, "ZWROT NADPLATY FV/2026/10/0011")
    office.does("payment", "assign", back, "--to", "FV/2026/10/0011=-123.00")
    assert office.owed("FV/2026/10/0011") == 0


def test_a_joint_transfer_is_taken_apart_by_a_person(office: BankOffice) -> None:
    """Parts that are not all of the transfer are refused."""
    office.takes_bank_file("mbank.csv")
    key = _one(office, "faktury 7 i 8 z października")
    seven = ("--to", "FV/2026/10/0007=123.00")
    assert "E-TRANSFER-ASSIGN" in office.run("payment", "assign", key, *seven).err
    office.does("payment", "assign", key, *seven, "--to", "FV/2026/10/0008=123.00")
    assert (office.owed("FV/2026/10/0007"), office.owed("FV/2026/10/0008")) == (0, 0)
    assert "E-TRANSFER-DECIDED" in office.run("payment", "assign", key, *seven).err


def test_an_assignment_is_undone_and_the_money_is_owed_again(office: BankOffice) -> None:
    """The payment is reversed, never a payment of its own; the transfer is proposed again."""
    office.takes_bank_file("mt940-words.sta")
    _confirm_all(office)
    key = _one(office, "FV/2026/10/0004", "--all")
    office.does("payment", "undo", key, "--reason", "other: for another invoice")
    assert office.owed("FV/2026/10/0004") == 12300
    with office.opened() as ledger:
        invoice = ledger.find_invoice("FV/2026/10/0004")
        assert [each.amount_grosze for each in invoice.payments] == [12300]
        assert [each.amount_grosze for each in invoice.reversals] == [12300]
    assert "E-TRANSFER-DECIDED" in office.run("payment", "undo", key, "--reason", "checked").err
    office.does("payment", "set-aside", key, "--reason", "private")
    office.does("payment", "undo", key, "--reason", "checked")
    _confirm_all(office)
    assert office.owed("FV/2026/10/0004") == 0


def test_a_return_makes_what_was_paid_owed_again(office: BankOffice) -> None:
    """The bank takes a confirmed transfer back; neither of the two is decided on again."""
    office.takes_bank_file("mt940-tilde.sta")
    first = _one(office, "FV/2026/10/0012")
    office.does("payment", "assign", first, "--to", "FV/2026/10/0012=61.50")
    back = _one(office, "STORNO FV/2026/10/0012")
    other = _one(office, "ZA POMOC ZDALNĄ PAŹDZIERNIK")
    assert "E-TRANSFER-ASSIGN" in office.run("payment", "returned", back, "--of", other).err
    office.does("payment", "returned", back, "--of", first, "--command-id", "r-1")
    office.does("payment", "returned", back, "--of", first, "--command-id", "r-1")
    assert office.owed("FV/2026/10/0012") == 6150
    assert "E-TRANSFER-DECIDED" in office.run("payment", "undo", first, "--reason", "checked").err


def test_an_overlapping_export_adds_what_is_new(office: BankOffice, tmp_path: Path) -> None:
    """Pekao's file first without its newest row, then whole: one new transfer."""
    lines = (BANK / "pekao.csv").read_bytes().splitlines(keepends=True)
    part = tmp_path / "part.csv"
    part.write_bytes(b"".join([lines[0], *lines[2:]]))
    office.does("payment", "import", str(part))
    taken = office.takes_bank_file("pekao.csv")["statements"][0]
    assert (taken["new"], taken["known"]) == (1, 3)


def test_another_format_over_the_same_days_is_refused(office: BankOffice) -> None:
    """With --anyway everything is listed as maybe known, and nothing proposed."""
    office.takes_bank_file("mt940-words.sta")
    statement = (BANK / "mbank.csv").read_text(encoding="cp1250").replace("2026-11-12", "2026-11-10")
    other = office.folder.parent / "other.csv"
    other.write_text(statement, encoding="cp1250")
    refused = office.run("payment", "import", str(other))
    assert (refused.status, "E-BANK-OVERLAP" in refused.err) == (1, True)
    office.does("payment", "import", str(other), "--anyway")
    assert "maybe-known" in {each["why"] for each in _listed(office)}
    fresh = [each for each in _listed(office) if each["title"] == "FV/2026/10/0001"]
    assert [each["state"] for each in fresh] == ["listed"]


def test_a_gap_between_statements_is_told(office: BankOffice) -> None:
    """The opening balance of a later one does not follow: a finding, no refusal."""
    office.takes_bank_file("mt940-words.sta")
    answer = office.does("payment", "import", str(BANK / "mbank.csv"), "--anyway")
    assert "one is missing" in answer.err


def test_no_words_of_a_payer_are_in_the_log_or_on_stderr(office: BankOffice) -> None:
    """Of a whole file in no event; of a broken one in no refusal; of wages nowhere at all."""
    for name in ("mt940-words.sta", "mbank.csv"):
        office.does("payment", "import", str(BANK / name), "--anyway")
    with office.opened() as ledger:
        bank = [row for rows in ledger.store.pages(0) for row in rows if row[3].startswith("bank.")]
        words = {"LACKA", "CWIK", "WISNIEWSKI", "NOWAK", "10901014", "TYT.:", "Nadawca"}
        assert bank
        assert not [row for row in bank if any(word.encode() in row[5] for word in words)]
        held = " ".join(str(ledger.words(row.commitment)) for row in ledger.vault.rows())
        assert "NOWAK PIOTR" not in held
        assert "WISNIEWSKI JAN" in held
        fact = e.EVENT_OF_TOPIC["bank.transfer_seen:1"]
        assert fact is e.TransferSeen


@pytest.mark.parametrize(
    "name", ["mt940-words.sta", "mt940-tilde.sta", "camt053.xml", "mbank.csv", "pekao.csv"]
)
def test_a_damaged_file_is_refused_by_name_line_and_field(office: BankOffice, name: str) -> None:
    """An amount that is none; the refusal repeats nothing of the line, and nothing is recorded."""
    raw = (BANK / name).read_bytes()
    for told in (b"N123,00N", b"C123,00N", b">123.00<", b";123,00;", b"738;"):
        if told in raw:
            raw = raw.replace(told, told.replace(b"1", b"I").replace(b"7", b"I"), 1)
            break
    broken = office.folder.parent / f"broken-{name}"
    broken.write_bytes(raw)
    before = office.events()
    answer = office.run("-v", "payment", "import", str(broken))
    assert answer.status == 2
    assert f"broken-{name}: line " in answer.err
    assert "E-BANK-FILE" in answer.err
    for canary in ("CWIK", "ĆWIK", "Łącka", "ŁĄCKA", "1090101400", "ŻUBR", "Rowerowy"):
        assert canary not in answer.err
    assert office.events() == before


def test_words_of_undecided_transfers_are_erased_after_ninety_days(office: BankOffice) -> None:
    """What paid something keeps its words through the tax years."""
    office.takes_bank_file("mt940-words.sta")
    _confirm_all(office)
    office.now = "2027-03-05T12:00:00+01:00"
    due = [each for each in office.asks("retention", "due")["items"] if each["what"] == "transfer"]
    assert len(due) == 4
    office.does("retention", "run", "--yes")
    assert {each["name"] for each in _listed(office)} == {""}
    assert office.run("check", "vault").out == ""
    assert _one(office, "FV/2026/10/0004", "--all")
    taken = office.takes_bank_file("mt940-words.sta")["statements"][0]
    assert (taken["new"], taken["known"]) == (0, 7)
