"""Invoices on their way to KSeF: each arrives once, whatever happens on the way."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.application.metadata import Metadata
from ledger.domain.clock import parse_instant
from ledger.domain.events import InvoiceAccepted, InvoiceRejected, InvoiceSubmitted
from ledger.domain.invoice.commands import RecordPayment
from ledger.handlers.invoice.payments import handle
from ledger.handlers.invoice.submit import submit
from ledger.ksef.client import Ksef
from ledger.ksef.settings import Access, TokenLogin
from tests.support.ksef.keys import write_login
from tests.support.ksef.papers import paper
from tests.support.ksef.server import NIP, TOKEN, fake_ksef
from tests.support.ksef.shop import TODAY, Shop, helps

FIRST = "FV/2026/11/0001"
LISTING = "^/sessions/[^/]+/invoices$"
TOMORROW = "2026-11-26T12:00:00+01:00"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """Nothing is issued yet."""
    with fake_ksef() as server:
        yield Shop(tmp_path, server, issued=False)


@pytest.fixture
def billed(tmp_path: Path) -> Iterator[Shop]:
    """FIRST is issued to K-1 today."""
    with fake_ksef() as server:
        yield Shop(tmp_path, server, issued=True)


def test_an_invoice_is_accepted_and_its_receipt_kept(billed: Shop) -> None:
    """Given an issued invoice, when it is submitted, then KSeF has the issued bytes, the ledger its UPO."""
    answer = billed.submits(FIRST)
    assert (answer.status, answer.out) == (0, f"{FIRST}  accepted  {billed.numbers[0]}\n")
    submitted, accepted = billed.facts(FIRST)
    assert isinstance(submitted, InvoiceSubmitted)
    assert isinstance(accepted, InvoiceAccepted)
    assert (submitted.mode, accepted.ksef_number, accepted.duplicate) == ("online", billed.numbers[0], False)
    (xml,) = (path for path in (billed.office.folder / "documents").iterdir() if path.suffixes == [".xml"])
    assert billed.server.office.documents[0].xml == xml.read_bytes()
    receipt = xml.with_suffix(".upo.xml").read_bytes()
    assert hashlib.sha256(receipt).hexdigest() == accepted.upo_sha256
    assert str(billed.numbers[0]).encode() in receipt


def test_check_looks_at_the_receipt(billed: Shop) -> None:
    """Given the UPO was changed, or is gone, then check says so until submit fetched it again."""
    billed.submits(FIRST)
    assert billed.office.run("check", "documents").out == ""
    (receipt,) = (billed.office.folder / "documents").glob("*.upo.xml")
    receipt.write_bytes(receipt.read_bytes() + b" ")
    found = billed.office.run("check", "documents")
    assert (found.status, "document-receipt" in found.out) == (3, True)
    receipt.unlink()
    assert "document-receipt" in billed.office.run("check", "documents").out
    billed.submits(FIRST)
    assert billed.office.run("check", "documents").out == ""
    assert len(billed.facts(FIRST)) == 2


def test_submitting_again_changes_nothing(billed: Shop) -> None:
    """Given an accepted invoice, then neither submit nor --all sends anything or records anything."""
    billed.submits(FIRST)
    before = len(billed.server.asked)
    (again,) = billed.told(FIRST)
    assert (again["outcome"], again["ksef_number"]) == ("accepted", billed.numbers[0])
    assert "nothing waits" in billed.submits("--all").err
    assert len(billed.server.asked) == before
    assert len(billed.facts(FIRST)) == 2


def test_a_rejection_is_told_in_plain_words(billed: Shop) -> None:
    """The code and its meaning in the language asked for; what KSeF quotes is shown and never recorded."""
    billed.server.office.rejections = [450, 450]
    answer = billed.submits(FIRST)
    assert answer.status == 3
    assert "rejected  450: what it says is refused: a day of issue ahead" in answer.out
    assert "on request of a test" in answer.err
    assert f"hint: mend what KSeF names, then session-ledger invoice withdraw {FIRST}" in answer.err
    polish = billed.office.run(
        "--lang", "pl", "invoice", "submit", FIRST, "--yes", SESSION_LEDGER_KSEF_TOKEN=TOKEN
    )
    assert "odrzucona  450: treść odrzucona: data wystawienia w przyszłości" in polish.out
    rejected = billed.facts(FIRST)[-1]
    assert isinstance(rejected, InvoiceRejected)
    assert (rejected.code, "test" in rejected.description) == (450, False)
    assert billed.submits(FIRST).status == 0
    assert len(billed.numbers) == 1


def test_a_rejection_for_another_cause_is_sent_again(billed: Shop) -> None:
    """Given who logged in had no right to issue, then the document itself is good: the hint says so."""
    billed.server.office.rejections = [410]
    answer = billed.submits(FIRST)
    assert (answer.status, f"session-ledger invoice submit {FIRST} sends it again" in answer.err) == (3, True)
    assert billed.submits(FIRST).status == 0


def test_silence_after_sending_is_resolved_without_a_second_invoice(billed: Shop) -> None:
    """Given the answer and the line are lost, then the document waits; the next submit finds it there."""
    billed.server.faults.silent_after = 1
    billed.server.faults.only, billed.server.faults.statuses = LISTING, [503] * 4
    assert billed.submits(FIRST).status == 3
    assert [type(fact) for fact in billed.facts(FIRST)] == [InvoiceSubmitted]
    assert len(billed.numbers) == 1
    (found,) = billed.told(FIRST)
    assert (found["outcome"], found["ksef_number"], found["duplicate"]) == (
        "accepted",
        billed.numbers[0],
        False,
    )
    assert len(billed.numbers) == 1
    assert (
        sum(
            asked.startswith("POST /sessions/online/") for asked in billed.server.asked if "invoices" in asked
        )
        == 1
    )


def test_a_duplicate_with_our_bytes_is_ours(billed: Shop) -> None:
    """Given KSeF took the document and its session is gone, then 440 with our hash is a yes."""
    billed.server.faults.silent_after = 1
    billed.server.faults.only, billed.server.faults.statuses = LISTING, [503] * 4
    billed.submits(FIRST)
    billed.server.office.forget_sessions()
    (found,) = billed.told(FIRST)
    assert (found["outcome"], found["ksef_number"], found["duplicate"]) == (
        "accepted",
        billed.numbers[0],
        True,
    )
    assert len(billed.numbers) == 1


def test_a_duplicate_with_other_bytes_is_a_rejection(billed: Shop) -> None:
    """Given another program sent its own under our number, then that is said, with its KSeF number."""
    access = Access(billed.server.base_url, NIP, TokenLogin(TOKEN))
    with Ksef(access, lambda _seconds: None) as ksef:
        ksef.send(paper(FIRST), is_offline=False)
    answer = billed.submits(FIRST)
    assert answer.status == 3
    assert "440: KSeF has a document under this number already" in answer.out
    assert str(billed.numbers[0]) in answer.err
    assert len(billed.numbers) == 1


@pytest.fixture
def undecided(billed: Shop) -> Shop:
    """KSeF took FIRST, the answer was lost, sent again it answers 440, and shows nothing of what it has."""
    office = billed.server.office
    xml = next((billed.office.folder / "documents").glob("*.xml")).read_bytes()
    with Ksef(Access(billed.server.base_url, NIP, TokenLogin(TOKEN)), lambda _seconds: None) as ksef:
        ksef.send(xml, is_offline=False)
    office.duplicates_tell, office.hidden_by, office.unlisted = set(), 403, 403
    office.forget_sessions()
    return billed


def test_a_duplicate_that_ksef_does_not_show_waits_and_is_not_withdrawn(undecided: Shop) -> None:
    """Given it may be ours, then it is neither accepted nor rejected: a withdrawal could bill it twice."""
    answer = undecided.submits(FIRST)
    assert (answer.status, "waiting  440: KSeF has a document" in answer.out) == (3, True)
    assert f"look in KSeF, then invoice submit {FIRST} --seen NUMBER" in answer.err
    assert [type(fact) for fact in undecided.facts(FIRST)] == [InvoiceSubmitted]
    refused = undecided.office.run("invoice", "withdraw", FIRST, "--reason", "checked", "--yes")
    assert (refused.status, "E-INVOICE-COUNTS" in refused.err) == (1, True)
    assert [each["code"] for each in undecided.told("--all", "--check-only")] == [440]
    undecided.server.office.hidden_by = undecided.server.office.unlisted = None
    (found,) = undecided.told("--all")
    assert (found["outcome"], found["ksef_number"]) == ("accepted", undecided.numbers[0])
    assert len(undecided.numbers) == 1


def test_a_person_types_the_number_seen_and_the_bytes_decide(undecided: Shop, tmp_path: Path) -> None:
    """Given a clerk sees the document in KSeF's pages, then its number and file settle it."""
    undecided.submits(FIRST)
    number = str(undecided.numbers[0])
    hidden = undecided.submits(FIRST, "--seen", number)
    assert (hidden.status, "E-KSEF-HIDDEN" in hidden.err, "--seen-file" in hidden.err) == (1, True, True)
    saved = tmp_path / "seen.xml"
    saved.write_bytes(undecided.server.office.documents[0].xml)
    (found,) = undecided.told(FIRST, "--seen", number, "--seen-file", str(saved))
    assert (found["outcome"], found["ksef_number"], found["duplicate"]) == ("accepted", number, True)
    assert isinstance(undecided.facts(FIRST)[-1], InvoiceAccepted)
    (again,) = undecided.told(FIRST, "--seen", number)
    assert again["outcome"] == "accepted"


