"""What belongs to a few keys is found by an index, also on a server that has counted no rows yet."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from ledger.application.backends import read_again
from ledger.store import checks
from ledger.store.any_database import AnyDatabase, Rows
from ledger.store.postgres.address import Address
from ledger.store.postgres.connection import PostgresDatabase
from ledger.store.reader import LogReader
from tests.support import postgres
from tests.support.office import Office

OFTEN = 7
SCANS = "SELECT seq_scan, idx_scan FROM pg_stat_user_tables WHERE relname = 'events'"
PATIENCE_S = 20
KEYS = 1_000
EVERY_PAIR = "Join Filter"
"""What a plan says that compares each row of one table with each of another."""


def scans(database: str) -> tuple[int, int]:
    """How often the log was read from its beginning, and how often by an index, by whoever has gone."""
    ((whole, by_index),) = postgres.said(postgres.server(), SCANS, database)
    return whole, by_index


def postgres_office(tmp_path: Path) -> tuple[Office, str]:
    """A new ledger on the server, and its database."""
    postgres.server()
    name = postgres.new_database(tmp_path)
    init = ("--store", postgres.url_of(name), "--owner", postgres.OWNER)
    return Office(tmp_path / "ledger", init=init), name


def test_no_session_is_looked_for_in_the_whole_log(tmp_path: Path) -> None:
    """Given a log whose rows nobody counted, when sessions are read, then no read goes through all of it."""
    office, name = postgres_office(tmp_path)
    url = postgres.url_of(name)
    office.does("customer", "add", "K-1", "--name", "Jan")
    for _ in range(2):
        office.does("session", "request", "--customer", "K-1", "--issue", "other")
    before = scans(name)
    with read_again(url) as store:
        length = store.length()
        for _ in range(OFTEN):  # the driver prepares what is asked often, and the server plans it once more
            assert [row[0] for row in store.session_rows(range(1, 3), length)] == [1, 2]
            assert [row[0] for row in store.session_rows([2], length)] == [2]
            assert [key for key, _ in store.streams("customer", ["K-1"], length)] == ["K-1"]
            assert store.sessions_between(0, length) == {1: 1, 2: 1}
            assert store.rows_of("customer")
    until = monotonic() + PATIENCE_S
    while scans(name)[1] < before[1] + OFTEN and monotonic() < until:
        sleep(0.1)  # a server counts what a connection did once that has gone
    whole, by_index = scans(name)
    assert by_index >= before[1] + OFTEN
    assert whole == before[0]


class Explained(PostgresDatabase):
    """Keeps the plan of every comparison with the keys derived from events."""

    def __init__(self, address: Address) -> None:
        super().__init__(address, address.log)
        self.plans: list[str] = []

    def execute(self, sql: str, parameters: Sequence[Any] = (), /) -> Rows:
        if "temp.derived AS d" in sql:
            self.plans.append("\n".join(line for (line,) in super().execute(f"EXPLAIN {sql}")))
        return super().execute(sql, parameters)


def test_check_looks_keys_up_and_compares_no_two_of_them_by_turns(tmp_path: Path) -> None:
    """Given many keys that nobody counted, when they are checked, then the work is not the square of them."""
    office, name = postgres_office(tmp_path)
    customers = tmp_path / "customers.csv"
    lines = ["customer,name,consumer", *(f"K-{n},Jan {n},no" for n in range(KEYS))]
    customers.write_text("\n".join(lines) + "\n", encoding="utf-8")
    office.does("customer", "import", str(customers))
    with (
        closing(Explained(Address.parse(postgres.url_of(name)))) as database,
        database.transaction(write=False),
    ):
        assert list(checks.references(database)) == []
    assert len(database.plans) == 3
    assert [plan for plan in database.plans if EVERY_PAIR in plan] == []


class Planned(PostgresDatabase):
    """Keeps the plan of every read of what is beside the sessions."""

    def __init__(self, address: Address) -> None:
        super().__init__(address, address.log)
        self.plans: list[str] = []

    def execute(self, sql: str, parameters: Sequence[Any] = (), /) -> Rows:
        self.plans.append("\n".join(line for (line,) in super().execute(f"EXPLAIN {sql}", parameters)))
        return super().execute(sql, parameters)


class Beside(LogReader):
    """Reads by one connection."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database

    def _reading(self) -> AbstractContextManager[AnyDatabase]:
        return nullcontext(self._database)


def test_events_beside_sessions_are_found_without_the_log(tmp_path: Path) -> None:
    """Given sessions that nobody counted, when a replay asks for the other events, then an index has them."""
    office, name = postgres_office(tmp_path)
    office.does("customer", "add", "K-1", "--name", "Jan")
    rows = [(str(n), "K-1", "other", "2026-11-16 10:00", "2026-11-16 10:20") for n in range(KEYS)]
    office.takes("session", "session_ref,customer,issue,connected_at,ended_at", rows)
    with closing(Planned(Address.parse(postgres.url_of(name)))) as database:
        read = [row for page in Beside(database).beside_sessions(0, 10**6) for row in page]
    assert 0 < len(read) < KEYS
    assert {row[3].startswith("session.") for row in read} == {False}
    assert all("events_beside_sessions" in plan for plan in database.plans)
