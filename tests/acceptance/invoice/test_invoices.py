"""Invoices from the first session to the last correction, by commands."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ledger.fa3.validate import validate
from tests.support.billing_office import (
    DECEMBER,
    PERIOD,
    business,
    example,
    helped,
    issued,
    shop,
    sums,
    valid_nip,
    xml_of,
)
from tests.support.held_open import held_open
from tests.support.office import Office, sqlite_only
from tests.support.shop import copied

FIRST = "FV/2026/12/0001"
CORRECTION = "FK/2026/12/0001"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """A shop outside KSeF."""
    return shop(tmp_path / "ledger")


def _of_month(office: Office, customer: str = "K-1") -> dict[str, Any]:
    found: dict[str, Any] = issued(office, "issue", "--period", PERIOD, "--customer", customer)["issued"][0]
    return found


# --- what is issued ---------------------------------------------------------------------------


def test_a_period_without_anything_to_invoice_is_said_to_be_one(office: Office) -> None:
    asked = ("invoice", "issue", "--period", PERIOD, "--all", "--yes")
    assert office.does(*asked).err == "no help of that period is to be invoiced\n"
    found = office.asks(*asked)
    assert (found["issued"], found["waiting"]) == ([], [])


def test_the_example_comes_to_850_195_50_1045_50(office: Office) -> None:
    """Two off hours and a night in full, an office hour at half price: P_10 is 50.00."""
    example(office)
    plan = office.asks("invoice", "draft", "--period", PERIOD)["documents"][0]
    assert sums(plan) == (85000, 19550, 104550)
    document = _of_month(office)
    assert (document["number"], *sums(document)) == (FIRST, 85000, 19550, 104550)
    xml = xml_of(office, FIRST)
    validate(xml)
    assert b"<P_10>50.00</P_10>" in xml
    for field in (b"<P_13_1>850.00<", b"<P_14_1>195.50<", b"<P_15>1045.50<", b"<P_6A>2026-11-09<"):
        assert field in xml
    assert office.run("check").out == ""
    assert office.asks("report", "billing", "--period", PERIOD)["total"]["gross_grosze"] == 0


def test_the_same_bytes_in_another_zone_and_language(tmp_path: Path) -> None:
    """The XML depends on what is in the ledger and on nothing around it, but for the documents' own ids."""
    office = shop(tmp_path / "ledger")
    example(office)
    script = (
        "import sys, hashlib; from pathlib import Path\n"
        "from ledger.application.ledger import Ledger, Environment\n"
        "from ledger.domain.clock import parse_instant; from ledger.application.metadata import Metadata\n"
        "from ledger.handlers.invoice.issue import issue\n"
        "now = parse_instant('2026-12-01T08:00:00Z')\n"
        "with Ledger.open(Path(sys.argv[1]), Environment(lambda: now, lambda n: b'7' * n)) as ledger:\n"
        "    streams = [ledger.find_session(n)[0] for n in ('1', '2')]\n"
        "    receipt = issue(ledger, Metadata('ola'), customer='K-1', sessions=streams, tool='t')\n"
        "    print(receipt.events[0].event.xml_sha256)\n"
    )
    digests = set[str]()
    for place, zone, language in (("a", "UTC", "C.UTF-8"), ("b", "Pacific/Auckland", "pl_PL.UTF-8")):
        copy = tmp_path / place
        copied(office.folder, copy, now=office.now)
        environment = {**os.environ, "TZ": zone, "LC_ALL": language}
        told = subprocess.run(
            [sys.executable, "-c", script, str(copy)],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        digests.add(told.stdout.strip())
    assert len(digests) == 1


def test_a_consumer_gets_an_invoice_on_demand_only(office: Office) -> None:
    """Without a demand the plan says receipt and the command ends with 3; then the invoice names no NIP."""
    office.does("customer", "add", "K-2", "--name", "Jan Kowalski", "--consumer", "yes")
    session = helped(office, "2026-11-12T11:00:00", "2026-11-12T11:40:00", "K-2")
    office.now = DECEMBER
    refused = office.run("invoice", "issue", "--session", str(session), "--yes")
    assert refused.status == 1
    assert "E-INVOICE-CONSUMER" in refused.err
    waits = office.run("invoice", "issue", "--period", PERIOD, "--all", "--yes")
    assert waits.status == 3
    office.does("session", "invoice-request", str(session), "--on", "2026-12-01")
    assert sums(issued(office, "issue", "--session", str(session))) == (10000, 2300, 12300)
    assert b"<BrakID>1</BrakID>" in xml_of(office, FIRST)
    assert office.asks("invoice", "list")["invoices"][0]["duty"] == "consumer"


def test_an_invoice_to_a_receipt_is_in_the_register_and_not_in_its_sums(office: Office) -> None:
    """The till has counted the sale; the till's report shows the invoice made out to it."""
    office.does("customer", "add", "K-2", "--name", "Jan Kowalski", "--consumer", "yes")
    session = helped(office, "2026-11-12T11:00:00", "2026-11-12T11:40:00", "K-2")
    office.does("session", "receipt", str(session), "--number", "0012")
    assert "E-SESSION-BILLED" in office.run("session", "receipt", str(session), "--number", "0013").err
    assert "E-SESSION-BILLED" in office.run("invoice", "issue", "--session", str(session), "--yes").err
    office.now = DECEMBER
    office.does("session", "invoice-request", str(session), "--on", "2026-12-01")
    issued(office, "issue", "--session", str(session))
    register = office.asks("report", "sales", "--period", PERIOD)
    (row,) = register["documents"]
    assert (row["kind"], row["receipt"], row["counts_in_vat"], row["jpk_marker"]) == (
        "FP",
        "0012",
        "no",
        "BFK",
    )
    assert register["total"] == {"documents": 0, "net_grosze": 0, "vat_grosze": 0, "gross_grosze": 0}
    (receipt,) = office.asks("report", "till", "--period", PERIOD)["receipts"]
    assert (receipt["receipt"], receipt["invoice"], *sums(receipt)) == ("0012", FIRST, 10000, 2300, 12300)
    assert b"<FP>1</FP>" in xml_of(office, FIRST)


def test_foreign_buyers_bear_no_silent_vat(office: Office) -> None:
    """EU and beyond by treatment; undecided, nothing is issued and the plan says blocked."""
    address = ("--address-line1", "Hauptstr. 1", "--consumer", "no")
    office.does("customer", "add", "K-2", "--name", "Müller GmbH", "--country", "DE", *address)
    session = str(helped(office, "2026-11-12T11:00:00", "2026-11-12T11:40:00", "K-2"))
    office.now = DECEMBER
    assert office.asks("invoice", "draft", "--period", PERIOD)["documents"][0]["state"] == "blocked"
    assert "E-VAT-UNDECIDED" in office.run("invoice", "issue", "--session", session, "--yes").err
    change = ("customer", "update", "K-2", "--reason", "data-changed")
    office.does(*change, "--vat-treatment", "eu", "--vat-id", "DE811193231")
    assert sums(issued(office, "issue", "--session", session)) == (10000, 0, 10000)
    assert b"<P_13_9>100.00</P_13_9>" in xml_of(office, FIRST)


def test_what_is_free_is_on_no_invoice(office: Office) -> None:
    """No invoice of 0.00; a month of tests has nothing due and ends well."""
    business(office)
    helped(office, "2026-11-12T11:00:00", "2026-11-12T11:40:00", issue="test")
    office.now = DECEMBER
    assert office.asks("invoice", "draft", "--period", PERIOD)["documents"][0]["state"] == "nothing_due"
    assert office.run("invoice", "issue", "--period", PERIOD, "--all", "--yes").status == 0
    assert "E-INVOICE-NOTHING" in office.run("invoice", "issue", "--session", "1", "--yes").err
    assert office.asks("invoice", "list")["invoices"] == []


def test_nothing_is_issued_without_seller_buyer_or_a_possible_day(office: Office) -> None:
    """Each refusal has its code, and no number is used up by it."""
    example(office)
    assert (
        "E-INVOICE-DATE"
        in office.run("invoice", "issue", "--session", "1", "--date", "2026-12-02", "--yes").err
    )
    assert (
        "E-INVOICE-DATE"
        in office.run("invoice", "issue", "--session", "1", "--date", "2026-11-08", "--yes").err
    )
    bare = Office(office.folder.parent / "bare", now="2026-11-01T08:00:00+01:00")
    example(bare)
    assert "E-SELLER-INCOMPLETE" in bare.run("invoice", "issue", "--session", "1", "--yes").err
    assert bare.asks("invoice", "list")["invoices"] == []
    assert not list((bare.folder / "documents").glob("*")) if (bare.folder / "documents").exists() else True
    assert _of_month(office)["number"] == FIRST


def test_a_command_id_given_twice_issues_one_invoice(office: Office) -> None:
    """The repeat gives the first answer again; said of something else it is a conflict."""
    example(office)
    words = ("issue", "--session", "1", "--command-id", "c-1")
    first, again = issued(office, *words), issued(office, *words)
    assert first == again
    assert (first["number"], first["event"]) == (FIRST, "session.billed")
    other = office.run("invoice", "issue", "--session", "2", "--command-id", "c-1", "--yes")
    assert (other.status, "E-COMMAND-REUSED" in other.err) == (1, True)


@pytest.mark.parametrize("form", ["text", "json"])
def test_issuing_of_a_month_repeated_under_its_id_answers_with_the_first_document(
    office: Office, form: str
) -> None:
    example(office)
    words = ("invoice", "issue", "--period", PERIOD, "--customer", "K-1", "--yes", "-f", form)
    first = office.does(*words, "--command-id", "m-1")
    events = office.events()

    again = office.does(*words, "--command-id", "m-1")

    assert FIRST in first.out
    assert (again.out, office.events()) == (first.out, events)
    assert "recorded before" in again.err
    assert "recorded before" not in first.err


def test_issuing_of_another_month_or_day_under_the_same_id_is_refused(office: Office) -> None:
    example(office)
    business(office, "K-2")
    words = ("invoice", "issue", "--command-id", "m-1", "--yes")
    office.does(*words, "--period", PERIOD, "--customer", "K-1")

    for other in (
        ("--period", "2026-10", "--customer", "K-1"),
        ("--period", PERIOD, "--customer", "K-2"),
        ("--period", PERIOD, "--customer", "K-1", "--date", "2026-12-01"),
    ):
        refused = office.run(*words, *other)
        assert (refused.status, "E-COMMAND-REUSED" in refused.err) == (1, True), other


def test_draft_whose_amount_moved_is_not_issued_and_both_amounts_are_named(office: Office) -> None:
    """Given a draft that was seen, when goodwill is given meanwhile, then nothing is issued."""
    example(office)
    office.does("session", "waive", "2", "--percent", "50", "--reason", "goodwill")
    events = office.events()

    one = office.run("invoice", "issue", "--session", "2", "--expect-gross", "61.50", "--yes")
    month = office.run(
        "invoice", "issue", "--period", PERIOD, "--customer", "K-1", "--expect-gross", "61.50", "--yes"
    )

    assert (one.status, "61.50 was seen, and now it comes to 30.75 (E-DRAFT-CHANGED)" in one.err) == (4, True)
    assert (month.status, "E-DRAFT-CHANGED" in month.err) == (4, True)
    assert office.events() == events
    assert issued(office, "issue", "--session", "2", "--expect-gross", "30.75")["gross_grosze"] == 3075


def test_expected_amount_is_of_one_document(office: Office) -> None:
    answer = office.run("invoice", "issue", "--period", PERIOD, "--all", "--expect-gross", "1.00", "--yes")
    assert (answer.status, "E-OPTIONS" in answer.err) == (2, True)


def test_a_shop_that_comes_from_elsewhere_begins_where_it_stopped(office: Office) -> None:
    """The start counts for a series that gave no number yet, and for it alone."""
    example(office)
    assert "E-SERIES-BEGUN" in office.run("config", "set", "invoice.start=FV/2026/10/0057").err
    office.does("config", "set", "invoice.start=FV/2026/12/0057")
    assert issued(office, "issue", "--session", "1")["number"] == "FV/2026/12/0057"
    assert "E-SERIES-BEGUN" in office.run("config", "set", "invoice.start=FV/2026/12/0099").err
    assert issued(office, "issue", "--session", "2")["number"] == "FV/2026/12/0058"
    assert office.run("check", "series").out == ""


# --- the monthly limit of KSeF ----------------------------------------------------------------


def test_the_invoice_that_crosses_the_limit_goes_to_ksef_and_every_later_one(tmp_path: Path) -> None:
    """Ten thousand zloty gross in a month stay outside; the next one begins the duty, for ever."""
    office = shop(tmp_path / "ledger")
    business(office)
    for day in range(2, 13):  # eleven nights of 984.00 gross
        helped(office, f"2026-11-{day:02d}T23:00:00", f"2026-11-{day + 1:02d}T00:40:00")
    office.now = DECEMBER
    for number in range(1, 12):
        issued(office, "issue", "--session", str(number))
    duties = [each["duty"] for each in office.asks("invoice", "list")["invoices"]]
    assert duties == ["exempt"] * 10 + ["ksef"]
    helped(office, "2026-12-02T11:00:00", "2026-12-02T11:40:00")
    office.now = "2027-01-04T09:00:00+01:00"
    issued(office, "issue", "--session", "12")
    assert office.asks("invoice", "list")["invoices"][-1]["duty"] == "ksef"


# --- corrections ------------------------------------------------------------------------------


def test_a_session_corrected_after_its_invoice_is_named_until_the_correction(office: Office) -> None:
    """check and status name it; the correction is -200.00 / -46.00 / -246.00; the invoice keeps its bytes."""
    example(office)
    _of_month(office)
    before = xml_of(office, FIRST)
    office.does(
        "session",
        "correct",
        "1",
        "--remove",
        "1",
        "--add",
        "2026-11-09 21:10..2026-11-09 22:40",
        "--reason",
        "wrong-time",
    )
    assert office.asks("status")["changed_after_invoice"] == 1
    found = office.run("check")
    assert (found.status, found.out.split(":")[0]) == (3, "bill-changed")
    document = issued(office, "correct", FIRST, "--reason", "wrong-time: zła godzina")
    assert (document["number"], *sums(document)) == (CORRECTION, -20000, -4600, -24600)
    validate(xml_of(office, CORRECTION))
    assert xml_of(office, CORRECTION).count(b"<StanPrzed>1</StanPrzed>") == 1
    assert xml_of(office, FIRST) == before
    assert office.asks("status")["changed_after_invoice"] == 0
    assert office.run("check").out == ""
    assert "E-NOTHING-CHANGES" in office.run("invoice", "correct", FIRST, "--reason", "x", "--yes").err
    assert (
        "E-CORRECTION-OF-CORRECTION"
        in office.run("invoice", "correct", CORRECTION, "--reason", "x", "--yes").err
    )


def test_a_correction_to_zero_frees_the_sessions(office: Office) -> None:
    """-850.00 / -195.50 / -1045.50; then they can be invoiced again, under the next number."""
    example(office)
    _of_month(office)
    words = ("correct", FIRST, "--to-zero", "--reason", "wrong-customer", "--command-id", "c-1")
    document = issued(office, *words)
    assert issued(office, *words) == document
    assert sums(document) == (-85000, -19550, -104550)
    validate(xml_of(office, CORRECTION))
    again = _of_month(office)
    assert (again["number"], *sums(again)) == ("FV/2026/12/0002", 85000, 19550, 104550)
    assert office.run("check").out == ""


def test_goodwill_after_the_invoice_is_a_correction(office: Office) -> None:
    """A third off is spread over the hours; invoice and correction are what the sessions come to."""
    example(office)
    _of_month(office)
    office.does("session", "waive", "1", "--percent", "33", "--reason", "goodwill")
    document = issued(office, "correct", FIRST, "--reason", "goodwill")
    assert document["net_grosze"] == -26400
    explained = office.asks("session", "explain", "1")["net_grosze"]
    assert 85000 + int(document["net_grosze"]) == explained + 5000
    assert office.run("check").out == ""


def test_the_buyers_other_data_are_corrected_with_the_old_ones_beside(office: Office) -> None:
    """No amount changes; the correction holds the buyer before and after."""
    example(office)
    _of_month(office)
    office.does("customer", "update", "K-1", "--address-line1", "ul. Nowa 5", "--reason", "data-changed")
    document = issued(office, "correct", FIRST, "--reason", "data-changed")
    assert sums(document) == (0, 0, 0)
    xml = xml_of(office, CORRECTION).decode()
    assert "<Podmiot2K>" in xml
    assert "ul. Śliczna 2" in xml
    assert "ul. Nowa 5" in xml


def test_a_reduction_outside_ksef_counts_when_the_buyer_confirms_it(office: Office) -> None:
    """Until then it has no VAT period and stands in no sum."""
    example(office)
    _of_month(office)
    issued(office, "correct", FIRST, "--to-zero", "--reason", "wrong-customer")
    december = office.asks("report", "sales", "--period", "2026-12")
    assert [row["vat_period"] for row in december["documents"]] == [None]
    assert december["total"]["documents"] == 0
    office.now = "2027-01-08T09:00:00+01:00"
    office.does("invoice", "received", CORRECTION, "--on", "2027-01-05")
    january = office.asks("report", "sales", "--period", "2027-01")
    assert january["total"]["gross_grosze"] == -104550


def test_a_correction_before_the_originals_ksef_number_is_refused(tmp_path: Path) -> None:
    """It would have to name that number."""
    office = shop(tmp_path / "ledger", "ksef.mode=online")
    example(office)
    _of_month(office)
    office.does("session", "waive", "1", "--hours", "1", "--reason", "goodwill")
    refused = office.run("invoice", "correct", FIRST, "--reason", "goodwill", "--yes")
    assert (refused.status, "E-CORRECTION-EARLY" in refused.err) == (1, True)


# --- afterwards -------------------------------------------------------------------------------


def test_payments_in_parts_and_what_is_left_by_age(office: Office) -> None:
    """Corrections are counted in; more than is owed, or back more than was paid, is refused."""
    example(office)
    _of_month(office)
    office.now = "2026-12-05T09:00:00+01:00"
    pay = ("invoice", "paid", FIRST, "--on", "2026-12-05", "--method", "transfer")
    assert office.does(*pay, "--amount", "500.00", "-f", "json").document["left_grosze"] == 54550
    assert "E-PAYMENT" in office.run(*pay, "--amount", "545.51").err
    assert "E-PAYMENT" in office.run(*pay, "--amount=-500.01").err
    office.now = "2027-01-20T09:00:00+01:00"
    found = office.asks("report", "receivables", "--as-of", "now")
    assert found["ages"] == {"31-60": 54550}
    office.does(*pay, "--amount", "545.50")
    assert office.asks("report", "receivables", "--as-of", "now")["invoices"] == []
    over = office.does(*pay, "--amount", "4.50", "--overpaid")
    assert over.out == f"{FIRST}: 4.50 too much, to be given back\n"
    (listed,) = office.asks("report", "receivables", "--as-of", "now")["invoices"]
    assert (listed["paid_grosze"], listed["left_grosze"]) == (105000, -450)
    office.does(*pay, "--amount=-4.50")
    assert office.asks("report", "receivables", "--as-of", "now")["invoices"] == []
    office.does("config", "set", "ksef.mode=online")
    issued(office, "correct", FIRST, "--to-zero", "--reason", "wrong-customer")
    assert office.asks("report", "receivables", "--as-of", "now")["left_grosze"] == -104550


def test_a_file_is_told_by_its_bytes_alone(office: Office, tmp_path: Path) -> None:
    """The issued file is named; one byte more is no document of this ledger."""
    example(office)
    _of_month(office)
    file = tmp_path / "received.xml"
    file.write_bytes(xml_of(office, FIRST))
    assert office.does("invoice", "verify", str(file), "-f", "json").document["number"] == FIRST
    file.write_bytes(xml_of(office, FIRST) + b"\n")
    assert office.run("invoice", "verify", str(file)).status == 3


def test_the_trace_leads_from_each_amount_to_hours_sentences_events_and_root(office: Office) -> None:
    """Nothing on the invoice is without its hours; every event named has its leaf."""
    example(office)
    _of_month(office)
    found = office.asks("invoice", "show", FIRST, "--trace")
    sessions = [each for each in found["trace"] if each["session"] is not None]
    for session in sessions:
        lines = [line for line in found["lines"] if line["number"] in session["lines"]]
        assert sum(hour["net_grosze"] for hour in session["hours"]) == session["net_grosze"]
        assert sum(line["net_grosze"] for line in lines) == session["net_grosze"]
        assert all(hour["quote"] for hour in session["hours"])
        assert session["events"]
    assert found["tree"]["size"] > max(
        event["leaf_index"] for each in found["trace"] for event in each["events"]
    )
    proofs = office.does("audit", "prove", FIRST).out
    assert proofs.count("c2sp.org/tlog-proof@v1") == sum(len(each["events"]) for each in found["trace"])


def test_the_law_keeps_a_document_and_then_it_goes_whole(office: Office) -> None:
    """An erasure is answered in part; when the years are over, buyer and files go, the numbers stay."""
    example(office)
    _of_month(office)
    plan = office.does("customer", "erase", "K-1", "--dry-run").out
    assert "2032-12-31" in plan
    office.does("customer", "erase", "K-1", "--yes")
    assert xml_of(office, FIRST)
    assert office.run("check").out == ""
    office.now = "2033-01-02T09:00:00+01:00"
    due = office.asks("retention", "due")["items"]
    assert [(each["what"], each["state"]) for each in due] == [("document", "due")]
    with held_open("*.xml"):  # what else is due is erased, and the words of this one when its file can go
        stayed = office.run("retention", "run", "--yes")
    assert (stayed.status, "a file of FV/2026/12/0001 cannot be removed" in stayed.err) == (3, True)
    assert office.run("check", "deleted").out.startswith("vault-not-erased: ")
    office.does("retention", "run", "--yes")
    assert list((office.folder / "documents").glob("*")) == []
    assert office.run("check", "documents", "series", "bills", "vault", "deleted").out == ""
    assert office.asks("report", "sales", "--period", PERIOD)["documents"][0]["buyer"] == "[erased]"


def test_check_finds_what_happened_to_the_files(office: Office) -> None:
    """A byte changed, a file gone, one that belongs to nothing; --repair removes only the last."""
    example(office)
    _of_month(office)
    (file,) = (office.folder / "documents").glob("*.xml")
    whole = file.read_bytes()
    stray = file.with_name("0" * 64 + ".xml")
    stray.write_bytes(b"<x/>")
    assert office.run("check", "documents").out.startswith("document-unused: ")
    office.run("check", "--repair")
    assert not stray.exists()
    file.write_bytes(whole.replace(b"850.00", b"950.00", 1))
    assert "E-" not in office.run("check", "documents").out
    assert office.run("check", "documents").out.startswith("document-file: FV/2026/12/0001")
    file.unlink()
    assert office.run("check", "documents").status == 3


def test_a_session_with_an_open_finding_waits_where_the_setting_says_so(office: Office) -> None:
    """No record of a tool, and data not deleted; once deleted and waived with a reason, it is billed."""
    example(office)
    office.does("config", "set", "reconcile.require=matched")
    plan = office.asks("invoice", "draft", "--period", PERIOD)["documents"]
    assert [(each["state"], each["reason"]) for each in plan] == [("waiting", "E-FINDINGS-OPEN")] * 2
    assert "E-FINDINGS-OPEN" in office.run("invoice", "issue", "--session", "1", "--yes").err
    assert office.run("invoice", "issue", "--period", PERIOD, "--all", "--yes").status == 3
    office.does("session", "purge", "1", "--declare", "--yes")
    office.does("source", "waive", "1", "--reason", "checked: the tool's log was lost")
    assert issued(office, "issue", "--session", "1")["number"] == FIRST


def test_the_plan_of_a_month_tells_where_the_limit_is_crossed_and_the_run_does_so(tmp_path: Path) -> None:
    """Two customers below, the third crosses it: that one and the fourth go to KSeF."""
    office = shop(tmp_path / "ledger")
    for number in range(1, 5):
        business(office, f"K-{number}", f"Firma {number}", valid_nip(number))
        for day in range(2, 7):  # five nights of 984.00 gross
            begins, until = f"2026-11-{day:02d}T23:00:00", f"2026-11-{day + 1:02d}T00:40:00"
            helped(office, begins, until, f"K-{number}")
    office.now = DECEMBER
    plan = office.asks("invoice", "draft", "--period", PERIOD)["documents"]
    assert [each["duty"] for each in plan] == ["exempt", "exempt", "ksef", "ksef"]
    office.does("invoice", "issue", "--period", PERIOD, "--all", "--yes")
    issued = office.asks("invoice", "list")["invoices"]
    assert [(each["customer"], each["duty"]) for each in issued] == [
        (each["customer"], each["duty"]) for each in plan
    ]


@sqlite_only
def test_a_copy_of_the_ledger_has_the_documents(office: Office, tmp_path: Path) -> None:
    """Every issued file, byte for byte; check is silent about them on the copy."""
    example(office)
    _of_month(office)
    office.does("backup", str(tmp_path / "copy"))
    copied = {file.name: file.read_bytes() for file in (tmp_path / "copy" / "documents").iterdir()}
    assert copied == {file.name: file.read_bytes() for file in (office.folder / "documents").iterdir()}
    assert office.run("check", "documents", SESSION_LEDGER_DIR=str(tmp_path / "copy")).out == ""


def test_the_trace_shows_the_hours_as_they_were_for_this_document(office: Office) -> None:
    """After the session was corrected, the invoice's trace is the old one, and says what it comes to now."""
    example(office)
    _of_month(office)
    before = office.asks("invoice", "show", FIRST, "--trace")["trace"][0]
    office.does("session", "waive", "1", "--hours", "1", "--reason", "goodwill")
    issued(office, "correct", FIRST, "--reason", "goodwill")
    after = office.asks("invoice", "show", FIRST, "--trace")["trace"][0]
    assert (after["hours"], after["net_grosze"]) == (before["hours"], before["net_grosze"])
    assert (before["rated_grosze"], after["rated_grosze"]) == (80000, 40000)
    correction = office.asks("invoice", "show", CORRECTION, "--trace")["trace"][0]
    assert (correction["net_grosze"], sum(hour["net_grosze"] for hour in correction["hours"])) == (
        -40000,
        40000,
    )


def test_a_payment_of_tomorrow_is_refused_and_a_plan_without_a_seller_says_so(tmp_path: Path) -> None:
    """Both before anything is recorded."""
    bare = Office(tmp_path / "bare", now="2026-11-01T08:00:00+01:00")
    example(bare)
    assert "E-SELLER-INCOMPLETE" in bare.run("invoice", "draft", "--period", PERIOD).err
    office = shop(tmp_path / "ledger")
    example(office)
    _of_month(office)
    pay = ("invoice", "paid", FIRST, "--amount", "1.00", "--method", "cash")
    assert "E-TIME-AHEAD" in office.run(*pay, "--on", "2026-12-02").err
    too_much = office.run(
        "invoice", "paid", FIRST, "--amount", "1045.51", "--method", "cash", "--on", "2026-12-01"
    )
    assert "has 1045.50 left to pay" in too_much.err
    assert "--overpaid" in too_much.err


def test_what_a_correction_would_say_is_shown_before_ksef_has_answered(tmp_path: Path) -> None:
    """Only the correction itself has to wait."""
    office = shop(tmp_path / "ledger", "ksef.mode=online")
    example(office)
    _of_month(office)
    office.does("session", "waive", "1", "--hours", "1", "--reason", "goodwill")
    shown = office.does("invoice", "correct", FIRST, "--reason", "goodwill", "--dry-run")
    assert "-400.00" in shown.out
    assert "not to be issued yet" in shown.err
    assert (
        "E-CORRECTION-EARLY" in office.run("invoice", "correct", FIRST, "--reason", "goodwill", "--yes").err
    )
