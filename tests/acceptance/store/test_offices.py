"""Several offices at one ledger: who is first, who signs, and what eight of them do at once."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import closing, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from cli.main import run
from ledger.application.ledger import Environment, Ledger
from ledger.domain.clock import parse_instant
from ledger.domain.events import Noted, RecordedEvent, Requested
from ledger.errors import StoreUnreachable, VersionTaken
from ledger.store.postgres.address import Address
from ledger.store.postgres.connection import PostgresDatabase
from tests.support import postgres
from tests.support.billing_office import SELLER, business, helped
from tests.support.office import NOON, ON_POSTGRES, Answer, Office
from tests.support.shop import environment
from tests.support.stored import asked

LONG = "SESSION_LEDGER_LONG" in os.environ
WRITERS, COMMANDS = 8, 250 if LONG else 4
COMMAND = """\
import sys
from cli.main import run
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
for number in range(int(sys.argv[2])):
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()) as talk:
        status = run(("session", "request", "--customer", "K-1", "--issue", "other", "--contact", "x",
                      "--command-id", f"{sys.argv[1]}-{number}"))
    if status:
        sys.exit(f"{status}: {talk.getvalue()}")
    print(f"{sys.argv[1]}-{number}", flush=True)
"""


def office_on(folder: Path, database: str) -> Office:
    """A new ledger on PostgreSQL, and the office that made it."""
    office = Office(folder, init=("--store", postgres.url_of(database), "--owner", postgres.OWNER))
    office.does("customer", "add", "K-1", "--name", "Jan Próba")
    return office


def joined(folder: Path, database: str, now: str = NOON) -> Office:
    """Another office at the same ledger."""
    office = object.__new__(Office)
    office.folder, office.now = folder, now
    office.does("init", "--store", postgres.url_of(database), "--join")
    return office


def test_what_one_office_records_another_reads(tmp_path: Path, database: str) -> None:
    """Names too: the vault and its keys are shared. Only the first office has the signing key."""
    first = office_on(tmp_path / "first", database)
    second = joined(tmp_path / "second", database)
    second.does("session", "request", "--customer", "K-1", "--issue", "other", "--contact", "Ola")
    second.does("session", "connect", "1")
    assert "Ola" in first.does("session", "show", "1").out
    first.now = second.now = "2026-11-30T13:30:00+01:00"
    first.does("session", "end", "1")
    for report in (("report", "billing", "--period", "2026-11"), ("session", "list"), ("status",)):
        assert first.does(*report).out == second.does(*report).out
    purged = second.does("session", "purge", "1", "--declare", "--yes")
    assert "not signed" not in purged.err
    assert "Ola" not in first.does("session", "show", "1").out
    assert "E-SIGNING-KEY-MISSING" in second.run("audit", "checkpoint").err
    assert first.does("audit", "checkpoint").status == 0
    for office in (first, second):
        assert office.run("check") == Answer(0, "", "")
        assert "checkpoint: " in office.does("audit", "verify").out


def test_a_server_that_is_not_there_is_said_without_a_password(tmp_path: Path, database: str) -> None:
    office = office_on(tmp_path / "first", database)
    config = office.folder / "ledger.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace(postgres.server(), "/nowhere"), encoding="utf-8")
    answer = office.run("status", PGPASSWORD="Canary1")
    assert (answer.status, answer.out) == (1, "")
    assert "(E-STORE-UNREACHABLE)" in answer.err
    assert "Canary1" not in answer.err


def test_a_connection_that_is_lost_in_mid_command_is_told_by_the_refusal_alone(
    tmp_path: Path, database: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The driver would say more of it on stderr, past the sentence with its code."""
    office_on(tmp_path / "first", database)
    address = Address.parse(postgres.url_of(database))
    with closing(PostgresDatabase(address, address.log)) as opened:
        ((pid,),) = opened.execute("SELECT pg_backend_pid()").fetchall()
        postgres.said(postgres.server(), f"SELECT pg_terminate_backend({pid}, 5000)")
        with pytest.raises(StoreUnreachable):
            opened.executemany("SELECT ?::int", [(1,), (2,)])
    assert caplog.records == []


class Cutting(StringIO):
    """A standard output at whose first word every connection to a database is lost."""

    def __init__(self, database: str) -> None:
        super().__init__()
        self._query = f"""SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
                          WHERE datname = '{database}' AND application_name = 'session-ledger'"""

    def write(self, text: str) -> int:
        postgres.said(postgres.server(), self._query)
        return super().write(text)


