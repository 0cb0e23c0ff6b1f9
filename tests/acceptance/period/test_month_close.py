"""What a person makes of the reconciliation, and the close of a month, by the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.office import Answer, Office, sqlite_only
from tests.support.systems import needs_links

HEADER = "source_record_id,partner_id,technician,started_at,ended_at,kind"
DECEMBER = "2026-12-02T09:00:00+01:00"


ACCEPTED = ("--accept-open", "--reason", "checked")
"""What a close over open findings takes."""


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """A shop with one customer and an hour of help on a Monday morning, deleted at once."""
    office = Office(tmp_path / "ledger", now="2026-11-30T12:00:00+01:00")
    with (office.folder / "ledger.toml").open("a", encoding="utf-8") as config:
        config.write('\n[technicians]\n"anna" = "anna"\n"marek" = "marek"\n')
    office.takes("customer", "customer,name", [["K-1", "Apteka Pod Lwem"]])
    helped(office, "A-1", "2026-11-16 10:10:00", "2026-11-16 11:10:40", "123456789")
    return office


def helped(office: Office, ref: str, start: str, end: str, digits: str, *, purged: str = "") -> None:
    """One session of anna's, imported."""
    header = "session_ref,customer,issue,connected_at,ended_at,purged_at,technician,remote_id"
    office.takes("session", header, [[ref, "K-1", "other", start, end, purged or end, "anna", digits]])


def recorded(office: Office, *rows: tuple[str, str, str, str]) -> None:
    """Records of anna's tool: native id, ID, start, end."""
    told = [[native, digits, "anna", start, end, "remote_control"] for native, digits, start, end in rows]
    file = office.table("records.csv", HEADER, told)
    office.does("source", "import", "generic-csv", str(file))


def reconciled(office: Office, *words: str) -> Answer:
    """The month's reconciliation in JSON."""
    return office.run("source", "reconcile", "--period", "2026-11", *words, "-f", "json")


def open_kinds(office: Office) -> list[str]:
    """The kinds of the open findings that nobody acknowledged."""
    answer = reconciled(office)
    kinds = [
        f["kind"] for f in answer.document["findings"] if f["severity"] == "open" and not f["acknowledged"]
    ]
    assert answer.status == (3 if kinds else 0)
    return kinds


def the_finding(office: Office) -> Any:  # noqa: ANN401 - whatever JSON says
    """The only open finding."""
    (finding,) = [f for f in reconciled(office).document["findings"] if f["severity"] == "open"]
    return finding


MATCHING = ("r1", "123456789", "2026-11-16T10:10:00+01:00", "2026-11-16T11:09:35+01:00")
ALONE = ("r2", "987654321", "2026-11-17T10:00:00+01:00", "2026-11-17T10:20:00+01:00")
SWAPPED = ("r3", "213456789", "2026-11-16T10:10:00+01:00", "2026-11-16T11:10:40+01:00")


def test_65_seconds_across_an_hour_are_reported_with_the_grosze_they_change(office: Office) -> None:
    recorded(office, MATCHING)

    finding = the_finding(office)

    assert (finding["kind"], finding["session_ref"]) == ("duration_mismatch", "A-1")
    assert finding["detail"] == {
        "ledger_seconds": 3640,
        "source_seconds": 3575,
        "ledger_hours": 2,
        "source_hours": 1,
    }
    assert finding["changes_started_hours"] is True
    assert finding["difference_grosze"] == -10_000


def test_an_acknowledged_finding_returns_when_its_facts_change(office: Office) -> None:
    recorded(office, MATCHING)
    told = the_finding(office)

    office.does("source", "acknowledge", told["id"], "--reason", "checked: the customer agreed")

    assert open_kinds(office) == []
    assert the_finding(office)["acknowledged"] is True
    office.does("session", "correct", "A-1", "--ended-at", "2026-11-16 11:15", "--reason", "wrong-time")
    assert open_kinds(office) == ["duration_mismatch"]
    assert the_finding(office)["id"] != told["id"]


