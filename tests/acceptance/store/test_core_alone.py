"""Rules of the ledger met without the command line: the core is called as a second face would call it."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from ledger.application.ledger import Environment, Ledger, Metadata, Receipt
from ledger.application.read_models import MonthStatus
from ledger.domain import events as e
from ledger.domain.clock import Period, parse_instant, parse_period
from ledger.domain.session.commands import BillUnrecorded, DeclarePurged
from ledger.errors import (
    FindingsOpen,
    FindingUnknown,
    MonthChanged,
    PeriodOpen,
    ReadSideMissing,
    SampleEmpty,
    TariffFaults,
)
from ledger.handlers import settings as state
from ledger.handlers import source_records as reconciling
from ledger.handlers.audit.review import draw_sample
from ledger.handlers.invoice.issue import issue
from ledger.handlers.period import close, standing_of
from ledger.handlers.session import handle
from projections.queries import reconciliation
from projections.read_side import ANSWER_AGE_MAX, ReadSide
from projections.views import Views
from tests.support.billing_office import DECEMBER, PERIOD, business, example, helped, shop, valid_nip
from tests.support.office import Office

ANNA = Metadata("anna")
MONTH = parse_period(PERIOD)


def opened(office: Office, *, after: timedelta = timedelta(), alone: bool = False) -> Ledger:
    """The office's ledger at the office's moment, or some time after; `alone` without its read models."""
    moment = parse_instant(office.now) + after
    environment = Environment(lambda: moment, os.urandom, moment.isoformat())
    return Ledger.open(office.folder, environment, read_models=None if alone else ReadSide)


def streams_of(ledger: Ledger, *numbers: int) -> list[UUID]:
    """The streams of sessions."""
    return [ledger.find_session(str(number))[0] for number in numbers]


def invoiced(ledger: Ledger, *numbers: int, customer: str = "K-1") -> Receipt:
    """One invoice over sessions of a customer."""
    return issue(ledger, ANNA, customer=customer, sessions=streams_of(ledger, *numbers), tool="test")


def settled(ledger: Ledger, number: int) -> None:
    """A session without a record or data left, with the reason why it may be billed."""
    handle(ledger, ANNA, str(number), DeclarePurged())
    handle(ledger, ANNA, str(number), BillUnrecorded(reason="checked"))


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Two sessions of one customer, with an open finding each; they wait where the setting says so."""
    office = shop(tmp_path / "ledger")
    example(office)
    return office


# --- issuing ------------------------------------------------------------------------------------


@pytest.mark.parametrize("numbers", [(1,), (2,), (1, 2)])
def test_issuing_refuses_sessions_with_open_findings_where_required(
    office: Office, numbers: tuple[int, ...]
) -> None:
    office.does("config", "set", "reconcile.require=matched")
    with opened(office) as ledger:
        before = ledger.store.length()

        with pytest.raises(FindingsOpen, match=f"session {numbers[0]} has the open finding"):
            invoiced(ledger, *numbers)

        assert ledger.store.length() == before
        assert not list(ledger.folder.documents.glob("*.xml"))


def test_issuing_refuses_a_settled_session_beside_one_with_an_open_finding(office: Office) -> None:
    office.does("config", "set", "reconcile.require=matched")
    with opened(office) as ledger:
        settled(ledger, 1)

        with pytest.raises(FindingsOpen, match="session 2 "):
            invoiced(ledger, 1, 2)

        assert isinstance(invoiced(ledger, 1).events[0].event, e.InvoiceIssued)


def test_issuing_without_the_setting_asks_no_read_model(office: Office) -> None:
    with opened(office, alone=True) as ledger:
        assert isinstance(invoiced(ledger, 1, 2).events[0].event, e.InvoiceIssued)


def test_issuing_where_required_refuses_without_a_read_side(office: Office) -> None:
    office.does("config", "set", "reconcile.require=matched")
    with opened(office, alone=True) as ledger, pytest.raises(ReadSideMissing):
        invoiced(ledger, 1)


# --- asking the read models ---------------------------------------------------------------------


