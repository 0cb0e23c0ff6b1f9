"""A ledger that a former release made on PostgreSQL: guarded as it is, and brought to this version."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ledger.store.postgres.test_roles import ATTACKS, GAP, KEY, REFUSED
from tests.support import postgres
from tests.support.office import Answer, Office

FIRST = (Path(__file__).parent / "schemas" / "version-1.sql").read_text(encoding="utf-8")
STORE = ("integrity", "guards", "events", "versions", "references", "tree")
MANY = 150
"""Sessions whose events are copied in where the role may insert."""


@pytest.fixture
def office(database: str, tmp_path: Path) -> Office:
    """An office on tables of version 1."""
    for name in (database, f"{database}_keys"):
        postgres.said(postgres.server(), f'CREATE DATABASE "{name}" OWNER {postgres.OWNER}')
    postgres.said(postgres.server(), FIRST, database, role=postgres.OWNER)
    init = ("--store", postgres.url_of(database), "--owner", postgres.OWNER)
    office = Office(tmp_path / "ledger", init=init)
    office.does("customer", "add", "K-1", "--name", "Jan")
    return office


def imported(office: Office, letter: str, tmp_path: Path) -> Answer:
    """An import of many sessions."""
    table = tmp_path / f"{letter}.csv"
    rows = [f"{letter}-{n},K-1,other,2026-11-16 10:00,2026-11-16 10:20" for n in range(MANY)]
    table.write_text("\n".join(["session_ref,customer,issue,connected_at,ended_at", *rows]), encoding="utf-8")
    return office.run("session", "import", str(table))


def attacked(attack: str, database: str) -> None:
    with pytest.raises(REFUSED):
        postgres.said(postgres.server(), attack, database, role=postgres.DESK)


def test_a_ledger_of_the_former_release_goes_on(office: Office, database: str, tmp_path: Path) -> None:
    """Its role may not insert, so everything goes through its functions; its guards are the right ones."""
    assert imported(office, "A", tmp_path).status == 0
    assert office.run("check", *STORE) == Answer(0, "", "")
    attacked(f"INSERT INTO ledger.events {GAP}", database)
    again = imported(office, "A", tmp_path)
    assert f"rows {MANY} = 0 + 0 + {MANY}" in again.out


def test_its_owner_brings_it_to_this_version(office: Office, database: str, tmp_path: Path) -> None:
    """Whole or not at all; afterwards many events are copied in, and the same attacks are refused."""
    imported(office, "A", tmp_path)
    refused = office.run("audit", "upgrade")
    assert refused == Answer(
        1,
        "",
        "Error: the tables of ledger belong to another role (E-STORE-IO)\n"
        "hint: --owner ROLE names the one that made them\n",
    )
    assert office.run("check", *STORE) == Answer(0, "", "")
    done = office.does("audit", "upgrade", "--owner", postgres.OWNER)
    assert "brought to this version" in done.out
    assert "of this version already" in office.does("audit", "upgrade", "--owner", postgres.OWNER).out
    assert imported(office, "B", tmp_path).status == 0
    assert office.run("check", *STORE) == Answer(0, "", "")
    for attack in ("update", "delete", "insert with a gap", "insert again", "disable trigger"):
        attacked(ATTACKS[attack], database)
    attacked(KEY.format("('session', '999')"), database)


def test_a_guard_of_version_1_that_was_changed_is_named(office: Office, database: str) -> None:
    changed = (
        "CREATE OR REPLACE FUNCTION ledger.guard_events() RETURNS trigger LANGUAGE plpgsql"
        " AS 'BEGIN RETURN NEW; END'"
    )
    postgres.said(postgres.server(), changed, database, role=postgres.OWNER)
    assert office.run("check", "guards").out == (
        f"store-guard: {database}.ledger has another guard_events than it was made with\n"
    )


def test_a_ledger_without_the_index_of_what_is_beside_sessions_gets_it(office: Office, database: str) -> None:
    """Its guards are of this version already; nothing else is touched, and nothing is done twice."""
    office.does("audit", "upgrade", "--owner", postgres.OWNER)
    postgres.said(
        postgres.server(), "DROP INDEX ledger.events_beside_sessions", database, role=postgres.OWNER
    )
    assert "brought to this version" in office.does("audit", "upgrade", "--owner", postgres.OWNER).out
    assert "of this version already" in office.does("audit", "upgrade", "--owner", postgres.OWNER).out
    found = "SELECT 1 FROM pg_indexes WHERE indexname = 'events_beside_sessions'"
    assert postgres.said(postgres.server(), found, database) == [(1,)]
