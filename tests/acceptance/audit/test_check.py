"""`check` is silent on a good ledger and names what is wrong with a bad one; nothing ends in a traceback."""

from __future__ import annotations

import random
import re
import shutil
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.application.ledger import Environment, Ledger
from ledger.domain.clock import parse_instant
from ledger.folder.layout import Folder
from ledger.handlers.check import invariants
from ledger.store.sqlite.schema import SCHEMA
from ledger.transparency.verify import verify_log
from projections.engine import blocks
from projections.read_side import ReadSide
from projections.views import SCHEMA_VERSION
from tests.acceptance.report.test_replay import BILLING, live, rows
from tests.support.office import Answer, Office, sqlite_only
from tests.support.shop import EVENING, PERIOD, REPORTS, eventful_month

HOUR_US = 3_600_000_000
STREAM_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-|[0-9a-f]{32}")
COMMANDS: tuple[tuple[str, ...], ...] = (
    *REPORTS,
    ("report", "billing", "--period", PERIOD, "--as-of", "2026-12-01T10:00:00+01:00"),
    ("status",),
    ("check",),
    ("check", "--repair"),
    ("replay",),
    ("quote", "--customer", "K-002"),
    ("customer", "show", "K-002"),
    ("tariff", "list"),
    ("config", "show"),
    ("session", "end", "42"),
    ("session", "note", "3", "--summary", "looked at it"),
    ("session", "purge", "39", "--declare", "--yes"),
    ("customer", "add", "K-99", "--name", "New"),
    ("purchase", "add", "K-001", "--order", "ZAM/9", "--at", "2026-11-01"),
)


@pytest.fixture
def shop(tmp_path: Path) -> Office:
    """The eventful month, its read models up to date."""
    office = eventful_month(tmp_path / "ledger")
    office.does("session", "list")
    return office


def names(answer: Answer) -> list[str]:
    """The names of the findings, one a line."""
    return [line.partition(":")[0] for line in answer.out.splitlines()]


def found(office: Office, *words: str) -> list[str]:
    """What `check` finds: exit 3 and a line each, or exit 0 and nothing at all."""
    answer = office.run("check", *words)
    assert answer.status == (3 if answer.out else 0), answer.err
    assert answer.err == (f"{len(names(answer))} found\n" if answer.out else "")
    return names(answer)


def changed(file: Path, *statements: str, guards: bool = True) -> None:
    """Change a database from outside, its guards out of the way meanwhile and back afterwards."""
    connection = sqlite3.connect(file)
    with connection:
        triggers = [name for name, sql in SCHEMA.items() if sql.startswith("CREATE TRIGGER") and guards]
        for name in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            assert connection.execute(statement).rowcount != 0, statement
        for name in triggers:
            connection.execute(SCHEMA[name])
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def asked(file: Path, query: str) -> list[tuple[object, ...]]:
    """What another connection reads."""
    connection = sqlite3.connect(file)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


# --- good -------------------------------------------------------------------------------------


def test_check_is_silent_for_a_good_ledger(shop: Office) -> None:
    """No output on either stream, exit 0; with a repair too, which has nothing to do."""
    for words in ((), ("--repair",), ("events", "views"), ("vault", "deleted", "calendar")):
        assert shop.run("check", *words) == Answer(0, "", "")


def test_ledger_without_read_models_is_good(shop: Office) -> None:
    (shop.folder / "views.current").unlink()
    assert found(shop) == []


@sqlite_only
def test_checks_and_events_are_counted_as_they_are_done(shop: Office) -> None:
    """What the bars of `check` and `audit verify` show comes to all of it."""
    checks: list[int] = []
    events: list[int] = []
    list(invariants.store_findings(Folder(shop.folder), (), checks.append))
    environment = Environment(lambda: parse_instant(shop.now), bytes)
    with Ledger.open(shop.folder, environment, read_models=ReadSide) as ledger:
        list(invariants.findings(ledger, (), checks.append))
        verified = verify_log(ledger.folder, ledger.store, ledger.signer, done=events.append)
        assert sum(events) == verified.size == ledger.store.length() > 0
    assert sum(checks) == invariants.chosen(()) == len(invariants.CHECKS)


def test_unknown_check_is_refused_with_those_there_are(shop: Office) -> None:
    answer = shop.run("check", "luck")
    assert answer.status == 2
    assert (
        "integrity, guards, events, versions, references, tree, vault, rights, deleted, requests, views,"
        " signing, calendar" in answer.err
    )


# --- read models ------------------------------------------------------------------------------

