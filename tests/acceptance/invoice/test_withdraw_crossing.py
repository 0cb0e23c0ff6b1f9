"""Corrections that KSeF rejected, and what crosses a withdrawal on the way: no bill is lost or doubled."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.application.metadata import Metadata
from ledger.domain.events import (
    CorrectionWithdrawn,
    InvoiceAccepted,
    InvoiceCorrected,
    InvoiceWithdrawn,
    SessionBilled,
    SessionUnbilled,
    following,
)
from ledger.handlers.invoice.submit import submit
from ledger.ksef.client import Ksef
from ledger.ksef.settings import Access, TokenLogin
from tests.support.ksef.server import NIP, TOKEN, fake_ksef
from tests.support.ksef.shop import Shop
from tests.support.ksef.withdrawing import (
    CORRECTION,
    FIRST,
    PERIOD,
    SECOND,
    corrected,
    is_refused,
    is_silent,
    rejects,
    standing,
    states,
    withdrawn,
    withdraws,
)


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
    assert corrected(accepted, FIRST) == CORRECTION
    rejects(accepted, CORRECTION)
    early = accepted.office.run("invoice", "correct", FIRST, "--reason", "goodwill", "--yes")
    assert (early.status, f"invoice withdraw {CORRECTION}" in early.err) == (1, True)
    answer = withdraws(accepted, CORRECTION)
    assert answer.out == f"{CORRECTION}: withdrawn; as before the correction, on {FIRST}: session 1\n", (
        answer.err
    )
    assert f"hint: session-ledger invoice correct {FIRST}" in answer.err
    first, _, again = standing(accepted)
    assert isinstance(first, SessionBilled)
    assert isinstance(again, SessionBilled)
    assert (again.net_grosze, again.band_hours, again.correction) == (20000, first.band_hours, None)
    shown = accepted.office.asks("invoice", "show", FIRST)["invoice"]
    assert (shown["corrections"], shown["state"]) == ([], "accepted")
    assert accepted.office.asks("report", "receivables")["left_grosze"] == 24600
    assert accepted.office.asks("report", "sales", "--period", PERIOD)["total"]["gross_grosze"] == 24600
    assert accepted.office.run("check", "bills").out.startswith("bill-changed: ")
    second = corrected(accepted, FIRST)
    assert [each["outcome"] for each in accepted.told(second)] == ["accepted"]
    assert accepted.office.asks("report", "receivables")["left_grosze"] == 12300
    assert is_silent(accepted)


def test_a_rejected_correction_to_zero_gives_the_sessions_back(accepted: Shop) -> None:
    """They stand on the invoice again, in the read models too."""
    corrected(accepted, FIRST, "--to-zero")
    rejects(accepted, CORRECTION)
    told = withdrawn(accepted, CORRECTION)
    assert told["events"] == ["invoice.withdrawn", "invoice.correction_withdrawn", "session.billed"]
    assert [type(fact) for fact in standing(accepted)] == [SessionBilled, SessionUnbilled, SessionBilled]
    assert accepted.office.asks("report", "billing", "--period", PERIOD)["total"]["gross_grosze"] == 0
    assert [type(fact) for fact in accepted.facts(FIRST)[-2:]] == [InvoiceCorrected, CorrectionWithdrawn]
    assert is_silent(accepted)


def test_a_session_that_stands_elsewhere_since_stays_there(accepted: Shop) -> None:
    """Given the zero was rejected after the session got a new invoice, then check names the first one until
    it is corrected again.
    """
    corrected(accepted, FIRST, "--to-zero")
    accepted.office.does("invoice", "issue", "--session", "1", "--yes")
    assert accepted.submits(SECOND).status == 0
    rejects(accepted, CORRECTION)
    answer = withdraws(accepted, CORRECTION, "-f", "json")
    assert (answer.document["sessions"], answer.document["elsewhere"]) == ([], [1])
    assert f"session 1 stands elsewhere by now and stays there; correct {FIRST}" in answer.err
    found = accepted.office.run("check")
    assert found.out.startswith(f"bill-left: {FIRST} charges session 1")
    second = corrected(accepted, FIRST)
    assert [each["outcome"] for each in accepted.told(second)] == ["accepted"]
    assert is_silent(accepted)
    assert accepted.office.asks("report", "sales", "--period", PERIOD)["total"]["gross_grosze"] == 24600


def test_what_was_paid_for_a_correction_is_given_back_first(accepted: Shop) -> None:
    """Given the correction added an hour and all was paid, then that hour's money goes back first."""
    end = ("--remove", "1", "--add", "2026-11-24 10:00..2026-11-24 12:30", "--ended-at", "2026-11-24 12:30")
    accepted.office.does("session", "correct", "1", *end, "--reason", "wrong-time")
    assert corrected(accepted, FIRST) == CORRECTION
    pay = ("invoice", "paid", FIRST, "--on", "2026-11-25", "--method", "transfer")
    accepted.office.does(*pay, "--amount", "369.00")
    rejects(accepted, CORRECTION)
    is_refused(accepted, CORRECTION, "E-INVOICE-COUNTS", f"369.00 was paid on {FIRST}", f"paid {FIRST}")
    accepted.office.does(*pay, "--amount=-123.00")
    withdrawn(accepted, CORRECTION)
    assert accepted.office.asks("report", "receivables")["invoices"] == []


