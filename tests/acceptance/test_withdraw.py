"""What KSeF rejected is put aside, and its sessions are billed anew: never lost, never twice."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.commands.submitting import submit
from ledger.events import (
    CorrectionWithdrawn,
    InvoiceAccepted,
    InvoiceCorrected,
    InvoiceWithdrawn,
    SessionBilled,
    SessionUnbilled,
)
from ledger.invoicing.ksef import Ksef
from ledger.invoicing.ksef_settings import Access, TokenLogin
from ledger.said import Said
from tests.ksef.papers import paper
from tests.ksef.server import NIP, TOKEN, fake_ksef
from tests.ksef.shop import TODAY, Shop, helps
from tests.office import Answer

FIRST, SECOND = "FV/2026/11/0001", "FV/2026/11/0002"
CORRECTION = "FK/2026/11/0001"
WRONG_NIP, RIGHT_NIP = "1132191233", "5265877635"
PERIOD = "2026-11"
LISTING = "^/sessions/[^/]+/invoices$"
WHY = "data-changed: NIP siostry Kowalskiej"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """Nothing is issued yet."""
    with fake_ksef() as server:
        yield Shop(tmp_path, server, issued=False)


@pytest.fixture
def billed(tmp_path: Path) -> Iterator[Shop]:
    """FIRST is issued to K-1 today over session 1, for an hour: 100.00 + 23.00."""
    with fake_ksef() as server:
        yield Shop(tmp_path, server, issued=True)


@pytest.fixture
def rejected(billed: Shop) -> Shop:
    """KSeF has rejected FIRST for what it says."""
    return _rejected(billed, FIRST)


@pytest.fixture
def mistaken(billed: Shop) -> Shop:
    """FIRST names a NIP that nobody has: KSeF rejects it however often it is sent."""
    billed.server.office.strangers = {WRONG_NIP}
    for _ in range(2):
        assert billed.submits(FIRST).status == 3
    return billed


def _rejected(shop: Shop, number: str) -> Shop:
    shop.server.office.rejections = [450]
    assert shop.submits(number).status == 3
    return shop


def _withdraws(shop: Shop, number: str = FIRST, *words: str) -> Answer:
    return shop.office.run("invoice", "withdraw", number, "--reason", WHY, "--yes", *words)


def _withdrawn(shop: Shop, number: str = FIRST) -> Any:  # noqa: ANN401 - whatever JSON says
    answer = _withdraws(shop, number, "-f", "json")
    assert answer.status == 0, answer.err
    return answer.document


def _corrected(shop: Shop, *words: str) -> str:
    answer = shop.office.does("invoice", "correct", *words, "--reason", "goodwill", "--yes", "-f", "json")
    return str(answer.document["number"])


def _states(shop: Shop) -> dict[str, str]:
    return {each["number"]: each["state"] for each in shop.office.asks("invoice", "list")["invoices"]}


def _standing(shop: Shop, session: str = "1") -> list[object]:
    """The facts that say what a session stood on, one after another."""
    with shop.opened() as ledger:
        stream, _ = ledger.find_session(session)
        facts = [event.fact for event in ledger.events_of(stream)]
    return [fact for fact in facts if isinstance(fact, SessionBilled | SessionUnbilled)]


def _is_silent(shop: Shop) -> bool:
    return shop.office.run("check").out == ""


# --- the way out --------------------------------------------------------------------------------


def test_a_rejected_invoice_is_withdrawn_and_a_right_one_accepted(mistaken: Shop) -> None:
    """450, withdraw, the NIP mended, issued under the next number, accepted; the numbers stay whole."""
    told = _withdrawn(mistaken)
    assert (told["number"], told["sessions"], told["elsewhere"]) == (FIRST, [1], [])
    assert told["events"] == ["invoice.withdrawn", "session.unbilled"]
    mistaken.office.does("customer", "update", "K-1", "--nip", RIGHT_NIP, "--reason", "data-changed")
    mistaken.office.does("invoice", "issue", "--period", PERIOD, "--all", "--yes")
    assert [(each["number"], each["outcome"]) for each in mistaken.told("--all")] == [(SECOND, "accepted")]
    assert len(mistaken.numbers) == 1
    assert f"<NIP>{RIGHT_NIP}</NIP>".encode() in mistaken.server.office.documents[-1].xml
    assert _states(mistaken) == {FIRST: "withdrawn", SECOND: "accepted"}
    assert _is_silent(mistaken)


def test_everything_is_written_in_one_transaction(rejected: Shop) -> None:
    """The document, its session: no event between them, and the session stands on nothing."""
    _withdraws(rejected)
    with rejected.opened() as ledger:
        rows = [
            row[0]
            for topic in (InvoiceWithdrawn.TOPIC, SessionUnbilled.TOPIC)
            for row in ledger.store.rows_with(topic)
        ]
        assert rows[1] == rows[0] + 1
        moments = {ledger.store.recorded_at_us(index) for index in rows}
        assert len(moments) == 1
        assert ledger.session(ledger.find_session("1")[0]).billed is None


def test_a_dry_run_tells_what_would_come_and_does_nothing(rejected: Shop) -> None:
    before = rejected.office.events()
    told = rejected.office.does("invoice", "withdraw", FIRST, "--reason", WHY, "--dry-run")
    assert told.out == f"{FIRST}: to be withdrawn; to be billed again: session 1\n"
    polish = rejected.office.does("--lang", "pl", "invoice", "withdraw", FIRST, "--reason", WHY, "--dry-run")
    assert polish.out == f"{FIRST}: do wycofania; znów do rozliczenia: sesja 1\n"
    unasked = rejected.office.run("invoice", "withdraw", FIRST, "--reason", WHY)
    assert (unasked.status, "E-NEEDS-YES" in unasked.err) == (2, True)
    assert rejected.office.events() == before


def test_the_same_command_id_withdraws_once(rejected: Shop) -> None:
    """The repeat changes nothing, also when the sessions stand on another invoice meanwhile."""
    first = _withdraws(rejected, FIRST, "--command-id", "w-1")
    rejected.office.does("invoice", "issue", "--session", "1", "--yes")
    before = rejected.office.events()
    again = _withdraws(rejected, FIRST, "--command-id", "w-1")
    assert (first.status, again.status, "recorded before" in again.err) == (0, 0, True)
    other = rejected.office.run(
        "invoice", "withdraw", FIRST, "--reason", "checked", "--yes", "--command-id", "w-1"
    )
    assert (other.status, "E-COMMAND-REUSED" in other.err) == (1, True)
    assert rejected.office.events() == before


def test_two_clerks_at_once_withdraw_once(rejected: Shop) -> None:
    """The slower one is refused; the sessions are freed once."""
    command = [sys.executable, "-m", "ledger", "invoice", "withdraw", FIRST, "--reason", "checked", "--yes"]
    environment = {
        **os.environ,
        "SESSION_LEDGER_DIR": str(rejected.office.folder),
        "SESSION_LEDGER_NOW": TODAY,
    }
    clerks = [
        subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(3)
    ]
    assert sorted(clerk.wait(60) in {1, 4} for clerk in clerks) == [False, True, True]
    assert [type(fact) for fact in _standing(rejected)] == [SessionBilled, SessionUnbilled]
    assert _is_silent(rejected)


def test_another_programs_document_under_our_number_is_no_dead_end(billed: Shop) -> None:
    """Given KSeF has other bytes under FIRST (440), then ours is withdrawn and its sessions get SECOND."""
    with Ksef(Access(billed.server.base_url, NIP, TokenLogin(TOKEN)), lambda _seconds: None) as ksef:
        ksef.send(paper(FIRST), is_offline=False)
    assert billed.submits(FIRST).status == 3
    _withdrawn(billed)
    billed.office.does("invoice", "issue", "--session", "1", "--yes")
    assert [each["outcome"] for each in billed.told(SECOND)] == ["accepted"]
    assert _is_silent(billed)


def test_who_has_the_paper_is_to_be_told(rejected: Shop) -> None:
    """It was sent before KSeF looked at it: withdrawing is allowed, and says who must know."""
    rejected.office.does("invoice", "sent", FIRST, "--how", "email", "--on", "2026-11-25")
    answer = _withdraws(rejected)
    assert answer.status == 0
    assert f"{FIRST}: it was sent to the buyer on 2026-11-25; tell them" in answer.err
    assert "hint: session-ledger invoice issue --session 1" in answer.err


# --- what is refused ------------------------------------------------------------------------------


def _refused(shop: Shop, number: str, code: str, fact: str, hint: str) -> None:
    before = shop.office.events()
    for words in (("--yes",), ("--dry-run",)):
        answer = shop.office.run("invoice", "withdraw", number, "--reason", WHY, *words)
        assert (answer.status, code in answer.err) == (1, True), answer.err
        assert fact in answer.err
        assert hint in answer.err
    assert shop.office.events() == before


def test_what_was_never_sent_is_not_withdrawn(billed: Shop) -> None:
    _refused(billed, FIRST, "E-INVOICE-COUNTS", "was never sent to KSeF", f"invoice submit {FIRST}")


def test_what_ksef_has_not_answered_is_not_withdrawn(billed: Shop) -> None:
    billed.server.faults.silent_after = 1
    billed.server.faults.only, billed.server.faults.statuses = LISTING, [503] * 4
    billed.submits(FIRST)
    _refused(billed, FIRST, "E-INVOICE-COUNTS", "KSeF has not said yet", f"submit {FIRST} --check-only")


def test_what_ksef_has_is_not_withdrawn(billed: Shop) -> None:
    """Neither at once nor after a rejection that was sent again."""
    _rejected(billed, FIRST)
    billed.submits(FIRST)
    _refused(billed, FIRST, "E-INVOICE-COUNTS", f"KSeF has {FIRST}", f"invoice correct {FIRST}")


def test_what_was_issued_outside_ksef_is_not_withdrawn(shop: Shop) -> None:
    shop.sets("ksef.mode=exempt_10k")
    number = shop.issues()
    _refused(shop, number, "E-INVOICE-COUNTS", "counts outside KSeF (exempt)", f"invoice correct {number}")


def test_what_is_withdrawn_is_not_withdrawn_again(rejected: Shop) -> None:
    _withdrawn(rejected)
    _refused(rejected, FIRST, "E-INVOICE-WITHDRAWN", f"{FIRST} was withdrawn", "invoice issue")


def test_money_is_given_back_first(rejected: Shop) -> None:
    """Paid in part: refused; taken back: withdrawn."""
    pay = ("invoice", "paid", FIRST, "--on", "2026-11-25", "--method", "transfer")
    rejected.office.does(*pay, "--amount", "23.00")
    _refused(rejected, FIRST, "E-INVOICE-COUNTS", f"23.00 was paid on {FIRST}", f"invoice paid {FIRST}")
    rejected.office.does(*pay, "--amount=-23.00")
    _withdrawn(rejected)
    assert _is_silent(rejected)


@pytest.mark.parametrize(
    "words",
    [
        ("paid", FIRST, "--amount", "1.00", "--on", "2026-11-25", "--method", "cash"),
        ("sent", FIRST, "--how", "post", "--on", "2026-11-25"),
        ("received", FIRST, "--on", "2026-11-25"),
        ("correct", FIRST, "--to-zero", "--reason", "checked", "--yes"),
        ("submit", FIRST, "--yes"),
        ("submit", FIRST, "--check-only"),
        ("export", FIRST, "-o", "papers"),
        ("export", FIRST, "-o", "paper.pdf"),
    ],
    ids=lambda words: f"{words[0]} {words[-1]}",
)
def test_nothing_more_becomes_of_it(
    rejected: Shop, words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not paid, sent, received, corrected, submitted or printed: no paper looks like an invoice."""
    monkeypatch.chdir(tmp_path)
    _withdrawn(rejected)
    before = rejected.office.events()
    answer = rejected.office.run("invoice", *words, SESSION_LEDGER_KSEF_TOKEN=TOKEN)
    assert (answer.status, "E-INVOICE-WITHDRAWN" in answer.err) == (1, True), answer.err
    assert not [*tmp_path.glob("paper*.pdf"), *tmp_path.glob("papers/*")]
    assert rejected.office.events() == before


