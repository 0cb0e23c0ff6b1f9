"""Issuing decided in the core: a plan carried out, one session, and numbers drawn beside other issuers."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from ledger.application.ledger import Environment, Ledger, Metadata
from ledger.domain import events as e
from ledger.domain.clock import parse_instant, parse_period
from ledger.errors import (
    AlreadyBilled,
    CustomerUnknown,
    FindingsOpen,
    NothingToBill,
    SessionUnknown,
    VersionTaken,
)
from ledger.handlers.invoice import correct as correcting
from ledger.handlers.invoice import issue as issuing
from ledger.handlers.invoice.numbered import TRIES_MAX, publish
from ledger.handlers.invoice.plan import plan
from ledger.message import msg
from projections.read_side import ReadSide
from tests.support.billing_office import DECEMBER, PERIOD, business, helped, shop, valid_nip
from tests.support.office import Office

ANNA, JAN = Metadata("anna"), Metadata("jan")
MONTH = parse_period(PERIOD)
STREAM_ID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}")


def opened(office: Office) -> Ledger:
    """The office's ledger at the office's moment."""
    moment = parse_instant(office.now)
    environment = Environment(lambda: moment, os.urandom, moment.isoformat())
    return Ledger.open(office.folder, environment, read_models=ReadSide)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Three customers with a session each, in November; it is December."""
    office = shop(tmp_path / "ledger")
    for number in range(1, 4):
        business(office, f"K-{number}", f"Firma {number}", valid_nip(number))
        helped(office, f"2026-11-0{number}T11:00:00", f"2026-11-0{number}T12:10:00", f"K-{number}")
    office.now = DECEMBER
    return office


def once(action: Callable[[], object]) -> Callable[[], None]:
    """Act on the first call only."""
    left = [action]

    def act() -> None:
        if left:
            left.pop()()

    return act


def before_publishing(monkeypatch: pytest.MonkeyPatch, module: object, act: Callable[[], None]) -> None:
    """Act between the decision of a document and its recording."""
    published = publish

    def publishing(*given: object, **named: object) -> object:
        act()
        return published(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "publish", publishing)


# --- plans --------------------------------------------------------------------------------------


def test_plan_carried_out_issues_each_document_and_tells_each(office: Office) -> None:
    told: list[int] = []
    with opened(office) as ledger:
        outcome = issuing.issue_period(
            ledger, ANNA, plan(ledger, MONTH), tool="t", advance=lambda: told.append(1)
        )

        assert [each.customer for each in outcome.issued] == ["K-1", "K-2", "K-3"]
        assert outcome.waiting == []
        assert len(told) == 3
        assert plan(ledger, MONTH) == []


def test_plan_that_aged_waits_where_another_billed_its_sessions(office: Office) -> None:
    with opened(office) as ledger:
        planned = plan(ledger, MONTH)
        issuing.issue_session(ledger, JAN, "2", tool="t")

        outcome = issuing.issue_period(ledger, ANNA, planned, tool="t")

    assert [each.customer for each in outcome.issued] == ["K-1", "K-3"]
    assert [(code, why.code) for code, why in outcome.waiting] == [("K-2", "E-SESSION-BILLED")]


def test_plan_holds_back_sessions_with_open_findings_where_required(office: Office) -> None:
    office.does("config", "set", "reconcile.require=matched")
    with opened(office) as ledger:
        planned = plan(ledger, MONTH, customer="K-2")

        assert [(each.state, each.sessions, type(each.why)) for each in planned] == [
            ("waiting", (2,), FindingsOpen)
        ]
        assert issuing.issue_period(ledger, ANNA, planned, tool="t").issued == []


def test_plan_of_an_unknown_customer_is_refused(office: Office) -> None:
    with opened(office) as ledger, pytest.raises(CustomerUnknown):
        plan(ledger, MONTH, customer="K-9")


# --- one session --------------------------------------------------------------------------------


def test_session_is_drafted_and_issued_by_its_number(office: Office) -> None:
    with opened(office) as ledger:
        draft = issuing.draft_session(ledger, ANNA, "3")
        assert draft is not None
        issued = issuing.document_in(issuing.issue_session(ledger, ANNA, "3", tool="t"))

    assert (issued.customer, issued.gross_grosze) == ("K-3", draft.sums.gross_grosze)


