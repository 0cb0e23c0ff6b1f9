"""Hands in the database: what the role of every day may not do, and what the guards tell its owner."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.support import postgres
from tests.support.office import Answer, Office

SAME = "SELECT * FROM ledger.events WHERE leaf_index = 1"
NEXT = (
    "SELECT (SELECT max(leaf_index) + 1 FROM ledger.events), originator_id, 9::int, topic, recorded_at,"
    " state, leaf_hash FROM ledger.events WHERE leaf_index = 1"
)
NEXT_TWO = (
    "SELECT (SELECT max(leaf_index) FROM ledger.events) + CASE n WHEN 1 THEN 1 ELSE 1 + {gap} END,"
    " originator_id, 8 + n::int, topic, recorded_at, state, leaf_hash"
    " FROM ledger.events, generate_series(1, 2) AS n WHERE leaf_index = 1"
)
AGAIN = (
    "SELECT (SELECT max(leaf_index) + 1 FROM ledger.events), originator_id, originator_version, topic,"
    " recorded_at, state, leaf_hash FROM ledger.events WHERE leaf_index = 1"
)
GAP = (
    "SELECT leaf_index + 9, originator_id, 9, topic, recorded_at, state, leaf_hash FROM ledger.events"
    " WHERE leaf_index = 1"
)
KEY = (
    "INSERT INTO ledger.reference (kind, key, stream) SELECT kind, key, originator_id FROM (VALUES {}) AS"
    " given (kind, key), ledger.events WHERE leaf_index = 1"
)
ATTACKS = {
    "update": "UPDATE ledger.events SET state = '{}' WHERE leaf_index = 1",
    "delete": "DELETE FROM ledger.events WHERE leaf_index = (SELECT max(leaf_index) FROM ledger.events)",
    "truncate": "TRUNCATE ledger.events",
    "truncate all": "TRUNCATE ledger.events, ledger.reference, ledger.checkpoint CASCADE",
    "drop": "DROP TABLE ledger.events",
    "drop schema": "DROP SCHEMA ledger CASCADE",
    "alter": "ALTER TABLE ledger.events ADD COLUMN x int",
    "rename": "ALTER TABLE ledger.events RENAME TO gone",
    "take": f"ALTER TABLE ledger.events OWNER TO {postgres.DESK}",
    "disable trigger": "ALTER TABLE ledger.events DISABLE TRIGGER append_only",
    "disable all triggers": "ALTER TABLE ledger.events DISABLE TRIGGER ALL",
    "drop trigger": "DROP TRIGGER no_update ON ledger.events",
    "another trigger": "CREATE TRIGGER t BEFORE INSERT ON ledger.events EXECUTE FUNCTION ledger.refuse('x')",
    "rule": "CREATE RULE r AS ON INSERT TO ledger.events DO INSTEAD NOTHING",
    "insert with a gap": "INSERT INTO ledger.events SELECT leaf_index + 9, originator_id, 9, topic,"
    f" recorded_at, state, leaf_hash FROM ({SAME}) AS same",
    "insert again": f"INSERT INTO ledger.events {SAME}",
    "upsert": f"INSERT INTO ledger.events {SAME} ON CONFLICT (leaf_index) DO UPDATE SET topic = 'x'",
    "merge": f"MERGE INTO ledger.events AS e USING ({SAME}) AS s ON e.leaf_index = s.leaf_index"
    " WHEN MATCHED THEN DELETE",
    "insert the next two, and one after a gap": f"INSERT INTO ledger.events {NEXT_TWO.format(gap=2)}",
    "insert a smaller index": f"INSERT INTO ledger.events {NEXT_TWO.format(gap=-2)}",
    "insert a version again": f"INSERT INTO ledger.events {AGAIN}",
    "insert a gap in a statement with two parts": f"WITH a AS (INSERT INTO ledger.events"
    f" {NEXT_TWO.format(gap=1)} RETURNING 1) INSERT INTO ledger.events {NEXT_TWO.format(gap=9)}",
    "insert beside an equal sign of its own": "CREATE FUNCTION own.yes(bigint, bigint) RETURNS boolean"
    " LANGUAGE sql AS 'SELECT true'; CREATE OPERATOR own.= (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION ="
    " own.yes); SET search_path = own, pg_catalog;"
    f" INSERT INTO ledger.events {GAP}",
    "insert beside a table of the name of the rows added": "CREATE TEMP TABLE added AS SELECT * FROM"
    f" ledger.events LIMIT 0; SET search_path = pg_temp, pg_catalog; INSERT INTO ledger.events {GAP}",
    "insert as a role that triggers do not see": "SET session_replication_role = replica;"
    f" INSERT INTO ledger.events {GAP}",
    "insert, and change what is there": f"INSERT INTO ledger.events {NEXT} ON CONFLICT DO NOTHING;"
    " UPDATE ledger.events SET topic = 'x'",
    "merge in one with a gap": f"MERGE INTO ledger.events AS e USING ({GAP}) AS s (i, o, v, t, r, s, h)"
    " ON e.leaf_index = s.i WHEN NOT MATCHED THEN INSERT VALUES (s.i, s.o, s.v, s.t, s.r, s.s, s.h)",
    "a session number with a gap": KEY.format("('session', '99')"),
    "a session number again": KEY.format("('session', '1')"),
    "a session number written otherwise": KEY.format("('session', '01')"),
    "the next session number written otherwise": KEY.format("('session', '02')"),
    "two session numbers, one left out": KEY.format("('session', '2'), ('session', '4')"),
    "a session that is no number": KEY.format("('session', 'three')"),
    "a key put again": KEY.format("('customer', 'K-1')"),
    "a key put again for another": KEY.format("('customer', 'K-1')") + " ON CONFLICT (kind, key) DO UPDATE"
    " SET stream = EXCLUDED.stream",
    "a number of its own": "INSERT INTO ledger.reference (kind, key, number, stream)"
    " SELECT 'customer', 'x', 7, originator_id FROM ledger.events LIMIT 1",
    "a subtree put": "INSERT INTO ledger.subtree VALUES (1, 0, '\\x00')",
    "a version of the tables put": "INSERT INTO ledger.schema_version VALUES (9)",
    "copy from a program": "COPY ledger.events FROM PROGRAM 'echo'",
    "copy to a program": "COPY ledger.events TO PROGRAM 'cat'",
    "replica role": "SET session_replication_role = replica",
    "become the owner": f"SET ROLE {postgres.OWNER}",
    "become the owner for the session": f"SET SESSION AUTHORIZATION {postgres.OWNER}",
    "another function": "CREATE OR REPLACE FUNCTION ledger.append_subtree(level integer, number bigint,"
    " hash bytea) RETURNS void LANGUAGE sql AS ''",
    "drop function": "DROP FUNCTION ledger.append_subtree",
    "alter function": "ALTER FUNCTION ledger.append_subtree SECURITY INVOKER",
    "a table in the schema": "CREATE TABLE ledger.pg_class (x int)",
    "row lock": "SELECT * FROM ledger.events FOR UPDATE",
    "lock out everybody": "BEGIN; LOCK TABLE ledger.events IN ACCESS EXCLUSIVE MODE",
    "a key given anew": "UPDATE ledger.reference SET stream = '\\x00' WHERE kind = 'customer'",
    "a key removed": "DELETE FROM ledger.reference",
    "a hash changed": "UPDATE ledger.subtree SET hash = '\\x00'",
    "a checkpoint removed": "DELETE FROM ledger.checkpoint",
    "a checkpoint put": "INSERT INTO ledger.checkpoint VALUES (1, 'x')",
    "function, out of order": "SELECT ledger.append_event(ARRAY[99]::bigint[], ARRAY[originator_id],"
    " ARRAY[9]::int[], ARRAY['x'], ARRAY[0]::bigint[], ARRAY[state], ARRAY[leaf_hash])"
    " FROM ledger.events LIMIT 1",
    "function, a version again": "SELECT ledger.append_event(ARRAY[(SELECT max(leaf_index) + 1 FROM"
    " ledger.events)], ARRAY[originator_id], ARRAY[originator_version], ARRAY['x'], ARRAY[0]::bigint[],"
    " ARRAY[state],"
    " ARRAY[leaf_hash]) FROM ledger.events LIMIT 1",
    "function, a key again": "SELECT ledger.append_reference(ARRAY['customer'], ARRAY['K-1'],"
    " ARRAY[originator_id], ARRAY[NULL::text]) FROM ledger.events LIMIT 1",
    "function, a smaller checkpoint": "SELECT ledger.append_checkpoint(1, 'x')",
}
"""Statements of the role of every day; every one is refused."""
REFUSED = (
    psycopg.errors.InsufficientPrivilege,
    psycopg.errors.RaiseException,
    psycopg.errors.UniqueViolation,
    psycopg.errors.InvalidTextRepresentation,
    psycopg.errors.GeneratedAlways,
)
EVERYTHING = """\
SELECT (SELECT md5(string_agg(e::text, '|' ORDER BY leaf_index)) FROM ledger.events AS e),
       (SELECT md5(string_agg(r::text, '|' ORDER BY kind, key)) FROM ledger.reference AS r),
       (SELECT md5(string_agg(c::text, '|' ORDER BY size)) FROM ledger.checkpoint AS c),
       (SELECT count(*) FROM ledger.subtree), (SELECT count(*) FROM ledger.anchor)"""
OWNERS = (
    *("update", "delete", "truncate", "truncate all", "insert with a gap", "insert again", "upsert", "merge"),
    *("a key given anew", "a key removed", "a checkpoint removed", "a checkpoint put"),
    *("insert the next two, and one after a gap", "insert a version again", "merge in one with a gap"),
    *("a session number with a gap", "a session number written otherwise", "a key put again"),
)
"""Of those the ones that the guards refuse to the owner too, as long as it leaves them in place."""
DAMAGES = {
    "a trigger is disabled": (
        "ALTER TABLE ledger.events DISABLE TRIGGER no_update",
        "store-guard: {}.ledger has lost no_update of events, or it is disabled\n",
    ),
    "a trigger is gone": (
        "DROP TRIGGER append_only ON ledger.anchor",
        "store-guard: {}.ledger has lost append_only of anchor, or it is disabled\n",
    ),
    "a function does something else": (
        "CREATE OR REPLACE FUNCTION ledger.refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'",
        "store-guard: {}.ledger has another refuse than it was made with\n",
    ),
    "the role may sign": (
        f"GRANT INSERT ON ledger.checkpoint TO {postgres.DESK}",
        "store-rights: this role may INSERT in the table checkpoint of {}.ledger\n",
    ),
    "the role may change": (
        f"GRANT UPDATE ON ledger.events TO {postgres.DESK}",
        "store-rights: this role may UPDATE in the table events of {}.ledger\n",
    ),
}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Office, str]]:
    """An office on PostgreSQL with a signed log, and its database."""
    postgres.server()
    name = postgres.new_database()
    init = ("--store", postgres.url_of(name), "--owner", postgres.OWNER)
    office = Office(tmp_path_factory.mktemp("shared") / "ledger", init=init)
    office.does("customer", "add", "K-1", "--name", "Jan")
    office.does("session", "request", "--customer", "K-1", "--issue", "other")
    office.does("audit", "checkpoint")
    postgres.said(postgres.server(), f"CREATE SCHEMA own AUTHORIZATION {postgres.DESK}", name)
    yield office, name
    postgres.drop(name)


def copied(shared: tuple[Office, str], database: str, tmp_path: Path) -> Office:
    """An office on a copy of the database."""
    office, name = shared
    postgres.copy_database(name, database)
    copy = object.__new__(Office)
    copy.folder, copy.now = tmp_path / "ledger", office.now
    copy.does("init", "--store", postgres.url_of(database), "--join")
    return copy


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_role_of_every_day_is_refused(attack: str, shared: tuple[Office, str]) -> None:
    """Afterwards all is as it was."""
    _, name = shared
    before = postgres.said(postgres.server(), EVERYTHING, name)
    with pytest.raises(REFUSED):
        postgres.said(postgres.server(), ATTACKS[attack], name, role=postgres.DESK)
    assert postgres.said(postgres.server(), EVERYTHING, name) == before


def test_the_role_of_every_day_gives_itself_no_right(shared: tuple[Office, str]) -> None:
    """PostgreSQL only warns; nothing was given."""
    office, name = shared
    grant = f"GRANT UPDATE ON ledger.events TO {postgres.DESK}"
    postgres.said(postgres.server(), grant, name, role=postgres.DESK)
    assert office.run("check", "integrity", "guards", "tree") == Answer(0, "", "")


def test_the_next_events_may_be_appended_and_a_forged_one_is_found(
    shared: tuple[Office, str], database: str, tmp_path: Path
) -> None:
    """The guards stop changes and gaps, not appends; what was never hashed so is found by `check`."""
    copy = copied(shared, database, tmp_path)
    for insert in (NEXT_TWO.format(gap=1), NEXT.replace("9::int", "11")):
        postgres.said(postgres.server(), f"INSERT INTO ledger.events {insert}", database, role=postgres.DESK)
    found = copy.run("check")
    assert {line.partition(":")[0] for line in found.out.splitlines()} >= {"event-hash"}


@pytest.mark.parametrize("attack", OWNERS)
def test_the_guards_hold_against_the_owner(attack: str, shared: tuple[Office, str]) -> None:
    _, name = shared
    with pytest.raises((psycopg.errors.RaiseException, psycopg.errors.UniqueViolation)):
        postgres.said(postgres.server(), ATTACKS[attack], name, role=postgres.OWNER)


@pytest.mark.parametrize("damage", DAMAGES)
def test_check_names_a_guard_that_is_gone(
    damage: str, shared: tuple[Office, str], database: str, tmp_path: Path
) -> None:
    """Done by the owner to a copy."""
    copy = copied(shared, database, tmp_path)
    assert copy.run("check") == Answer(0, "", "")
    statement, finding = DAMAGES[damage]
    postgres.said(postgres.server(), statement, database, role=postgres.OWNER)
    assert copy.run("check", "integrity", "guards").out == finding.format(database)


READER = "reader"
ROLE = f"DO $$ BEGIN CREATE ROLE {READER} LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$"
NOT_FOR_A_READER = (
    "SELECT * FROM ledger_vault.vault",
    "SELECT ledger.append_checkpoint(9, 'x')",
    "SELECT ledger.append_reference(ARRAY['x'], ARRAY['x'], ARRAY[''::bytea], ARRAY['x'])",
    f"INSERT INTO ledger.events {NEXT}",
    "DELETE FROM ledger.events",
    "CREATE TABLE ledger.own (x int)",
)


def test_a_reader_reads_the_log_and_nothing_else(database: str, tmp_path: Path) -> None:
    """It can neither append nor sign, and sees neither vault nor keys."""
    postgres.said(postgres.server(), ROLE)
    init = ("--store", postgres.url_of(database), "--owner", postgres.OWNER, "--reader", READER)
    office = Office(tmp_path / "ledger", init=init)
    office.does("customer", "add", "K-1", "--name", "Jan")
    tables = ("events", "reference", "subtree", "checkpoint", "anchor", "schema_version")
    for table in tables:
        postgres.said(postgres.server(), f"SELECT * FROM ledger.{table}", database, role=READER)
    for statement in NOT_FOR_A_READER:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            postgres.said(postgres.server(), statement, database, role=READER)
    for kind in ("session", "tax", "customer"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            postgres.said(
                postgres.server(), f"SELECT * FROM ledger_{kind}.key", f"{database}_keys", role=READER
            )
    assert office.run("check") == Answer(0, "", "")


def test_a_reader_that_is_no_role_leaves_no_ledger(database: str, tmp_path: Path) -> None:
    """Neither a folder nor tables."""
    office = object.__new__(Office)
    office.folder, office.now = tmp_path / "ledger", "2026-11-30T10:00:00+01:00"
    init = ("--store", postgres.url_of(database), "--owner", postgres.OWNER)
    assert (
        'role "nobody-here" does not exist (E-STORE-IO)'
        in office.run("init", *init, "--reader", "nobody-here").err
    )
    assert not office.folder.exists()
    assert postgres.said(postgres.server(), "SELECT to_regclass('ledger.events')", database) == [(None,)]


PREPARE = """
import sys
from ledger.store.postgres.address import Address
from ledger.store.postgres.schema import prepare
sys.stdin.readline()
prepare(Address.parse(sys.argv[1]), sys.argv[2])
"""


def test_processes_that_make_the_tables_at_once_do_not_meet(database: str) -> None:
    """Three begin on a server that has not even the database; each ends without an error."""
    command = [sys.executable, "-c", PREPARE, postgres.url_of(database), postgres.OWNER]
    pipe = subprocess.PIPE
    begun = [subprocess.Popen(command, stdin=pipe, stderr=pipe, text=True) for _ in range(3)]
    for process in begun:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    ended = [(process.communicate()[1], process.returncode) for process in begun]
    assert ended == [("", 0)] * 3
    tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'ledger'"
    assert postgres.said(postgres.server(), tables, database) == [(6,)]


def test_of_processes_that_make_a_ledger_at_once_one_does(database: str, tmp_path: Path) -> None:
    """The others are told that there is one, and leave no folder behind."""
    words = "init", "--testing", "--store", postgres.url_of(database), "--owner", postgres.OWNER
    command = [sys.executable, "-m", "ledger", *words]
    begun = [
        subprocess.Popen(
            command,
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
            env={"SESSION_LEDGER_DIR": str(tmp_path / str(number)), "PATH": "", "SESSION_LEDGER_BY": "x"},
        )
        for number in range(3)
    ]
    ended = [(process.communicate()[1], process.returncode) for process in begun]
    assert sorted(status for _, status in ended) == [0, 1, 1]
    assert all("E-LEDGER-EXISTS" in told for told, status in ended if status == 1)
    assert len(list(tmp_path.iterdir())) == 1
    events = "SELECT topic FROM ledger.events ORDER BY leaf_index"
    assert postgres.said(postgres.server(), events, database) == [
        ("ledger.opened:1",),
        ("tariff.published:1",),
    ]
