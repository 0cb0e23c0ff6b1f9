"""Sources without a remote ID: a person confirms one match, and the next month needs none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.office import NOON, Office
from tests.support.shop import copied

SESSIONS = "session_ref,customer,issue,connected_at,ended_at,technician\n"


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger with two customers, whose technicians are known."""
    office = Office(tmp_path_factory.mktemp("computers") / "ledger", now=NOON)
    config = office.folder / "ledger.toml"
    config.write_text(
        config.read_text(encoding="utf-8") + '\n[technicians]\nOla = "ola"\nJan = "jan"\n', encoding="utf-8"
    )
    for code in ("K-1", "K-2"):
        office.does("customer", "add", code, "--name", f"Firma {code}", "--consumer", "no")
    return office.folder


@pytest.fixture
def office(empty: Path, tmp_path: Path) -> Office:
    """A copy of it."""
    return copied(empty, tmp_path / "ledger", now=NOON)


def event(number: int, at: str, session: str, node: str, user: str = "Ola") -> dict[str, Any]:
    told = {"etype": "relay", "action": "relaylog", "nodeid": node, "msgid": number, "username": user}
    return told | {"msgArgs": [session, "", ""], "time": at}


def meshcentral(office: Office, *sessions: tuple[str, str, str, str]) -> None:
    """Import sessions of a server: id, computer, beginning, end."""
    events = [
        event(number, at, session, node)
        for session, node, start, end in sessions
        for number, at in ((15, start), (11, end))
    ]
    file = office.folder.parent / "events.json"
    file.write_text(json.dumps(events), encoding="utf-8")
    office.does("source", "import", "meshcentral", str(file))


