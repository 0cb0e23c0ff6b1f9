"""A customer asks for erasure: the request, the answer, the letter, the export, and life afterwards."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.office import Answer, Office
from tests.support.scan import files_below, found_in, opened, sealed
from tests.support.shop import PERIOD, REPORTS, SUFFIXES, copied, eventful_month

BEGAN = "2026-11-16T10:00:00+01:00"
ASK = ("session", "request", "--issue", "other", "--remote-id", "987 654 321", "--contact", "p. Nowak")
TAX_LAW = "art. 86 § 1 w zw. z art. 70 § 1 Ordynacji podatkowej"


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """K-1, with K-2 merged into it. Sessions: 1 asked for, 2 ended with a note, 3 held, 4 cancelled (K-2)."""
    made = Office(tmp_path_factory.mktemp("made") / "ledger", now=BEGAN)
    made.does("customer", "add", "K-1", "--name", "Zakład Krawiecki Igiełka", "--email", "igielka@example.pl")
    made.does("customer", "add", "K-2", "--name", "Igiełka Zakład")
    made.does("customer", "add", "K-3", "--name", "Apteka Pod Lwem")
    made.does("purchase", "add", "K-1", "--order", "ZAM/1", "--at", "2026-03-14", "--product", "Laptop")
    for customer in ("K-1", "K-1", "K-1", "K-2", "K-3"):
        made.does(*ASK, "--customer", customer)
    for number in ("2", "3"):
        made.does("session", "connect", number)
        made.does("session", "end", number)
    made.does("session", "note", "2", "--summary", "driver reinstalled")
    made.does("session", "hold", "3", "--until", "2027-06-30", "--reason", "legal-claim")
    made.does("session", "cancel", "4")
    made.does("customer", "merge", "K-1", "K-2", "--reason", "double-entry: the same shop", "--yes")
    return made.folder


@pytest.fixture
def office(made_once: Path, tmp_path: Path) -> Office:
    """That ledger, copied."""
    return copied(made_once, tmp_path / "ledger", now=BEGAN)


def erase(office: Office, code: str = "K-1", *more: str) -> Any:  # noqa: ANN401 - whatever JSON says
    return office.does("customer", "erase", code, "--yes", "-f", "json", *more).document


def test_an_answer_says_what_goes_and_what_is_kept_by_which_law(office: Office) -> None:
    answer = erase(office)
    assert answer["outcome"] == "partly"
    assert answer["event"] == "customer.erased"
    assert sorted(answer["events"]) == [
        "customer.data_erased",
        "customer.erased",
        "customer.erasure_requested",
        "session.data_erased",
        "session.data_erased",
    ]
    assert answer["sessions_erased"] == 2
    assert answer["kept"] == [
        {"data": "session", "law": "session 1 is open", "until": None},
        {"data": "session", "law": "hold: session 3", "until": "2027-06-30"},
        {"data": "tax", "law": TAX_LAW, "until": "2032-12-31"},
    ]
    assert office.run("check") == Answer(0, "", "")
    left = opened(office.folder)
    assert "Igiełka" not in left
    assert "igielka@example.pl" not in left
    assert "Laptop" not in left
    assert "Apteka Pod Lwem" in left
    assert "driver reinstalled" in left
    holding = [n for n in "12345" if "p. Nowak" in office.does("session", "show", n).out]
    assert holding == ["1", "3", "5"]


def test_what_was_erased_is_in_no_byte_of_any_file(office: Office) -> None:
    before = set(sealed(office.folder).values())
    erase(office)
    gone = {secret.hex(): secret for secret in before - set(sealed(office.folder).values())}
    assert len(gone) > 9
    assert found_in(files_below(office.folder), gone) == {}


def test_a_request_waits_with_its_deadline_until_it_is_answered(office: Office) -> None:
    """Recorded on its day; a month to answer; status and retention due tell, check names the overdue."""
    answer = office.does("customer", "erase", "K-1", "--request-only", "--at", "2026-11-15", "-f", "json")
    assert answer.document["deadline"] == "2026-12-15"
    assert office.asks("status")["erasure_deadlines"] == [{"customer": "K-1", "deadline": "2026-12-15"}]
    assert "K-1" in office.does("status").out
    items = office.asks("retention", "due")["items"]
    assert (items[0]["what"], items[0]["state"], items[0]["due_on"]) == ("request", "waiting", "2026-12-15")
    again = office.run("customer", "erase", "K-1", "--request-only")
    assert (again.status, "E-ERASURE-WAITING" in again.err) == (1, True)
    dated = office.run("customer", "erase", "K-1", "--yes", "--at", "2026-11-14")
    assert (dated.status, "E-OPTIONS" in dated.err) == (2, True)
    office.now = "2026-12-15T23:00:00+01:00"
    assert office.run("check", "requests") == Answer(0, "", "")
    office.now = "2026-12-16T00:00:00+01:00"
    found = office.run("check", "requests")
    assert (found.status, found.out.partition(":")[0]) == (3, "erasure-overdue")
    assert office.asks("retention", "due")["items"][0]["state"] == "overdue"
    assert "customer.erasure_requested" not in erase(office)["events"]
    assert office.run("check", "requests").status == 0
    assert office.asks("status")["erasure_requests"] == 0


@pytest.mark.parametrize(
    ("asked", "until"),
    [("2027-01-31", "2027-02-28"), ("2027-12-31", "2028-01-31"), ("2028-01-30", "2028-02-29")],
)
def test_a_month_ends_with_the_day_of_the_same_number_or_its_last(
    office: Office, asked: str, until: str
) -> None:
    office.now = f"{asked}T10:00:00+01:00"
    answer = office.does("customer", "erase", "K-3", "--request-only", "-f", "json")
    assert answer.document["deadline"] == until


def test_a_request_under_a_code_that_was_merged_is_answered_with_the_person(tmp_path: Path) -> None:
    """Asked under B before it was merged into A: the answer to A answers B."""
    office = Office(tmp_path / "ledger", now=BEGAN)
    for code in ("A", "B"):
        office.does("customer", "add", code, "--name", "Jan Próba")
    office.does("customer", "erase", "B", "--request-only")
    office.does("customer", "merge", "A", "B", "--reason", "double-entry", "--yes")
    answer = erase(office, "B")
    assert (answer["customer"], answer["outcome"]) == ("A", "erased")
    assert office.asks("status")["erasure_requests"] == 0
    assert "Próba" not in opened(office.folder)


def test_when_nothing_can_go_the_answer_is_no_and_says_why(office: Office) -> None:
    """Given an answer in part, a second one while the hold lasts is refused; once released it goes on."""
    erase(office)
    office.does("session", "cancel", "1")
    assert erase(office)["kept"][0]["law"] == "hold: session 3"
    nothing = office.run("customer", "erase", "K-1", "--yes")
    assert (nothing.status, "E-CUSTOMER-ERASED" in nothing.err) == (1, True)
    office.does("customer", "erase", "K-1", "--request-only")
    assert erase(office)["outcome"] == "refused"
    office.does("session", "release", "3")
    assert erase(office)["outcome"] == "partly"
    office.now = "2033-02-01T10:00:00+01:00"
    final = erase(office)
    assert (final["outcome"], final["kept"]) == ("erased", [])


def test_a_dry_run_changes_nothing_and_without_yes_it_asks(office: Office) -> None:
    before = office.events()
    planned = office.does("customer", "erase", "K-1", "--dry-run").out
    assert "K-1, K-2" in planned
    assert "session 1 is open" in planned
    assert office.run("customer", "erase", "K-1").status == 2
    assert office.events() == before


def test_a_repeat_with_the_same_command_id_changes_nothing(office: Office) -> None:
    first = erase(office, "K-1", "--command-id", "letter-7")
    before = office.events()
    again = erase(office, "K-1", "--command-id", "letter-7")
    assert again == first
    assert office.events() == before


def test_artefacts_of_a_session_that_waits_for_its_purge_are_not_forgotten(
    office: Office, tmp_path: Path
) -> None:
    """Without their paths the purge would not find the files."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "chat.txt").write_text("x", encoding="utf-8")
    office.does("config", "set", f"purge.roots={tmp_path / 'out'}")
    office.does("session", "artefact", "2", str(tmp_path / "out" / "chat.txt"), "--kind", "chat")
    laws = [kept["law"] for kept in erase(office)["kept"]]
    assert "session 2 is to be purged first" in laws