class _Counted:
    """Counts how often the reconciliation is computed; it is."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.times = 0
        computed = reconciliation.open_findings

        def counting(views: Views, ledger: Ledger, period: Period, as_of: datetime) -> dict[int, list[str]]:
            self.times += 1
            return computed(views, ledger, period, as_of)

        monkeypatch.setattr(reconciliation, "open_findings", counting)


def test_plan_of_documents_reconciles_a_month_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    office = shop(tmp_path / "ledger", "reconcile.require=matched")
    for number in range(1, 6):
        business(office, f"K-{number}", f"Firma {number}", valid_nip(number))
        day = f"2026-11-{number + 1:02d}"
        helped(office, f"{day}T11:00:00", f"{day}T12:10:00", f"K-{number}")
        office.does("session", "purge", str(number), "--declare", "--yes")
        office.does("source", "waive", str(number), "--reason", "checked")
    office.now = DECEMBER
    counted = _Counted(monkeypatch)

    issued = office.does("invoice", "issue", "--period", PERIOD, "--all", "--yes", "-f", "json").document

    assert len(issued["issued"]) == 5
    assert counted.times == 1


def test_open_findings_kept_are_those_computed_after_invoices_of_the_month(office: Office) -> None:
    with opened(office) as ledger:
        kept = ledger.read_models.open_findings(MONTH)
        assert set(kept) == {1, 2}

        invoiced(ledger, 1)

        assert ledger.read_models.open_findings(MONTH) is kept
        assert set(ReadSide(ledger).open_findings(MONTH)) == set(kept)


def test_open_findings_are_computed_again_after_an_event_that_may_change_them(office: Office) -> None:
    with opened(office) as ledger:
        assert set(ledger.read_models.open_findings(MONTH)) == {1, 2}

        settled(ledger, 1)

        assert set(ledger.read_models.open_findings(MONTH)) == {2}


def test_open_findings_are_computed_again_after_a_minute(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = _Counted(monkeypatch)
    moment = parse_instant(office.now)
    environment = Environment(lambda: moment, os.urandom)
    with Ledger.open(office.folder, environment, read_models=ReadSide) as ledger:
        ledger.read_models.open_findings(MONTH)
        moment += ANSWER_AGE_MAX
        ledger.read_models.open_findings(MONTH)
        assert counted.times == 1

        moment += timedelta(seconds=1)
        ledger.read_models.open_findings(MONTH)

    assert counted.times == 2


# --- closing ------------------------------------------------------------------------------------


def test_close_counts_what_the_month_leaves_open_itself(office: Office) -> None:
    with opened(office) as ledger:
        receipt = close(ledger, ANNA, MONTH, accept_open="checked")

    closed = receipt.events[-1].event
    assert isinstance(closed, e.PeriodClosed)
    assert (closed.findings, closed.unpurged, closed.unbilled) == (2, 2, 2)


def test_close_refuses_open_findings_where_required(office: Office) -> None:
    office.does("config", "set", "reconcile.require=matched")
    with opened(office) as ledger:
        with pytest.raises(FindingsOpen, match="2026-11 has 2 open findings"):
            close(ledger, ANNA, MONTH)

        assert not ledger.state.is_closed(PERIOD)


def test_close_refuses_a_month_other_than_the_one_seen_and_names_both(office: Office) -> None:
    with opened(office) as ledger:
        seen = standing_of(ledger, MONTH)
        settled(ledger, 1)

        with pytest.raises(MonthChanged) as refused:
            close(ledger, ANNA, MONTH, expected=seen, accept_open="checked")

        assert refused.value.exit_status == 4
        assert "2 findings, 2 sessions with data, 2 not billed" in refused.value.fact
        assert "1 findings, 1 sessions with data, 2 not billed" in refused.value.fact
        assert not ledger.state.is_closed(PERIOD)


def test_close_as_seen_is_recorded(office: Office) -> None:
    with opened(office) as ledger:
        close(ledger, ANNA, MONTH, expected=standing_of(ledger, MONTH), accept_open="checked")

        assert ledger.state.is_closed(PERIOD)


def test_close_without_a_read_side_is_refused(office: Office) -> None:
    with opened(office, alone=True) as ledger, pytest.raises(ReadSideMissing):
        close(ledger, ANNA, MONTH)


def test_month_that_goes_on_is_not_closed_by_the_core(office: Office) -> None:
    with opened(office) as ledger, pytest.raises(PeriodOpen):
        close(ledger, ANNA, parse_period("2026-12"))


def test_month_status_names_what_is_open(office: Office) -> None:
    office.now = "2026-11-30T10:00:00+01:00"
    office.does("session", "request", "--customer", "K-1", "--issue", "other")
    office.does("session", "connect", "3")
    with opened(office) as ledger:
        status = ledger.read_models.month_status(MONTH)

        assert isinstance(status, MonthStatus)
        assert (status.open_sessions, status.unpurged, status.unbilled) == ([3], [1, 2], [1, 2])
        assert len(status.findings) == 3
        settled(ledger, 1)
        assert list(ledger.read_models.month_status(MONTH).unpurged) == [2]


# --- signing ------------------------------------------------------------------------------------


def test_documents_deletions_and_a_closed_month_are_signed_without_a_face(office: Office) -> None:
    with opened(office) as ledger:
        deeds: tuple[Callable[[], Receipt], ...] = (
            lambda: handle(ledger, ANNA, "1", DeclarePurged()),
            lambda: invoiced(ledger, 1, 2),
            lambda: close(ledger, ANNA, MONTH, accept_open="checked"),
        )
        for deed in deeds:
            deed()
            assert ledger.store.checkpoints()[-1][0] == ledger.store.length()


def test_plan_of_documents_is_signed_once(office: Office) -> None:
    business(office, "K-2", "Firma 2", valid_nip(2))
    helped(office, "2026-11-13T11:00:00", "2026-11-13T11:40:00", "K-2")
    office.now = DECEMBER
    with opened(office) as ledger:
        before = len(ledger.store.checkpoints())

    issued = office.does("invoice", "issue", "--period", PERIOD, "--all", "--yes", "-f", "json").document

    assert len(issued["issued"]) == 2
    with opened(office) as ledger:
        assert len(ledger.store.checkpoints()) == before + 1
        assert ledger.store.checkpoints()[-1][0] == ledger.store.length()


# --- price lists --------------------------------------------------------------------------------


def test_price_list_with_a_fault_is_not_published_by_the_core(office: Office) -> None:
    faulty = state.shop_tariff_text().partition("[[examples]]")[0]
    with opened(office) as ledger:
        before = ledger.store.length()

        with pytest.raises(TariffFaults, match="a price list has to test itself"):
            state.publish(ledger, ANNA, faulty, retroactive=True, reason="price-change")

        assert ledger.store.length() == before


# --- findings and samples -----------------------------------------------------------------------


def test_finding_that_is_not_open_is_not_acknowledged_by_the_core(office: Office) -> None:
    with opened(office) as ledger:
        before = ledger.store.length()

        with pytest.raises(FindingUnknown, match="there is no open finding of that name"):
            reconciling.acknowledge(ledger, ANNA, "F2611-0123456789", reason="checked")

        assert ledger.store.length() == before


def test_open_finding_is_acknowledged_with_its_kind_by_the_core(office: Office) -> None:
    with opened(office) as ledger:
        (finding,) = ledger.read_models.open_findings(MONTH)[1]

        acknowledged = reconciling.acknowledge(ledger, ANNA, finding, reason="checked").events[0].event

        assert isinstance(acknowledged, e.FindingAcknowledged)
        assert (acknowledged.finding, acknowledged.kind) == (finding, "ended_without_purge")
        assert 1 not in ledger.read_models.open_findings(MONTH)


def test_acknowledging_without_a_read_side_is_refused(office: Office) -> None:
    with opened(office, alone=True) as ledger, pytest.raises(ReadSideMissing):
        reconciling.acknowledge(ledger, ANNA, "F2611-0123456789", reason="checked")


def test_population_of_a_sample_is_what_the_signed_events_tell(office: Office) -> None:
    with opened(office) as ledger:
        ledger.signer.checkpoint()
    helped(office, "2026-11-13T11:00:00", "2026-11-13T11:40:00")
    with opened(office) as ledger:
        drawn = draw_sample(ledger, ANNA, period=MONTH, size=10, nonce="heron").event

        assert (drawn.population, sorted(drawn.sessions)) == (2, [1, 2])
        with pytest.raises(SampleEmpty):
            draw_sample(ledger, ANNA, period=parse_period("2026-10"), size=10, nonce="heron")