# --- where it is counted ------------------------------------------------------------------------


def test_every_register_knows_it(rejected: Shop) -> None:
    """Its number is listed and explained; no sum, nothing owed, nothing to send; the help is to be billed."""
    before = rejected.office.asks("report", "billing", "--period", PERIOD)["total"]["gross_grosze"]
    _withdrawn(rejected)
    office = rejected.office
    register = office.asks("report", "sales", "--period", PERIOD)
    (row,) = register["documents"]
    amounts = [row[key] for key in ("net_grosze", "vat_grosze", "gross_grosze", "paid_grosze", "due_on")]
    assert (row["number"], amounts) == (FIRST, [None] * 5)
    assert [row[key] for key in ("vat_period", "jpk_marker", "counts_in_vat")] == [None, None, "no"]
    assert row["withdrawn_on"] == "2026-11-25"
    assert register["total"] == {"documents": 0, "net_grosze": 0, "vat_grosze": 0, "gross_grosze": 0}
    report = ("report", "sales", "--period", PERIOD)
    assert "no VAT period" not in office.does(*report).err
    assert "Wycofana" in office.does("--lang", "pl", *report).out
    assert office.asks("report", "receivables")["invoices"] == []
    status = office.asks("status")
    counts = [status[f"ksef_{what}"] for what in ("to_send", "waiting", "rejected")]
    assert (counts, status["unbilled"], status["dates"]) == ([0, 0, 0], 1, [])
    billing = office.asks("report", "billing", "--period", PERIOD)["total"]["gross_grosze"]
    assert (before, billing) == (0, 12300)
    assert office.asks("invoice", "draft", "--period", PERIOD)["documents"][0]["gross_grosze"] == 12300
    assert rejected.told("--all") == []
    assert office.run("check", "series").out == ""


