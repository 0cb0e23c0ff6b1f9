"""What `check` looks at in a ledger on PostgreSQL: what SQLite's check does, and who may do what there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing

from ledger.errors import LedgerError
from ledger.message import msg
from ledger.store import checks
from ledger.store.any_database import AnyDatabase
from ledger.store.checks import Check, run
from ledger.store.finding import CheckFinding
from ledger.store.postgres.address import Address
from ledger.store.postgres.connection import PostgresDatabase
from ledger.store.postgres.schema import LOG_TABLES
from ledger.store.postgres.upgrade import bodies_of_version

_TRIGGERS = """\
SELECT c.relname::text, t.tgname::text, t.tgenabled::text FROM pg_trigger AS t
JOIN pg_class AS c ON c.oid = t.tgrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = current_schema() AND NOT t.tgisinternal"""
_FUNCTIONS = """\
SELECT p.proname::text, p.prosrc FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
WHERE n.nspname = current_schema()"""
_VERSION = "SELECT coalesce(max(version), 1) FROM schema_version"
_RIGHTS = """\
SELECT c.relname::text, right_::text FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER']) AS right_
WHERE n.nspname = current_schema() AND c.relkind = 'r'
AND NOT (right_ = 'INSERT' AND c.relname IN ('events', 'reference')
         AND (SELECT max(version) FROM schema_version) > 1)
AND has_table_privilege(current_user, c.oid, right_) ORDER BY 1, 2"""
_QUIET = {"log_statement": "none", "log_min_duration_statement": "-1", "log_min_duration_sample": "-1"}
"""What keeps statements that succeed out of the server's log."""
_LOGGING = """\
SELECT name::text, setting FROM pg_settings
WHERE name IN ('log_statement', 'log_min_duration_statement', 'log_min_duration_sample')"""
_GUARD_NAMES = ("append_only", "no_delete", "no_update")


def check_postgres(url: str, names: Iterable[str]) -> Iterator[CheckFinding]:
    """Yield the findings of the named checks, in one snapshot of the database."""
    try:
        address = Address.parse(url)
        database = PostgresDatabase(address, address.log)
        with closing(database), database.transaction(write=False):
            for name in names:
                yield from run(CHECKS[name], database)
    except LedgerError as error:
        yield CheckFinding("store-unreadable", error.message)


def rights(database: AnyDatabase) -> Iterator[CheckFinding]:
    """Check that the role of every day may append events and keys, and change the log by functions alone."""
    for table, right in database.execute(_RIGHTS):
        yield CheckFinding(
            "store-rights",
            msg(
                "this role may {right} in the table {table} of {name}",
                right=right,
                table=table,
                name=database.name,
            ),
        )


def guards(database: AnyDatabase) -> Iterator[CheckFinding]:
    """Triggers and functions are the ones that were made, and in force."""
    triggers = {(table, name): state for table, name, state in database.execute(_TRIGGERS)}
    for table in LOG_TABLES:
        for name in _GUARD_NAMES:
            if triggers.get((table, name)) != "A":
                yield CheckFinding(
                    "store-guard",
                    msg(
                        "{name} has lost {name_2} of {table}, or it is disabled",
                        name=database.name,
                        name_2=name,
                        table=table,
                    ),
                )
    found: dict[str, str] = dict(database.execute(_FUNCTIONS).fetchall())
    (version,) = database.execute(_VERSION).fetchone()
    for name, source in bodies_of_version(database.name.partition(".")[2], version).items():
        if name not in found:
            yield CheckFinding(
                "store-guard", msg("{name} has lost {name_2}", name=database.name, name_2=name)
            )
        elif found[name].split() != source.split():
            yield CheckFinding(
                "store-guard",
                msg("{name} has another {name_2} than it was made with", name=database.name, name_2=name),
            )


def check_logging(address: Address) -> Iterator[CheckFinding]:
    """Check that the server does not write the statements of the keys' database to its log, with the keys.

    Asked of the connection itself, so that what is set for the database or the role counts.
    """
    try:
        with closing(PostgresDatabase(address.keys, address.keys_of("session"))) as database:
            told = dict(database.execute(_LOGGING).fetchall())
    except LedgerError as error:
        yield CheckFinding("store-unreadable", error.message)
        return
    for name, quiet in _QUIET.items():
        if told.get(name, quiet) != quiet:
            sentence = msg(
                "the server has {name} = {told} for this database: keys stand in its log",
                name=name,
                told=told[name],
            )
            yield CheckFinding("statements-logged", sentence)


CHECKS: dict[str, Check] = {**checks.CHECKS, "integrity": rights, "guards": guards}
"""The server looks after its own pages (data checksums); instead of them the rights are looked at."""
