"""`ReadSide` answers the questions of the port from real read models."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from ledger.application.ledger import Environment, Ledger
from ledger.application.read_models import Difference, UnbilledSession, WaitingPurge
from ledger.domain.clock import parse_instant, parse_period
from ledger.errors import NothingRecorded, ViewsDamaged
from projections.read_side import ReadSide, position_at, snapshot
from projections.views import live_file
from tests.support.billing_office import PERIOD, business, example, helped, shop
from tests.support.office import Office

MONTH = parse_period(PERIOD)


def opened(office: Office) -> Ledger:
    """The office's ledger at the office's moment."""
    moment = parse_instant(office.now)
    return Ledger.open(office.folder, Environment(lambda: moment, os.urandom, moment.isoformat()))


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Two sessions of one customer, ended and not purged, without records of a remote tool."""
    office = shop(tmp_path / "ledger")
    example(office)
    return office


# --- to be billed -------------------------------------------------------------------------------


def test_unbilled_names_each_session_with_its_amount(office: Office) -> None:
    with opened(office) as ledger:
        found = ReadSide(ledger).unbilled(MONTH)

    billed = office.asks("report", "billing", "--period", PERIOD)["sessions"]
    assert found.sessions == [
        UnbilledSession(each["session"], "K-1", None, 23, each["net_grosze"]) for each in billed
    ]
    assert found.unconfirmed == []


def test_unbilled_leaves_out_invoiced_sessions_and_names_the_tills_receipt(office: Office) -> None:
    office.does("customer", "add", "K-2", "--name", "Ewa Próba", "--consumer", "yes")
    helped(office, "2026-11-20T11:00:00", "2026-11-20T11:40:00", "K-2")
    office.does("session", "receipt", "3", "--number", "P/7")
    office.does("invoice", "issue", "--session", "1", "--yes")
    with opened(office) as ledger:
        found = ReadSide(ledger).unbilled(MONTH).sessions

    assert [(each.session, each.receipt) for each in found] == [(2, None), (3, "P/7")]


def test_unbilled_of_a_customer_counts_those_merged_into_it(office: Office) -> None:
    business(office, "K-2", "Firma 2")
    business(office, "K-3", "Firma 3")
    helped(office, "2026-11-20T11:00:00", "2026-11-20T11:40:00", "K-2")
    office.does("customer", "merge", "K-2", "K-3", "--reason", "checked", "--yes")
    with opened(office) as ledger:
        side = ReadSide(ledger)

        assert [each.session for each in side.unbilled(MONTH, "K-2").sessions] == [3]
        assert [each.session for each in side.unbilled(MONTH, "K-3").sessions] == [3]
        assert [each.session for each in side.unbilled(MONTH, "K-1").sessions] == [1, 2]


def test_unbilled_names_sessions_over_48_hours_apart(office: Office) -> None:
    helped(office, "2026-11-20T11:00:00", "2026-11-23T11:40:00")
    with opened(office) as ledger:
        found = ReadSide(ledger).unbilled(MONTH)

    assert [each.session for each in found.sessions] == [1, 2]
    assert found.unconfirmed == [(3, "K-1")]


# --- findings -----------------------------------------------------------------------------------


def test_finding_is_found_by_its_id_acknowledged_or_not(office: Office) -> None:
    found_open = office.run("source", "reconcile", "--period", PERIOD, "-f", "json").document
    first = found_open["findings"][0]
    with opened(office) as ledger:
        found = ReadSide(ledger).finding(first["id"])
        assert found is not None
        assert (found.id, found.kind) == (first["id"], first["kind"])

    office.does("source", "acknowledge", first["id"], "--reason", "checked")
    with opened(office) as ledger:
        assert ReadSide(ledger).finding(first["id"]) == found


@pytest.mark.parametrize("named", ["F2611-0123456789", "F2613-0123456789", "F26", "", "X2611-0123456789"])
def test_finding_of_another_id_is_none(office: Office, named: str) -> None:
    with opened(office) as ledger:
        assert ReadSide(ledger).finding(named) is None


# --- purges -------------------------------------------------------------------------------------


def test_waiting_purges_are_ended_sessions_with_data_and_tell_holds(office: Office) -> None:
    helped(office, "2026-11-20T11:00:00", "2026-11-20T11:40:00")
    office.does("session", "purge", "1", "--declare", "--yes")
    office.does("session", "hold", "3", "--until", "2026-12-31", "--reason", "checked")
    office.does("session", "request", "--customer", "K-1", "--issue", "other")
    with opened(office) as ledger:
        assert ReadSide(ledger).waiting_purges() == [
            WaitingPurge(2, is_held=False),
            WaitingPurge(3, is_held=True),
        ]