def test_the_document_itself_says_so(rejected: Shop, tmp_path: Path) -> None:
    """list, show, its trace, and verify: these bytes are ours, and count for nothing."""
    _withdrawn(rejected)
    office = rejected.office
    assert "withdrawn" in office.does("invoice", "list").out
    shown = office.asks("invoice", "show", FIRST, "--trace")
    assert (shown["invoice"]["state"], shown["invoice"]["withdrawn_on"]) == ("withdrawn", "2026-11-25")
    assert [each["session"] for each in shown["trace"]] == [1, None]
    assert shown["trace"][0]["net_grosze"] == shown["trace"][0]["rated_grosze"] == 10000
    assert InvoiceWithdrawn.TOPIC.partition(":")[0] not in str(shown["lines"])
    (file,) = (office.folder / "documents").glob("*.xml")
    answer = office.run("invoice", "verify", str(file))
    assert (answer.status, "withdrawn" in answer.out) == (3, True)
    assert "wycofany" in office.run("--lang", "pl", "invoice", "verify", str(file)).out
    found = office.run("invoice", "verify", str(file), "-f", "json").document
    assert (found["number"], found["state"]) == (FIRST, "withdrawn")
    office.does("invoice", "issue", "--session", "1", "--yes")
    office.does("invoice", "export", "--all", "-o", str(tmp_path / "papers"))
    assert {path.stem for path in (tmp_path / "papers").iterdir()} == {SECOND.replace("/", "-")}


