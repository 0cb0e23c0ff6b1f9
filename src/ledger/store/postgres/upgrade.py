"""The guards of a ledger that a former release made on PostgreSQL, and how they are made anew.

Version 1 asked its guards row by row, and its role of every day appended by functions alone. Such a ledger is
opened, appended to and checked as it is; its owner brings it to this version.
"""

from __future__ import annotations

from ledger.errors import StoreFailed
from ledger.message import Hint, msg
from ledger.store.postgres.address import Address
from ledger.store.postgres.connection import connect, postgres_refusals
from ledger.store.postgres.schema import (
    BESIDE_SESSIONS,
    SCHEMA_VERSION,
    STATEMENTS,
    alone,
    function_bodies,
    guard_of,
)
from ledger.store.sqlite.schema import REFERENCE_IS_TAKEN, VERSION_IS_TAKEN

_FIRST_VERSION = {
    "guard_events": """
BEGIN
    IF NEW.leaf_index IS DISTINCT FROM (SELECT coalesce(max(leaf_index) + 1, 0) FROM {s}.events) THEN
        RAISE EXCEPTION 'events: this is not the next leaf index';
    END IF;
    IF EXISTS (SELECT 1 FROM {s}.events WHERE originator_id = NEW.originator_id
               AND originator_version = NEW.originator_version) THEN
        RAISE EXCEPTION '{version_is_taken}' USING DETAIL = NEW.leaf_index::text;
    END IF;
    RETURN NEW;
END """,
    "guard_reference": """
BEGIN
    IF NEW.kind = 'session' AND NEW.key::bigint IS DISTINCT FROM
       (SELECT coalesce(max(number) + 1, 1) FROM {s}.reference WHERE kind = 'session') THEN
        RAISE EXCEPTION 'reference: this is not the next session number';
    END IF;
    IF EXISTS (SELECT 1 FROM {s}.reference WHERE kind = NEW.kind AND key = NEW.key) THEN
        RAISE EXCEPTION '{reference_is_taken}' USING DETAIL = NEW.kind || ' ' || NEW.key;
    END IF;
    RETURN NEW;
END """,
}
"""What the guards of version 1 were that are others now."""
_WHO_APPENDS = """\
SELECT DISTINCT grantee::regrole::text FROM pg_proc AS p CROSS JOIN aclexplode(p.proacl) AS given
WHERE p.pronamespace = %s::regnamespace AND p.proname = 'append_event' AND given.grantee <> p.proowner"""
_RENEW = """\
DROP TRIGGER append_only ON {s}.{t};
DROP FUNCTION {s}.guard_{t}();
{made}
ALTER TABLE {s}.{t} ENABLE ALWAYS TRIGGER append_only;
REVOKE ALL ON FUNCTION {s}.guard_{t}() FROM PUBLIC;
"""
_OWNS = "SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = %s::regclass"
_VERSION = "SELECT max(version) FROM {s}.schema_version"
_IS_INDEXED = "SELECT to_regclass(%s) IS NOT NULL"
_LOCK = "LOCK TABLE {s}.events, {s}.reference IN ACCESS EXCLUSIVE MODE"
_GRANT = "GRANT INSERT ON {s}.events, {s}.reference TO {role}"
_NOW_OF = "INSERT INTO {s}.schema_version VALUES ({version})"


def bodies_of_version(schema: str, version: int) -> dict[str, str]:
    """Return the source of every function of the log as the release of that version made it."""
    bodies = function_bodies(schema)
    if version < SCHEMA_VERSION:
        said = {"version_is_taken": VERSION_IS_TAKEN, "reference_is_taken": REFERENCE_IS_TAKEN}
        bodies |= {name: body.format(s=schema, **said) for name, body in _FIRST_VERSION.items()}
    return bodies


def upgrade_postgres(address: Address, owner: str | None) -> bool:
    """Bring guards, rights and indexes to this version, as `owner`, whole or not at all; False: they are.

    Raises StoreUnreachable, StoreFailed, StoreDamaged.
    """
    maker = address if owner is None else address.of_role(owner)
    schema = maker.log
    with postgres_refusals(maker.database), connect(maker) as database, database.transaction():
        alone(database)
        version = database.execute(_VERSION.format(s=schema).encode()).fetchone()
        is_indexed = database.execute(_IS_INDEXED, (f"{schema}.events_beside_sessions",)).fetchone()
        if version == (SCHEMA_VERSION,) and is_indexed == (True,):
            return False
        if database.execute(_OWNS, (f"{schema}.events",)).fetchone() != (True,):
            raise StoreFailed(
                msg("the tables of {schema} belong to another role", schema=schema),
                hint=Hint("--owner ROLE names the one that made them"),
            )
        database.execute(BESIDE_SESSIONS.format(s=schema).encode())
        if version == (SCHEMA_VERSION,):
            return True
        database.execute(_LOCK.format(s=schema).encode())
        for table in STATEMENTS:
            made = guard_of(schema, table)
            database.execute(_RENEW.format(s=schema, t=table, made=made).encode())
        for (role,) in database.execute(_WHO_APPENDS, (schema,)).fetchall():
            database.execute(_GRANT.format(s=schema, role=role).encode())
        database.execute(_NOW_OF.format(s=schema, version=SCHEMA_VERSION).encode())
    return True