def test_another_programs_bytes_seen_under_our_number_are_a_rejection(billed: Shop, tmp_path: Path) -> None:
    """Only a document of this very number, kind and seller says anything about ours."""
    office = billed.server.office
    with Ksef(Access(billed.server.base_url, NIP, TokenLogin(TOKEN)), lambda _seconds: None) as ksef:
        ksef.send(paper(FIRST), is_offline=False)
    office.duplicates_tell, office.hidden_by, office.unlisted = set(), 403, 200
    office.forget_sessions()
    billed.submits(FIRST)
    number, saved = str(billed.numbers[0]), tmp_path / "seen.xml"
    for content, seen, code in (
        (paper("FV/2026/11/0009"), number, "E-KSEF-SEEN"),
        (b"<nothing/>", number, "E-KSEF-SEEN"),
        (paper(FIRST), "1132191233" + number[10:], "E-KSEF-SEEN"),
    ):
        saved.write_bytes(content)
        refused = billed.submits(FIRST, "--seen", seen, "--seen-file", str(saved))
        assert (refused.status, code in refused.err) == (1, True), refused.err
    assert "E-FILE" in billed.submits(FIRST, "--seen", number, "--seen-file", str(tmp_path / "none")).err
    saved.write_bytes(paper(FIRST))
    (told,) = billed.told(FIRST, "--seen", number, "--seen-file", str(saved))
    assert (told["outcome"], told["code"], told["original"]) == ("rejected", 440, number)
    billed.office.does("invoice", "withdraw", FIRST, "--reason", "checked", "--yes")


