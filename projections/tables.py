"""The tables of the read models, in one file `views-<n>.db`. Ids only: no personal data.

Instants are microseconds since 1970 (UTC), money is grosze, a session's key is its number.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, MetaData, Table, Text

SCHEMA_VERSION = 3
"""Stored in the file; a file of another version is derived again."""

metadata = MetaData()

tracking = Table(
    "tracking",
    metadata,
    Column("projection", Text, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("leaf_hash", LargeBinary, nullable=False),
    sqlite_strict=True,
)
"""How many events the rows stand for, and the hash of the last of them: another history is noticed."""

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
    Column("stream", LargeBinary, nullable=False),
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
    Column("personal", Integer, nullable=False),
    sqlite_strict=True,
)
# The number is the key of the table, and stands last in every index anyway.
sessions_by_customer = Index("sessions_by_customer", sessions.c.customer)
sessions_by_state = Index("sessions_by_state", sessions.c.state)

billing = Table(
    "billing",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("session_ref", Text),
    Column("customer", Text, nullable=False),
    Column("issue", Text, nullable=False),
    Column("tariff", Text),
    Column("connected_at", Integer, nullable=False),
    Column("ended_at", Integer),
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
"""`placed_at` puts a session in its period; while it is open it is where it began, and `ended_at` is null."""
billing_by_customer = Index("billing_by_customer", billing.c.customer, billing.c.placed_at)
billing_by_period = Index("billing_by_period", billing.c.placed_at)
billing_open = Index("billing_open", billing.c.connected_at, sqlite_where=billing.c.ended_at.is_(None))

deletions = Table(
    "deletions",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("session_ref", Text),
    Column("customer", Text, nullable=False),
    Column("ended_at", Integer),
    Column("purged_at", Integer),
    Column("evidence", Text, nullable=False),
    Column("purging", Text, nullable=False),
    Column("targets", Integer, nullable=False),
    Column("files", Integer, nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("held_until", Text),
    Column("before_adoption", Integer, nullable=False),
    Column("abandoned_since", Integer),
    Column("leaf_index", Integer),
    Column("superseded", Integer, nullable=False),
    sqlite_strict=True,
)
"""One row for every session that ended, and for every request that came to nothing (`abandoned_since`)."""
deletions_by_end = Index("deletions_by_end", deletions.c.ended_at)

PROJECTIONS = (sessions, billing, deletions)