# --- the letter ---------------------------------------------------------------------------------


def letter(office: Office, file: Path, *more: str) -> str:
    office.does("customer", "erase", "K-1", "--yes", "-o", str(file), *more)
    return file.read_text(encoding="utf-8")


def test_the_letter_names_the_person_and_is_the_only_place_that_does(office: Office, tmp_path: Path) -> None:
    text = letter(office, tmp_path / "letter.txt", "--at", "2026-11-10")
    flat = " ".join(text.split())
    assert "Adresat: Zakład Krawiecki Igiełka" in text
    assert "Żądanie z dnia 10.11.2026, kod klienta K-1." in flat
    assert f"{TAX_LAW}, do 31.12.2032" in flat
    assert "sesja 1 jeszcze trwa" in flat
    assert "Prezesa Urzędu Ochrony Danych Osobowych" in flat
    for word in ("nieodwracalnie", "Wszystkie dane", "wszystkie dane", "zgodnie z RODO"):
        assert word not in flat
    assert found_in(files_below(office.folder), {"name": "Igiełka".encode()}) == {}


def test_the_letter_can_be_written_again_and_is_the_same(office: Office, tmp_path: Path) -> None:
    """After the answer the name has to be given; without it the letter is to the code."""
    first = letter(office, tmp_path / "1.txt")
    before = office.events()
    office.now = "2026-12-01T10:00:00+01:00"
    assert letter(office, tmp_path / "2.txt", "--name", "Zakład Krawiecki Igiełka") == first
    assert "Adresat: klient K-1" in letter(office, tmp_path / "3.txt")
    assert office.events() == before