EDITS = {
    "billing": "UPDATE billing SET net_grosze = net_grosze + 1 WHERE number = 3",
    "sessions": "UPDATE sessions SET state = 'ended' WHERE number = 3",
    "deletions": "DELETE FROM deletions WHERE number = 3",
    "merges": "UPDATE merges SET \"into\" = 'K-001'",
}


@pytest.mark.parametrize("table", EDITS)
def test_edited_row_of_a_read_model_is_named_once_and_repaired(shop: Office, table: str) -> None:
    changed(live(shop), EDITS[table], guards=False)
    what = "customer K-008" if table == "merges" else "session 3"
    answer = shop.run("check")
    assert answer.out == f"view-row: read model {table} says something else of {what} than the events\n"
    assert found(shop, "views") == ["view-row"]
    repaired = shop.run("check", "--repair")
    assert repaired == Answer(0, "", "the read models were derived again\n")
    assert found(shop) == []


def test_rows_that_are_not_named_are_counted(shop: Office) -> None:
    """Ten of a table by name; after a damage it may be all of them."""
    changed(live(shop), "UPDATE sessions SET state = 'EDITED'", guards=False)
    lines = shop.run("check", "views").out.splitlines()
    sessions = len(rows(live(shop), "sessions"))
    assert len(lines) == 11
    assert lines[-1] == f"view-row: and of {sessions - 10} more in read model sessions"