def test_what_is_settled_by_hand_is_gone(office: Office) -> None:
    recorded(office, SWAPPED, ALONE)
    found = {f["kind"]: f for f in reconciled(office).document["findings"]}
    assert open_kinds(office) == ["near_match", "record_without_session"]

    office.does("source", "match", found["near_match"]["records"][0], "A-1")
    key = found["record_without_session"]["records"][0][:12]
    office.does("source", "dismiss", key, "--reason", "checked")

    assert open_kinds(office) == []
    assert reconciled(office).document["counts"] == {
        "records": 2,
        "connections": 2,
        "matched": 1,
        "sessions": 1,
    }


def test_a_session_without_record_is_waived_once(office: Office) -> None:
    assert open_kinds(office) == ["session_without_record"]

    office.does("source", "waive", "A-1", "--reason", "checked: by cable, on the spot")

    assert open_kinds(office) == []
    assert office.run("source", "waive", "A-1", "--reason", "checked").status == 1


def test_a_record_proposes_a_session_and_records_nothing_by_itself(office: Office) -> None:
    recorded(office, ("r1", "123456789", "2026-11-16T10:10:00+01:00", "2026-11-16T11:10:40+01:00"), ALONE)
    record = the_finding(office)["records"][0]

    told = office.does("session", "request", "--customer", "K-1", "--issue", "other", "--from-record", record)

    hint = told.err.strip()
    assert hint == (
        "hint: session-ledger session connect 2 --technician anna --at 2026-11-17T09:00:00Z, "
        "then session-ledger session end 2 --at 2026-11-17T09:20:00Z"
    )
    assert open_kinds(office) == ["record_without_session"]
    for step in hint.removeprefix("hint: ").split(", then "):
        office.does(*step.split()[1:])
    office.does("session", "purge", "2", "--declare", "--yes", "--at", "2026-11-17T09:20:00Z")
    assert open_kinds(office) == []


def test_a_session_from_a_record_matches_after_the_words_of_the_record_are_gone(office: Office) -> None:
    recorded(office, ALONE)
    alone = (f for f in reconciled(office).document["findings"] if f["kind"] == "record_without_session")
    record = next(alone)["records"][0]
    office.now = "2027-06-01T12:00:00+02:00"
    office.does("retention", "run", "--yes")

    words = ("--customer", "K-1", "--issue", "other", "--from-record", record)
    office.does("session", "request", *words)
    office.does("session", "connect", "2", "--at", "2026-11-17T09:00:00Z")
    office.does("session", "end", "2", "--at", "2026-11-17T09:20:00Z")

    assert "record_without_session" not in open_kinds(office)


def test_request_from_a_record_repeated_after_the_words_are_gone_gives_the_first_answer(
    office: Office,
) -> None:
    recorded(office, ALONE)
    alone = (f for f in reconciled(office).document["findings"] if f["kind"] == "record_without_session")
    record = next(alone)["records"][0]
    request = ("session", "request", "--customer", "K-1", "--issue", "other", "--command-id", "r-1")
    first = office.asks(*request, "--from-record", record)
    for other in (("--contact", "Ewa"), ("--at", "2026-11-17T09:01:00Z"), ("--remote-id", "111222333")):
        refused = office.run(*request, "--from-record", record, *other)
        assert (refused.status, "E-COMMAND-REUSED" in refused.err) == (1, True), other
    office.now = "2027-06-01T12:00:00+02:00"
    office.does("retention", "run", "--yes")
    events = office.events()

    again = office.does(*request, "--from-record", record[:12], "-f", "json")

    assert (again.document, office.events()) == (first, events)
    assert "recorded before" in again.err
    without = office.run(*request)
    assert (without.status, "E-COMMAND-REUSED" in without.err) == (1, True)


def test_as_of_tells_what_was_found_before_the_records_came(office: Office) -> None:
    recorded(office, MATCHING)
    before = office.now
    office.now = "2026-12-01T12:00:00+01:00"
    recorded(office, ALONE)

    then = reconciled(office, "--as-of", before).document

    assert [f["kind"] for f in then["findings"] if f["severity"] == "open"] == ["duration_mismatch"]
    assert open_kinds(office) == ["duration_mismatch", "record_without_session"]


