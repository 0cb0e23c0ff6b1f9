"""Announced outages of KSeF: recorded by a clerk, and followed by deadlines and markers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.support.ksef.server import fake_ksef
from tests.support.ksef.shop import TODAY, Shop

FIRST, SECOND, CORRECTION = "FV/2026/11/0001", "FV/2026/11/0002", "FK/2026/11/0001"
OUTAGE = ("ksef", "outage")
SALES = ("report", "sales", "--period", "2026-11")


@pytest.fixture
def billed(tmp_path: Path) -> Iterator[Shop]:
    """FIRST is issued to K-1 on Wednesday 25 November 2026 at 12:00, within KSeF."""
    with fake_ksef() as server:
        yield Shop(tmp_path, server, issued=True)


def begins(shop: Shop, kind: str, at: str, *until: str) -> None:
    number = shop.office.does(*OUTAGE, "begin", "--kind", kind, "--at", at, "-f", "json").document["outage"]
    for end in until:
        shop.office.does(*OUTAGE, "end", str(number), "--at", end)


def planned(shop: Shop, number: str = FIRST) -> dict[str, Any]:
    """How the document would go to KSeF."""
    answer = shop.office.run("invoice", "submit", number, "--dry-run", "-f", "json")
    document: dict[str, Any] = answer.document["documents"][0]
    return document


def markers(shop: Shop, *words: str) -> dict[str, str]:
    documents = shop.office.asks(*SALES, *words)["documents"]
    return {each["number"]: each["jpk_marker"] for each in documents}


def test_a_failure_is_recorded_ended_and_listed(billed: Shop) -> None:
    """Given the Ministry announces a failure, then it is told to the minute, in both languages."""
    begun = billed.office.does(*OUTAGE, "begin", "--kind", "awaria", "--at", "2026-11-25 10:00")
    assert begun.out == "Outage 1: failure of KSeF, from 2026-11-25 10:00:00\n"
    assert "hint: session-ledger ksef outage end 1" in begun.err
    ended = billed.office.does(*OUTAGE, "end", "1", "--at", "2026-11-25 11:30")
    assert ended.out == "Outage 1: over at 2026-11-25 11:30:00\n"
    told = billed.office.asks(*OUTAGE, "list")
    assert told["outages"] == [
        {
            "outage": 1,
            "kind": "failure",
            "began_at": "2026-11-25T09:00:00Z",
            "ended_at": "2026-11-25T10:30:00Z",
            "withdrawn": False,
        }
    ]
    listed = billed.office.does("--lang", "pl", *OUTAGE, "list").out
    assert all(each in listed for each in ("awaria KSeF", "zakończona", "25.11.2026 11:30"))
    assert billed.office.run("check").out == ""


def test_what_is_issued_in_a_failure_is_marked_off_and_has_seven_working_days(billed: Shop) -> None:
    """Given FIRST of 12:00 and a failure from 11:00 to 13:00, told afterwards, then OFF until its number."""
    billed.office.now = "2026-11-25T14:00:00+01:00"
    assert markers(billed) == {FIRST: "DI"}
    begins(billed, "failure", "2026-11-25 11:00")
    assert (planned(billed)["send_by"], planned(billed)["outage"]) == (None, "failure")
    assert (
        "7 working days once the failure is over"
        in billed.office.run("invoice", "submit", FIRST, "--dry-run").err
    )
    billed.office.does(*OUTAGE, "end", "1", "--at", "2026-11-25 13:00")
    plan = planned(billed)
    assert (plan["mode"], plan["send_by"], plan["late"]) == ("offline24", "2026-12-04", False)
    assert (markers(billed), billed.office.asks(*SALES)["markers"]["OFF"]) == ({FIRST: "OFF"}, 1)
    near = billed.office.run("status", "-f", "json").document["dates"]
    assert [(each["on"], each["what"]) for each in near] == [("2026-12-04", "send_by")]

    billed.office.now, billed.server.office.today = "2026-12-04T09:00:00+01:00", date(2026, 12, 4)
    (sent,) = billed.told(FIRST)
    assert (sent["outcome"], sent["late"]) == ("accepted", False)
    assert billed.server.office.documents[0].offline
    assert markers(billed) == {FIRST: "NrKSeF"}


def test_a_waiting_offline24_is_moved_by_a_failure_and_a_withdrawn_one_moves_nothing(billed: Shop) -> None:
    billed.office.now = "2026-11-27T09:00:00+01:00"
    assert (planned(billed)["send_by"], planned(billed)["late"]) == ("2026-11-26", True)
    begins(billed, "failure", "2026-11-26 10:00", "2026-11-26 18:00")
    assert (planned(billed)["send_by"], planned(billed)["late"]) == ("2026-12-07", False)
    assert markers(billed) == {FIRST: "DI"}
    billed.office.does(*OUTAGE, "withdraw", "1", "--reason", "wrong-time: it was our own line")
    assert (planned(billed)["send_by"], planned(billed)["outage"]) == ("2026-11-26", None)
    assert billed.office.asks(*OUTAGE, "list")["outages"][0]["withdrawn"]


def test_work_on_ksef_leaves_the_next_working_day_and_no_marker_of_its_own(billed: Shop) -> None:
    billed.office.now = "2026-11-27T09:00:00+01:00"
    begins(billed, "unavailability", "2026-11-25 11:00", "2026-11-26 23:00")
    assert (planned(billed)["send_by"], planned(billed)["outage"]) == ("2026-11-27", "unavailability")
    assert markers(billed) == {FIRST: "DI"}


def test_as_of_a_moment_before_an_outage_was_told_the_register_is_as_it_was(billed: Shop) -> None:
    billed.office.now = "2026-11-26T09:00:00+01:00"
    begins(billed, "failure", "2026-11-25 11:00", "2026-11-25 13:00")
    assert markers(billed) == {FIRST: "OFF"}
    assert markers(billed, "--as-of", "2026-11-25T13:00:00+01:00") == {FIRST: "DI"}


def test_a_total_failure_keeps_a_document_outside_and_its_correction_too(billed: Shop) -> None:
    """Given FIRST was issued in a total failure, then nothing waits, it is BFK, and it can be corrected."""
    billed.office.now = "2026-11-26T09:00:00+01:00"
    billed.server.office.today = date(2026, 11, 26)
    begins(billed, "total", "2026-11-25 11:00", "2026-11-25 20:00")
    assert "nothing waits" in billed.submits("--all").err
    refused = billed.submits(FIRST)
    assert (refused.status, "E-KSEF-NOT-DUE" in refused.err) == (1, True)
    assert markers(billed) == {FIRST: "BFK"}
    billed.office.does("session", "correct", "1", "--ended-at", "2026-11-24 10:05", "--reason", "wrong-time")
    billed.office.does("session", "waive", "1", "--percent", "50", "--reason", "goodwill")
    billed.office.does("invoice", "correct", FIRST, "--reason", "goodwill", "--yes")
    (sent,) = billed.told("--all")
    assert (sent["number"], sent["outcome"]) == (CORRECTION, "accepted")
    assert b"<NrKSeFN>1</NrKSeFN>" in billed.server.office.documents[0].xml


def test_what_was_sent_before_a_total_failure_is_asked_after(billed: Shop) -> None:
    """It may be in KSeF: whoever frees it could bill it there and here."""
    billed.server.faults.silent_after = 1
    billed.server.faults.only, billed.server.faults.statuses = "^/sessions/[^/]+/invoices$", [503] * 4
    assert billed.submits(FIRST).status == 3
    begins(billed, "total", "2026-11-25 11:59")
    assert [each["outcome"] for each in billed.told("--all")] == ["accepted"]
    assert len(billed.numbers) == 1


def test_mistakes_are_refused_and_a_repeat_answers(billed: Shop) -> None:
    words = (*OUTAGE, "begin", "--kind", "failure", "--at", "2026-11-25 10:00", "--command-id", "o-1")
    billed.office.does(*words)
    before = billed.office.events()
    assert "recorded before" in billed.office.does(*words).err
    for args, status, code in (
        ((*OUTAGE, "begin", "--kind", "failure", "--at", "2026-11-25 11:00"), 1, "E-OUTAGE-RECORDED"),
        ((*OUTAGE, "begin", "--kind", "failure", "--at", "2026-11-26 11:00"), 1, "E-TIME-AHEAD"),
        ((*OUTAGE, "end", "1", "--at", "2026-11-25 09:59"), 1, "E-TIME-ORDER"),
        ((*OUTAGE, "end", "2"), 1, "E-OUTAGE-UNKNOWN"),
        ((*OUTAGE, "withdraw", "2", "--reason", "checked"), 1, "E-OUTAGE-UNKNOWN"),
        ((*OUTAGE, "begin", "--kind", "holiday"), 2, "holiday"),
    ):
        answer = billed.office.run(*args)
        assert (answer.status, code in answer.err) == (status, True), (args, answer.err)
    assert billed.office.events() == before
    assert billed.office.now == TODAY