# --- what crosses on the way ----------------------------------------------------------------------


def _submitted_meanwhile_withdrawn(shop: Shop) -> str:
    """The outcome of sending FIRST again, while another clerk hears of the first answer and withdraws it."""
    shop.server.office.busy_polls = 1

    def meanwhile(_seconds: float) -> None:
        with shop.opened() as other:
            invoice = other.find_invoice(FIRST)
            if invoice.state == "submitted":
                other.record(following(invoice.id, invoice.version, shop.facts(FIRST)[1]))
                withdrawn(shop)

    access = Access(shop.server.base_url, NIP, TokenLogin(TOKEN))
    with shop.opened() as ledger, Ksef(access, meanwhile) as ksef:
        return submit(ledger, Metadata("basia"), FIRST, ksef).outcome


def test_what_ksef_takes_after_all_counts(rejected: Shop) -> None:
    """Given a sending was under way while the document was withdrawn, and KSeF takes it, then it is an
    invoice: recorded, told by check, and corrected to zero.
    """
    assert _submitted_meanwhile_withdrawn(rejected) == "accepted"
    assert [type(fact) for fact in rejected.facts(FIRST)[-2:]] == [InvoiceWithdrawn, InvoiceAccepted]
    assert states(rejected) == {FIRST: "accepted"}
    assert rejected.office.asks("report", "sales", "--period", PERIOD)["total"]["gross_grosze"] == 12300
    assert rejected.office.run("check").out.startswith(f"bill-left: {FIRST} charges session 1")
    assert corrected(rejected, FIRST, "--to-zero") == CORRECTION
    assert rejected.submits(CORRECTION).status == 0
    rejected.office.does("invoice", "issue", "--session", "1", "--yes")
    assert is_silent(rejected)


def test_a_late_refusal_is_not_recorded_over_it(rejected: Shop) -> None:
    """Given it is rejected and withdrawn while a sending waits, then that it is rejected says no more."""
    rejected.server.office.rejections = [450]
    assert _submitted_meanwhile_withdrawn(rejected) == "rejected"
    assert isinstance(rejected.facts(FIRST)[-1], InvoiceWithdrawn)
    assert is_silent(rejected)


def test_check_finds_a_session_on_a_withdrawn_invoice(rejected: Shop) -> None:
    """No command does that: an event was forged, or a copy mixed in."""
    withdrawn(rejected)
    (first, _) = standing(rejected)
    assert isinstance(first, SessionBilled)
    with rejected.opened() as ledger:
        stream, _ = ledger.find_session("1")
        ledger.record(following(stream, ledger.session(stream).version, first))
    found = rejected.office.run("check", "bills")
    assert (found.status, found.out.split(":")[0]) == (3, "bill-withdrawn")


def test_nothing_is_given_a_second_time(rejected: Shop) -> None:
    """Withdrawn and issued, three times over: four numbers, one live document, no number twice."""
    for place in range(1, 4):
        withdrawn(rejected, f"FV/2026/11/{place:04d}")
        rejected.office.does("invoice", "issue", "--session", "1", "--yes")
        rejects(rejected, f"FV/2026/11/{place + 1:04d}")
    assert list(states(rejected)) == [f"FV/2026/11/{place:04d}" for place in range(1, 5)]
    assert list(states(rejected).values()) == ["withdrawn"] * 3 + ["rejected"]
    assert is_silent(rejected)