def test_no_format_names_a_remote_id(office: Office, tmp_path: Path) -> None:
    recorded(office, MATCHING, ALONE, SWAPPED)

    for suffix in ("txt", "csv", "json", "ndjson", "html"):
        file = tmp_path / f"found.{suffix}"
        office.run("source", "reconcile", "--period", "2026-11", "-o", str(file))
        text = file.read_text(encoding="utf-8")
        assert "F2611-" in text
        assert not any(digits in text for digits in ("123456789", "987654321", "213456789"))


# --- the close of a month -----------------------------------------------------------------------


def test_a_month_closes_when_it_is_over_and_its_key_is_gone(office: Office) -> None:
    recorded(office, MATCHING)
    assert office.run("period", "close", "2026-11", "--yes").status == 1
    office.now = DECEMBER
    events = office.events()

    told = office.does("period", "close", "2026-11", "--dry-run")
    assert (told.out.strip(), office.events()) == (
        "2026-11 would be closed; 1 findings, 0 sessions with data, 1 not billed",
        events,
    )
    office.does("period", "close", "2026-11", *ACCEPTED, "--yes")

    month = office.asks("period", "show", "2026-11")
    assert (month["state"], month["unbilled"], len(month["findings"])) == ("closed", [1], 1)
    assert office.run("check").out == ""
    refused = office.run("period", "close", "2026-11", "--yes")
    assert (refused.status, "E-PERIOD-CLOSED" in refused.err) == (1, True)


def test_a_dry_run_under_an_id_names_its_month(office: Office) -> None:
    """An id is for repeats; a dry run records nothing, and looks as it would without one."""
    office.now = DECEMBER
    plain = office.does("period", "close", "2026-11", "--dry-run")

    named = office.does("period", "close", "2026-11", "--dry-run", "--command-id", "close-11")

    assert named == plain


@sqlite_only
def test_a_close_that_was_cut_short_is_told_and_closing_again_finishes_it(office: Office) -> None:
    """The fact is recorded and the key still there, as after a kill between the two."""
    office.now = DECEMBER
    key_file = office.folder / "keys" / "month.db"
    before = key_file.read_bytes()
    office.does("period", "close", "2026-11", *ACCEPTED, "--yes")
    key_file.write_bytes(before)

    told = office.run("check", "deleted")
    assert (told.status, told.out) == (
        3,
        "month-key-left: 2026-11 is closed and its fingerprint key is still there; close it again\n",
    )
    assert office.run("period", "close", "2026-11", "--yes").status == 1
    assert office.run("check").out == ""


def test_the_end_of_the_key_stands_in_the_register_of_deletions(office: Office) -> None:
    office.now = DECEMBER
    office.does("period", "close", "2026-11", *ACCEPTED, "--yes")

    told = office.does("report", "deletions", "--period", "2026-12", "--kind", "keys", "-f", "json")

    (deletion,) = told.document["deletions"]
    assert (deletion["concerns"], deletion["subject"], deletion["reason"], deletion["data"]) == (
        "period",
        "2026-11",
        "month-closed",
        "fingerprints",
    )
    assert "month 2026-11" in office.does("report", "deletion-register", "--period", "2026-12").out


def test_what_was_matched_before_the_close_stays_matched_and_what_comes_later_goes_to_a_person(
    office: Office,
) -> None:
    recorded(office, ("r1", "123456789", "2026-11-16T10:10:00+01:00", "2026-11-16T11:10:40+01:00"))
    helped(office, "A-2", "2026-11-17 10:00:00", "2026-11-17 10:20:00", "987654321")
    office.now = DECEMBER
    office.does("period", "close", "2026-11", *ACCEPTED, "--yes")

    recorded(office, ALONE)

    near = the_finding(office)
    assert (near["kind"], near["session_ref"]) == ("near_match", "A-2")
    assert near["detail"] == {"why": "no_remote_id"}


def test_the_setting_keeps_a_month_with_open_findings_from_being_closed(office: Office) -> None:
    office.does("config", "set", "reconcile.require=matched")
    office.now = DECEMBER

    refused = office.run("period", "close", "2026-11", "--yes")
    assert (refused.status, "E-FINDINGS-OPEN" in refused.err) == (1, True)

    recorded(office, MATCHING)
    office.does("source", "acknowledge", the_finding(office)["id"], "--reason", "checked")
    office.does("period", "close", "2026-11", *ACCEPTED, "--yes")