def test_a_receipt_of_the_till_stands_again(shop: Shop) -> None:
    """Given an invoice made out to a receipt is withdrawn, then the till's sale is as it was."""
    shop.sets("ksef.consumers=yes")
    session = helps(shop.office, "K-3")
    shop.office.does("session", "receipt", session, "--number", "0012")
    shop.office.does("session", "invoice-request", session, "--on", "2026-11-25")
    shop.office.does("invoice", "issue", "--session", session, "--yes")
    _withdrawn(_rejected(shop, FIRST))
    (receipt,) = shop.office.asks("report", "till", "--period", PERIOD)["receipts"]
    assert (receipt["receipt"], receipt["invoice"]) == ("0012", None)
    shop.office.does("invoice", "issue", "--session", session, "--yes")
    assert [each["outcome"] for each in shop.told(SECOND)] == ["accepted"]
    assert _is_silent(shop)


def test_the_monthly_limit_counts_none_of_it(shop: Shop) -> None:
    """The document that crossed the limit is withdrawn: the month's sum is what stayed outside; the duty
    that began with it lasts.
    """
    shop.sets("ksef.mode=exempt_10k")
    shop.issues(hours=24, day=20)
    crossing = shop.issues("K-2", hours=24, day=21)
    _withdrawn(_rejected(shop, crossing), crossing)
    again = shop.office.does("invoice", "issue", "--session", "2", "--yes", "-f", "json").document["number"]
    assert [(each["number"], each["outcome"]) for each in shop.told("--all")] == [(again, "accepted")]
    with shop.opened() as ledger:
        began = ledger.book.ksef_from
        assert began is not None
        assert began.number == crossing
    assert _is_silent(shop)


