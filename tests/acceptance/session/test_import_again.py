"""Tables that come again after the ledger went its own way, or while somebody else writes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from ledger.store.event_store import Bulk, LedgerStore
from tests.bench.year import write_year
from tests.support.office import Answer, Office
from tests.support.stored import asked

SESSIONS = "session_ref,customer,issue,connected_at,ended_at"
OLD = ("A-1", "K-1", "other", "2026-11-16 10:00", "2026-11-16 10:20")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path / "ledger")
    made.takes("customer", "customer,name", [("K-1", "Żaneta"), ("K-2", "Łukasz")])
    return made


def imported(
    office: Office, *rows: tuple[str, ...], header: str = SESSIONS, options: tuple[str, ...] = ()
) -> Answer:
    path = office.table("sessions.csv", header, rows)
    return office.run("session", "import", str(path), "-f", "json", *options)


def counts(answer: Answer) -> tuple[int, int, int, int]:
    assert answer.status == 0, answer.err
    found = answer.document
    return found["read"], found["new"], found["extended"], found["unchanged"]


# --- the ledger went its own way --------------------------------------------------------------


def test_an_import_says_so_in_every_event_and_is_never_back_dated(office: Office) -> None:
    imported(office, OLD)
    shown = office.asks("session", "show", "A-1")
    assert {event["source"] for event in shown["events"]} == {"import"}
    assert office.asks("report", "billing", "--period", "2026-11")["exceptions"] == []


def test_old_tables_are_known_after_two_customers_were_merged(office: Office) -> None:
    purchases = ("customer,order_ref,purchased_at", [("K-2", "Z/1", "2026-01-01")])
    office.takes("purchase", *purchases)
    row = ("A-2", "K-2", *OLD[2:])
    assert counts(imported(office, row)) == (1, 1, 0, 0)
    office.does("customer", "merge", "K-1", "K-2", "--reason", "double-entry", "--yes")
    before = office.events()
    assert counts(imported(office, row)) == (1, 0, 0, 1)
    assert "1 = 0 + 0 + 1" in office.takes("purchase", *purchases).out
    assert office.events() == before
    refused = imported(office, ("A-3", "K-2", *OLD[2:]))
    assert (refused.status, "E-CUSTOMER-MERGED" in refused.err) == (1, True)


def test_a_session_that_was_told_by_commands_is_known_to_a_file(office: Office) -> None:
    words = ("session", "request", "--customer", "K-1", "--issue", "other", "--ref", "A-9")
    office.does(*words, "--remote-id", "123 456 789", "--at", "2026-11-16 09:55")
    office.does("session", "connect", "A-9", "--at", "2026-11-16 10:00")
    header = f"{SESSIONS},remote_id"
    row = ("A-9", *OLD[1:], "123456789")
    assert counts(imported(office, row, header=header)) == (1, 0, 1, 0)
    shown = office.asks("session", "show", "A-9")
    assert [c["disconnected_at"] for c in shown["connections"]] == ["2026-11-16T09:20:00Z"]
    assert counts(imported(office, row, header=header)) == (1, 0, 0, 1)
    other = imported(office, (*row[:-1], "123456780"), header=header)
    assert (other.status, "sessions.csv:2: remote_id: " in other.err) == (1, True)


def test_once_the_remote_id_is_erased_its_fingerprint_tells_another_one(office: Office) -> None:
    header = f"{SESSIONS},remote_id"
    imported(office, (*OLD, "123 456 789"), header=header)
    office.does("session", "purge", "A-1", "--declare", "--yes")
    assert office.asks("session", "show", "A-1")["events"][0]["personal"] == "[erased]"
    assert counts(imported(office, (*OLD, "123 456 789"), header=header)) == (1, 0, 0, 1)
    assert imported(office, (*OLD, "123 456 780"), header=header).status == 1


def test_a_deletion_that_a_file_brings_erases_the_words(office: Office) -> None:
    header = f"{SESSIONS},remote_id,purged_at"
    imported(office, (*OLD, "123 456 789", ""), header=header)
    assert office.asks("session", "show", "A-1")["events"][0]["personal"] == {"remote_id": "123456789"}
    assert counts(imported(office, (*OLD, "", "2026-11-16 10:25"), header=header)) == (1, 0, 1, 0)
    assert office.asks("session", "show", "A-1")["events"][0]["personal"] == "[erased]"
    office.does("check")


def test_references_of_digits_alone_are_taken_and_named_with_ref(office: Office) -> None:
    assert counts(imported(office, ("17", *OLD[1:]))) == (1, 1, 0, 0)
    assert office.asks("session", "show", "ref:17")["session"] == 1
    assert office.run("session", "show", "17").status == 1


# --- command ids ------------------------------------------------------------------------------


def test_an_import_under_a_command_id_is_repeated_and_never_means_something_else(office: Office) -> None:
    first = imported(office, OLD, options=("--command-id", "I-1"))
    assert counts(first) == (1, 1, 0, 0)
    before = office.events()
    assert counts(imported(office, OLD, options=("--command-id", "I-1"))) == (1, 0, 0, 1)
    other = imported(office, OLD, ("A-2", *OLD[1:]), options=("--command-id", "I-1"))
    assert (other.status, "E-COMMAND-REUSED" in other.err) == (1, True)
    table = office.table("customer.csv", "customer,name", [("K-1", "Żaneta")])
    another = office.run("customer", "import", str(table), "--command-id", "I-1")
    assert (another.status, "E-COMMAND-REUSED" in another.err) == (1, True)
    assert office.events() == before
    assert counts(imported(office, ("A-2", *OLD[1:]), options=("--command-id", "I-2"))) == (1, 1, 0, 0)


# --- what is told -----------------------------------------------------------------------------


def test_a_table_that_is_refused_is_counted_too(office: Office) -> None:
    answer = imported(office, OLD, ("A-2", "K-9", *OLD[2:]), ("A-3", "K-8", "test", "?", "?"))
    assert answer.status == 2
    found = answer.document
    assert (found["read"], found["new"], found["refused"]) == (3, 0, 2)
    assert [(p["line"], p["column"], p["code"]) for p in found["problems"]] == [
        (3, "customer", "E-CUSTOMER-UNKNOWN"),
        (4, "connected_at", "E-INSTANT"),
        (4, "ended_at", "E-INSTANT"),
    ]


def test_only_the_first_fifty_bad_lines_are_told_and_all_of_them_written(
    office: Office, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.csv"
    rows = [(f"A-{n}", "K-9", *OLD[2:]) for n in range(60)]
    answer = imported(office, *rows, options=("--errors", str(bad)))
    assert answer.status == 1
    assert answer.err.count("E-CUSTOMER-UNKNOWN") == 50
    assert "… and 10 more; --errors FILE.csv writes all of them" in answer.err
    assert len(bad.read_text(encoding="utf-8").splitlines()) == 61
    hardware = [(f"B-{n}", "K-1", "hardware", *OLD[3:]) for n in range(60)]
    warned = imported(office, *hardware)
    assert (warned.err.count("warning: "), len(warned.document["warnings"])) == (50, 60)
    assert "… and 10 more warnings" in warned.err


def test_the_next_command_is_the_billing_of_the_last_month_told(office: Office) -> None:
    night = ("A-2", "K-1", "other", "2025-03-31 23:50", "2025-04-01 00:10")
    assert "hint: session-ledger report billing --period 2025-04" in imported(office, night).err
    assert "hint: session-ledger report billing --period 2026-11" in imported(office, night, OLD).err
    assert "hint" not in imported(office, ("A-3", "K-1", "other", "2026-11-16 10:00", "")).err


@pytest.mark.parametrize("noun", ["customer", "purchase", "session"])
def test_a_dry_run_of_any_table_records_nothing(office: Office, noun: str) -> None:
    tables: dict[str, tuple[str, tuple[str, ...]]] = {
        "customer": ("customer,name", ("K-3", "Zofia")),
        "purchase": ("customer,order_ref,purchased_at", ("K-1", "Z/1", "2026-11-01")),
        "session": (SESSIONS, OLD),
    }
    header, row = tables[noun]
    before = office.events()
    path = str(office.table("dry.csv", header, [row]))
    answer = office.does(noun, "import", path, "--dry-run", "-f", "json")
    assert (answer.document["new"], answer.document["dry_run"]) == (1, True)
    assert office.events() == before
    assert office.asks(noun, "import", path)["new"] == 1
    assert office.events() > before


# --- somebody else ----------------------------------------------------------------------------


def told_first(office: Office, *words: str) -> Callable[[LedgerStore], AbstractContextManager[Bulk]]:
    """A `bulk` before which another process has told something: after the plan, before the writing."""
    honest = LedgerStore.bulk

    @contextmanager
    def bulk(self: LedgerStore) -> Generator[Bulk]:
        environment = {
            **os.environ,
            "SESSION_LEDGER_DIR": str(office.folder),
            "SESSION_LEDGER_NOW": office.now,
        }
        subprocess.run(
            [sys.executable, "-m", "ledger", *words], env=environment, check=True, capture_output=True
        )
        with honest(self) as batch:
            yield batch

    return bulk


def everything(folder: Path) -> Any:  # noqa: ANN401 - rows of whatever tables
    """The rows of the vault and of its keys."""
    tables = (("vault.db", "vault"), ("keys/session.db", "key"), ("keys/customer.db", "key"))
    return {name: asked(folder, name, f"SELECT * FROM {table} ORDER BY 1") for name, table in tables}


def test_who_comes_second_is_told_to_try_again_and_leaves_nothing_behind(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = ("session", "request", "--customer", "K-1", "--issue", "other", "--ref", "A-7")
    before, events = everything(office.folder), office.events()
    header = f"{SESSIONS},remote_id"
    rows = [(f"A-{n}", *OLD[1:], "123 456 789") for n in range(10)]
    with monkeypatch.context() as patched:
        patched.setattr(LedgerStore, "bulk", told_first(office, *request))
        answer = imported(office, *rows, header=header)
    assert (answer.status, "E-REFERENCE-TAKEN" in answer.err) == (4, True)
    assert (everything(office.folder), office.events()) == (before, events + 1)
    assert [s["session_ref"] for s in office.asks("session", "list")["sessions"]] == ["A-7"]
    office.does("check")
    again = imported(office, *rows, header=header)
    assert again.status == 1  # A-7 is now another session: it was requested after these connections


def test_a_session_that_went_on_meanwhile_is_not_extended(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_row = ("A-1", "K-1", "other", "2026-11-16 10:00", "")
    imported(office, open_row)
    note = ("session", "note", "A-1", "--summary", "printer")
    with monkeypatch.context() as patched:
        patched.setattr(LedgerStore, "bulk", told_first(office, *note))
        answer = imported(office, OLD)
    assert (answer.status, "E-VERSION-TAKEN" in answer.err) == (4, True)
    assert counts(imported(office, OLD)) == (1, 0, 1, 0)


# --- adoption ---------------------------------------------------------------------------------


def test_nothing_personal_is_kept_of_what_was_over_before_the_first_day_of_billing(tmp_path: Path) -> None:
    """Neither vault rows nor keys nor fingerprints, and no month has a key."""
    office = Office(tmp_path / "ledger", init=["--billing-from", "2026-11-01"])
    office.takes("customer", "customer,name", [("K-1", "Żaneta")])
    before = everything(office.folder)
    header = f"{SESSIONS},remote_id,billed_as"
    old = [
        (
            f"O-{n}",
            "K-1",
            "other",
            f"2026-{n:02d}-10 10:00",
            f"2026-{n:02d}-10 10:40",
            "123 456 789",
            f"FV/{n}",
        )
        for n in range(1, 11)
    ]
    assert counts(imported(office, *old, header=header)) == (10, 10, 0, 0)
    assert everything(office.folder) == before
    assert counts(imported(office, *old, header=header)) == (10, 0, 0, 10)
    billing = office.asks("report", "billing", "--period", "2026")
    assert {s["billed"] for s in billing["sessions"]} == {f"elsewhere:FV/{n}" for n in range(1, 11)}
    assert billing["total"] == dict.fromkeys(billing["total"], 0)
    assert office.asks("report", "deletions", "--period", "2026")["summary"]["before_adoption"] == 10
    over = ("N-1", "K-1", "other", "2026-10-31 23:30", "2026-11-01 00:10", "123 456 789", "")
    assert counts(imported(office, over, header=header)) == (1, 1, 0, 0)
    billing = office.asks("report", "billing", "--period", "2026-11")
    assert (billing["total"]["sessions"], billing["total"]["net_grosze"]) == (1, 40000)
    assert office.asks("session", "show", "N-1")["events"][0]["personal"] == {"remote_id": "123456789"}


# --- many -------------------------------------------------------------------------------------


@pytest.mark.skipif("SESSION_LEDGER_LONG" not in os.environ, reason="SESSION_LEDGER_LONG is not set")
def test_a_year_of_100_000_sessions_is_taken_in_and_known_again(tmp_path: Path) -> None:
    office = Office(tmp_path / "ledger", now="2027-02-01T12:00:00+01:00")
    files = write_year(tmp_path / "year", 100_000)
    for noun in ("customer", "purchase"):
        office.does(noun, "import", str(files[f"{noun}s"]))
    first = json.loads(office.does("session", "import", str(files["sessions"]), "-f", "json").out)
    assert (first["read"], first["new"]) == (100_000, 100_000)
    again = json.loads(office.does("session", "import", str(files["sessions"]), "-f", "json").out)
    assert (again["new"], again["unchanged"]) == (0, 100_000)
    assert office.asks("report", "billing", "--period", "2026")["total"]["sessions"] > 99_000