def test_a_reopened_month_can_be_closed_again(office: Office) -> None:
    office.now = DECEMBER
    office.does("period", "close", "2026-11", *ACCEPTED, "--yes")

    office.does("period", "reopen", "2026-11", "--reason", "wrong-time: a session was forgotten")

    assert office.asks("period", "show", "2026-11")["state"] == "reopened"
    assert office.run("period", "reopen", "2026-11", "--reason", "checked").status == 1
    office.does("period", "close", "2026-11", *ACCEPTED, "--yes")


def test_a_close_is_asked_for_and_repeats_by_its_command_id(office: Office) -> None:
    office.now = DECEMBER
    assert office.run("period", "close", "2026-11", *ACCEPTED).status == 2

    office.does("period", "close", "2026-11", *ACCEPTED, "--yes", "--command-id", "close-1")
    events = office.events()
    office.does("period", "close", "2026-11", *ACCEPTED, "--yes", "--command-id", "close-1")

    assert office.events() == events


# --- clocks -------------------------------------------------------------------------------------


def test_a_clock_behind_the_last_event_is_told(office: Office) -> None:
    office.now = "2026-11-30T11:50:00+01:00"

    answer = office.run("check", "clock")

    assert (answer.status, answer.out) == (3, "clock-behind: the clock stands 600 s behind the last event\n")


def test_a_source_whose_clock_is_off_is_told_and_nothing_is_moved(office: Office) -> None:
    for day in (17, 18, 19):
        helped(office, f"B-{day}", f"2026-11-{day} 10:00:00", f"2026-11-{day} 10:30:00", "123456789")
    late = [
        (f"r{day}", "123456789", f"2026-11-{day}T10:01:30+01:00", f"2026-11-{day}T10:31:30+01:00")
        for day in (17, 18, 19)
    ]
    recorded(office, *late)

    answer = office.run("check", "clock")

    assert answer.status == 3
    assert answer.out == (
        "clock-skew: generic-csv/main begins +90 s from the ledger, the median of 3 connections\n"
    )
    assert office.asks("report", "billing", "--period", "2026-11")["total"]["started_hours"] == 5


# --- what comes after the close -----------------------------------------------------------------


def late(office: Office) -> list[str]:
    """The sessions that the billing of the month flags as recorded late."""
    document = office.asks("report", "billing", "--period", "2026-11")
    return [x["session_ref"] for x in document["exceptions"] if x["kind"] == "late_recorded"]


def test_what_is_recorded_about_a_closed_month_is_flagged(office: Office) -> None:
    office.now = DECEMBER
    office.does("period", "close", "2026-11", *ACCEPTED, "--yes")
    assert late(office) == []

    office.now = "2026-12-03T09:00:00+01:00"
    helped(office, "A-2", "2026-11-17 10:00:00", "2026-11-17 10:20:00", "987654321")
    assert late(office) == ["A-2"]
    office.does("session", "correct", "A-1", "--ended-at", "2026-11-16 11:15", "--reason", "wrong-time")
    assert late(office) == ["A-1", "A-2"]

    office.now = "2026-12-04T09:00:00+01:00"
    office.does("period", "reopen", "2026-11", "--reason", "wrong-time")
    helped(office, "A-3", "2026-11-18 10:00:00", "2026-11-18 10:20:00", "987654321")
    assert late(office) == ["A-1", "A-2"]
    assert office.run("check", "views").out == ""
    office.does("replay")
    assert late(office) == ["A-1", "A-2"]


# --- logs of all sessions -----------------------------------------------------------------------

OCTOBER = "123456789\t25-10-2026 00:40:00\t25-10-2026 01:20:00\tanna\tRemoteControl\t{a}\t\r\n"
NOVEMBER = "123456789\t16-11-2026 09:10:00\t16-11-2026 10:10:40\tanna\tRemoteControl\t{b}\t\r\n"
MIDNIGHT = "123456789\t30-11-2026 23:30:00\t01-12-2026 00:10:00\tanna\tRemoteControl\t{c}\t\r\n"
"""Half past midnight on the office's clock: December."""


def with_log(office: Office, text: str) -> Path:
    """The shop's list of connections, named in ledger.toml."""
    log = office.folder.parent / "Connections.txt"
    log.write_bytes(text.encode())
    with (office.folder / "ledger.toml").open("a", encoding="utf-8") as config:
        config.write(f"\n[[purge.shared_log]]\nname = \"connections\"\npath = '{log}'\n")
    office.now = DECEMBER
    return log


