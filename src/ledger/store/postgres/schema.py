"""The tables of a ledger on PostgreSQL, and what keeps its log append-only.

Two roles. The owner makes the tables, once, by `prepare`. The role of every day reads the log, may append
events and their keys, many at once, and calls the functions that append the rest, which run as the owner,
one transaction at a time; it may not change, remove or empty anything there. The triggers look at what a
statement added as a whole. They hold against the owner too, until it drops them; then the hashes tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from ledger.errors import StoreFailed, StoreUnreachable
from ledger.message import Hint, msg
from ledger.store.postgres.address import Address
from ledger.store.postgres.connection import connect, postgres_refusals

if TYPE_CHECKING:
    import psycopg

SCHEMA_VERSION = 2
KNOWN_VERSIONS = (1, SCHEMA_VERSION)
"""Version 1, of the releases up to 2026-11-26, asked its guards row by row; `upgrade` makes them anew."""
KEY_CLASSES = ("session", "tax", "customer", "month")
_LOCK = 0x5E55_1ED6
"""One process at a time makes tables."""
_OLDEST_SERVER = 17
"""The first one whose tables another role than the owner may be let write anew (MAINTAIN)."""
LOG_TABLES = ("events", "reference", "subtree", "checkpoint", "anchor")
GUARDED = {
    "events": ("an event is never changed", "an event is never removed"),
    "reference": ("a key is never given anew", "a key is never removed"),
    "subtree": ("a hash is never changed", "a hash is never removed"),
    "checkpoint": ("what was signed is never changed", "what was signed is never removed"),
    "anchor": ("a time stamp is never changed", "a time stamp is never removed"),
}
"""Table: what its guards say to UPDATE, and to DELETE and TRUNCATE."""

BESIDE_SESSIONS = """\
CREATE INDEX IF NOT EXISTS events_beside_sessions ON {s}.events (leaf_index)
    WHERE NOT (topic >= 'session.' AND topic < 'session/');
"""
"""What a replay needs of the log beside the sessions: some kilobytes instead of all events."""
_TABLES = (
    """\
CREATE TABLE {s}.events (
    leaf_index bigint PRIMARY KEY,
    originator_id bytea NOT NULL CHECK (octet_length(originator_id) = 16),
    originator_version integer NOT NULL CHECK (originator_version >= 1),
    topic text COLLATE "C" NOT NULL,
    recorded_at bigint NOT NULL,
    state bytea NOT NULL,
    leaf_hash bytea NOT NULL CHECK (octet_length(leaf_hash) = 32),
    UNIQUE (originator_id, originator_version)
);
CREATE TABLE {s}.reference (
    kind text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    number bigint GENERATED ALWAYS AS (CASE WHEN kind = 'session' THEN key::bigint END) STORED,
    stream bytea NOT NULL CHECK (octet_length(stream) = 16),
    digest text,
    PRIMARY KEY (kind, key)
);
CREATE INDEX reference_number_of_stream ON {s}.reference (stream) WHERE kind = 'session';
CREATE INDEX reference_number ON {s}.reference (number) WHERE kind = 'session';
"""
    + BESIDE_SESSIONS
    + """\
CREATE TABLE {s}.subtree (
    level integer NOT NULL CHECK (level >= 1),
    number bigint NOT NULL,
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (level, number)
);
CREATE TABLE {s}.checkpoint (size bigint PRIMARY KEY, note text NOT NULL);
CREATE TABLE {s}.anchor (
    size bigint NOT NULL REFERENCES {s}.checkpoint (size),
    kind text COLLATE "C" NOT NULL,
    token bytea NOT NULL,
    PRIMARY KEY (size, kind, token)
);
CREATE TABLE {s}.schema_version (version integer PRIMARY KEY);
"""
)

STATEMENTS: dict[str, str] = {
    "events": """
    SELECT min(leaf_index), max(leaf_index), count(*) INTO first, last, many FROM added;
    IF many > 0 AND (last - first + 1 <> many OR last <> (SELECT max(leaf_index) FROM {s}.events)
       OR (first <> 0 AND NOT EXISTS (SELECT 1 FROM {s}.events WHERE leaf_index = first - 1))) THEN
        RAISE EXCEPTION 'events: this is not the next leaf index';
    END IF;""",
    "reference": """
    SELECT min(number), max(number), count(*) INTO first, last, many FROM added WHERE kind = 'session';
    IF many > 0 AND (last - first + 1 <> many
       OR EXISTS (SELECT 1 FROM added WHERE kind = 'session' AND key <> number::text)
       OR last <> (SELECT max(number) FROM {s}.reference WHERE kind = 'session')
       OR (first <> 1 AND NOT EXISTS
           (SELECT 1 FROM {s}.reference WHERE kind = 'session' AND number = first - 1))) THEN
        RAISE EXCEPTION 'reference: this is not the next session number';
    END IF;""",
}
"""Table: what its guard asks of all that a statement added: the next ones, without a gap.

