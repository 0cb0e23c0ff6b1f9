"""`Vault`: personal data beside the log, erasable without touching it.

`vault.db` holds sealed boxes, `keys/<class>.db` what opens them. Order of writing: key, row, event;
each is on disk before the next begins. Order of erasing: key, row, then both write-ahead logs cut to
nothing, because a log keeps what was deleted.

Every change holds the write lock of `vault.db` from its first read to its last write, keys included:
so no key dies while somebody writes a row under it.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Self
from uuid import UUID

import msgspec

from ledger.errors import ErasureIncomplete, LedgerError, LedgerMissing, VaultDamaged
from ledger.message import Hint, msg, step
from ledger.store.any_database import AnyDatabase
from ledger.store.sqlite.database import BUSY_SECONDS, open_database, refusals
from ledger.vault.cipher import CLASSES, NONCE_BYTES, VaultClass, place_of, seal, unseal
from ledger.vault.commitment import canonical, commitment_of
from ledger.vault.entry import VaultEntry, VaultRow, row_of
from ledger.vault.keys import KeyFile, SubjectKeys, create_key_file, create_private

Recorded = Callable[[UUID, int], str | None]
"""The commitment that stands in the event of a stream and version; LedgerStore.commitment_at."""

_TABLES = (
    """\
CREATE TABLE IF NOT EXISTS vault (
    commitment TEXT PRIMARY KEY NOT NULL,
    class TEXT NOT NULL CHECK (class IN ('session', 'tax', 'customer')),
    subject BLOB NOT NULL CHECK (length(subject) = 16),
    stream BLOB NOT NULL CHECK (length(stream) = 16),
    version INTEGER NOT NULL CHECK (version >= 1),
    moment INTEGER NOT NULL,
    nonce BLOB NOT NULL CHECK (length(nonce) = 12),
    box BLOB NOT NULL
) STRICT""",
    "CREATE INDEX IF NOT EXISTS vault_subject ON vault (class, subject)",
)
# A command that is repeated before its event was written finds its own row, and makes it young again.
_PUT = """\
INSERT INTO vault (commitment, class, subject, stream, version, moment, nonce, box)
VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (commitment) DO UPDATE SET moment = excluded.moment"""
_GET = "SELECT class, subject, stream, version, moment, nonce, box FROM vault WHERE commitment = ?"
_PLACE = "SELECT commitment, class, subject, stream, version, moment FROM vault WHERE commitment = ?"
_ROWS = """\
SELECT commitment, class, subject, stream, version, moment FROM vault
WHERE commitment > ? ORDER BY commitment LIMIT ?"""
_SEALED = """\
SELECT commitment, class, subject, stream, version, moment, nonce, box FROM vault
WHERE commitment > ? ORDER BY commitment LIMIT ?"""
_REMOVE = "DELETE FROM vault WHERE commitment = ?"
_ERASE = "DELETE FROM vault WHERE class = ? AND subject = ?"
_ERASE_BEFORE = "DELETE FROM vault WHERE class = ? AND subject = ? AND version < ?"
_SUBJECTS = "SELECT DISTINCT subject FROM vault WHERE class = ?"
_HAS_SUBJECT = "SELECT 1 FROM vault WHERE class = ? AND subject = ? LIMIT 1"
_PAGE_SIZE = 5000

_Sealed = tuple[str, VaultClass, bytes, bytes, int, int, bytes, bytes]


class Vault:
    """Opened on the folder of a ledger; use one in each thread. `entropy(n)` gives n random bytes.

    Raises LedgerMissing; KeyReadable and KeysMissing when the keys of a class are first needed.
    """

    def __init__(
        self, folder: Path, entropy: Callable[[int], bytes], *, busy_seconds: float = BUSY_SECONDS
    ) -> None:
        path = folder / "vault.db"
        if not path.is_file():
            raise LedgerMissing(
                msg("there is no vault.db in {folder}", folder=folder),
                hint=Hint(
                    "put it back from a copy of the ledger; ", step("init"), " would not bring it back"
                ),
            )
        self._entropy = entropy
        self._database: AnyDatabase = open_database(path, busy_seconds=busy_seconds)
        self._keys = {
            kind: KeyFile(folder / "keys" / f"{kind}.db", entropy, busy_seconds) for kind in CLASSES
        }

    @classmethod
    def create(cls, folder: Path, entropy: Callable[[int], bytes]) -> Self:
        """Make vault and key files in a folder; what is there already stays as it is."""
        create_private(folder / "vault.db")
        with closing(open_database(folder / "vault.db", create=True)) as database, database.transaction():
            for statement in _TABLES:
                database.execute(statement)
        for kind in CLASSES:
            create_key_file(folder / "keys" / f"{kind}.db")
        return cls(folder, entropy)

    @staticmethod
    def holds_words(folder: Path) -> bool:
        """Return True if there are sealed words in a folder; a vault that cannot be read may hold some."""
        path = folder / "vault.db"
        if not path.is_file():
            return False
        try:
            with closing(open_database(path)) as database, refusals(path.name):
                made = database.execute("SELECT 1 FROM sqlite_master WHERE name = 'vault'").fetchone()
                return bool(made and database.execute("SELECT 1 FROM vault LIMIT 1").fetchone())
        except LedgerError:
            return True

    def close(self) -> None:
        """Close every file."""
        self._database.close()
        for key_file in self._keys.values():
            key_file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- writing ------------------------------------------------------------------------------

    def put(  # noqa: PLR0917 - the parts of an Entry, in its order
        self,
        kind: VaultClass,
        subject: UUID,
        stream: UUID,
        version: int,
        moment_us: int,
        values: Mapping[str, str],
    ) -> str:
        """Put values on disk and return their commitment; the event that holds it is written next."""
        return self.put_many([VaultEntry(kind, subject, stream, version, moment_us, values)])[0]

    def put_many(self, entries: Sequence[VaultEntry]) -> list[str]:
        """Put values on disk, all of them or none, and return the commitments in order."""
        with self._database.transaction():
            keys = {
                kind: self._keys[kind].ensure(dict.fromkeys(e.subject for e in entries if e.kind == kind))
                for kind in {entry.kind for entry in entries}
            }
            rows = [self._sealed(entry, keys[entry.kind][entry.subject]) for entry in entries]
            self._database.executemany(_PUT, rows)
        return [row[0] for row in rows]

    def _sealed(self, entry: VaultEntry, keys: SubjectKeys) -> _Sealed:
        kind, subject, stream, version, moment_us, values = entry
        plain = canonical(values)
        nonce = self._entropy(NONCE_BYTES)
        box = seal(keys.cipher, nonce, place_of(kind, subject, stream, version), plain)
        commitment = commitment_of(keys.commitment, stream, version, plain)
        return commitment, kind, subject.bytes, stream.bytes, version, moment_us, nonce, box

    # --- reading ------------------------------------------------------------------------------

    def get(self, commitment: str) -> dict[str, str] | None:
        """Return the values behind a commitment; None when they are erased, or their keys are not here.

        Raises VaultDamaged.
        """
        with refusals(self._database.name):
            found = self._database.execute(_GET, (commitment,)).fetchone()
        if found is None:
            return None
        *place, nonce, box = found
        row = row_of((commitment, *place))
        keys = self._live_keys(row.kind, row.subject)
        if keys is None:
            return None
        plain = unseal(keys.cipher, nonce, place_of(row.kind, row.subject, row.stream, row.version), box)
        if commitment_of(keys.commitment, row.stream, row.version, plain) != commitment:
            raise VaultDamaged(msg("a row of the vault stands under another commitment than its own"))
        return msgspec.json.decode(plain, type=dict[str, str])

    def holds(self, commitment: str) -> bool:
        """Return True if there is a row of this commitment; whether it opens is not asked."""
        with refusals(self._database.name):
            return self._row_of(commitment) is not None

    def matches(  # noqa: PLR0917 - the parts of an Entry, and what to compare
        self,
        kind: VaultClass,
        subject: UUID,
        stream: UUID,
        version: int,
        commitment: str,
        values: Mapping[str, str],
    ) -> bool | None:
        """Return True if the event's values were these; None when nobody can tell any more."""
        keys = self._live_keys(kind, subject)
        if keys is None:
            return None
        own = commitment_of(keys.commitment, stream, version, canonical(values))
        return hmac.compare_digest(own, commitment)

    def fingerprints(self, kind: VaultClass, subject: UUID) -> Callable[[bytes], bytes]:
        """Return what gives the keyed fingerprint, 32 bytes, of data of a subject.

        Its keys are made where there are none; as long as they live, the same data give the same fingerprint.
        """
        with self._database.transaction():
            key = self._keys[kind].ensure([subject])[subject].commitment
        return lambda data: hmac.digest(key, b"fingerprint:" + data, "sha256")

    def has_keys(self, kind: VaultClass, subject: UUID) -> bool:
        """Return True if the keys of a subject live, here."""
        return self._live_keys(kind, subject) is not None

    def absent_classes(self) -> list[VaultClass]:
        """Return the classes whose key file is not here: a copy without them. Nothing of theirs is erased."""
        return [kind for kind in CLASSES if not self._keys[kind].is_here]

    def key_subjects(self, kind: VaultClass) -> list[UUID]:
        """Every subject of a class whose keys live, here."""
        return [] if kind in self.absent_classes() else self._keys[kind].subjects()

    def rows(self) -> Iterator[VaultRow]:
        """Every row, by commitment; no read transaction is open while the caller works."""
        after = ""
        while True:
            with refusals(self._database.name):
                found = self._database.execute(_ROWS, (after, _PAGE_SIZE)).fetchall()
            yield from map(row_of, found)
            if len(found) < _PAGE_SIZE:
                return
            after = found[-1][0]

    def _live_keys(self, kind: VaultClass, subject: UUID) -> SubjectKeys | None:
        key_file = self._keys[kind]
        return key_file.get(subject) if key_file.is_here else None

    # --- copying ------------------------------------------------------------------------------

    def take_from(self, other: Vault) -> int:
        """Take over what another vault holds, sealed as it is, keys first; how many rows those were."""
        for kind in CLASSES:
            if kind not in other.absent_classes():
                self._keys[kind].take_from(other._keys[kind])
        count, after = 0, ""
        with self._database.transaction():
            while rows := other.sealed(after):
                self._database.executemany(_PUT, rows)
                count, after = count + len(rows), rows[-1][0]
        return count

    def sealed(self, after: str) -> list[_Sealed]:
        """Return a page of whole rows, by commitment."""
        with refusals(self._database.name):
            return self._database.execute(_SEALED, (after, _PAGE_SIZE)).fetchall()

    # --- erasing ------------------------------------------------------------------------------

    def erase(self, kind: VaultClass, *subjects: UUID) -> None:
        """End everything of these subjects in one class; a repeat finishes what was interrupted.

        Raises ErasureIncomplete when a reader keeps a write-ahead log from being cut.
        """
        with self._database.transaction():
            self._keys[kind].drop(subjects)
            self._database.executemany(_ERASE, [(kind, subject.bytes) for subject in subjects])
        for database in (self._keys[kind].database, self._database):
            if not database.truncate_log():
                raise ErasureIncomplete(
                    msg("{name} is in use, and its log may hold a copy", name=database.name)
                )

    def erase_before(self, kind: VaultClass, bounds: Mapping[UUID, int]) -> None:
        """End what belongs to these subjects' events before a version of each; what came later stays.

        A subject's keys end with its last row, so they outlive this while words recorded later need them.
        Raises ErasureIncomplete, as `erase` does; a repeat finishes what was interrupted.
        """
        with self._database.transaction():
            rows = [(kind, subject.bytes, version) for subject, version in bounds.items()]
            self._database.executemany(_ERASE_BEFORE, rows)
            self._drop_unused(kind, bounds)
        for database in (self._keys[kind].database, self._database):
            if not database.truncate_log():
                raise ErasureIncomplete(
                    msg("{name} is in use, and its log may hold a copy", name=database.name)
                )

    def erase_dead(self) -> int:
        """Remove the rows whose keys are gone, as an interrupted erasure leaves them; their number."""
        count = 0
        with self._database.transaction():
            for kind in CLASSES:
                if kind in self.absent_classes():
                    continue  # a copy without them; nothing of theirs is erased
                subjects = [subject for (subject,) in self._database.execute(_SUBJECTS, (kind,)).fetchall()]
                dead = [subject for subject in subjects if self._keys[kind].get(UUID(bytes=subject)) is None]
                if dead:
                    count += self._database.executemany(
                        _ERASE, [(kind, subject) for subject in dead]
                    ).rowcount
        return count

    def remove(
        self,
        commitments: Iterable[str],
        recorded: Recorded,
        *,
        decided: Callable[[UUID, int], bool] | None = None,
    ) -> int:
        """Remove these rows, but for those that an event holds; the number removed.

        For a command that lost a race, and for rows whose command died. The winner may have put the very
        same row: then the event of that place holds its commitment. While nobody has won, another writer
        may be waiting with the same row: `decided` tells of a place whether that is out of the question. A
        row left so is named by `check` after an hour. Keys of a subject without any other row end too.
        """
        with self._database.transaction():
            rows = [row for commitment in commitments if (row := self._row_of(commitment)) is not None]
            rows = [row for row in rows if decided is None or decided(row.stream, row.version)]
            lost = [row for row in rows if recorded(row.stream, row.version) != row.commitment]
            self._database.executemany(_REMOVE, [(row.commitment,) for row in lost])
            for kind in CLASSES:
                self._drop_unused(kind, dict.fromkeys(row.subject for row in lost if row.kind == kind))
        return len(lost)

    def drop_keys(self, kind: VaultClass, subjects: Iterable[UUID]) -> None:
        """End the keys of those of these subjects that have no row."""
        with self._database.transaction():
            self._drop_unused(kind, subjects)

    def truncate_logs(self) -> bool:
        """Cut every write-ahead log to nothing; False while somebody reads one of them."""
        present = [self._keys[kind] for kind in CLASSES if kind not in self.absent_classes()]
        databases = [*(key_file.database for key_file in present), self._database]
        cut = [database.truncate_log() for database in databases]  # each of them, whatever the first says
        return all(cut)

    def _drop_unused(self, kind: VaultClass, subjects: Iterable[UUID]) -> None:
        """Inside a transaction, so that nobody writes a row under a key that is about to end."""
        unused = [
            subject
            for subject in subjects
            if self._database.execute(_HAS_SUBJECT, (kind, subject.bytes)).fetchone() is None
        ]
        if unused:
            self._keys[kind].drop(unused)

    def _row_of(self, commitment: str) -> VaultRow | None:
        found = self._database.execute(_PLACE, (commitment,)).fetchone()
        return None if found is None else row_of(found)