def test_what_was_seen_is_of_one_document_that_was_sent(billed: Shop) -> None:
    number = "5260250274-20261125-000000000008-B0"
    never = billed.submits(FIRST, "--seen", number)
    assert (never.status, "was never sent" in never.err) == (1, True)
    for words in (("--all", "--seen", number), (FIRST, "--seen-file", "x.xml")):
        assert billed.submits(*words).status == 2


def test_a_killed_submission_is_found_again(billed: Shop) -> None:
    """Given the process is killed while KSeF holds the document, then the ledger knows it was on its way."""
    billed.server.faults.hold = threading.Event()
    process = subprocess.Popen(
        [sys.executable, "-m", "ledger", "invoice", "submit", FIRST, "--yes"],
        env=os.environ
        | {
            "SESSION_LEDGER_DIR": str(billed.office.folder),
            "SESSION_LEDGER_NOW": TODAY,
            "SESSION_LEDGER_KSEF_TOKEN": TOKEN,
        },
    )
    until = time.monotonic() + 30
    while not billed.numbers and time.monotonic() < until:
        time.sleep(0.02)
    process.kill()
    process.wait()
    billed.server.faults.hold.set()
    billed.server.faults.hold = None
    assert [type(fact) for fact in billed.facts(FIRST)] == [InvoiceSubmitted]
    (checked,) = billed.told("--all", "--check-only")
    assert (checked["outcome"], checked["ksef_number"]) == ("accepted", billed.numbers[0])
    assert len(billed.numbers) == 1


