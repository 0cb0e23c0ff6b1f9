"""What the ledger asks of a database, whichever it is: SQLite's connection has it, PostgreSQL's is given it.

Statements are written for SQLite, with `?` for a value; `ledger.store.postgres.connection` translates them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol


class Rows(Protocol):
    """What a statement answers."""

    @property
    def rowcount(self) -> int:
        """Return the number of rows changed."""
        ...

    def fetchone(self) -> Any:  # noqa: ANN401 - a row is whatever was selected
        """Return the next row; None after the last."""
        ...

    def fetchall(self) -> list[Any]:
        """All rows that are left."""
        ...

    def __iter__(self) -> Iterator[Any]: ...


class Statements(Protocol):
    """Takes statements."""

    def execute(self, sql: str, parameters: Sequence[Any] = ..., /) -> Rows:
        """Run one statement."""
        ...

    def executemany(self, sql: str, parameters: Iterable[Sequence[Any]], /) -> Rows:
        """Run one statement for each row."""
        ...


class AnyDatabase(Statements, Protocol):
    """An open connection, as `ledger.store.sqlite.database.Database` is one."""

    name: str

    def transaction(self, *, write: bool = True) -> AbstractContextManager[None]:
        """All or nothing; a writer is alone from its first read on."""
        ...

    def truncate_log(self) -> bool:
        """Leave no copy of what was deleted, as far as it can; False while somebody is in the way."""
        ...

    def close(self) -> None:
        """Close it."""
        ...
