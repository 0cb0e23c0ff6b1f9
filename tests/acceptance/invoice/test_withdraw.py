"""What KSeF rejected is put aside, and its sessions are billed anew: never lost, never twice."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.application.metadata import Metadata
from ledger.domain.events import (
    InvoiceRejected,
    InvoiceSubmitted,
    InvoiceWithdrawn,
    SessionBilled,
    SessionUnbilled,
    following,
)
from ledger.ksef.client import Ksef
from ledger.ksef.settings import Access, TokenLogin
from tests.support.billing_office import xml_of
from tests.support.ksef.papers import paper
from tests.support.ksef.server import NIP, TOKEN, fake_ksef
from tests.support.ksef.shop import TODAY, Shop, helps
from tests.support.ksef.withdrawing import (
    FIRST,
    LISTING,
    PERIOD,
    SECOND,
    WHY,
    is_refused,
    is_silent,
    rejects,
    standing,
    states,
    withdrawn,
    withdraws,
)
from tests.support.questions import ANSWERS, ASKED_WITH_KSEF, NEITHER, Questions

WRONG_NIP, RIGHT_NIP = "1132191233", "5265877635"


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
    return rejects(billed, FIRST)


@pytest.fixture
def mistaken(billed: Shop) -> Shop:
    """FIRST names a NIP that nobody has: KSeF rejects it however often it is sent."""
    billed.server.office.strangers = {WRONG_NIP}
    for _ in range(2):
        assert billed.submits(FIRST).status == 3
    return billed


# --- the way out --------------------------------------------------------------------------------


def test_a_rejected_invoice_is_withdrawn_and_a_right_one_accepted(mistaken: Shop) -> None:
    """450, withdraw, the NIP mended, issued under the next number, accepted; the numbers stay whole."""
    told = withdrawn(mistaken)
    assert (told["number"], told["sessions"], told["elsewhere"]) == (FIRST, [1], [])
    assert told["events"] == ["invoice.withdrawn", "session.unbilled"]
    mistaken.office.does("customer", "update", "K-1", "--nip", RIGHT_NIP, "--reason", "data-changed")
    mistaken.office.does("invoice", "issue", "--period", PERIOD, "--all", "--yes")
    assert [(each["number"], each["outcome"]) for each in mistaken.told("--all")] == [(SECOND, "accepted")]
    assert len(mistaken.numbers) == 1
    assert f"<NIP>{RIGHT_NIP}</NIP>".encode() in mistaken.server.office.documents[-1].xml
    assert states(mistaken) == {FIRST: "withdrawn", SECOND: "accepted"}
    assert is_silent(mistaken)


def test_everything_is_written_in_one_transaction(rejected: Shop) -> None:
    """The document, its session: no event between them, and the session stands on nothing."""
    withdraws(rejected)
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


def test_at_a_terminal_questions_take_either_language(billed: Shop) -> None:
    """Every word for yes and for no, and they ask again where neither is typed."""
    asked, token = Questions(), {"SESSION_LEDGER_KSEF_TOKEN": TOKEN}
    billed.server.office.rejections = [450]
    with asked.on_terminal():
        for words in (("submit", FIRST), ("withdraw", FIRST, "--reason", WHY)):
            answer = billed.office.run("--lang", "pl", "invoice", *words, typed=ANSWERS, **token)
            assert answer.err.count("odpowiedz tak albo nie") == len(NEITHER)
    assert asked.asked == ASKED_WITH_KSEF
    assert states(billed) == {FIRST: "withdrawn"}


def test_the_same_command_id_withdraws_once(rejected: Shop) -> None:
    """The repeat changes nothing, also when the sessions stand on another invoice meanwhile."""
    first = withdraws(rejected, FIRST, "--command-id", "w-1", "-f", "json")
    rejected.office.does("invoice", "issue", "--session", "1", "--yes")
    before = rejected.office.events()
    again = withdraws(rejected, FIRST, "--command-id", "w-1", "-f", "json")
    told = first.document
    assert told.pop("elsewhere") == []
    assert (told, told["sessions"] != []) == (again.document, True)
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
    assert [type(fact) for fact in standing(rejected)] == [SessionBilled, SessionUnbilled]
    assert is_silent(rejected)


@pytest.mark.parametrize("told", [{"extensions"}, {"details"}, set[str]()])
def test_another_programs_document_under_our_number_is_no_dead_end(billed: Shop, told: set[str]) -> None:
    """Given KSeF has other bytes under FIRST (440), however it says so, then ours is withdrawn for SECOND."""
    billed.server.office.duplicates_tell = told
    with Ksef(Access(billed.server.base_url, NIP, TokenLogin(TOKEN)), lambda _seconds: None) as ksef:
        ksef.send(paper(FIRST), is_offline=False)
    assert billed.submits(FIRST).status == 3
    withdrawn(billed)
    billed.office.does("invoice", "issue", "--session", "1", "--yes")
    assert [each["outcome"] for each in billed.told(SECOND)] == ["accepted"]
    assert is_silent(billed)


def test_who_has_the_paper_is_to_be_told(rejected: Shop) -> None:
    """It was sent before KSeF looked at it: withdrawing is allowed, and says who must know."""
    rejected.office.does("invoice", "sent", FIRST, "--how", "email", "--on", "2026-11-25")
    answer = withdraws(rejected)
    assert answer.status == 0
    assert f"{FIRST}: it was sent to the buyer on 2026-11-25; tell them" in answer.err
    assert "hint: session-ledger invoice issue --session 1" in answer.err


# --- a duplicate that an older release took for a no ---------------------------------------------


def _duplicate_of_old(shop: Shop, xml: bytes) -> str:
    """KSeF has these bytes under FIRST; an older release sent ours and saw 440. The number of KSeF."""
    with Ksef(Access(shop.server.base_url, NIP, TokenLogin(TOKEN)), lambda _seconds: None) as ksef:
        ksef.send(xml, is_offline=False)
    (number,) = shop.numbers
    with shop.opened() as ledger:
        document, header = ledger.find_invoice(FIRST), Metadata("anna").header(ledger.now())
        sent = InvoiceSubmitted(**header, mode="online", session_reference="S-OLD", reference="")
        rejected = InvoiceRejected(**header, code=440, description="KSeF ma już dokument o tym numerze")
        ledger.record(following(document.id, document.version, sent, rejected))
    assert number is not None
    return number


def test_a_duplicate_that_nobody_compared_is_not_withdrawn(billed: Shop) -> None:
    """It was ours all along: the help would have been billed twice."""
    number = _duplicate_of_old(billed, xml_of(billed.office, FIRST))
    hint = f"hint: session-ledger invoice submit {FIRST} --check-only"
    is_refused(billed, FIRST, "E-INVOICE-COUNTS", f"KSeF has not said yet what becomes of {FIRST}", hint)
    assert states(billed)[FIRST] == "submitted"
    (told,) = billed.told(FIRST)
    assert (told["outcome"], told["ksef_number"]) == ("accepted", number)
    hint = f"hint: session-ledger invoice correct {FIRST}"
    is_refused(billed, FIRST, "E-INVOICE-COUNTS", f"KSeF has {FIRST}", hint)


def test_a_duplicate_of_old_is_withdrawn_once_the_other_document_was_seen(billed: Shop) -> None:
    number = _duplicate_of_old(billed, paper(FIRST))
    (told,) = billed.told(FIRST)
    assert (told["outcome"], told["code"], told["original"]) == ("rejected", 440, number)
    assert billed.facts(FIRST)[-1].original == number
    withdrawn(billed)
    assert is_silent(billed)


def test_a_duplicate_of_old_that_ksef_does_not_show_waits_for_what_a_person_saw(
    billed: Shop, tmp_path: Path
) -> None:
    number = _duplicate_of_old(billed, paper(FIRST))
    office = billed.server.office
    office.duplicates_tell, office.hidden_by, office.unlisted = set(), 403, 403
    assert [each["outcome"] for each in billed.told(FIRST)] == ["waiting"]
    hint = f"hint: session-ledger invoice submit {FIRST} --check-only"
    is_refused(billed, FIRST, "E-INVOICE-COUNTS", f"KSeF has not said yet what becomes of {FIRST}", hint)
    saved = tmp_path / "saved.xml"
    saved.write_bytes(paper(FIRST))
    (told,) = billed.told(FIRST, "--seen", number, "--seen-file", str(saved))
    assert told["outcome"] == "rejected"
    withdrawn(billed)
    assert is_silent(billed)


# --- what is refused ------------------------------------------------------------------------------


def test_what_was_never_sent_is_not_withdrawn(billed: Shop) -> None:
    is_refused(billed, FIRST, "E-INVOICE-COUNTS", "was never sent to KSeF", f"invoice submit {FIRST}")


def test_what_ksef_has_not_answered_is_not_withdrawn(billed: Shop) -> None:
    billed.server.faults.silent_after = 1
    billed.server.faults.only, billed.server.faults.statuses = LISTING, [503] * 4
    billed.submits(FIRST)
    is_refused(billed, FIRST, "E-INVOICE-COUNTS", "KSeF has not said yet", f"submit {FIRST} --check-only")


def test_what_ksef_has_is_not_withdrawn(billed: Shop) -> None:
    """Neither at once nor after a rejection that was sent again."""
    rejects(billed, FIRST)
    billed.submits(FIRST)
    is_refused(billed, FIRST, "E-INVOICE-COUNTS", f"KSeF has {FIRST}", f"invoice correct {FIRST}")


def test_what_was_issued_outside_ksef_is_not_withdrawn(shop: Shop) -> None:
    shop.sets("ksef.mode=exempt_10k")
    number = shop.issues()
    is_refused(shop, number, "E-INVOICE-COUNTS", "counts outside KSeF (exempt)", f"invoice correct {number}")


def test_what_is_withdrawn_is_not_withdrawn_again(rejected: Shop) -> None:
    withdrawn(rejected)
    is_refused(rejected, FIRST, "E-INVOICE-WITHDRAWN", f"{FIRST} was withdrawn", "invoice issue")


def test_money_is_given_back_first(rejected: Shop) -> None:
    """Paid in part: refused; taken back: withdrawn."""
    pay = ("invoice", "paid", FIRST, "--on", "2026-11-25", "--method", "transfer")
    rejected.office.does(*pay, "--amount", "23.00")
    is_refused(rejected, FIRST, "E-INVOICE-COUNTS", f"23.00 was paid on {FIRST}", f"invoice paid {FIRST}")
    rejected.office.does(*pay, "--amount=-23.00")
    withdrawn(rejected)
    assert is_silent(rejected)


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
    withdrawn(rejected)
    before = rejected.office.events()
    answer = rejected.office.run("invoice", *words, SESSION_LEDGER_KSEF_TOKEN=TOKEN)
    assert (answer.status, "E-INVOICE-WITHDRAWN" in answer.err) == (1, True), answer.err
    assert not [*tmp_path.glob("paper*.pdf"), *tmp_path.glob("papers/*")]
    assert rejected.office.events() == before


# --- where it is counted ------------------------------------------------------------------------


def test_every_register_knows_it(rejected: Shop) -> None:
    """Its number is listed and explained; no sum, nothing owed, nothing to send; the help is to be billed."""
    before = rejected.office.asks("report", "billing", "--period", PERIOD)["total"]["gross_grosze"]
    withdrawn(rejected)
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
    withdrawn(rejected)
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
    assert "wycofano" in office.run("--lang", "pl", "invoice", "verify", str(file)).out
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
    withdrawn(rejects(shop, FIRST))
    (receipt,) = shop.office.asks("report", "till", "--period", PERIOD)["receipts"]
    assert (receipt["receipt"], receipt["invoice"]) == ("0012", None)
    shop.office.does("invoice", "issue", "--session", session, "--yes")
    assert [each["outcome"] for each in shop.told(SECOND)] == ["accepted"]
    assert is_silent(shop)


def test_the_monthly_limit_counts_none_of_it(shop: Shop) -> None:
    """The document that crossed the limit is withdrawn: the month's sum is what stayed outside; the duty
    that began with it lasts.
    """
    shop.sets("ksef.mode=exempt_10k")
    shop.issues(hours=24, day=20)
    crossing = shop.issues("K-2", hours=24, day=21)
    withdrawn(rejects(shop, crossing), crossing)
    again = shop.office.does("invoice", "issue", "--session", "2", "--yes", "-f", "json").document["number"]
    assert [(each["number"], each["outcome"]) for each in shop.told("--all")] == [(again, "accepted")]
    with shop.opened() as ledger:
        began = ledger.state.ksef_from
        assert began is not None
        assert began.number == crossing
    assert is_silent(shop)


def test_what_was_typed_lies_in_the_vault_and_goes_with_the_document(rejected: Shop) -> None:
    """No word of it in the events; an export of the person shows it; when the years are over it is gone."""
    withdrawn(rejected)
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