def test_a_shared_log_loses_the_lines_of_the_month_and_no_other(office: Office) -> None:
    log = with_log(office, OCTOBER + NOVEMBER + MIDNIGHT)

    told = office.does("period", "close", "2026-11", "--dry-run")
    assert "connections: 1 lines of the month, left as they are" in told.err
    closed = office.does("period", "close", "2026-11", "--logs", *ACCEPTED, "--yes")

    assert "connections: 1 lines of the month removed" in closed.err
    assert log.read_bytes().decode() == OCTOBER + MIDNIGHT
    assert [path.name for path in log.parent.glob(".Connections*")] == []


@pytest.mark.parametrize(
    ("text", "words", "says"),
    [
        (NOVEMBER, (), "connections: 1 lines of the month, left as they are"),
        ("2026/11/16 09:10:00.000 started\n", ("--logs",), "connections: in no form that is known"),
        ("", ("--logs",), "connections: 0 lines of the month removed"),
        ("1\t99-99-2026 09:10:00\t99-99-2026 09:20:00\t\n", ("--logs",), "connections: in no form"),
    ],
)
def test_a_log_is_left_when_nobody_asked_or_it_cannot_be_read(
    office: Office, text: str, words: tuple[str, ...], says: str
) -> None:
    log = with_log(office, text)

    closed = office.does("period", "close", "2026-11", *words, *ACCEPTED, "--yes")

    assert says in closed.err
    assert log.read_bytes().decode() == text


@needs_links
def test_a_log_that_cannot_be_looked_at_is_not_said_to_be_absent(office: Office) -> None:
    """A disk that is not ready and a folder that nobody may read, as a link that leads to itself."""
    log = with_log(office, NOVEMBER)
    log.unlink()
    assert "connections: no such file" in office.does("period", "close", "2026-11", "--dry-run").err
    (log.parent / "loop").symlink_to("loop")
    config = office.folder / "ledger.toml"
    text = config.read_text(encoding="utf-8").replace("Connections.txt", "loop/Connections.txt")
    config.write_text(text, encoding="utf-8")
    told = office.does("period", "close", "2026-11", "--dry-run")
    assert "connections: could not be read or rewritten" in told.err


def test_a_log_stays_while_a_session_of_the_month_keeps_data(office: Office) -> None:
    header = "session_ref,customer,issue,connected_at,ended_at,technician"
    office.takes("session", header, [["A-9", "K-1", "other", "2026-11-20 10:00", "2026-11-20 10:20", "anna"]])
    log = with_log(office, NOVEMBER)

    closed = office.does("period", "close", "2026-11", "--logs", *ACCEPTED, "--yes")

    assert "1 sessions with data" in closed.out
    assert log.read_bytes().decode() == NOVEMBER


@needs_links
def test_a_log_that_is_not_there_or_is_a_link_is_left(office: Office) -> None:
    log = with_log(office, NOVEMBER)
    kept = log.rename(log.with_name("kept.txt"))
    office.does("period", "close", "2026-10", "--logs", "--yes")

    log.symlink_to(kept)
    closed = office.does("period", "close", "2026-11", "--logs", *ACCEPTED, "--yes")

    assert "in no form that is known" in closed.err
    assert kept.read_bytes().decode() == NOVEMBER


def test_a_month_is_not_closed_by_a_clock_that_is_behind_the_log(office: Office) -> None:
    recorded(office, ("r1", "123456789", "2026-11-16T10:10:00+01:00", "2026-11-16T11:10:40+01:00"))
    office.now = "2031-01-05T10:00:00+01:00"
    office.does("customer", "add", "K-2", "--name", "Anna")
    office.now = DECEMBER
    refused = office.run("period", "close", "2026-11", "--yes")
    assert (refused.status, "(E-CLOCK-BEHIND)" in refused.err) == (1, True)
    assert office.asks("period", "show", "2026-11")["state"] == "open"
    office.does("period", "close", "2026-11", "--yes", "--clock-is-right")
    assert office.asks("period", "show", "2026-11")["state"] == "closed"