def test_connected_within_gives_the_other_sessions_of_a_time(office: Office) -> None:
    helped(office, "2026-11-20T11:00:00", "2026-11-20T12:00:00")
    helped(office, "2026-11-20T11:30:00", "2026-11-20T11:45:00")
    office.now = "2026-11-20T11:50:00+01:00"
    office.does("session", "request", "--customer", "K-1", "--issue", "other")
    office.does("session", "connect", "5")
    begins, ends = parse_instant("2026-11-20 11:00"), parse_instant("2026-11-20 12:00")
    with opened(office) as ledger:
        side = ReadSide(ledger)
        during = side.connected_within(begins, ends, but=3)
        after = side.connected_within(ends + timedelta(hours=1), ends + timedelta(hours=2), but=5)

    assert during == [
        (parse_instant("2026-11-20 11:30"), parse_instant("2026-11-20 11:45")),
        (parse_instant("2026-11-20 11:50"), None),
    ]
    assert after == []


def test_ended_sessions_are_those_that_the_first_events_tell(office: Office) -> None:
    with opened(office) as ledger:
        length = ledger.store.length()
    helped(office, "2026-11-20T11:00:00", "2026-11-20T11:40:00")
    with opened(office) as ledger:
        side = ReadSide(ledger)

        assert side.ended_sessions(MONTH, length) == [1, 2]
        assert side.ended_sessions(MONTH, ledger.store.length()) == [1, 2, 3]
        assert side.ended_sessions(parse_period("2026-10"), length) == []


# --- the read models themselves -----------------------------------------------------------------


def test_differences_name_rows_that_the_events_contradict(office: Office) -> None:
    with opened(office) as ledger:
        side = ReadSide(ledger)
        side.rebuild()
        live = live_file(office.folder)
        assert live is not None
        assert list(side.differences()) == []
        with closing(sqlite3.connect(live)) as views, views:
            views.execute("UPDATE billing SET net_grosze = net_grosze + 1 WHERE number = 2")
            views.execute("DELETE FROM deletions WHERE number = 1")

        assert list(side.differences()) == [Difference("billing", 2), Difference("deletions", 1)]
        side.rebuild()
        assert list(side.differences()) == []


def test_differences_of_a_read_model_that_is_derived_again_anyway_are_none(office: Office) -> None:
    with opened(office) as ledger:
        side = ReadSide(ledger)
        side.rebuild()
        live = live_file(office.folder)
        assert live is not None
        with closing(sqlite3.connect(live)) as views, views:
            views.execute("UPDATE tracking SET leaf_hash = zeroblob(32)")

        assert list(side.differences()) == []
        live.unlink()
        assert list(side.differences()) == []


def test_differences_of_a_damaged_read_model_are_refused(office: Office) -> None:
    with opened(office) as ledger:
        side = ReadSide(ledger)
        side.rebuild()
        live = live_file(office.folder)
        assert live is not None
        live.write_bytes(b"no database" * 1000)

        with pytest.raises(ViewsDamaged):
            list(side.differences())


# --- snapshots ----------------------------------------------------------------------------------


def test_snapshot_of_a_moment_holds_what_was_recorded_by_then(office: Office) -> None:
    with opened(office) as ledger:
        moment = ledger.last_recorded_at()
        length = ledger.store.length()
    helped(office, "2026-11-20T11:00:00", "2026-11-20T11:40:00")
    with opened(office) as ledger:
        with snapshot(ledger, moment) as then:
            assert (then.position, then.as_of, then.acts_at) == (length, moment, moment)
            assert then.views.execute("SELECT count(*) FROM sessions").fetchone() == (2,)
        with snapshot(ledger, None) as now:
            assert (now.position, now.as_of) == (ledger.store.length(), ledger.last_recorded_at())
            assert now.acts_at == ledger.now()
            assert now.views.execute("SELECT count(*) FROM sessions").fetchone() == (3,)


def test_position_before_the_first_event_is_refused(office: Office) -> None:
    with opened(office) as ledger, pytest.raises(NothingRecorded):
        position_at(ledger, parse_instant("2026-01-01 10:00"))
