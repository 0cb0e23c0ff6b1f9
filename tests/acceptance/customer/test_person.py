"""What is held about one person, where, why and until when; before an erasure and after it."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.support import billing_office as billing
from tests.support.bank_office import BankOffice, invoices
from tests.support.office import Office

WORDS = ("Łódź Żółć", "Śliczna", "Jan Canary", "555 111", "kept the printer", "canary@")
FORMATS = ("table", "csv", "csv-pl", "json", "ndjson", "html")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """K-1: a session purged and invoiced, one held, one never connected, one ended; K-2 beside them."""
    made = billing.shop(tmp_path / "ledger")
    (tmp_path / "ws").mkdir()
    made.does("config", "set", f"purge.workspaces={tmp_path / 'ws'}")
    billing.business(made)
    billing.business(made, "K-2", "Zakład Igiełka", billing.valid_nip(7))
    for day in ("09", "10", "11"):
        made.now = f"2026-11-{day}T10:00:00+01:00"
        told = ("--contact", "Jan Canary", "--remote-id", "555 111 222", "--description", "kept the printer")
        made.does("session", "request", "--customer", "K-1", "--issue", "other", *told)
        number = str(int(day) - 8)
        made.does("session", "connect", number, "--workstation", "pc-1")
        made.does("session", "workspace", number, "--workstation", "pc-1")
        made.now = f"2026-11-{day}T10:40:00+01:00"
        made.does("session", "end", number)
    made.does("session", "purge", "1", "--workstation", "pc-1", "--yes")
    made.does("session", "hold", "2", "--until", "2027-03-01", "--reason", "legal-claim: kept the printer")
    made.does("session", "request", "--customer", "K-1", "--issue", "other", "--contact", "Jan Canary")
    billing.helped(made, "2026-11-12T11:00:00", "2026-11-12T11:40:00", customer="K-2")
    made.now = "2026-12-01T09:00:00+01:00"
    billing.issued(made, "issue", "--period", "2026-11", "--customer", "K-1")
    return made


def _of(found: Any, what: str) -> dict[str, dict[str, Any]]:  # noqa: ANN401 - whatever JSON says
    return {each["subject"]: each for each in found["held"] if each["what"] == what}


def test_before_an_erasure_every_place_has_its_rule_and_its_day(office: Office) -> None:
    found = office.asks("report", "person", "K-1")
    registered = _of(found, "registration")["K-1"]
    assert ({"name", "nip"} <= set(registered["fields"]), registered["rule"], registered["until"]) == (
        True,
        "request",
        None,
    )
    sessions = _of(found, "session")
    assert {number: (each["rule"], each["until"]) for number, each in sessions.items()} == {
        "2": ("hold", "2027-03-01"),
        "3": ("purge", "2026-11-11"),
        "4": ("abandoned", "2026-12-11"),
    }
    assert {"contact", "remote_id", "description"} <= set(sessions["3"]["fields"])
    assert {number: each["until"] for number, each in _of(found, "reasons").items()} == {"2": "2032-12-31"}
    assert {number: each["fields"] for number, each in _of(found, "workspace").items()}.keys() == {"2", "3"}
    assert set(_of(found, "fingerprint")) == {"1", "2", "3"}
    (paper,) = _of(found, "document").values()
    assert (paper["rule"], paper["until"], paper["law"][:4]) == ("tax", "2032-12-31", "art.")
    (files,) = _of(found, "document-file").values()
    assert (files["where"], "xml" in files["fields"]) == ("documents", True)
    assert [(each["what"], each["subject"], each["why"]) for each in found["erased"]] == [
        ("session", "1", "purge")
    ]


def test_after_an_erasure_it_says_what_went_and_what_is_kept_by_which_rule(office: Office) -> None:
    office.does("customer", "erase", "K-1", "--yes")
    found = office.asks("report", "person", "K-1")
    held = {(each["what"], each["subject"]) for each in found["held"]}
    number = next(iter(_of(found, "document")))
    assert held - {("fingerprint", each) for each in "123"} == {
        ("session", "2"),  # held
        ("session", "4"),  # open
        ("reasons", "2"),
        ("workspace", "2"),
        ("workspace", "3"),
        ("document", number),
        ("document-file", number),
        ("codes", "K-1"),
    }
    assert Counter((each["what"], each["subject"], each["why"]) for each in found["erased"]) == Counter(
        [
            ("session", "1", "purge"),
            ("registration", "K-1", "request"),
            ("session", "3", "request"),
        ]
    )


def test_close_of_the_month_ends_the_fingerprints(office: Office) -> None:
    office.does("period", "close", "2026-11", "--accept-open", "--reason", "checked", "--yes")
    found = office.asks("report", "person", "K-1")
    assert not _of(found, "fingerprint")
    assert [each["why"] for each in found["erased"] if each["what"] == "fingerprint"] == ["month-closed"] * 3


def test_waiting_request_gives_the_day_of_its_answer(office: Office) -> None:
    office.does("customer", "erase", "K-1", "--request-only", "--at", "2026-11-30")
    found = office.asks("report", "person", "K-1")
    assert (found["answer_until"], _of(found, "registration")["K-1"]["until"]) == ("2026-12-30",) * 2


@pytest.mark.parametrize("is_erased", [False, True], ids=["before", "after"])
def test_it_counts_what_the_export_gives(office: Office, tmp_path: Path, is_erased: bool) -> None:  # noqa: FBT001
    """One way of telling what is held: the words that `customer export` shows are those counted here."""
    if is_erased:
        office.does("customer", "erase", "K-1", "--yes")
    target = tmp_path / "K-1.json"
    office.does("customer", "export", "K-1", "-o", str(target))
    told = json.loads(target.read_text(encoding="utf-8"))
    events = [*told["registration"], *told["purchases"], *told["documents"]]
    events += [event for session in told["sessions"] for event in session["events"]]
    shown = sum(isinstance(event["words"], dict) for event in events)
    found = office.asks("report", "person", "K-1")
    assert sum(each["items"] for each in found["held"] if each["where"] == "vault") == shown


@pytest.mark.parametrize("form", FORMATS)
def test_no_word_of_the_person_and_nobody_else_stands_in_it(office: Office, form: str) -> None:
    for lang in ("en", "pl"):
        text = office.does("--lang", lang, "report", "person", "K-1", "-f", form).out
        assert not [word for word in WORDS if word in text]
        assert "K-2" not in text
        assert "K-1" in text


def test_paper_and_workbook_are_made(office: Office, tmp_path: Path) -> None:
    for name in ("K-1.pdf", "K-1.xlsx"):
        office.does("--lang", "pl", "report", "person", "K-1", "-o", str(tmp_path / name))
        assert (tmp_path / name).stat().st_size > 1000


def test_merged_codes_are_one_person_and_an_unknown_one_is_refused(office: Office) -> None:
    office.does("customer", "merge", "K-2", "K-1", "--reason", "double-entry", "--yes")
    found = office.asks("report", "person", "K-1")
    assert found["customers"] == ["K-2", "K-1"]
    assert set(_of(found, "registration")) == {"K-1", "K-2"}
    assert "(E-CUSTOMER-UNKNOWN)" in office.run("report", "person", "K-9").err


def test_transfers_that_paid_the_persons_invoices_are_named(tmp_path: Path) -> None:
    made = BankOffice(tmp_path / "ledger")
    buyer = next(each.buyer for each in invoices() if each.account)
    made.does("customer", "add", buyer, "--name", "Firma")
    made.knows_accounts()
    found = made.asks("report", "person", buyer)
    transfers = _of(found, "transfer")
    assert {(each["rule"], each["until"]) for each in transfers.values()} == {("tax", "2032-12-31")}
    assert all(each["fields"] == ["account"] for each in transfers.values())


def test_records_of_the_same_computer_are_named(office: Office, tmp_path: Path) -> None:
    file = tmp_path / "table.csv"
    file.write_text(
        "id_zrodla;id_partnera;technik;start;koniec\n"
        "a1;555 111 222;Ala Makota;2026-11-11T09:00Z;2026-11-11T09:40Z\n"
        "a2;777 888 999;Ala Makota;2026-11-11T12:00Z;2026-11-11T12:40Z\n",
        encoding="utf-8",
    )
    assert office.run("source", "import", "generic-csv", str(file)).status in {0, 3}
    found = office.asks("report", "person", "K-1")
    assert [each["rule"] for each in _of(found, "record").values()] == ["record"]