That no index, version, number or key is there twice is what their constraints say.
"""
APPENDING: dict[str, str] = {
    "subtree": """
    IF NEW.number IS DISTINCT FROM
       (SELECT coalesce(max(number) + 1, 0) FROM {s}.subtree WHERE level = NEW.level) THEN
        RAISE EXCEPTION 'subtree: this is not the next number of its level';
    END IF;""",
    "checkpoint": """
    IF NEW.size <= (SELECT max(size) FROM {s}.checkpoint) THEN
        RAISE EXCEPTION 'checkpoint: a larger tree was signed already';
    END IF;""",
    "anchor": """
    IF EXISTS (SELECT 1 FROM {s}.anchor WHERE size = NEW.size AND kind = NEW.kind AND token = NEW.token) THEN
        RAISE EXCEPTION 'anchor: this time stamp is here already';
    END IF;""",
}
"""Table: what its guard asks of a row before it is inserted."""
_APPEND_MANY = """\
CREATE FUNCTION {s}.guard_{t}() RETURNS trigger {definer} AS $$
DECLARE
    first bigint;
    last bigint;
    many bigint;
BEGIN{body}
    RETURN NULL;
END $$;
CREATE TRIGGER append_only AFTER INSERT ON {s}.{t} REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION {s}.guard_{t}();
"""
_APPEND = """\
CREATE FUNCTION {s}.guard_{t}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN{body}
    RETURN NEW;
END $$;
CREATE TRIGGER append_only BEFORE INSERT ON {s}.{t} FOR EACH ROW EXECUTE FUNCTION {s}.guard_{t}();
"""
_REFUSE = """\
CREATE FUNCTION {s}.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%: %', TG_TABLE_NAME, TG_ARGV[0];
END $$;
"""
_NEVER = """\
CREATE TRIGGER no_update BEFORE UPDATE ON {s}.{t} FOR EACH STATEMENT EXECUTE FUNCTION {s}.refuse('{change}');
CREATE TRIGGER no_delete BEFORE DELETE OR TRUNCATE ON {s}.{t}
    FOR EACH STATEMENT EXECUTE FUNCTION {s}.refuse('{removal}');
ALTER TABLE {s}.{t} ENABLE ALWAYS TRIGGER no_update;
ALTER TABLE {s}.{t} ENABLE ALWAYS TRIGGER no_delete;
ALTER TABLE {s}.{t} ENABLE ALWAYS TRIGGER append_only;
"""
_DEFINER = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp"
_LOCKED = "LOCK TABLE {s}.events IN EXCLUSIVE MODE;"
"""Readers go on; whoever else wants to append waits until the transaction ends."""
_FUNCTIONS = f"""\
CREATE FUNCTION {{s}}.begin_append(OUT last_index bigint, OUT last_recorded_at bigint, OUT last_number bigint)
{_DEFINER} AS $$
BEGIN
    {_LOCKED}
    SELECT leaf_index, recorded_at INTO last_index, last_recorded_at
    FROM {{s}}.events ORDER BY leaf_index DESC LIMIT 1;
    SELECT coalesce(max(number), 0) INTO last_number FROM {{s}}.reference WHERE kind = 'session';
END $$;
CREATE FUNCTION {{s}}.append_event(
    indexes bigint[], streams bytea[], versions integer[], topics text[], moments bigint[], states bytea[],
    hashes bytea[]
) RETURNS void {_DEFINER} AS $$
BEGIN
    {_LOCKED}
    INSERT INTO {{s}}.events
        (leaf_index, originator_id, originator_version, topic, recorded_at, state, leaf_hash)
    SELECT i, o, v, t, m, s, h
    FROM unnest(indexes, streams, versions, topics, moments, states, hashes) AS given (i, o, v, t, m, s, h)
    ORDER BY i;
