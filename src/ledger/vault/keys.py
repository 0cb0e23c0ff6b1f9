"""Keys of the vault: one SQLite file a class in `keys/`, one pair of keys a subject.

The key of the boxes and the key of the commitments live and die together. A key file that others may
read is refused, as ssh refuses one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal, NamedTuple
from uuid import UUID

from ledger.errors import KeyReadable, KeysMissing
from ledger.store.database import Database, open_database, refusals

VaultClass = Literal["session", "tax", "customer"]
CLASSES: tuple[VaultClass, ...] = ("session", "tax", "customer")
KEY_BYTES = 32
Entropy = Callable[[int], bytes]

_OTHERS_MAY = 0o077
_SCHEMA = """\
CREATE TABLE IF NOT EXISTS key (
    subject BLOB PRIMARY KEY,
    box_key BLOB NOT NULL CHECK (length(box_key) = 32),
    commitment_key BLOB NOT NULL CHECK (length(commitment_key) = 32)
) STRICT, WITHOUT ROWID"""


class Keys(NamedTuple):
    """What opens a subject's boxes, and what binds its commitments; 32 bytes each."""

    box_key: bytes
    commitment_key: bytes


def open_key_file(path: Path, schema: str, *, create: bool = False) -> Database:
    """A key file that nobody else may read; raises KeyReadable, KeysMissing."""
    if path.parent.stat().st_mode & _OTHERS_MAY:
        raise KeyReadable(f"others may look into the folder {path.parent.name}")
    if create:
        path.touch(mode=0o600)
    if not path.is_file():
        raise KeysMissing(f"the key file {path.name} is missing")
    if path.stat().st_mode & _OTHERS_MAY:
        raise KeyReadable(f"others may read the key file {path.name}")
    database = open_database(path)
    if create:
        database.execute(schema)
    return database


class KeyFile:
    """The keys of one class."""

    def __init__(
        self, folder: Path, vault_class: VaultClass, entropy: Entropy, *, create: bool = False
    ) -> None:
        self._entropy = entropy
        self._database = open_key_file(folder / f"{vault_class}.db", _SCHEMA, create=create)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def get(self, subject: UUID) -> Keys | None:
        """The keys of a subject; None once they are destroyed, or were never made."""
        query = "SELECT box_key, commitment_key FROM key WHERE subject = ?"
        with refusals(self._database.name):
            found = self._database.execute(query, (subject.bytes,)).fetchone()
        return None if found is None else Keys(*found)

    def make(self, subjects: Iterable[UUID]) -> dict[UUID, Keys]:
        """The keys of these subjects, made where there are none; durable when this returns."""
        keys: dict[UUID, Keys] = {}
        with self._database.transaction():
            for subject in subjects:
                if subject not in keys:
                    keys[subject] = self.get(subject) or self._new(subject)
        return keys

    def _new(self, subject: UUID) -> Keys:
        keys = Keys(self._entropy(KEY_BYTES), self._entropy(KEY_BYTES))
        self._database.execute("INSERT INTO key VALUES (?, ?, ?)", (subject.bytes, *keys))
        return keys

    def destroy(self, subjects: Iterable[UUID]) -> None:
        """Destroy the keys of these subjects; the file forgets them at the next `truncate`."""
        with self._database.transaction():
            rows = [(subject.bytes,) for subject in subjects]
            self._database.executemany("DELETE FROM key WHERE subject = ?", rows)

    def truncate(self) -> bool:
        """Cut the write-ahead log, which still holds what was deleted; False while somebody reads."""
        return self._database.truncate_log()
