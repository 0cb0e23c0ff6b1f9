"""PostgreSQL as the ledger wants it: the statements of SQLite said to it, its errors as refusals of our own.

Everything that differs between the two databases in a statement is translated here. What an error says of
rows (its detail) never leaves this file: it may quote values.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, cast

from ledger.errors import (
    LedgerError,
    StoreBusy,
    StoreDamaged,
    StoreDriverMissing,
    StoreFailed,
    StoreFull,
    StoreUnreachable,
)
from ledger.message import Hint, Message, msg
from ledger.store.any_database import Rows
from ledger.store.postgres.address import Address

if TYPE_CHECKING:
    import psycopg

BUSY_SECONDS = 30.0
_PAGE = 1000
_BY_INDEX = ("-c enable_hashjoin=off", "-c enable_mergejoin=off", "-c enable_seqscan=off")
"""Every join goes from some keys to their rows by an index. A server that has not counted the rows of a new
ledger yet would rather read the whole log for each."""

_REFUSALS: dict[str, tuple[type[LedgerError], Message]] = {
    "55P03": (StoreBusy, msg("another process is writing to {name}")),
    "57014": (StoreBusy, msg("{name} did not answer in time")),
    "40001": (StoreBusy, msg("another process changed {name} meanwhile")),
    "40P01": (StoreBusy, msg("another process is writing to {name}")),
    "53300": (StoreBusy, msg("{name} has no connection left")),
    "53100": (StoreFull, msg("the disk has no space left for {name}")),
    "25006": (StoreFailed, msg("{name} is a copy that only reads")),
    "42501": (StoreFailed, msg("{name} cannot be used: {error}")),
    "XX001": (StoreDamaged, msg("{name} is damaged")),
    "XX002": (StoreDamaged, msg("{name} is damaged")),
}
_UNREACHABLE = ("08", "57P", "28", "3D")
"""No connection, a server that stops, a role or a database that is none."""
_TRANSLATED: tuple[tuple[str, str], ...] = (
    ("key IN (SELECT value FROM json_each(?))",
     "key = ANY (ARRAY(SELECT jsonb_array_elements_text(?::jsonb)))"),
    ("json_each(?)", "jsonb_array_elements_text(?::jsonb)"),
    ("(kind TEXT, key ANY, stream BLOB, digest TEXT, PRIMARY KEY (kind, key))\nSTRICT, WITHOUT ROWID",
     "(kind text C, key text C, stream bytea, digest text, PRIMARY KEY (kind, key)) ON COMMIT DROP"
     .replace("text C", 'text COLLATE "C"')),
    ("CROSS JOIN events ON", "JOIN events ON"),
    ("CROSS JOIN reference ON", "JOIN reference ON"),
    ("SELECT coalesce(max(key), 0)", "SELECT coalesce(max(number), 0)"),
    ("SELECT key, count(*)", "SELECT number, count(*)"),
    ("SELECT key, originator_version", "SELECT number, originator_version"),
    ("AND key >= ? AND key < ?", "AND number >= ? AND number < ?"),
    ("GROUP BY key", "GROUP BY number"),
    ("AND key = ?", "AND key = ?::text"),
    ("ORDER BY key", "ORDER BY number, key"),
    ("lower(hex(originator_id))", "encode(originator_id, 'hex')"),
    ("INSERT OR IGNORE INTO temp.derived VALUES (?, ?, ?, ?)",
     "INSERT INTO temp.derived VALUES (?, ?::text, ?, ?) ON CONFLICT DO NOTHING"),
    ("temp.derived", "pg_temp.derived"),
    ("main.reference", "reference"),
    (" IS NOT d.", " IS DISTINCT FROM d."),
)  # fmt: skip
_APPENDED = re.compile(r"INSERT INTO (subtree|checkpoint|anchor) \([^)]*\) VALUES \(([^)]*)\)")


@lru_cache(maxsize=256)
def translated(sql: str) -> bytes:
    """Translate a statement of SQLite for PostgreSQL. The log is only written to by its functions."""
    sql = _APPENDED.sub(r"SELECT append_\1(\2)", sql.replace("%", "%%"))
    for theirs, ours in _TRANSLATED:
        sql = sql.replace(theirs, ours)
    return sql.replace("?", "%s").encode()


class PostgresDatabase:
    """One connection. Outside `transaction` every statement is a transaction of its own.

    `lock` is what a write transaction begins with; `tidy` what truncate_log runs, outside any transaction.
    """

    def __init__(
        self,
        address: Address,
        schema: str,
        *,
        lock: str = "",
        tidy: Sequence[str] = (),
        busy_seconds: float = BUSY_SECONDS,
    ) -> None:
        self.name = f"{address.database}.{schema}"
        self._lock = lock
        self._tidy = tidy
        self._connection = connect(address, schema, busy_seconds=busy_seconds)

    def execute(self, sql: str, parameters: Sequence[Any] = (), /) -> Rows:
        """Run one statement; raises the refusals of `postgres_refusals`."""
        with postgres_refusals(self.name):
            return self._connection.execute(translated(sql), parameters, binary=True)

    def executemany(self, sql: str, parameters: Iterable[Sequence[Any]], /) -> Rows:
        """Run one statement for each row."""
        cursor = self._connection.cursor()
        rows = iter(parameters)
        while page := list(islice(rows, _PAGE)):  # the rows may be read on this very connection
            with postgres_refusals(self.name):
                cursor.executemany(translated(sql), page)
        return cursor

    def call(self, sql: bytes, parameters: Sequence[Any] = ()) -> Rows:
        """Run a statement that is PostgreSQL's own; its errors come as the driver raises them."""
        return self._connection.execute(sql, parameters, binary=True)

    def copy_rows(self, sql: bytes, types: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Send rows in PostgreSQL's binary form; errors come as the driver raises them."""
        with self._connection.cursor() as cursor, cursor.copy(sql) as copy:
            copy.set_types(types)
            for row in rows:
                copy.write_row(row)

    @contextmanager
    def transaction(self, *, write: bool = True) -> Generator[None]:
        """All or nothing. A writer takes the lock at once, a reader sees one moment."""
        begin = "BEGIN" if write else "BEGIN ISOLATION LEVEL REPEATABLE READ"
        self.execute(begin)
        try:
            if write and self._lock:
                self.execute(self._lock)
            yield
            self._commit()
        except BaseException:
            with suppress(Exception):  # the first error is the one to tell
                self._connection.rollback()
            raise

    def _commit(self) -> None:
        try:
            self.execute("COMMIT")
        except StoreUnreachable as error:
            raise StoreUnreachable(
                msg("{name} was lost while it recorded; whether it did is not known", name=self.name),
                hint=Hint("repeat the command with the --command-id it was given; without one look first"),
            ) from error

    def truncate_log(self) -> bool:
        """Write the tables anew without what was deleted; False while somebody is in the way.

        The server's own write-ahead log goes when the server recycles it: docs/guides/several-offices.md.
        """
        try:
            for statement in self._tidy:
                self.execute(statement)
        except StoreBusy:
            return False
        return True

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    @property
    def connection(self) -> psycopg.Connection:
        """The driver's own."""
        return self._connection


def connect(
    address: Address, schema: str | None = None, *, busy_seconds: float = BUSY_SECONDS
) -> psycopg.Connection:
    """Return a connection of the driver; raises StoreDriverMissing, StoreUnreachable."""
    try:
        import psycopg  # noqa: PLC0415 - 110 ms of start-up, and an extra that SQLite does without
    except ImportError:
        raise StoreDriverMissing(msg("the driver for PostgreSQL is not installed")) from None
    logging.getLogger("psycopg").disabled = True  # what it says there, the error it raises says too
    settings = [f"-c lock_timeout={int(busy_seconds * 1000)}", "-c timezone=UTC", *_BY_INDEX]
    if schema is not None:
        settings.append(f"-c search_path={schema}")
    with postgres_refusals(address.database):
        return psycopg.connect(
            dbname=address.database,
            autocommit=True,
            application_name="session-ledger",
            options=" ".join(settings),
            **cast("dict[str, Any]", {"connect_timeout": "10", **dict(address.options)}),
        )


@contextmanager
def postgres_refusals(name: str) -> Generator[None]:
    """Turn what the driver raises about the database `name` into refusals."""
    import psycopg  # noqa: PLC0415 - 110 ms of start-up, and an extra that SQLite does without

    try:
        yield
    except psycopg.Error as error:
        raise refusal_of(name, error) from error


def refusal_of(name: str, error: psycopg.Error) -> LedgerError:
    """Turn an error of the driver into a refusal, with the server's first line, which quotes no row."""
    import psycopg  # noqa: PLC0415 - 110 ms of start-up, and an extra that SQLite does without

    state = error.sqlstate or ""
    text = error.diag.message_primary or str(error).strip().partition("\n")[0]
    if state in _REFUSALS:
        kind, fact = _REFUSALS[state]
        return kind(fact.of(name=name, error=text))
    is_lost = not state and isinstance(error, psycopg.OperationalError)
    if is_lost or state.startswith(_UNREACHABLE):
        return StoreUnreachable(msg("{name} cannot be reached: {error}", name=name, error=text))
    if state in {"42P01", "3F000", "42883"}:
        return StoreDamaged(msg("{name} is not the store of a ledger: {error}", name=name, error=text))
    return StoreFailed(msg("{name} cannot be used: {error}", name=name, error=text))