END $$;
CREATE FUNCTION {{s}}.append_reference(kinds text[], keys text[], streams bytea[], digests text[])
RETURNS void {_DEFINER} AS $$
BEGIN
    {_LOCKED}
    INSERT INTO {{s}}.reference (kind, key, stream, digest)
    SELECT k, w, s, d
    FROM unnest(kinds, keys, streams, digests) WITH ORDINALITY AS given (k, w, s, d, place) ORDER BY place;
END $$;
CREATE FUNCTION {{s}}.append_subtree(level integer, number bigint, hash bytea)
RETURNS void {_DEFINER} AS $$
BEGIN
    {_LOCKED}
    INSERT INTO {{s}}.subtree VALUES (level, number, hash);
END $$;
CREATE FUNCTION {{s}}.append_checkpoint(size bigint, note text) RETURNS void {_DEFINER} AS $$
BEGIN
    {_LOCKED}
    INSERT INTO {{s}}.checkpoint VALUES (size, note);
END $$;
CREATE FUNCTION {{s}}.append_anchor(size bigint, kind text, token bytea) RETURNS void {_DEFINER} AS $$
BEGIN
    {_LOCKED}
    INSERT INTO {{s}}.anchor VALUES (size, kind, token);
END $$;
"""
_LOG_GRANTS = """\
REVOKE ALL ON ALL TABLES IN SCHEMA {s} FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA {s} FROM PUBLIC;
GRANT USAGE ON SCHEMA {s} TO {role};
GRANT SELECT ON ALL TABLES IN SCHEMA {s} TO {role};
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA {s} TO {role};
GRANT INSERT ON {s}.events, {s}.reference TO {role};
"""
_READER_GRANTS = """\
GRANT USAGE ON SCHEMA {s} TO {role};
GRANT SELECT ON ALL TABLES IN SCHEMA {s} TO {role};
"""
_VAULT = """\
CREATE TABLE {s}.vault (
    commitment text COLLATE "C" PRIMARY KEY,
    class text NOT NULL CHECK (class IN ('session', 'tax', 'customer')),
    subject bytea NOT NULL CHECK (octet_length(subject) = 16),
    stream bytea NOT NULL CHECK (octet_length(stream) = 16),
    version integer NOT NULL CHECK (version >= 1),
    moment bigint NOT NULL,
    nonce bytea NOT NULL CHECK (octet_length(nonce) = 12),
    box bytea NOT NULL
);
CREATE INDEX vault_subject ON {s}.vault (class, subject);
"""
_KEYS = """\
CREATE TABLE {s}.key (
    subject bytea PRIMARY KEY CHECK (octet_length(subject) = 16),
    cipher_key bytea NOT NULL CHECK (octet_length(cipher_key) = 32),
    commitment_key bytea NOT NULL CHECK (octet_length(commitment_key) = 32)
);
"""
_MONTH_KEYS = """\
CREATE TABLE {s}.month_key (
    month text COLLATE "C" PRIMARY KEY CHECK (month ~ '^[0-9]{{4}}-[0-1][0-9]$'),
    key bytea NOT NULL CHECK (octet_length(key) = 32)
);
"""
_WORKING_GRANTS = """\
REVOKE ALL ON ALL TABLES IN SCHEMA {s} FROM PUBLIC;
GRANT USAGE ON SCHEMA {s} TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE, MAINTAIN ON ALL TABLES IN SCHEMA {s} TO {role};
"""
_FUNCTION = re.compile(r"CREATE FUNCTION \w+\.(\w+)\(.*?\$\$(.*?)\$\$", re.DOTALL)


def log_statements(schema: str) -> Iterator[str]:
    """Return the statements that make the tables of the log and their guards."""
    yield _TABLES.format(s=schema)
    yield _REFUSE.format(s=schema)
    for table in LOG_TABLES:
        yield guard_of(schema, table)
        change, removal = GUARDED[table]
        yield _NEVER.format(s=schema, t=table, change=change, removal=removal)
    yield _FUNCTIONS.format(s=schema)
    yield f"INSERT INTO {schema}.schema_version VALUES ({SCHEMA_VERSION});"


def guard_of(schema: str, table: str) -> str:
    """Return the statements that make what guards the appending to a table."""
    if table in STATEMENTS:
        body = STATEMENTS[table].format(s=schema)
        return _APPEND_MANY.format(s=schema, t=table, body=body, definer=_DEFINER)
    return _APPEND.format(s=schema, t=table, body=APPENDING[table].format(s=schema))


def prepare(address: Address, owner: str | None, reader: str | None = None) -> None:
    """Make databases and tables where there are none, as `owner`; what is there already stays as it is.

    `reader` is a role that may read the log, for machines that derive rows: neither the vault nor keys. Any
    number of processes may do so at once. Raises StoreUnreachable, StoreFailed.
    """
    maker = address if owner is None else address.of_role(owner)
    role = address.role
    for place in (maker, maker.keys):
        _make_database(maker, place.database)
    with postgres_refusals(maker.database), connect(maker) as database, database.transaction():
        _refuse_old(database)
        role = role or _current_role(database)
        alone(database)
        if _make(database, maker.log, role, [*log_statements(maker.log)], _LOG_GRANTS) and reader is not None:
            _grant(database, maker.log, reader, _READER_GRANTS)
        _make(database, maker.vault, role, [_VAULT.format(s=maker.vault)], _WORKING_GRANTS)
    with postgres_refusals(maker.keys.database), connect(maker.keys) as database, database.transaction():
        alone(database)
        for kind in KEY_CLASSES:
            schema = maker.keys_of(kind)
            table = (_MONTH_KEYS if kind == "month" else _KEYS).format(s=schema)
            _make(database, schema, role, [table], _WORKING_GRANTS)


def _refuse_old(database: psycopg.Connection) -> None:
    version = database.info.server_version // 10_000
    if version < _OLDEST_SERVER:
        raise StoreFailed(
            msg("the server is PostgreSQL {version}", version=version),
            hint=Hint(msg("take {version} or newer: erasing needs it", version=_OLDEST_SERVER)),
        )


def _current_role(database: psycopg.Connection) -> str:
    found = database.execute("SELECT current_user").fetchone()
    assert found is not None  # noqa: S101 - there always is one
    return str(found[0])


def alone(database: psycopg.Connection) -> None:
    """Alone until the transaction ends: tables, and a schema that two want to make."""
    database.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))


def _make(database: psycopg.Connection, schema: str, role: str, statements: list[str], grants: str) -> bool:
    """Make the tables of a schema that has none, True; raises StoreFailed for tables of another version."""
    there = database.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", (schema,)).fetchone()
    if there is None:
        for statement in (f"CREATE SCHEMA {schema}", *statements):
            database.execute(statement.encode())
        _grant(database, schema, role, grants)
        return True
    if grants is _LOG_GRANTS:
        query = f"SELECT max(version) FROM {schema}.schema_version".encode()
        found = database.execute(query).fetchone()
        if found is None or found[0] not in KNOWN_VERSIONS:
            raise StoreFailed(
                msg("the schema {schema} was made by another version of this program", schema=schema)
            )
    return False


def _grant(database: psycopg.Connection, schema: str, role: str, grants: str) -> None:
    from psycopg import sql  # noqa: PLC0415 - with the driver, which is an extra

    quoted = sql.Identifier(role).as_string(database)
    database.execute(grants.format(s=schema, role=quoted).encode())


def _make_database(maker: Address, name: str) -> None:
    """Make a database of that name, when there is none and the role may make one."""
    with suppress(StoreUnreachable), connect(replace(maker, database=name)):
        return
    import psycopg  # noqa: PLC0415 - `connect` tells when it is missing
    from psycopg import sql  # noqa: PLC0415 - with the driver, which is an extra

    with postgres_refusals("postgres"), connect(replace(maker, database="postgres")) as database:
        make = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(name))
        with suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
            database.execute(make)  # suppressed: somebody else was faster


def function_bodies(schema: str) -> dict[str, str]:
    """Return the source of every function of the log, by name, as `prepare` makes it."""
    return {match[1]: match[2] for match in _FUNCTION.finditer("".join(log_statements(schema)))}