def test_what_was_issued_and_told_is_no_failure_when_the_server_goes_away_then(
    tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the answer only the month's limit is read; that it cannot be is told, and undoes nothing."""
    office = office_on(tmp_path / "first", database)
    office.does("config", "set", *SELLER, "ksef.mode=exempt_10k")
    business(office, "K-2")
    helped(office, "2026-11-30T12:05:00", "2026-11-30T12:40:00", "K-2")
    for name, value in environment(office).items():
        monkeypatch.setenv(name, value)
    with redirect_stdout(Cutting(database)) as out, redirect_stderr(StringIO()) as err:
        status = run(("invoice", "issue", "--session", "1", "--yes"))
    assert (status, out.getvalue().split()[0]) == (0, "FV/2026/11/0001")
    assert "the month's limit could not be read" in err.getvalue()
    assert [each["number"] for each in office.asks("invoice", "list")["invoices"]] == ["FV/2026/11/0001"]


def test_facts_of_several_streams_are_recorded_together_or_not_at_all(tmp_path: Path, database: str) -> None:
    """The second stream was written to meanwhile: nothing of the first one stays either."""
    office = office_on(tmp_path / "first", database)
    for _ in range(2):
        office.does("session", "request", "--customer", "K-1", "--issue", "other")
    now = parse_instant(NOON)
    with Ledger.open(office.folder, Environment(lambda: now, os.urandom, office.now)) as ledger:
        (one, _), (two, _) = ledger.find_session("1"), ledger.find_session("2")
        new = ledger.ids.new()
        facts = (
            RecordedEvent(new, 1, Requested(at=now, by="x", customer="K-1", issue="other")),
            RecordedEvent(one, 2, Noted(at=now, by="x")),
            RecordedEvent(two, 2, Noted(at=now, by="x")),
        )
        ledger.store.save(*facts)
        before = ledger.store.length()
        again = (RecordedEvent(one, 3, Noted(at=now, by="y")), RecordedEvent(two, 2, Noted(at=now, by="y")))
        with pytest.raises(VersionTaken, match="something else was recorded of the same subject") as refused:
            ledger.store.save(*again)
        assert refused.value.exit_status == 4
        assert ledger.store.length() == before
        assert ledger.session_number(new) == 3
    assert office.run("check") == Answer(0, "", "")


def test_two_ledgers_share_a_database_and_know_nothing_of_one_another(tmp_path: Path, database: str) -> None:
    first = office_on(tmp_path / "first", database)
    url = f"{postgres.url_of(database)}&ledger=wola"
    other = Office(tmp_path / "wola", init=("--store", url, "--owner", postgres.OWNER))
    assert "(E-CUSTOMER-UNKNOWN)" in other.run("customer", "show", "K-1").err
    other.does("customer", "add", "K-1", "--name", "Ewa Inna")
    assert "Jan Próba" in first.does("customer", "show", "K-1").out
    assert "Ewa Inna" in other.does("customer", "show", "K-1").out
    for office in (first, other):
        assert office.run("check") == Answer(0, "", "")


def test_an_erased_key_is_in_no_file_of_a_table(tmp_path: Path, database: str) -> None:
    """The table of keys is written anew; a plain VACUUM would leave the bytes where they were."""
    if "SESSION_LEDGER_TEST_POSTGRES" in os.environ:
        pytest.skip("the files of the server are not ours to read")
    office = office_on(tmp_path / "first", database)
    for _ in range(3):
        office.does("session", "request", "--customer", "K-1", "--issue", "other", "--contact", "Ola")
    office.does("session", "connect", "1")
    office.does("session", "end", "1")
    keys = asked(office.folder, "keys/session.db", "SELECT cipher_key FROM key")
    assert len(keys) == 3
    assert all(in_table_files(key) for (key,) in keys)
    office.does("session", "purge", "1", "--declare", "--yes")
    kept = {key for (key,) in asked(office.folder, "keys/session.db", "SELECT cipher_key FROM key")}
    assert len(kept) == 2
    assert {key for (key,) in keys if in_table_files(key)} == kept


def in_table_files(key: bytes) -> bool:
    """Whether these bytes stand in a file of a table or an index; the write-ahead log is not looked at."""
    postgres.said(postgres.server(), "CHECKPOINT")
    tables = Path(postgres.server(), "data-5432", "base").rglob("*")
    return any(key in path.read_bytes() for path in tables if path.is_file())


@pytest.mark.skipif(ON_POSTGRES, reason="has an office on each store itself")
@pytest.mark.parametrize("store", ["sqlite", "postgres"])
def test_eight_that_record_at_once_lose_nothing(
    store: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Every command is there once, indexes have no gap, no number is given twice."""
    if store == "postgres":
        office = office_on(tmp_path / "ledger", request.getfixturevalue("database"))
    else:
        office = Office(tmp_path / "ledger")
        office.does("customer", "add", "K-1", "--name", "Jan Próba")
    acknowledged, refusals, seconds = all_at_once(office)
    leaves = [row[0] for row in asked(office.folder, "events.db", "SELECT leaf_index FROM events ORDER BY 1")]
    numbers, commands = keys_of(office, "session"), keys_of(office, "command")
    lost = set(acknowledged) - set(commands)
    gaps = set(range(len(leaves))) - set(leaves)
    twice = len(numbers) - len(set(numbers))
    print(  # noqa: T201 - figures
        f"{store}: {WRITERS} x {COMMANDS} commands, {seconds:.1f} s, {len(commands) / seconds:.0f}/s; "
        f"{len(acknowledged)} acknowledged, {len(refusals)} refused, {len(lost)} lost; "
        f"{len(leaves)} events, {len(gaps)} gaps among their indexes; {len(numbers)} numbers, {twice} twice"
    )
    total = WRITERS * COMMANDS
    assert (len(acknowledged), refusals, lost, gaps, twice) == (total, [], set(), set(), 0)
    assert leaves == list(range(total + 3))
    assert sorted(map(int, numbers)) == list(range(1, total + 1))
    assert sorted(commands) == sorted(acknowledged)
    assert office.run("check") == Answer(0, "", "")


def all_at_once(office: Office) -> tuple[list[str], list[str], float]:
    """Every command that was acknowledged to a writer, what was refused to one, and the seconds."""
    began = time.perf_counter()
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", COMMAND, f"writer-{number}", str(COMMANDS)],
            env=environment(office),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(WRITERS)
    ]
    answers = [writer.communicate() for writer in writers]
    seconds = time.perf_counter() - began
    return [key for out, _ in answers for key in out.split()], [err for _, err in answers if err], seconds


def keys_of(office: Office, kind: str) -> list[str]:
    """The keys of one kind that are taken in the ledger."""
    query = f"SELECT key FROM reference WHERE kind = '{kind}'"
    return [str(key) for (key,) in asked(office.folder, "events.db", query)]