def sessions(office: Office, *rows: str) -> None:
    file = office.folder.parent / "sessions.csv"
    file.write_text(SESSIONS + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    office.does("session", "import", str(file))


def reconciled(office: Office, period: str = "2026-11") -> tuple[list[str], int]:
    """The kinds of open findings, and how many connections are matched."""
    found = office.run("source", "reconcile", "--period", period, "-f", "json").document
    kinds = [f["kind"] for f in found["findings"] if f["severity"] == "open"]
    return [kind for kind in kinds if kind != "ended_without_purge"], found["counts"]["matched"]


OVERLAPPING = (
    "A-1,K-1,other,2026-11-16T10:00:00+01:00,2026-11-16T11:00:00+01:00,ola",
    "A-2,K-2,other,2026-11-16T10:00:00+01:00,2026-11-16T11:00:00+01:00,ola",
)
RECORDS = (
    ("s1", "node//Kx1Lampa", "2026-11-16T09:00:10Z", "2026-11-16T09:59:50Z"),
    ("s2", "node//Kx1Lampa", "2026-11-18T09:00:10Z", "2026-11-18T09:59:50Z"),
)


def keys(office: Office) -> list[str]:
    return [record["record"] for record in office.asks("source", "list")["records"]]


def test_one_confirmed_match_settles_the_records_that_are_there_and_those_to_come(office: Office) -> None:
    """Given a tie, when a person settles it, then the same computer is matched before and after."""
    meshcentral(office, *RECORDS)
    sessions(
        office,
        OVERLAPPING[0],
        OVERLAPPING[1].replace("ola", "jan"),
        "B-1,K-1,other,2026-11-18T10:00:00+01:00,2026-11-18T11:00:00+01:00,ola",
        "B-2,K-2,other,2026-11-18T10:00:00+01:00,2026-11-18T11:00:00+01:00,jan",
    )
    office.does("source", "match", keys(office)[0], "ref:A-1")
    meshcentral(office, ("s3", "node//KX1LAMPA", "2026-12-02T09:00:10Z", "2026-12-02T09:59:50Z"))
    sessions(
        office,
        "C-1,K-1,other,2026-12-02T10:00:00+01:00,2026-12-02T11:00:00+01:00,ola",
        "C-2,K-2,other,2026-12-02T10:00:00+01:00,2026-12-02T11:00:00+01:00,ola",
    )
    assert reconciled(office, "2026-12")[1] == 1
    assert reconciled(office)[1] == 2
    assert [line for line in office.run("check").out.splitlines() if "session-overlap" not in line] == []


def test_confirmed_match_says_which_event_it_was_and_repeats_under_its_command_id(office: Office) -> None:
    """Given a command id, when the match comes again, then the first answer, and nothing learnt twice."""
    meshcentral(office, *RECORDS)
    sessions(office, *OVERLAPPING[:1])
    words = (
        "source",
        "match",
        keys(office)[0],
        "ref:A-1",
        "--command-id",
        "m-1",
        "--reason",
        "checked: by hand",
    )
    first = office.asks(*words)
    assert first["event"] == "record.matched"
    assert sorted(first["events"]) == ["customer.computer_learned", "record.computer_known", "record.matched"]
    before = office.events()
    assert office.asks(*words)["event"] == "record.matched"
    assert office.events() == before


def test_computer_of_two_customers_is_decided_by_a_person_each_time(office: Office) -> None:
    """Given a computer that was matched to two customers, then a new record of it is left open."""
    meshcentral(office, *RECORDS)
    sessions(
        office,
        *OVERLAPPING[:1],
        "B-2,K-2,other,2026-11-18T10:00:00+01:00,2026-11-18T11:00:00+01:00,ola",
    )
    for key, reference in zip(keys(office), ("A-1", "B-2"), strict=True):
        office.does("source", "match", key, f"ref:{reference}")
    meshcentral(office, ("s3", "node//Kx1Lampa", "2026-12-02T09:00:10Z", "2026-12-02T09:59:50Z"))
    sessions(
        office,
        "C-1,K-1,other,2026-12-02T10:00:00+01:00,2026-12-02T11:00:00+01:00,ola",
        "C-2,K-2,other,2026-12-02T10:00:00+01:00,2026-12-02T11:00:00+01:00,ola",
    )
    assert reconciled(office, "2026-12")[1] == 0


def test_only_session_at_that_time_needs_no_person(office: Office) -> None:
    """Given the right technician and times, and nothing else at that time, then it is matched."""
    meshcentral(office, RECORDS[0])
    sessions(office, OVERLAPPING[0])
    assert reconciled(office) == ([], 1)


def test_log_of_a_vnc_server_is_of_the_computer_that_its_instance_names(office: Office) -> None:
    """Given `--instance kasa-1`, when one record is confirmed, then the others of that computer match."""
    file = office.folder.parent / "vnc.log"
    for day in (16, 18):
        with file.open("a", encoding="utf-8") as log:
            log.write(f"{day}/11/2026 10:00:10 Got connection from client 192.0.2.7\n")
            log.write(f"{day}/11/2026 10:59:50 Client 192.0.2.7 gone\n")
    office.does("source", "import", "vnc-log", str(file), "--tz", "Europe/Warsaw", "--instance", "kasa-1")
    sessions(
        office,
        *OVERLAPPING,
        "B-1,K-1,other,2026-11-18T10:00:00+01:00,2026-11-18T11:00:00+01:00,ola",
        "B-2,K-2,other,2026-11-18T10:00:00+01:00,2026-11-18T11:00:00+01:00,jan",
    )
    assert reconciled(office)[1] == 0
    office.does("source", "match", keys(office)[0], "ref:A-1")
    assert reconciled(office)[1] == 2


def test_name_of_a_computer_is_in_no_event_and_ends_with_the_data_of_its_customer(office: Office) -> None:
    """Given a learnt computer, then the export holds it; when the customer is erased, it is known no more."""
    meshcentral(office, RECORDS[0])
    sessions(office, *OVERLAPPING)
    office.does("source", "match", keys(office)[0], "ref:A-1")
    stored = b"".join(file.read_bytes() for file in office.folder.glob("events.db*"))
    assert b"kx1lampa" not in stored.lower()
    export = office.folder.parent / "K-1.json"
    office.does("customer", "export", "K-1", "-o", str(export))
    assert "node//kx1lampa" in export.read_text(encoding="utf-8")
    office.does("customer", "erase", "K-1", "--yes")
    meshcentral(office, ("s3", "node//Kx1Lampa", "2026-12-02T09:00:10Z", "2026-12-02T09:59:50Z"))
    sessions(
        office,
        "C-1,K-1,other,2026-12-02T10:00:00+01:00,2026-12-02T11:00:00+01:00,ola",
        "C-2,K-2,other,2026-12-02T10:00:00+01:00,2026-12-02T11:00:00+01:00,ola",
    )
    assert reconciled(office, "2026-12")[1] == 0
