"""The paper of what was issued: made from the ledger alone, and the same whatever changed since."""

from __future__ import annotations

import email
import hashlib
import os
import pickle
import shutil
import subprocess
from datetime import datetime
from email.policy import default
from pathlib import Path

import pytest

from cli.presentation.documents.invoice import invoice_pdf
from ledger.application.ledger import Environment, Ledger
from ledger.domain.clock import parse_instant
from ledger.domain.events.base import REASON_CODES
from ledger.domain.invoice.document import Paper
from ledger.handlers.invoice.document import REASONS_PL
from ledger.handlers.invoice.printout import paper_of
from tests.support.billing_office import PERIOD, business, example, helped, issued, shop, xml_of
from tests.support.ksef.keys import write_login
from tests.support.office import Office

FIRST = "FV/2026/12/0001"
CORRECTION = "FK/2026/12/0001"


def paper(office: Office, number: str = FIRST) -> Paper:
    """The paper of a document as it would be printed now."""

    def now() -> datetime:
        return parse_instant(office.now)

    with Ledger.open(office.folder, Environment(now, bytes)) as ledger:
        return paper_of(ledger, ledger.find_invoice(number))


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """The example, issued: 850.00, 195.50, 1045.50."""
    made = shop(tmp_path / "ledger")
    example(made)
    issued(made, "issue", "--period", PERIOD, "--all")
    return made


def test_the_hours_on_paper_come_to_the_lines(office: Office) -> None:
    found = paper(office)
    assert [[hour.net_grosze for hour in each.hours] for each in found.sessions] == [
        [20000, 20000, 40000],
        [5000],
    ]
    assert sum(row.net_grosze for row in found.document.rows) == 85000
    assert {hour.quote for each in found.sessions for hour in each.hours if hour.band == "night"} == {
        "W godzinach nocnych, po 22:00, 4x cena standardowa."
    }


def test_paper_that_may_leave_before_ksef_has_the_document_proves_whose_it_is(tmp_path: Path) -> None:
    office = shop(tmp_path / "ledger", "ksef.mode=offline24")
    example(office)
    issued(office, "issue", "--period", PERIOD, "--all")
    export = ("invoice", "export", FIRST, "-o", str(tmp_path / "a.pdf"))
    assert "paper without KOD II" in office.does(*export).err
    certificate, key = write_login(tmp_path, password="hunter2")  # noqa: S106 - a key of this test
    named = (f"ksef.offline_certificate={certificate}", f"ksef.offline_key={key}")
    office.does("config", "set", *named)
    assert "cannot be read" in office.run("config", "check").out
    secret = {"SESSION_LEDGER_KSEF_OFFLINE_KEY_PASSWORD": "hunter2"}
    assert "ksef" not in office.run("config", "check", **secret).out
    printed: list[bytes] = []
    for _ in range(2):
        answer = office.run(*export, **secret)
        assert (answer.status, "KOD II" in answer.err) == (0, False)
        printed.append((tmp_path / "a.pdf").read_bytes())
    assert printed[0] == printed[1]
    assert b"https://qr.ksef.mf.gov.pl/certificate/Nip/5260250274/5260250274/" in printed[0]


def test_the_pdf_holds_the_issued_xml_and_a_root_that_covers_it(office: Office, tmp_path: Path) -> None:
    found = paper(office)
    assert found.xml == xml_of(office, FIRST)
    assert (found.in_ksef, found.ksef_number, found.paid_grosze) == (False, None, 0)
    shown = office.asks("invoice", "show", FIRST, "--trace")
    digest = shown["invoice"]["xml_sha256"]
    billed = next(each for each in shown["trace"] if each["session"] is None)["events"][0]["leaf_index"]
    assert found.tree_size > billed
    if shutil.which("pdfdetach") is None:
        pytest.skip("pdfdetach is not installed")
    (tmp_path / "i.pdf").write_bytes(invoice_pdf(found, "pl"))
    subprocess.run(["pdfdetach", "-saveall", "-o", str(tmp_path), str(tmp_path / "i.pdf")], check=True)
    attached = (tmp_path / "FV-2026-12-0001.xml").read_bytes()
    assert hashlib.sha256(attached).hexdigest() == digest