def test_repeated_command_has_no_draft_and_the_first_receipt(office: Office) -> None:
    again = Metadata("anna", command_id="c-1")
    with opened(office) as ledger:
        first = issuing.issue_session(ledger, again, "1", tool="t")

        assert issuing.draft_session(ledger, again, "1") is None
        assert issuing.issue_session(ledger, again, "1", tool="t")._replace(repeated=False) == first


def test_unknown_session_is_refused(office: Office) -> None:
    with opened(office) as ledger, pytest.raises(SessionUnknown):
        issuing.issue_session(ledger, ANNA, "9", tool="t")


# --- beside others ------------------------------------------------------------------------------


def test_number_taken_meanwhile_is_drawn_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(office) as ledger, opened(office) as other:
        meanwhile = once(lambda: issuing.issue_session(other, JAN, "2", tool="t"))
        before_publishing(monkeypatch, issuing, meanwhile)

        issued = issuing.document_in(issuing.issue_session(ledger, ANNA, "1", tool="t"))

    assert issued.number == "FV/2026/12/0002"
    assert office.run("check").out == ""


def test_session_billed_meanwhile_is_refused_by_its_number(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(office) as ledger, opened(office) as other:
        before_publishing(
            monkeypatch, issuing, once(lambda: issuing.issue_session(other, JAN, "1", tool="t"))
        )

        with pytest.raises(AlreadyBilled, match="session 1 "):
            issuing.issue_session(ledger, ANNA, "1", tool="t")

    assert len(office.asks("invoice", "list")["invoices"]) == 1


def test_correction_draws_its_number_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(office) as ledger, opened(office) as other:
        for number in ("1", "2"):
            issuing.issue_session(ledger, ANNA, number, tool="t")
        meanwhile = once(lambda: corrected(other, "FV/2026/12/0002"))
        before_publishing(monkeypatch, correcting, meanwhile)

        issued = corrected(ledger, "FV/2026/12/0001")

    assert issued.number.endswith("0002")
    assert office.run("check").out == ""


def corrected(ledger: Ledger, number: str) -> e.InvoiceIssued:
    """A correction of a document to zero."""
    return issuing.document_in(
        correcting.correct(ledger, ANNA, number, reason="goodwill", tool="t", to_zero=True)
    )


def test_conflict_that_never_ends_is_told_after_the_last_attempt(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []

    def attempt() -> None:
        tries.append(1)
        raise VersionTaken(
            msg("something else was recorded of {subject} meanwhile", subject="series FV/2026/12/#")
        )

    before_publishing(monkeypatch, issuing, attempt)
    with opened(office) as ledger, pytest.raises(VersionTaken):
        issuing.issue_session(ledger, ANNA, "1", tool="t")

    assert len(tries) == TRIES_MAX


def test_nothing_to_bill_is_not_tried_again(office: Office) -> None:
    with opened(office) as ledger, pytest.raises(NothingToBill):
        issuing.issue(ledger, ANNA, customer="K-1", sessions=[], tool="t")


# --- what a conflict says -----------------------------------------------------------------------


def stream_of(ledger: Ledger, subject: str) -> UUID:
    """The stream of a subject, named as a refusal names it."""
    noun, _, key = subject.partition(" ")
    kinds = {"session": ("session", int(key) if key.isdigit() else 0), "customer": ("customer", key)}
    found = ledger.store.resolve(*kinds.get(noun, ("invoice", key)))  # type: ignore[arg-type]
    assert found is not None
    return found[0]


@pytest.mark.parametrize("subject", ["session 1", "customer K-1", "document FV/2026/12/0001"])
def test_conflict_names_its_subject_and_no_stream(office: Office, subject: str) -> None:
    with opened(office) as ledger:
        issuing.issue_session(ledger, ANNA, "1", tool="t")
        stream = stream_of(ledger, subject)
        noted = e.Noted(at=ledger.now() - timedelta(minutes=1), by="anna")

        with pytest.raises(VersionTaken) as refused:
            ledger.record(e.following(stream, 0, noted))

    assert refused.value.fact == f"something else was recorded of {subject} meanwhile"
    assert not STREAM_ID.search(refused.value.fact)


def test_conflict_over_a_series_names_the_series(office: Office) -> None:
    with opened(office) as ledger:
        issued = issuing.issue_session(ledger, ANNA, "1", tool="t")
        drawn = next(each for each in issued.events if isinstance(each.event, e.NumberDrawn))

        with pytest.raises(
            VersionTaken, match=r"^something else was recorded of series FV/2026/12/# meanwhile$"
        ):
            ledger.record(e.following(drawn.originator_id, 0, drawn.event))