def test_two_clerks_at_once_send_one_invoice(shop: Shop) -> None:
    """Given two processes submit everything, then each document is there once and each clerk is told so."""
    numbers = [shop.issues() for _ in range(2)]
    command = [sys.executable, "-m", "ledger", "invoice", "submit", "--all", "--yes"]
    environment = os.environ | {
        "SESSION_LEDGER_DIR": str(shop.office.folder),
        "SESSION_LEDGER_NOW": TODAY,
        "SESSION_LEDGER_KSEF_TOKEN": TOKEN,
    }
    clerks = [subprocess.Popen(command, env=environment) for _ in range(2)]
    assert {clerk.wait(60) for clerk in clerks} <= {0, 4}
    shop.submits("--all")
    assert len(shop.numbers) == len(numbers)
    for number in numbers:
        assert [fact.ksef_number for fact in shop.facts(number) if isinstance(fact, InvoiceAccepted)] == [
            next(each.ksef_number for each in shop.server.office.documents if number.encode() in each.xml)
        ]


def test_what_is_recorded_meanwhile_does_not_lose_the_answer(billed: Shop) -> None:
    """Given a payment is recorded while KSeF works on the document, then its number follows."""
    billed.server.office.busy_polls = 1
    access = Access(billed.server.base_url, NIP, TokenLogin(TOKEN))

    def pays(_seconds: float) -> None:
        with billed.opened() as other:
            on = parse_instant(TODAY).date()
            handle(other, Metadata("basia"), FIRST, RecordPayment(amount_grosze=100, on=on, method="cash"))

    with billed.opened() as ledger, Ksef(access, pays) as ksef:
        assert submit(ledger, Metadata("anna"), FIRST, ksef).outcome == "accepted"
    assert [type(fact).__name__ for fact in billed.facts(FIRST)] == [
        "InvoiceSubmitted",
        "PaymentRecorded",
        "InvoiceAccepted",
    ]


def test_a_receipt_that_is_not_ready_is_fetched_by_the_next_submit(billed: Shop) -> None:
    """The number is recorded at once; the UPO when KSeF has it."""
    billed.server.office.upo_misses = 4
    answer = billed.submits(FIRST)
    assert answer.status == 0
    assert "no UPO yet" in answer.err
    (again,) = billed.told(FIRST)
    assert again["upo_sha256"] is not None
    assert [fact.upo_sha256 for fact in billed.facts(FIRST)[1:]] == [None, again["upo_sha256"]]


def test_a_correction_waits_for_the_number_of_its_original(billed: Shop) -> None:
    """Before KSeF took the invoice its correction is refused; then it names the number and is taken."""
    correct = ("invoice", "correct", FIRST, "--to-zero", "--reason", "goodwill", "--yes", "-f", "json")
    early = billed.office.run(*correct)
    assert (early.status, "E-CORRECTION-EARLY" in early.err) == (1, True)
    billed.submits(FIRST)
    correction = billed.office.does(*correct).document["number"]
    assert billed.submits(correction).status == 0
    assert str(billed.numbers[0]).encode() in billed.server.office.documents[1].xml


def test_a_consumer_stays_outside(shop: Shop) -> None:
    """Their invoice is not sent, and --all does not name it."""
    session = helps(shop.office, "K-3")
    shop.office.does("session", "invoice-request", session, "--on", "2026-11-24")
    shop.office.does("invoice", "issue", "--session", session, "--yes")
    refused = shop.submits(FIRST)
    assert (refused.status, "consumer" in refused.err) == (1, True)
    assert shop.told("--all") == []


def test_what_is_sent_a_day_later_is_offline24(billed: Shop) -> None:
    """KSeF marks it so; the plan says until when, and afterwards that it is late."""
    billed.office.now = TOMORROW
    plan = billed.submits(FIRST, "--dry-run")
    assert (plan.status, plan.out) == (0, f"{FIRST}  to be sent  offline24\n")
    assert "by 2026-11-26 at the latest" in plan.err
    billed.office.now = "2026-11-28T12:00:00+01:00"
    assert "it had to be in KSeF by 2026-11-26" in billed.submits(FIRST, "--dry-run").err
    assert billed.server.asked == []
    (sent,) = billed.told(FIRST)
    assert (sent["mode"], sent["outcome"]) == ("offline24", "accepted")
    assert billed.server.office.documents[0].offline


