"""The tables of the read models, in one file `views-<n>.db`. Ids only: no personal data.

Instants are microseconds since 1970 (UTC), money is grosze, a session's key is its number. The other two
tables do not repeat a column of `sessions`. This module is imported only where a file is made: what reads one
uses SQL, and starts without SQLAlchemy.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from sqlalchemy import Column, Index, Integer, LargeBinary, MetaData, Table, Text, and_
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

metadata = MetaData()

tracking = Table(
    "tracking",
    metadata,
    Column("projection", Text, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("leaf_hash", LargeBinary, nullable=False),
    sqlite_strict=True,
)
"""The position of the rows, and the hash of the last event, by which another history is recognised."""

merges = Table(
    "merges",
    metadata,
    Column("customer", Text, primary_key=True),
    Column("into", Text, nullable=False),
    sqlite_strict=True,
)

sessions = Table(
    "sessions",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("session_ref", Text),
    Column("customer", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("issue", Text, nullable=False),
    Column("order_ref", Text),
    Column("technicians", Text, nullable=False),
    Column("connections", Integer, nullable=False),
    Column("requested_at", Integer, nullable=False),
    Column("connected_at", Integer),
    Column("ended_at", Integer),
    Column("purged_at", Integer),
    Column("held_until", Text),
    Column("voided", Integer, nullable=False),
    Column("confirmed", Integer, nullable=False),
    Column("stretches", Text),
    sqlite_strict=True,
)
"""`stretches`: technician, beginning and end of each connection as JSON, where there are several."""
# The number is the key of the table, so it is the last column of every index anyway.
sessions_by_customer = Index("sessions_by_customer", sessions.c.customer, sessions.c.ended_at)
sessions_by_end = Index("sessions_by_end", sessions.c.ended_at)
sessions_open = Index("sessions_open", sessions.c.connected_at, sqlite_where=sessions.c.ended_at.is_(None))
sessions_undeleted = Index(
    "sessions_undeleted",
    sessions.c.ended_at,
    sqlite_where=and_(sessions.c.ended_at.is_not(None), sessions.c.purged_at.is_(None)),
)

billing = Table(
    "billing",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("tariff", Text),
    Column("placed_at", Integer, nullable=False),
    Column("started_hours", Integer),
    Column("band_hours", Text),
    Column("net_grosze", Integer),
    Column("waived_grosze", Integer),
    Column("vat_percent", Integer),
    Column("assumptions", Text, nullable=False),
    Column("exceptions", Text, nullable=False),
    Column("billed", Text),
    sqlite_strict=True,
)
"""One row for every session that was connected; `placed_at` decides its period."""
billing_by_period = Index("billing_by_period", billing.c.placed_at)

deletions = Table(
    "deletions",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("evidence", Text, nullable=False),
    Column("purging", Text, nullable=False),
    Column("targets", Integer, nullable=False),
    Column("files", Integer, nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("before_adoption", Integer, nullable=False),
    Column("abandoned_since", Integer),
    Column("leaf_index", Integer),
    Column("superseded", Integer, nullable=False),
    Column("doubts", Text, nullable=False),
    sqlite_strict=True,
)
"""One row for every session that ended, and for every request that came to nothing (`abandoned_since`)."""


def create_tables(views: sqlite3.Connection) -> None:
    """Create the tables, without their indexes: those are faster created when the rows are there."""
    for table in metadata.sorted_tables:
        views.execute(str(CreateTable(table).compile(dialect=sqlite.dialect())))


def create_indexes(views: sqlite3.Connection) -> None:
    """Create the indexes of all tables."""
    for index in indexes():
        views.execute(str(CreateIndex(index).compile(dialect=sqlite.dialect())))


def indexes() -> Iterator[Index]:
    """Yield every index, by name."""
    found = (index for table in metadata.sorted_tables for index in table.indexes)
    yield from sorted(found, key=lambda index: str(index.name))