def test_several_processes_find_what_one_finds(shop: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each row once, whoever looked at it; and what the others did not look at is looked at here."""
    three = "number IN (2, 20, 36)"
    changed(live(shop), f"UPDATE sessions SET state = 'EDITED' WHERE {three}", guards=False)
    changed(live(shop), f"DELETE FROM deletions WHERE {three}", guards=False)
    alone = shop.run("check", "views")
    assert alone.out.count("view-row") == 6
    monkeypatch.setattr(blocks, "PROCESSES", 3)
    monkeypatch.setattr(blocks, "WORTH_A_PROCESS", 5)
    monkeypatch.setattr(blocks, "SESSIONS_IN_A_BLOCK", 4)
    assert shop.run("check", "views") == alone
    monkeypatch.setattr(sys, "executable", shutil.which("false") or "no-such-program")
    assert shop.run("check", "views") == alone


@sqlite_only
def test_audit_of_a_large_log_finds_what_one_process_finds(
    shop: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The read models are looked at beside it; when that cannot be, here."""
    changed(live(shop), "UPDATE sessions SET state = 'EDITED' WHERE number = 20", guards=False)
    alone = shop.run("audit", "verify")
    assert (alone.status, alone.out.count("view-row")) == (3, 1)
    monkeypatch.setattr("cli.commands.audit.verify.LARGE_BYTES", 0)
    assert shop.run("audit", "verify") == alone
    for program in filter(None, (shutil.which("false"), "no-such-program")):
        monkeypatch.setattr(sys, "executable", program)
        assert shop.run("audit", "verify") == alone


def test_row_without_an_event_is_named(shop: Office) -> None:
    changed(
        live(shop),
        "INSERT INTO deletions SELECT 999, * FROM (SELECT evidence, purging, targets, files, bytes,"
        " before_adoption, abandoned_since, leaf_index, superseded, doubts FROM deletions LIMIT 1)",
        guards=False,
    )
    assert "session 999" in shop.run("check").out


def test_read_model_with_a_damaged_page_is_named_and_repaired(shop: Office) -> None:
    """The pages of the rows hold garbage; a report says so and how to get out of it, without a traceback."""
    file = live(shop)
    changed(file, f"PRAGMA user_version = {SCHEMA_VERSION}", guards=False)
    content = bytearray(file.read_bytes())
    ((page,),) = asked(file, "PRAGMA page_size")
    assert isinstance(page, int)
    for name, root in asked(file, "SELECT tbl_name, rootpage FROM sqlite_master"):
        if name in {"billing", "deletions"} and isinstance(root, int):
            content[(root - 1) * page : root * page] = b"\xff" * page
    file.write_bytes(content)
    for words in (BILLING, (*BILLING, "-f", "html"), ("status",), ("session", "list")):
        answer = shop.run(*words)
        assert answer.status == (0 if words == ("session", "list") else 1), words
        assert ("(E-VIEWS-DAMAGED)\nhint: session-ledger replay" in answer.err) is (answer.status == 1)
    assert found(shop) == ["view-unreadable"]
    assert shop.run("check", "--repair").status == 0
    assert shop.run(*BILLING).status == 0


# --- events -----------------------------------------------------------------------------------


@sqlite_only
def test_flipped_byte_of_a_payload_is_named_by_its_event(shop: Office) -> None:
    """An amount is not edited silently: 15 minutes less of session 4, guards put back."""
    events = shop.folder / "events.db"
    changed(
        events,
        "UPDATE events SET state = CAST(replace(CAST(state AS TEXT), 'T17:45', 'T17:15') AS BLOB)"
        " WHERE leaf_index = 36",
    )
    answer = shop.run("check")
    assert answer.status == 3
    assert answer.out == "event-hash: event 36 is not what was recorded: its hash differs\n"


@sqlite_only
def test_payload_that_is_no_json_is_named_twice(shop: Office) -> None:
    changed(shop.folder / "events.db", "UPDATE events SET state = CAST('{' AS BLOB) WHERE leaf_index = 36")
    assert found(shop) == ["event-hash", "event-payload"]


@sqlite_only
def test_removed_event_is_named(shop: Office) -> None:
    changed(shop.folder / "events.db", "DELETE FROM events WHERE leaf_index = 36")
    assert found(shop)[:1] == ["event-index"]
    assert "stream-version" in found(shop)


@sqlite_only
def test_findings_about_a_stream_name_its_subject(shop: Office) -> None:
    """Nobody can look up a stream's id: sessions and customers are named by what people call them."""
    changed(
        shop.folder / "events.db",
        "DELETE FROM events WHERE originator_version = 2"
        " AND originator_id = (SELECT stream FROM reference WHERE kind = 'session' AND key = 4)",
    )
    answer = shop.run("check", "versions")
    assert "stream-version: session 4 has " in answer.out
    changed(shop.folder / "vault.db", "DELETE FROM vault WHERE class = 'session'", guards=False)
    answer = shop.run("check", "vault")
    assert "vault-row-missing: the session data of session " in answer.out
    assert not STREAM_ID.search(answer.out)


@sqlite_only
def test_cut_tail_is_named_by_its_keys_and_vault_rows(shop: Office) -> None:
    """The last events removed row by row, guards put back: keys, words and numbers are left over."""
    changed(shop.folder / "events.db", "DELETE FROM events WHERE leaf_index >= 200")
    assert set(found(shop, "references")) == {"reference-extra"}
    assert "vault-row-without-event" in found(shop, "vault")


@sqlite_only
@pytest.mark.parametrize("part", [0, 1, 3, 7])
def test_truncated_file_is_named(shop: Office, part: int) -> None:
    """Cut at so many eighths of its size; nothing but sentences from any command."""
    events = shop.folder / "events.db"
    changed(events, "PRAGMA user_version = 0")
    events.write_bytes(events.read_bytes()[: events.stat().st_size * part // 8])
    answer = shop.run("check")
    assert answer.status == 3
    assert set(names(answer)) <= {
        "store-unreadable",
        "store-integrity",
        "store-guard",
        "event-hash",
        "reference-missing",
        "reference-extra",
    }
    no_traceback(shop)


@sqlite_only
def test_missing_reference_is_named(shop: Office) -> None:
    changed(
        shop.folder / "events.db",
        "DELETE FROM reference WHERE kind = 'session' AND key = 3",
        "DELETE FROM reference WHERE kind = 'customer' AND key = 'K-002'",
    )
    answer = shop.run("check")
    assert names(answer) == ["reference-missing", "reference-missing"]
    assert "session 3 " in answer.out
    assert "customer 'K-002'" in answer.out
    no_traceback(shop)


@sqlite_only
def test_lost_guard_is_named(shop: Office) -> None:
    changed(shop.folder / "events.db", "DROP TRIGGER events_no_update", guards=False)
    assert shop.run("check").out == "store-guard: events.db has lost events_no_update\n"


# --- the vault --------------------------------------------------------------------------------


@sqlite_only
def test_row_missing_from_the_vault_is_named(shop: Office) -> None:
    """The words of session 39's request are gone while their key lives; nothing brings them back."""
    changed(
        shop.folder / "vault.db",
        "DELETE FROM vault WHERE class = 'session' AND version = 1"
        " AND stream = (SELECT min(stream) FROM vault WHERE class = 'session')",
        guards=False,
    )
    assert found(shop) == ["vault-row-missing"]
    assert shop.run("check", "--repair").status == 3


def with_orphan(office: Office, age_us: int) -> None:
    """Put a row into the vault whose event was never written, as a command that died would leave it."""
    (row,) = asked(office.folder / "vault.db", "SELECT max(moment) FROM vault")
    now_us = max(int(str(row[0])), 1_796_144_400_000_000)  # 2026-12-01 18:00, the office's clock
    changed(
        office.folder / "vault.db",
        "INSERT INTO vault SELECT 'orphan', class, subject, stream, version + 99, "
        f"{now_us - age_us}, nonce, box FROM vault WHERE class = 'tax' LIMIT 1",
        guards=False,
    )


@sqlite_only
def test_orphan_of_the_vault_is_named_after_an_hour_and_removed_by_repair(shop: Office) -> None:
    with_orphan(shop, HOUR_US + 1_000_000)
    assert "vault-row-without-event" in found(shop)
    answer = shop.run("check", "--repair")
    assert answer == Answer(0, "", "1 row of the vault removed that belonged to no event\n")
    assert found(shop) == []


@sqlite_only
def test_young_orphan_is_left_to_a_command_that_may_still_run(shop: Office) -> None:
    with_orphan(shop, HOUR_US - 1_000_000)
    assert "vault-row-without-event" not in found(shop)
    assert asked(shop.folder / "vault.db", "SELECT count(*) FROM vault WHERE commitment = 'orphan'") == [(1,)]


@sqlite_only
def test_purged_session_with_data_left_is_named_and_completed(shop: Office) -> None:
    """The event is written first: whoever dies before the erasure leaves this behind."""
    kept = {name: (shop.folder / name).read_bytes() for name in ("vault.db", "keys/session.db")}
    shop.does("session", "release", "39")
    logs = (*shop.folder.glob("vault.db-*"), *shop.folder.glob("keys/session.db-*"))
    assert not [log for log in logs if log.stat().st_size]
    shop.does("session", "purge", "39", "--declare", "--yes")
    for name, content in kept.items():
        (shop.folder / name).write_bytes(content)
    assert found(shop) == ["vault-not-erased"]
    assert (
        shop.run("check").out
        == "vault-not-erased: the session data of session 39 are recorded as erased and in the vault\n"
    )
    answer = shop.run("check", "--repair")
    assert answer == Answer(0, "", "the session data of session 39 erased from the vault\n")
    assert found(shop) == []
    assert '"personal": "[erased]"' in shop.does("session", "show", "39", "-f", "json").out


@sqlite_only
@pytest.mark.parametrize("name", ["vault.db", "keys/tax.db", "keys/session.db", "keys/customer.db"])
def test_damaged_or_lost_file_of_the_vault_is_named(shop: Office, name: str) -> None:
    """No key file and no vault that is garbage stops `check`, or ends any command in a traceback."""
    file = shop.folder / name
    for log in file.parent.glob(f"{file.name}-*"):
        log.unlink()
    file.write_bytes(b"no database" * 1000)
    assert found(shop)
    no_traceback(shop)
    file.unlink()
    assert found(shop)
    no_traceback(shop)


# --- any damage -------------------------------------------------------------------------------


def no_traceback(office: Office) -> None:
    """Every command, read or write, says something and ends with a status of the contract."""
    for words in COMMANDS:
        answer = office.run(*words)
        assert answer.status in {0, 1, 2, 3, 4}, f"{words}: {answer.status}\n{answer.err}"
        assert "Traceback" not in answer.err


@sqlite_only
@pytest.mark.parametrize("seed", range(24))
def test_random_damage_ends_in_sentences(shop: Office, seed: int) -> None:
    """Bits flipped, bytes zeroed, a page of noise, in the events; a few commands each."""
    chance = random.Random(seed)  # noqa: S311 - the same damage in every run
    events = shop.folder / "events.db"
    changed(events, "PRAGMA user_version = 0")
    content = bytearray(events.read_bytes())
    DAMAGES[seed % len(DAMAGES)](content, chance)
    events.write_bytes(content)
    for words in chance.sample(COMMANDS, 6):
        answer = shop.run(*words)
        assert answer.status in {0, 1, 2, 3, 4}, f"{words}: {answer.status}\n{answer.err}"


def flip(content: bytearray, chance: random.Random) -> None:
    for _ in range(5):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)


def zero(content: bytearray, chance: random.Random) -> None:
    place = chance.randrange(len(content) - 100)
    content[place : place + 100] = bytes(100)


def noise(content: bytearray, chance: random.Random) -> None:
    page = chance.randrange(len(content) // 4096)
    content[page * 4096 : (page + 1) * 4096] = chance.randbytes(4096)


DAMAGES: tuple[Callable[[bytearray, random.Random], None], ...] = (flip, zero, noise)


def test_eventful_month_ends_at_the_office_clock(shop: Office) -> None:
    """The orphans above are old or young by this clock."""
    assert shop.now == EVENING
    assert shop.asks("status")["now"] == "2026-12-01T17:00:00Z"