def test_the_letter_in_english_and_as_markdown(office: Office, tmp_path: Path) -> None:
    office.does("--lang", "en", "customer", "erase", "K-1", "--yes", "-o", str(tmp_path / "letter.md"))
    text = (tmp_path / "letter.md").read_text(encoding="utf-8")
    assert "## Kept\n" in text
    assert "- invoices, and reasons and notes that explain amounts; art. 86" in text


def test_a_letter_that_could_not_be_written_is_refused_before_anything_is_erased(
    office: Office, tmp_path: Path
) -> None:
    before = office.events()
    for file in (tmp_path / "nowhere" / "letter.txt", tmp_path / "letter.pdf"):
        assert office.run("customer", "erase", "K-1", "--yes", "-o", str(file)).status == 2
    assert office.run("customer", "erase", "K-1", "--request-only", "--dry-run").status == 2
    assert office.events() == before


# --- the export ---------------------------------------------------------------------------------


def exported(office: Office, file: Path, code: str = "K-1") -> Any:  # noqa: ANN401 - whatever JSON says
    office.does("customer", "export", code, "-o", str(file))
    return json.loads(file.read_text(encoding="utf-8"))


def test_an_export_has_everything_about_the_person_and_nothing_about_others(
    office: Office, tmp_path: Path
) -> None:
    office.does(
        "customer", "update", "K-1", "--nip", "5260250274", "--reason", "data-changed: given by phone"
    )
    found = exported(office, tmp_path / "k.json")
    text = json.dumps(found, ensure_ascii=False)
    assert found["schema"] == "session-ledger/customer-export/1"
    assert found["customers"] == ["K-1", "K-2"]
    for word in ("Krawiecki", "Igiełka Zakład", "5260250274", "given by phone", "Laptop", "the same shop"):
        assert word in text
    assert [session["session"] for session in found["sessions"]] == [1, 2, 3, 4]
    assert text.count("p. Nowak") == 4
    assert "987 654 321" in text
    assert "driver reinstalled" in text
    assert "Apteka" not in text
    assert found["erased"] == []
    assert found["kept_after_erasure"][-1] == {"data": "tax", "law": TAX_LAW, "until": "2032-12-31"}


def test_an_export_says_what_was_erased_and_when(office: Office, tmp_path: Path) -> None:
    erase(office)
    found = exported(office, tmp_path / "k.json", "K-2")
    assert {(each["session"], each["data"], each["why"]) for each in found["erased"]} == {
        (None, "customer", "erased"),
        (None, "customer", "erasure"),
        (2, "session", "erasure"),
        (4, "session", "erasure"),
    }
    assert found["registration"][0]["words"] == "[erased]"


def test_an_export_into_a_folder_is_for_machines_and_for_people(office: Office, tmp_path: Path) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    office.does("--lang", "pl", "customer", "export", "K-1", "-o", str(folder))
    assert sorted(file.name for file in folder.iterdir()) == ["customer-K-1.html", "customer-K-1.json"]
    page = (folder / "customer-K-1.html").read_text(encoding="utf-8")
    assert "Zakład Krawiecki Igiełka" in page
    assert "p. Nowak" in page
    assert office.run("customer", "export", "K-1", "-o", str(folder)).status == 2


# --- afterwards ---------------------------------------------------------------------------------


