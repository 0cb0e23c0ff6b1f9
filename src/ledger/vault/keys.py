"""Key files: SQLite files of mode 0600 in a folder of mode 0700, refused when others can read them.

They lie apart from what they open, so that a backup can leave them out and an erasure can end them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing, suppress
from functools import cached_property
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from ledger.errors import KeyReadable, KeysMissing
from ledger.folder.access import is_readable_by_others, restrict
from ledger.folder.atomic_write import make_folder
from ledger.message import msg
from ledger.store.any_database import AnyDatabase
from ledger.store.sqlite.database import BUSY_SECONDS, Database, open_database, refusals

KEY_BYTES = 32
LEFT_OUT = Path("keys") / "left-out"
"""In a copy: the names of the key files that `backup` left out on purpose, a line each."""

_TABLE = """\
CREATE TABLE IF NOT EXISTS key (
    subject BLOB PRIMARY KEY NOT NULL CHECK (length(subject) = 16),
    cipher_key BLOB NOT NULL CHECK (length(cipher_key) = 32),
    commitment_key BLOB NOT NULL CHECK (length(commitment_key) = 32)
) STRICT, WITHOUT ROWID"""
_GET = "SELECT cipher_key, commitment_key FROM key WHERE subject = ?"
_GET_MANY = "SELECT subject, cipher_key, commitment_key FROM key WHERE subject IN ({})"
_ASKED_AT_ONCE = 500
_INSERT = "INSERT INTO key (subject, cipher_key, commitment_key) VALUES (?, ?, ?)"
_ALL = "SELECT subject, cipher_key, commitment_key FROM key ORDER BY subject"
_KEEP = f"{_INSERT} ON CONFLICT (subject) DO NOTHING"
_SUBJECTS = "SELECT subject FROM key ORDER BY subject"
_DELETE = "DELETE FROM key WHERE subject = ?"


class SubjectKeys(NamedTuple):
    """The two keys of one subject, 32 bytes each; they are made together and die together."""

    cipher: bytes
    commitment: bytes


def create_private(path: Path) -> None:
    """Make an empty file that its owner alone may read, where there is none, whatever the umask."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        restrict(path)


def create_key_file(path: Path, table: str = _TABLE) -> None:
    """Make a key file where there is none; the statement must leave a table that is there alone."""
    if not path.parent.exists():
        make_folder(path.parent, 0o700)
    create_private(path)
    with closing(open_key_file(path)) as database, database.transaction():
        database.execute(table)


def open_key_file(path: Path, busy_seconds: float = BUSY_SECONDS) -> Database:
    """Open a key file; raises KeysMissing, KeyReadable."""
    if not path.is_file():
        raise KeysMissing(msg("there is no key file {name}", name=path.name))
    refuse_readable(path)
    return open_database(path, busy_seconds=busy_seconds)


def refuse_readable(path: Path) -> None:
    """Raise KeyReadable when others than the owner can read a key file, or its folder.

    On Windows it is used all the same, and `check` names it: a list that a domain or a backup program put
    there would else stop the shop.
    """
    for each in (path.parent, path):
        if os.name == "posix" and is_readable_by_others(each):
            raise KeyReadable(msg("{name} can be read by others than its owner", name=each.name))


def left_out(folder: Path) -> frozenset[str]:
    """Return the key files that a copy is without on purpose; none in a ledger itself."""
    path = folder / LEFT_OUT
    try:
        return frozenset(path.read_text(encoding="ascii").split())
    except (OSError, UnicodeDecodeError):
        return frozenset()


class KeyFile:
    """The keys of one class, opened when first needed. `entropy(n)` gives n random bytes."""

    def __init__(
        self, path: Path, entropy: Callable[[int], bytes], busy_seconds: float = BUSY_SECONDS
    ) -> None:
        self.path = path
        self._entropy = entropy
        self._busy_seconds = busy_seconds

    @property
    def is_here(self) -> bool:
        """Return True if the keys are here: a copy may be without them."""
        return self.path.is_file()

    @cached_property
    def database(self) -> AnyDatabase:
        """The connection; raises KeysMissing, KeyReadable."""
        return open_key_file(self.path, self._busy_seconds)

    def get(self, subject: UUID) -> SubjectKeys | None:
        """Return the keys of a subject; None when they never were, or are gone."""
        with refusals(self.path.name):
            found = self.database.execute(_GET, (subject.bytes,)).fetchone()
        return None if found is None else SubjectKeys(*found)

    def ensure(self, subjects: Iterable[UUID]) -> dict[UUID, SubjectKeys]:
        """Return the keys of all these subjects, made where there were none; on disk when this returns."""
        wanted = list(subjects)
        keys, fresh = self._get_many(wanted), dict[UUID, SubjectKeys]()
        for subject in wanted:
            if subject not in keys:
                both = SubjectKeys(self._entropy(KEY_BYTES), self._entropy(KEY_BYTES))
                keys[subject] = fresh[subject] = both
        if fresh:
            with self.database.transaction():
                self.database.executemany(_INSERT, [(s.bytes, *both) for s, both in fresh.items()])
        return keys

    def _get_many(self, subjects: Sequence[UUID]) -> dict[UUID, SubjectKeys]:
        found: dict[UUID, SubjectKeys] = {}
        for start in range(0, len(subjects), _ASKED_AT_ONCE):
            asked = [subject.bytes for subject in subjects[start : start + _ASKED_AT_ONCE]]
            with refusals(self.path.name):
                rows = self.database.execute(_GET_MANY.format(",".join("?" * len(asked))), asked).fetchall()
            found.update((UUID(bytes=subject), SubjectKeys(*both)) for subject, *both in rows)
        return found

    def take_from(self, other: KeyFile) -> None:
        """Take over the keys of another file."""
        with refusals(other.path.name):
            rows = other.database.execute(_ALL).fetchall()
        if rows:
            with self.database.transaction():
                self.database.executemany(_KEEP, rows)

    def subjects(self) -> list[UUID]:
        """Every subject that has keys."""
        with refusals(self.path.name):
            return [UUID(bytes=subject) for (subject,) in self.database.execute(_SUBJECTS).fetchall()]

    def drop(self, subjects: Iterable[UUID]) -> None:
        """End the keys of these subjects."""
        with self.database.transaction():
            self.database.executemany(_DELETE, [(subject.bytes,) for subject in subjects])

    def close(self) -> None:
        """Close the file, if it was opened."""
        if "database" in self.__dict__:
            self.database.close()
