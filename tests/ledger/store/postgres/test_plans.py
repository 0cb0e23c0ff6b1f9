"""What belongs to a few keys is found by an index, also on a server that has counted no rows yet."""

from __future__ import annotations

from pathlib import Path
from time import monotonic, sleep

from ledger.application.backends import read_again
from tests.support import postgres
from tests.support.office import Office

OFTEN = 7
SCANS = "SELECT seq_scan, idx_scan FROM pg_stat_user_tables WHERE relname = 'events'"
PATIENCE_S = 20


def scans(database: str) -> tuple[int, int]:
    """How often the log was read from its beginning, and how often by an index, by whoever has gone."""
    ((whole, by_index),) = postgres.said(postgres.server(), SCANS, database)
    return whole, by_index


def test_no_session_is_looked_for_in_the_whole_log(tmp_path: Path) -> None:
    """Given a log whose rows nobody counted, when sessions are read, then no read goes through all of it."""
    postgres.server()
    name = postgres.new_database(tmp_path)
    url = postgres.url_of(name)
    office = Office(tmp_path / "ledger", init=("--store", url, "--owner", postgres.OWNER))
    office.does("customer", "add", "K-1", "--name", "Jan")
    for _ in range(2):
        office.does("session", "request", "--customer", "K-1", "--issue", "other")
    before = scans(name)
    with read_again(url) as store:
        length = store.length()
        for _ in range(OFTEN):  # the driver prepares what is asked often, and the server plans it once more
            assert [number for number, _, _ in store.lives(range(1, 3), length)] == [1, 2]
            assert [number for number, _, _ in store.lives([2], length)] == [2]
            assert [key for key, _ in store.streams("customer", ["K-1"], length)] == ["K-1"]
            assert store.sessions_between(0, length) == {1: 1, 2: 1}
            assert store.rows_of("customer")
    until = monotonic() + PATIENCE_S
    while scans(name)[1] < before[1] + OFTEN and monotonic() < until:
        sleep(0.1)  # a server counts what a connection did once that has gone
    whole, by_index = scans(name)
    assert by_index >= before[1] + OFTEN
    assert whole == before[0]
