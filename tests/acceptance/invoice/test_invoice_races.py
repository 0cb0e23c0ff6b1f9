"""Issuing under kills and beside others: no gap, no double, nothing left out, every grosz accounted for."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from datetime import datetime, timedelta
from itertools import count, cycle
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.application.ledger import Environment, Ledger
from ledger.application.metadata import Metadata
from ledger.domain.clock import parse_instant
from ledger.domain.events import InvoiceRejected, following
from ledger.domain.session.commands import Correct, Waive
from ledger.errors import NothingToBill, NothingToCorrect, Refused
from ledger.handlers.invoice.charges import buyer_of, charged
from ledger.handlers.invoice.correct import correct, standing_invoice
from ledger.handlers.invoice.issue import issue
from ledger.handlers.invoice.withdraw import withdraw
from ledger.handlers.privacy.invoices import all_documents
from ledger.handlers.session import handle
from tests.support.billing_office import DECEMBER, PERIOD, business, helped, shop, valid_nip
from tests.support.office import Office, sqlite_only
from tests.support.shop import copied

KILLER = Path(__file__).parents[1] / "customer" / "killed_vault.py"
CUSTOMERS = 6
ALL = ("invoice", "issue", "--period", PERIOD, "--all", "--yes", "-f", "json")


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six customers with two sessions each."""
    office = shop(tmp_path_factory.mktemp("month") / "ledger")
    for number in range(1, CUSTOMERS + 1):
        code = f"K-{number}"
        business(office, code, f"Firma {number}", valid_nip(number))
        helped(
            office, f"2026-11-{number + 1:02d}T11:00:00", f"2026-11-{number + 1:02d}T12:10:00", f"K-{number}"
        )
        helped(
            office, f"2026-11-{number + 8:02d}T19:00:00", f"2026-11-{number + 8:02d}T19:20:00", f"K-{number}"
        )
    return office.folder


def _at(folder: Path, month: Path) -> Office:
    return copied(month, folder, now=DECEMBER)


def _billed(office: Office) -> dict[str, int]:
    """What the month comes to by the billing report, before anything is issued."""
    customers = office.asks("report", "billing", "--period", PERIOD)["customers"]
    return {each["customer"]: each["gross_grosze"] for each in customers}


def _is_whole(office: Office, expected: dict[str, int]) -> None:
    """Every customer has one invoice of what was to be billed; numbers have no gap; sessions stand once."""
    invoices: list[dict[str, Any]] = office.asks("invoice", "list")["invoices"]
    assert {each["customer"]: each["gross_grosze"] for each in invoices} == expected
    assert [each["number"] for each in invoices] == [
        f"FV/2026/12/{place:04d}" for place in range(1, len(expected) + 1)
    ]
    shown = [office.asks("invoice", "show", each["number"])["lines"] for each in invoices]
    sessions = Counter(session for lines in shown for session in {line["session"] for line in lines})
    assert sessions == Counter(range(1, 2 * len(expected) + 1))
    office.run("check", "--repair")  # what a kill left in the vault and among the files
    assert office.run("check").out == ""
    assert _billed(office) == {}


@sqlite_only
def test_issuing_goes_on_where_it_was_killed(tmp_path: Path, month: Path) -> None:
    """Killed again and again before a write, the same command ends with every invoice once."""
    office = _at(tmp_path / "ledger", month)
    expected = _billed(office)
    given_ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[3])}
    environment = {
        "SESSION_LEDGER_DIR": str(office.folder),
        "SESSION_LEDGER_NOW": DECEMBER,
        "SESSION_LEDGER_BY": "anna",
    }
    kills = 0
    with subprocess.Popen(
        [sys.executable, str(KILLER)], env=given_, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        for step in cycle(range(23, 150, 9)):
            server.stdin.write(json.dumps([step, environment, *ALL]) + "\n")
            server.stdin.flush()
            if int(server.stdout.readline()) == 0:
                break
            kills += 1
            assert kills < 100
        server.stdin.close()
    assert kills > 5
    _is_whole(office, expected)


def test_processes_that_issue_at_once_share_the_numbers(tmp_path: Path, month: Path) -> None:
    """Three offices press the button together: each invoice once, and nobody meets an error."""
    office = _at(tmp_path / "ledger", month)
    expected = _billed(office)
    environment = {
        **os.environ,
        "SESSION_LEDGER_DIR": str(office.folder),
        "SESSION_LEDGER_NOW": DECEMBER,
        "SESSION_LEDGER_BY": "anna",
    }
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "ledger", *ALL],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    answers = [(process.communicate(), process.returncode) for process in running]
    for (_, told), status in answers:
        assert status in {0, 3}, told
        assert "Traceback" not in told
    _is_whole(office, expected)