def test_tokens_end_with_2026_and_certificates_do_not(billed: Shop, tmp_path: Path) -> None:
    """In 2027 the token is refused with a hint; a certificate logs in."""
    billed.office.now = "2027-01-02T12:00:00+01:00"
    refused = billed.submits(FIRST)
    assert (refused.status, "E-KSEF-TOKENS-ENDED" in refused.err) == (1, True)
    assert "certificate" in refused.err
    certificate, key = write_login(tmp_path)
    billed.sets(f"ksef.certificate={certificate}", f"ksef.key={key}")
    assert billed.submits(FIRST).status == 0
    assert billed.server.office.logins == ["certificate"]


def test_a_ksef_that_is_away_stops_a_batch_and_loses_nothing(shop: Shop) -> None:
    """Everything waits, nothing is recorded of what was not sent, and the next run sends it all."""
    numbers = [shop.issues(), shop.issues("K-2")]
    shop.server.faults.statuses = [503] * 99
    answer = shop.submits("--all")
    assert answer.status == 3
    assert answer.out.count("waiting") == 2
    assert [shop.facts(number) for number in numbers] == [[], []]
    shop.server.faults.statuses = []
    assert [each["outcome"] for each in shop.told("--all")] == ["accepted", "accepted"]


def test_a_ksef_that_goes_away_in_the_middle_stops_a_batch(shop: Shop) -> None:
    """Given the line breaks after the first sending, then the second is not even tried."""
    first, second = shop.issues(), shop.issues("K-2")
    shop.server.faults.silent_after = 1
    shop.server.faults.only, shop.server.faults.statuses = LISTING, [503] * 4
    assert [each["outcome"] for each in shop.told("--all")] == ["waiting", "waiting"]
    assert [type(fact) for fact in shop.facts(first)] == [InvoiceSubmitted]
    assert shop.facts(second) == []
    assert [each["outcome"] for each in shop.told("--all")] == ["accepted", "accepted"]
    assert len(shop.numbers) == 2


def test_one_refusal_stops_no_other_document(shop: Shop) -> None:
    """Given the file of one is damaged, then it waits and the other is sent."""
    first, second = shop.issues(), shop.issues("K-2")
    with shop.opened() as ledger:
        damaged = ledger.find_invoice(first).issued.xml_sha256
    (shop.office.folder / "documents" / f"{damaged}.xml").write_bytes(b"<Faktura/>")
    assert [(each["number"], each["outcome"]) for each in shop.told("--all")] == [
        (first, "waiting"),
        (second, "accepted"),
    ]


def test_what_cannot_be_meant_is_refused(billed: Shop) -> None:
    """Neither nothing nor both; no command id, because it may be repeated anyway; no sending unasked."""
    for words in ((), (FIRST, "--all"), (FIRST, "--command-id", "one")):
        assert billed.submits(*words).status == 2
    unasked = billed.office.run("invoice", "submit", FIRST, SESSION_LEDGER_KSEF_TOKEN=TOKEN)
    assert (unasked.status, "E-NEEDS-YES" in unasked.err) == (2, True)
    assert "E-KSEF-SETTINGS" in billed.office.run("invoice", "submit", FIRST, "--yes").err
    assert billed.server.asked == []


def test_no_secret_reaches_the_log(billed: Shop, tmp_path: Path) -> None:
    """Given a log is kept, then neither the token nor anything of the buyer stands in it."""
    log = tmp_path / "log.jsonl"
    answer = billed.office.run(
        "--log-file", str(log), "-v", "invoice", "submit", FIRST, "--yes", SESSION_LEDGER_KSEF_TOKEN=TOKEN
    )
    assert answer.status == 0
    written = log.read_text() + answer.err
    for secret in (TOKEN, "Firma K-1", "1132191233", "Krucza"):
        assert secret not in written
