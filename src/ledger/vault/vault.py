"""`Vault`: personal data in encrypted rows that can be destroyed while the events stay.

A row is sealed with AES-256-GCM under its subject's key and named by the commitment that the event
holds. Written in the order key, vault, event, so that an event never points at nothing; erased as row
and key, and then out of the write-ahead logs.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from time import sleep
from typing import NamedTuple
from uuid import UUID

from ledger.clock import epoch_microseconds, from_epoch_microseconds
from ledger.errors import ErasureIncomplete, VaultDamaged
from ledger.store.database import Database, open_database, refusals
from ledger.vault.commitment import canonical, commitment
from ledger.vault.keys import CLASSES, Entropy, KeyFile, Keys, VaultClass

NONCE_BYTES = 12
TRUNCATE_TRIES = 50
TRUNCATE_WAIT_SECONDS = 0.1

_SCHEMA = """\
CREATE TABLE personal (
    commitment TEXT PRIMARY KEY,
    class TEXT NOT NULL,
    subject BLOB NOT NULL CHECK (length(subject) = 16),
    stream BLOB NOT NULL CHECK (length(stream) = 16),
    version INTEGER NOT NULL,
    moment INTEGER NOT NULL,
    nonce BLOB NOT NULL,
    box BLOB NOT NULL
) STRICT, WITHOUT ROWID"""
_INDEX = "CREATE INDEX personal_of_subject ON personal (class, subject)"
_INSERT = "INSERT INTO personal VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_SEALED = "SELECT class, subject, stream, version, nonce, box FROM personal WHERE commitment = ?"
_PLACES = "SELECT commitment, class, subject, stream, version, moment FROM personal ORDER BY commitment"


class Spoken(NamedTuple):
    """Words for the vault: their class and subject, the place of the event that will commit to them."""

    vault_class: VaultClass
    subject: UUID
    stream: UUID
    version: int
    values: Mapping[str, str]


class Kept(NamedTuple):
    """A row without its words: what it belongs to, and when it was put there."""

    commitment: str
    vault_class: VaultClass
    subject: UUID
    stream: UUID
    version: int
    moment: datetime


class Vault:
    """The vault of one ledger: `vault.db` beside `keys/`."""

    def __init__(self, path: Path, keys: Path, entropy: Entropy) -> None:
        self._path = path
        self._keys = keys
        self._entropy = entropy
        self._database = open_database(path)
        self._files: dict[VaultClass, KeyFile] = {}

    @classmethod
    def create(cls, path: Path, keys: Path, entropy: Entropy) -> None:
        """Make the empty files."""
        database: Database = open_database(path, create=True)
        with database.transaction():
            database.execute(_SCHEMA)
            database.execute(_INDEX)
        database.close()
        for vault_class in CLASSES:
            KeyFile(keys, vault_class, entropy, create=True).close()

    def close(self) -> None:
        """Close every file."""
        self._database.close()
        for file in self._files.values():
            file.close()
        self._files.clear()

    def _file(self, vault_class: VaultClass) -> KeyFile:
        if vault_class not in self._files:
            self._files[vault_class] = KeyFile(self._keys, vault_class, self._entropy)
        return self._files[vault_class]

    # --- put and get --------------------------------------------------------------------------

    def put(self, spoken: Spoken, moment: datetime) -> str:
        """Keep words, durably; the commitment is for the event, which the caller writes next."""
        return self.put_many([spoken], moment)[0]

    def put_many(self, spoken: Sequence[Spoken], moment: datetime) -> list[str]:
        """Keep many at once: all keys, then all rows; the commitments in the same order."""
        keys: dict[tuple[VaultClass, UUID], Keys] = {}
        for vault_class in dict.fromkeys(one.vault_class for one in spoken):
            made = self._file(vault_class).make(o.subject for o in spoken if o.vault_class == vault_class)
            keys |= {(vault_class, subject): pair for subject, pair in made.items()}
        moment_us = epoch_microseconds(moment)
        rows = [self._sealed(one, keys[one.vault_class, one.subject], moment_us) for one in spoken]
        with self._database.transaction():
            self._database.executemany(_INSERT, rows)
        return [row[0] for row in rows]

    def _sealed(
        self, one: Spoken, keys: Keys, moment_us: int
    ) -> tuple[str, str, bytes, bytes, int, int, bytes, bytes]:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - 23 ms, for words only

        words = canonical(one.values)
        nonce = self._entropy(NONCE_BYTES)
        box = AESGCM(keys.box_key).encrypt(nonce, words, _place(*one[:4]))
        name = commitment(keys.commitment_key, one.stream, one.version, words)
        return (
            name,
            one.vault_class,
            one.subject.bytes,
            one.stream.bytes,
            one.version,
            moment_us,
            nonce,
            box,
        )

    def get(self, name: str) -> dict[str, str] | None:
        """The words under a commitment; None once they are erased. Raises VaultDamaged, KeysMissing."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - as above
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - as above

        with refusals(self._path.name):
            row = self._database.execute(_SEALED, (name,)).fetchone()
        if row is None:
            return None
        vault_class, subject, stream, version, nonce, box = row
        subject, stream = UUID(bytes=subject), UUID(bytes=stream)
        keys = self._file(vault_class).get(subject)
        if keys is None:
            return None
        try:
            words = AESGCM(keys.box_key).decrypt(nonce, box, _place(vault_class, subject, stream, version))
        except InvalidTag as error:
            raise VaultDamaged(f"the vault's row of stream {stream} version {version} was changed") from error
        values: dict[str, str] = json.loads(words)
        return values

    def matches(self, name: str, spoken: Spoken) -> bool | None:
        """Whether these are the words committed to; None once the key that could tell is dead."""
        keys = self._file(spoken.vault_class).get(spoken.subject)
        if keys is None:
            return None
        words = canonical(spoken.values)
        told = commitment(keys.commitment_key, spoken.stream, spoken.version, words)
        return hmac.compare_digest(told, name)

    def has_key(self, vault_class: VaultClass, subject: UUID) -> bool:
        """Whether the subject's keys of a class live."""
        return self._file(vault_class).get(subject) is not None

    def rows(self) -> Iterator[Kept]:
        """Every row without its words, by commitment."""
        with refusals(self._path.name):
            found = self._database.execute(_PLACES).fetchall()
        for name, vault_class, subject, stream, version, moment_us in found:
            yield Kept(
                name,
                vault_class,
                UUID(bytes=subject),
                UUID(bytes=stream),
                version,
                from_epoch_microseconds(moment_us),
            )

    # --- erase --------------------------------------------------------------------------------

    def erase(self, vault_class: VaultClass, subject: UUID) -> None:
        """Destroy a subject's words and keys of a class, out of the logs too; raises ErasureIncomplete.

        May be repeated: what an interrupted erasure left behind goes then.
        """
        with self._database.transaction():
            self._database.execute(
                "DELETE FROM personal WHERE class = ? AND subject = ?", (vault_class, subject.bytes)
            )
        self._file(vault_class).destroy([subject])
        self._truncate([vault_class])

    def remove(self, names: Iterable[str]) -> None:
        """Take back rows whose events were never written, and keys that nothing else needs."""
        classes: set[VaultClass] = set()
        for name in names:
            row = self._database.execute(_SEALED, (name,)).fetchone()
            if row is None:
                continue
            vault_class: VaultClass = row[0]
            subject: bytes = row[1]
            with self._database.transaction():
                self._database.execute("DELETE FROM personal WHERE commitment = ?", (name,))
                query = "SELECT 1 FROM personal WHERE class = ? AND subject = ?"
                shared = self._database.execute(query, (vault_class, subject)).fetchone()
            if shared is None:
                self._file(vault_class).destroy([UUID(bytes=subject)])
            classes.add(vault_class)
        if classes:
            self._truncate(sorted(classes))

    def _truncate(self, classes: Sequence[VaultClass]) -> None:
        """Cut the logs, in which deleted rows would live on; waits for readers a little."""
        for cut in (self._database.truncate_log, *(self._file(c).truncate for c in classes)):
            for _ in range(TRUNCATE_TRIES):
                if cut():
                    break
                sleep(TRUNCATE_WAIT_SECONDS)
            else:
                raise ErasureIncomplete(
                    "somebody is reading, so the write-ahead log still holds what was erased"
                )


def _place(vault_class: str, subject: UUID, stream: UUID, version: int) -> bytes:
    """What a box is sealed to: moved to another row, it does not open."""
    return f"{vault_class}|{subject}|{stream}|{version}".encode()