def test_what_changes_later_does_not_touch_the_paper(office: Office) -> None:
    """Another address of the shop, a note, other customers, a later purchase, more checkpoints."""
    before = invoice_pdf(paper(office), "pl")
    office.does("config", "set", "seller.address_line1=ul. Nowa 9", "seller.bank_account=")
    office.does("session", "note", "1", "--summary", "something else")
    office.does("purchase", "add", "K-1", "--order", "Z-0", "--at", "2026-11-02T09:00:00+01:00")
    business(office, "K-2", "Inny")
    office.does("invoice", "sent", FIRST, "--how", "email", "--on", "2026-12-01")
    office.does("audit", "checkpoint")
    assert invoice_pdf(paper(office), "pl") == before


def test_a_payment_is_shown_and_the_root_covers_it(office: Office) -> None:
    first = paper(office)
    office.does("invoice", "paid", FIRST, "--amount", "1000.00", "--on", "2026-12-01", "--method", "transfer")
    found = paper(office)
    assert found.paid_grosze == 100_000
    assert found.tree_size > first.tree_size


def test_each_document_shows_the_session_as_it_was_for_it(office: Office) -> None:
    """The first session is found to have been an hour shorter; the invoice keeps its three hours."""
    before = invoice_pdf(paper(office), "pl")
    office.does(
        "session", "correct", "1", "--remove", "1", "--add", "2026-11-09 20:10..2026-11-09 20:40",
        "--reason", "wrong-time",
    )  # fmt: skip
    issued(office, "correct", FIRST, "--reason", "wrong-time")
    assert invoice_pdf(paper(office), "pl") == before
    found = paper(office, CORRECTION)
    assert found.document.gross_grosze == -73800
    assert [len(each.hours) for each in found.sessions] == [1]
    assert found.document.corrects is not None
    assert found.document.corrects.number == FIRST


def test_a_consumer_who_asked_has_paper_too(tmp_path: Path) -> None:
    office = shop(tmp_path / "ledger")
    office.does("customer", "add", "P-1", "--name", "Jan Żółw", "--consumer", "yes")
    number = helped(office, "2026-11-16T11:00:00", "2026-11-16T11:30:00", "P-1")
    office.does("session", "invoice-request", str(number), "--on", "2026-11-16")
    office.now = "2026-12-01T09:00:00+01:00"
    issued(office, "issue", "--period", PERIOD, "--customer", "P-1")
    found = paper(office)
    assert found.document.is_consumer
    assert found.document.buyer.name == "Jan Żółw"
    assert invoice_pdf(found, "en").startswith(b"%PDF")


# --- commands ---------------------------------------------------------------------------------


def test_a_document_is_written_as_pdf_xml_and_letter(office: Office, tmp_path: Path) -> None:
    for name in ("i.pdf", "i.xml", "i.eml"):
        told = office.does("invoice", "export", FIRST, "-o", str(tmp_path / name))
        assert told.out == ""
    assert (tmp_path / "i.pdf").read_bytes() == invoice_pdf(paper(office), "pl")
    assert (tmp_path / "i.xml").read_bytes() == xml_of(office, FIRST)
    letter = email.message_from_bytes((tmp_path / "i.eml").read_bytes(), policy=default)
    assert [part.get_content() for part in letter.iter_attachments()] == [
        (tmp_path / "i.pdf").read_bytes(),
        (tmp_path / "i.xml").read_bytes(),
    ]
    assert "invoice sent" in told.err
    assert office.run("invoice", "verify", str(tmp_path / "i.xml")).status == 0