def test_everything_that_reads_survives_customers_erased(tmp_path: Path) -> None:
    """Given every customer of the month erased, each report in each format and each command that shows."""
    office = eventful_month(tmp_path / "ledger")
    for row in office.asks("customer", "list")["customers"]:
        if row["merged_into"] is None:
            office.does("customer", "erase", row["customer"], "--yes")
    for report in REPORTS:
        for form, suffix in SUFFIXES.items():
            answer = office.run(*report, "-f", form, "-o", str(tmp_path / f"report.{suffix}"))
            assert answer.status in {0, 3}, answer.err
    for row in office.asks("customer", "list")["customers"]:
        assert row["name"] == "[erased]"
        office.does("customer", "show", row["customer"])
        office.does("customer", "export", row["customer"], "-o", str(tmp_path / "export.json"))
    for number in range(1, 46):
        office.does("session", "show", str(number))
    office.does("status")
    office.does("retention", "due")
    office.does("quote", "--customer", "K-001")
    office.does("session", "note", "13", "--summary", "asked about again")
    office.does("customer", "update", "K-001", "--name", "Znów Klient", "--reason", "data-changed")
    office.does("session", "request", "--customer", "K-001", "--issue", "other", "--contact", "x")
    assert office.asks("customer", "show", "K-001")["name"] == "Znów Klient"
    assert "[erased]" in office.does("report", "billing", "--period", PERIOD, "-f", "html").out
    office.does("replay")
    assert office.run("check") == Answer(0, "", "")


def test_the_file_they_came_from_can_be_imported_again(tmp_path: Path) -> None:
    """What is known by its code and has no name any more is unchanged; with --update it comes back."""
    office = Office(tmp_path / "ledger", now=BEGAN)
    file = office.table("customers.csv", "customer,name", [("K-1", "Jan Próba")])
    office.does("customer", "import", str(file), "--command-id", "import-1")
    erase(office)
    office.does("customer", "import", str(file), "--command-id", "import-1")
    assert "Próba" not in opened(office.folder)
    assert office.run("check") == Answer(0, "", "")


def test_a_command_id_from_before_the_erasure_is_still_a_repeat(tmp_path: Path) -> None:
    """Later words have other keys, which tell nothing of the earlier ones."""
    office = Office(tmp_path / "ledger", now=BEGAN)
    add = ("customer", "add", "K-1", "--name", "Jan Próba", "--command-id", "add-1")
    office.does(*add)
    erase(office)
    office.does("customer", "update", "K-1", "--name", "Jan Nowy", "--reason", "data-changed")
    assert "recorded before" in office.does(*add).err
    assert office.run("check") == Answer(0, "", "")


def test_a_letter_that_names_the_customer_is_not_written_over_without_the_name(tmp_path: Path) -> None:
    """Given again after the erasure, it could not name them any more."""
    made = Office(tmp_path / "ledger")
    made.does("customer", "add", "K-1", "--name", "Zakład Igiełka")
    letter = tmp_path / "answer.txt"
    made.does("customer", "erase", "K-1", "--yes", "-o", str(letter))
    assert "Zakład Igiełka" in letter.read_text(encoding="utf-8")
    again = made.run("customer", "erase", "K-1", "--yes", "-o", str(letter))
    assert (again.status, "--name" in again.err) == (2, True)
    assert "Zakład Igiełka" in letter.read_text(encoding="utf-8")
    made.does("customer", "erase", "K-1", "--yes", "-o", str(letter), "--name", "Zakład Igiełka")


def test_an_answer_is_not_dated_by_a_clock_that_is_behind(tmp_path: Path) -> None:
    """An answer has a term: a clock set back would make a late one timely."""
    made = Office(tmp_path / "ledger", now="2026-11-16T10:00:00+01:00")
    made.does("customer", "add", "K-1", "--name", "Jan")
    made.does("customer", "erase", "K-1", "--request-only")
    made.now = "2027-01-20T10:00:00+01:00"
    made.does("customer", "add", "K-2", "--name", "Anna")
    made.now = "2026-12-15T10:00:00+01:00"
    refused = made.run("customer", "erase", "K-1", "--yes")
    assert (refused.status, "(E-CLOCK-BEHIND)" in refused.err) == (1, True)
    assert made.asks("customer", "show", "K-1")["name"] == "Jan"
    made.does("customer", "erase", "K-1", "--yes", "--clock-is-right")
    (row,) = made.asks("report", "deletion-register", "--period", "2026-12")["deletions"]
    assert (row["at"], row["recorded_at"]) == ("2026-12-15T09:00:00Z", "2027-01-20T09:00:00Z")