def test_what_was_typed_lies_in_the_vault_and_goes_with_the_document(rejected: Shop) -> None:
    """No word of it in the events; an export of the person shows it; when the years are over it is gone."""
    _withdrawn(rejected)
    with rejected.opened() as ledger:
        (row,) = ledger.store.rows_with(InvoiceWithdrawn.TOPIC)
        assert b"siostry" not in row[5]
        assert b"data-changed" in row[5]
    file = rejected.office.folder.parent / "K-1.json"
    rejected.office.does("customer", "export", "K-1", "-o", str(file))
    assert "siostry" in file.read_text(encoding="utf-8")
    rejected.office.now = "2033-01-02T09:00:00+01:00"
    rejected.office.does("retention", "run", "--yes")
    file.unlink()
    rejected.office.does("customer", "export", "K-1", "-o", str(file))
    assert "siostry" not in file.read_text(encoding="utf-8")
    assert rejected.office.run("check", "documents", "series", "bills", "vault", "deleted").out == ""


# --- corrections ----------------------------------------------------------------------------------


@pytest.fixture
def accepted(shop: Shop) -> Shop:
    """KSeF has FIRST over session 1, two hours: 200.00 + 46.00."""
    shop.issues(hours=2)
    assert shop.submits(FIRST).status == 0
    return shop


def test_a_rejected_correction_is_withdrawn_and_the_bill_stands_as_before(accepted: Shop) -> None:
    """An hour was taken off: on the invoice it is back; the next correction is accepted."""
    accepted.office.does("session", "waive", "1", "--hours", "1", "--reason", "goodwill")
    assert _corrected(accepted, FIRST) == CORRECTION
    _rejected(accepted, CORRECTION)
    early = accepted.office.run("invoice", "correct", FIRST, "--reason", "goodwill", "--yes")
    assert (early.status, f"invoice withdraw {CORRECTION}" in early.err) == (1, True)
    answer = _withdraws(accepted, CORRECTION)
    assert answer.out == f"{CORRECTION}: withdrawn; as before the correction, on {FIRST}: session 1\n", (
        answer.err
    )
    assert f"hint: session-ledger invoice correct {FIRST}" in answer.err
    first, _, again = _standing(accepted)
    assert isinstance(first, SessionBilled)
    assert isinstance(again, SessionBilled)
    assert (again.net_grosze, again.band_hours, again.correction) == (20000, first.band_hours, None)
    shown = accepted.office.asks("invoice", "show", FIRST)["invoice"]
    assert (shown["corrections"], shown["state"]) == ([], "accepted")
    assert accepted.office.asks("report", "receivables")["left_grosze"] == 24600
    assert accepted.office.asks("report", "sales", "--period", PERIOD)["total"]["gross_grosze"] == 24600
    assert accepted.office.run("check", "bills").out.startswith("bill-changed: ")
    second = _corrected(accepted, FIRST)
    assert [each["outcome"] for each in accepted.told(second)] == ["accepted"]
    assert accepted.office.asks("report", "receivables")["left_grosze"] == 12300
    assert _is_silent(accepted)


def test_a_rejected_correction_to_zero_gives_the_sessions_back(accepted: Shop) -> None:
    """They stand on the invoice again, in the read models too."""
    _corrected(accepted, FIRST, "--to-zero")
    _rejected(accepted, CORRECTION)
    told = _withdrawn(accepted, CORRECTION)
    assert told["events"] == ["invoice.withdrawn", "invoice.correction_withdrawn", "session.billed"]
    assert [type(fact) for fact in _standing(accepted)] == [SessionBilled, SessionUnbilled, SessionBilled]
    assert accepted.office.asks("report", "billing", "--period", PERIOD)["total"]["gross_grosze"] == 0
    facts = [type(fact) for fact in accepted.facts(FIRST)[-2:]]
    assert facts == [InvoiceCorrected, CorrectionWithdrawn]
    assert _is_silent(accepted)


def test_a_session_that_stands_elsewhere_since_stays_there(accepted: Shop) -> None:
    """Given the zero was rejected after the session got a new invoice, then check names the first one until
    it is corrected again.
    """
    _corrected(accepted, FIRST, "--to-zero")
    accepted.office.does("invoice", "issue", "--session", "1", "--yes")
    assert accepted.submits(SECOND).status == 0
    _rejected(accepted, CORRECTION)
    told = _withdrawn(accepted, CORRECTION)
    assert (told["sessions"], told["elsewhere"]) == ([], [1])
    found = accepted.office.run("check")
    assert found.out.startswith(f"bill-left: {FIRST} charges session 1")
    second = _corrected(accepted, FIRST)
    assert [each["outcome"] for each in accepted.told(second)] == ["accepted"]
    assert _is_silent(accepted)
    assert accepted.office.asks("report", "sales", "--period", PERIOD)["total"]["gross_grosze"] == 24600