# --- invoices and corrections are the truth ---------------------------------------------------

_DEEDS = st.lists(
    st.tuples(
        st.sampled_from(["shorten", "lengthen", "waive", "issue", "correct", "zero", "kind", "withdraw"]),
        st.integers(1, 4),
        st.integers(1, 90),
    ),
    min_size=1,
    max_size=12,
)


@pytest.fixture(scope="module")
def quarter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two customers with two sessions each."""
    office = shop(tmp_path_factory.mktemp("quarter") / "ledger")
    for number in (1, 2):
        business(office, f"K-{number}", f"Firma {number}", valid_nip(number))
        for day in (3, 9):
            day_ = f"2026-11-{day + number:02d}"
            helped(office, f"{day_}T16:30:00", f"{day_}T19:40:00", f"K-{number}")
    return office.folder


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=_DEEDS)
def test_invoices_and_corrections_are_what_the_sessions_come_to(
    deeds: list[tuple[str, int, int]], quarter: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """After any corrections of sessions, goodwill, issues, corrections, zeros, rejections: no double, and the
    truth.
    """
    folder = tmp_path_factory.mktemp("property") / "ledger"
    copied(quarter, folder, now=DECEMBER)
    with Ledger.open(folder, Environment(_december, os.urandom, DECEMBER)) as ledger:
        for deed, session, minutes in deeds:
            _do(ledger, deed, session, minutes)
            _bills_say_what_documents_say(ledger)
        for invoice in all_documents(ledger):
            if not invoice.is_correction and invoice.state != "withdrawn":
                _correct(ledger, invoice.issued.number)
        _agree(ledger)
    shutil.rmtree(folder.parent)


def test_documents_are_withdrawn_from_the_last_back_to_the_first(quarter: Path, tmp_path: Path) -> None:
    """Given two corrections, then each that goes leaves what stood before it, and the invoice nothing."""
    copied(quarter, tmp_path / "ledger", now=DECEMBER)
    seconds = count()
    ticking = Environment(lambda: _december() + timedelta(seconds=next(seconds)), os.urandom)
    with Ledger.open(tmp_path / "ledger", ticking) as ledger:
        stream, _ = ledger.find_session("1")
        stood: list[int | None] = [None]
        for deed in ("issue", "correct", "correct"):
            _do(ledger, "waive", 1, 10 * len(stood))
            _do(ledger, deed, 1, 1)
            stood.append(_billed_net(ledger, stream))
        for place in (2, 1, 0):
            assert _billed_net(ledger, stream) == stood.pop()
            _withdraw(ledger, place)
            _bills_say_what_documents_say(ledger)
        assert (_billed_net(ledger, stream), stood) == (None, [None])
        assert [each.state for each in all_documents(ledger)] == ["withdrawn"] * 3


def _billed_net(ledger: Ledger, stream: UUID) -> int | None:
    on = ledger.session(stream).billed_on
    return None if on is None else on.net_grosze


_EXPECTED = {
    "E-TIME-ORDER",
    "E-NOTHING-CHANGES",
    "E-CORRECTION-EMPTY",
    "E-INVOICE-COUNTS",  # a later correction stands on it
    "E-INVOICE-WITHDRAWN",
}


def _december() -> datetime:
    return parse_instant(DECEMBER)


def _do(ledger: Ledger, deed: str, number: int, minutes: int) -> None:
    stream, _ = ledger.find_session(str(number))
    session, said = ledger.session(stream), Metadata("anna")
    if deed in {"shorten", "lengthen"}:
        assert session.ended_at is not None
        sign = 1 if deed == "lengthen" else -1
        moved = session.ended_at + sign * timedelta(minutes=minutes)
        _quietly(lambda: handle(ledger, said, str(number), Correct(ended_at=moved, reason="wrong-time")))
    elif deed == "kind":
        command = Correct(issue="test" if minutes % 2 else "other", reason="wrong-issue")
        _quietly(lambda: handle(ledger, said, str(number), command))
    elif deed == "waive":
        handle(ledger, said, str(number), Waive(reason="goodwill", percent=minutes))
    elif deed == "issue" and session.billed is None:
        _quietly(lambda: issue(ledger, said, customer=session.customer, sessions=[stream], tool="t"))
    elif deed == "withdraw":
        _withdraw(ledger, minutes)
    elif session.billed_on is not None:
        _correct(ledger, session.billed_on.number, to_zero=deed == "zero")


def _correct(ledger: Ledger, number: str, *, to_zero: bool = False) -> None:
    _quietly(lambda: correct(ledger, Metadata("anna"), number, reason="checked", tool="t", to_zero=to_zero))


def _withdraw(ledger: Ledger, pick: int) -> None:
    """KSeF rejects any of the documents, whatever it is, and the clerk withdraws it."""
    documents = all_documents(ledger)
    if not documents:
        return
    invoice = documents[pick % len(documents)]
    if invoice.state == "issued":
        refused = InvoiceRejected(at=ledger.now(), by="anna", code=450)
        ledger.record(following(invoice.id, invoice.version, refused))
    _quietly(lambda: withdraw(ledger, Metadata("anna"), invoice.issued.number, reason="checked"))


def _quietly(deed: Any) -> None:  # noqa: ANN401 - anything that may find nothing to do
    try:
        deed()
    except (NothingToBill, NothingToCorrect):
        pass
    except Refused as refusal:
        assert refusal.code in _EXPECTED, refusal.code  # noqa: PT017 - which one is the point


def _bills_say_what_documents_say(ledger: Ledger) -> None:
    """At any time: what a session is billed is what the lines of its invoice and corrections come to."""
    for invoice in all_documents(ledger):
        if invoice.is_correction or invoice.state == "withdrawn":
            continue
        found = standing_invoice(ledger, invoice)
        for stream in {line.session for line in invoice.issued.lines}:
            on = ledger.session(stream).billed_on
            if on is not None and on.invoice == invoice.id:
                lines = [line for line in found.lines if line.session == stream]
                assert on.net_grosze == sum(line.net_grosze for line in lines)


def _agree(ledger: Ledger) -> None:
    """Every invoice with its corrections is the sum of its sessions; a session stands on one at most."""
    standing: Counter[int] = Counter()
    for invoice in all_documents(ledger):
        if invoice.is_correction:
            continue
        sessions = [ledger.session(line.session) for line in invoice.issued.lines]
        if invoice.state == "withdrawn":
            assert all(each.billed_on is None or each.billed_on.invoice != invoice.id for each in sessions)
            continue
        found = standing_invoice(ledger, invoice)
        truth = 0
        for stream in dict.fromkeys(line.session for line in invoice.issued.lines):
            session = ledger.session(stream)
            if session.billed_on is not None and session.billed_on.invoice == invoice.id:
                rated = charged(ledger, stream, buyer_of(ledger, session.customer))
                truth += rated.rated.net_grosze
                standing[rated.number] += 1
        total = invoice.issued.net_grosze + sum(each.issued.net_grosze for each in found.corrections)
        assert total == truth == found.sums.net_grosze
        gross = invoice.issued.gross_grosze + sum(each.issued.gross_grosze for each in found.corrections)
        assert gross == found.sums.gross_grosze
    assert all(times == 1 for times in standing.values())