def test_any_other_name_is_a_folder_for_the_files(office: Office, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    assert "E-INVOICE-UNKNOWN" in office.run("invoice", "export", "FV/9", "-o", str(folder)).err
    assert not folder.exists()
    office.does("invoice", "export", "--all", "-o", str(folder), "--email")
    assert sorted(each.name for each in folder.iterdir()) == [
        "FV-2026-12-0001.eml",
        "FV-2026-12-0001.pdf",
        "FV-2026-12-0001.xml",
    ]


def test_a_statement_has_what_was_invoiced_and_what_was_free(office: Office) -> None:
    """Its net is that of the invoice: the statement knows no billing."""
    office.now = "2026-11-20T12:00:00+01:00"
    helped(office, "2026-11-20T12:00:00", "2026-11-20T12:05:00", issue="test")
    office.now = "2026-12-01T10:00:00+01:00"
    found = office.asks("invoice", "statement", "--period", PERIOD, "--customer", "K-1")
    assert [(each["session"], each["issue"], each["net_grosze"]) for each in found["sessions"]] == [
        (1, "other", 80000),
        (2, "other", 5000),
        (3, "test", 0),
    ]
    assert (found["net_grosze"], found["vat_grosze"], found["gross_grosze"]) == (85000, 19550, 104550)
    assert "Łódź" not in str(found)


@pytest.mark.parametrize(("lang", "words"), [("en", ("Seller", "goodwill")), ("pl", ("Sprzedawca", "ulga"))])
def test_a_statement_names_who_gives_it_and_why_something_was_waived(
    office: Office, tmp_path: Path, lang: str, words: tuple[str, str]
) -> None:
    """Given a waiver, then the paper has the shop's name and NIP, the amount and the reason's word."""
    office.does("session", "waive", "1", "--percent", "50", "--reason", "goodwill: he waited long")
    asked = ("invoice", "statement", "--period", PERIOD, "--customer", "K-1")
    found = office.asks(*asked)["sessions"]
    assert [(each["waived_grosze"] > 0, each["waived_reason"]) for each in found] == [
        (True, "goodwill"),
        (False, None),
    ]
    office.does("--lang", lang, *asked, "-o", str(tmp_path / "s.pdf"))
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    read = subprocess.run(["pdftotext", str(tmp_path / "s.pdf"), "-"], check=True, capture_output=True)
    text = read.stdout.decode()
    assert [word for word in (*words, "NIP ") if word not in text] == []
    assert "waited" not in text


@pytest.mark.parametrize("code", REASON_CODES)
def test_every_reason_code_has_words_for_the_document(code: str) -> None:
    """A code is an inner word: the buyer, and KSeF for ever, read a reason."""
    assert REASONS_PL[code] != code


def test_a_correction_by_a_code_says_it_in_words(office: Office) -> None:
    """Given a reason typed as a code alone, then the document says it in Polish; a sentence stays."""
    office.does("session", "correct", "1", "--ended-at", "2026-11-09 21:30", "--reason", "wrong-time")
    number = issued(office, "correct", FIRST, "--reason", "wrong-time")["number"]
    assert "<PrzyczynaKorekty>błędny czas pomocy</PrzyczynaKorekty>" in xml_of(office, number).decode()
    office.does("session", "waive", "1", "--percent", "50", "--reason", "goodwill")
    number = issued(office, "correct", FIRST, "--reason", "goodwill: łącze było wolne")["number"]
    assert "<PrzyczynaKorekty>łącze było wolne</PrzyczynaKorekty>" in xml_of(office, number).decode()


def test_many_documents_are_set_by_several_processes_as_by_one(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given documents of either kind, then files and their order on stdout are those of one process."""
    one = office.does("invoice", "export", "--all", "-o", str(tmp_path / "one"), "--email")
    monkeypatch.setattr("cli.commands.invoice.export.WORTH_PROCESSES", 1)
    monkeypatch.setattr("projections.engine.blocks.PROCESSES", 2)
    many = office.does("invoice", "export", "--all", "-o", str(tmp_path / "many"), "--email")
    assert many.out == one.out.replace(f"{os.sep}one{os.sep}", f"{os.sep}many{os.sep}")
    contents = [
        {file.name: file.read_bytes() for file in (tmp_path / folder).iterdir()} for folder in ("one", "many")
    ]
    assert contents[0]
    assert contents[0] == contents[1]
    told = paper(office)
    assert pickle.loads(pickle.dumps(told)) == told, "another process gets the paper whole"  # noqa: S301 - our own