def test_what_was_paid_for_a_correction_is_given_back_first(accepted: Shop) -> None:
    """Given the correction added an hour and all was paid, then that hour's money goes back first."""
    end = ("--remove", "1", "--add", "2026-11-24 10:00..2026-11-24 12:30", "--ended-at", "2026-11-24 12:30")
    accepted.office.does("session", "correct", "1", *end, "--reason", "wrong-time")
    assert _corrected(accepted, FIRST) == CORRECTION
    pay = ("invoice", "paid", FIRST, "--on", "2026-11-25", "--method", "transfer")
    accepted.office.does(*pay, "--amount", "369.00")
    _rejected(accepted, CORRECTION)
    _refused(accepted, CORRECTION, "E-INVOICE-COUNTS", f"369.00 was paid on {FIRST}", f"paid {FIRST}")
    accepted.office.does(*pay, "--amount=-123.00")
    _withdrawn(accepted, CORRECTION)
    assert accepted.office.asks("report", "receivables")["invoices"] == []


# --- what crosses on the way ----------------------------------------------------------------------


def _submitted_meanwhile_withdrawn(shop: Shop) -> str:
    """The outcome of sending FIRST again, while another clerk hears of the first answer and withdraws it."""
    shop.server.office.busy_polls = 1

    def meanwhile(_seconds: float) -> None:
        with shop.opened() as other:
            invoice = other.find_invoice(FIRST)
            if invoice.state == "submitted":
                other.record(invoice.id, invoice.version, [shop.facts(FIRST)[1]])
                _withdrawn(shop)

    access = Access(shop.server.base_url, NIP, TokenLogin(TOKEN))
    with shop.opened() as ledger, Ksef(access, meanwhile) as ksef:
        return submit(ledger, Said("basia"), FIRST, ksef).outcome


def test_what_ksef_takes_after_all_counts(rejected: Shop) -> None:
    """Given a sending was under way while the document was withdrawn, and KSeF takes it, then it is an
    invoice: recorded, told by check, and corrected to zero.
    """
    assert _submitted_meanwhile_withdrawn(rejected) == "accepted"
    assert [type(fact) for fact in rejected.facts(FIRST)[-2:]] == [InvoiceWithdrawn, InvoiceAccepted]
    assert _states(rejected) == {FIRST: "accepted"}
    assert rejected.office.asks("report", "sales", "--period", PERIOD)["total"]["gross_grosze"] == 12300
    assert rejected.office.run("check").out.startswith(f"bill-left: {FIRST} charges session 1")
    assert _corrected(rejected, FIRST, "--to-zero") == CORRECTION
    assert rejected.submits(CORRECTION).status == 0
    rejected.office.does("invoice", "issue", "--session", "1", "--yes")
    assert _is_silent(rejected)


def test_a_late_refusal_is_not_recorded_over_it(rejected: Shop) -> None:
    """Given it is rejected and withdrawn while a sending waits, then that it is rejected says no more."""
    rejected.server.office.rejections = [450]
    assert _submitted_meanwhile_withdrawn(rejected) == "rejected"
    assert isinstance(rejected.facts(FIRST)[-1], InvoiceWithdrawn)
    assert _is_silent(rejected)


def test_check_finds_a_session_on_a_withdrawn_invoice(rejected: Shop) -> None:
    """No command does that: an event was forged, or a copy mixed in."""
    _withdrawn(rejected)
    (first, _) = _standing(rejected)
    assert isinstance(first, SessionBilled)
    with rejected.opened() as ledger:
        stream, _ = ledger.find_session("1")
        ledger.record(stream, ledger.session(stream).version, [first])
    found = rejected.office.run("check", "bills")
    assert (found.status, found.out.split(":")[0]) == (3, "bill-withdrawn")


def test_nothing_is_given_a_second_time(rejected: Shop) -> None:
    """Withdrawn and issued, three times over: four numbers, one live document, no number twice."""
    for place in range(1, 4):
        _withdrawn(rejected, f"FV/2026/11/{place:04d}")
        rejected.office.does("invoice", "issue", "--session", "1", "--yes")
        _rejected(rejected, f"FV/2026/11/{place + 1:04d}")
    assert list(_states(rejected)) == [f"FV/2026/11/{place:04d}" for place in range(1, 5)]
    assert list(_states(rejected).values()) == ["withdrawn"] * 3 + ["rejected"]
    assert _is_silent(rejected)
