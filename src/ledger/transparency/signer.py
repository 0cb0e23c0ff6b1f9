"""The signer: one key, one memory, and a refusal to sign two histories.

What was signed last is remembered in the key's folder, outside the database. Nothing is signed that is
shorter than it, or no continuation of it, or whose new events are not the ones that were hashed: a
restored backup and a rewritten row are caught at the next signing.
"""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from ledger.domain import merkle
from ledger.errors import (
    BadNote,
    LogForked,
    LogShrunk,
    SigningKeyForeign,
    SigningKeyMissing,
    StoreDamaged,
    StoreFailed,
)
from ledger.folder.atomic_write import move
from ledger.folder.bounded_read import CONFIG_BYTES_MAX, read_at_most
from ledger.folder.layout import Folder
from ledger.message import msg
from ledger.store.event_store import LedgerStore
from ledger.store.reader import line_of
from ledger.store.sqlite.database import is_read_only
from ledger.transparency.checkpoint import Checkpoint, TreeHead, parse_checkpoint
from ledger.transparency.note import SigningKey, key_name, parse_note, signer_of
from ledger.transparency.signing_key import create_key, read_key, write_private


class Rotation(NamedTuple):
    """What the fact of a rotation says: both keys, each vouching for the pair."""

    from_vkey: str
    to_vkey: str
    signed_by_old: str
    signed_by_new: str


def rotation_bytes(from_vkey: str, to_vkey: str) -> bytes:
    """Return the bytes that both keys sign when one follows the other."""
    return f"{from_vkey}\n{to_vkey}\n".encode()


class Signer:
    """Signs the tree of one ledger. `vkey` is the key of the last rotation, None before the first one."""

    def __init__(self, folder: Folder, store: LedgerStore, origin: str, vkey: str | None) -> None:
        self._folder = folder
        self._store = store
        self._name = key_name(origin)
        self._vkey = vkey

    @property
    def name(self) -> str:
        """The log's name: the origin of its checkpoints, and the name of its keys."""
        return self._name

    def key(self) -> SigningKey:
        """Return the key in force; a rotation that was recorded and not finished is finished.

        Raises SigningKeyMissing, SigningKeyForeign, KeyReadable, BadSigningKey.
        """
        current = read_key(self._folder.signing_key)
        if self._vkey is not None and str(current.verifier) != self._vkey:
            coming = _key_to_come(self._folder)
            with suppress(SigningKeyMissing):
                current = read_key(coming)
            if str(current.verifier) != self._vkey:
                raise SigningKeyForeign(msg("keys/signing.key is not the key that the last rotation names"))
            move(coming, self._folder.signing_key)
        return current

    def checkpoint(self) -> Checkpoint:
        """Sign the log as it stands, or give the last checkpoint again where nothing was added.

        From a disk that can only be read, the last checkpoint as it is. Raises LogShrunk, LogForked,
        StoreDamaged, StoreFailed and the refusals of `key`.
        """
        if is_read_only(self._folder.path):
            return self._last_of_locked()
        with self._store.signing() as add:  # nobody appends meanwhile
            key, last = self.key(), self.last()
            size = self._store.length()
            found = self._continued(key, last, size)
            write_private(self._folder.last_checkpoint, found.note)
            stored = self._store.checkpoints()
            if not stored or stored[-1][0] < found.size:
                add(found.size, found.note)
        return found

    def _last_of_locked(self) -> Checkpoint:
        """Return what was signed last; raises StoreFailed where nothing was."""
        found = self.last()
        if found is None:
            raise StoreFailed(msg("the ledger was never signed, and lies where it can only be read"))
        return found

    def last(self) -> Checkpoint | None:
        """Return what was signed last: as remembered beside the key, else the newest that the database holds.

        Raises LogForked when the memory cannot be read.
        """
        try:
            note = read_at_most(self._folder.last_checkpoint, CONFIG_BYTES_MAX).decode()
        except FileNotFoundError:
            stored = self._store.checkpoints()
            return parse_checkpoint(stored[-1][1]) if stored else None
        except (OSError, UnicodeDecodeError):
            raise LogForked(msg("keys/last-checkpoint cannot be read")) from None
        try:
            return parse_checkpoint(note)
        except BadNote:
            raise LogForked(msg("keys/last-checkpoint is not a checkpoint")) from None

    def _continued(self, key: SigningKey, last: Checkpoint | None, size: int) -> Checkpoint:
        if last is not None:
            self._check_last(key, last, size)
            self._check_leaves(last.size, size)
        root = merkle.root(self._store.hashes, size)
        if last is not None and last.size:
            proof = merkle.consistency_proof(self._store.hashes, last.size, size)
            if not merkle.is_consistent(last.size, size, proof, last.root, root):
                raise LogForked(
                    msg("the first {size} events are not those of the last checkpoint", size=last.size)
                )
            if last.size == size:
                return last
        if last is None:
            self._check_leaves(0, size)
        head = TreeHead(self._name, size, root)
        return Checkpoint(head, key.sign(head.text()))

    def _check_last(self, key: SigningKey, last: Checkpoint, size: int) -> None:
        if last.head.origin != self._name:
            raise LogForked(msg("the last checkpoint is that of the log {origin}", origin=last.head.origin))
        if size < last.size:
            raise LogShrunk(
                msg("the log has {size} events; {size_2} were signed", size=size, size_2=last.size)
            )
        # After a rotation it may be the old key's; the recorded rotation vouches for the new one.
        if self._vkey is None and signer_of(parse_note(last.note), [key.verifier]) is None:
            raise SigningKeyForeign(msg("keys/signing.key did not sign the last checkpoint"))

    def _check_leaves(self, begin: int, end: int) -> None:
        """Check that the hashes about to be signed for the first time are those of the events as they are."""
        for rows in self._store.pages(begin, end):
            hashes = self._store.hashes(0, rows[0][0], len(rows))
            for row, stored in zip(rows, hashes, strict=True):
                if merkle.leaf_hash(line_of(row)) != stored:
                    raise StoreDamaged(
                        msg("event {row} is not what was recorded: its hash differs", row=row[0])
                    )

    def prepare_rotation(self, entropy: Callable[[int], bytes]) -> Rotation:
        """Sign for the last time with the key in force, and make the next one; the fact is recorded then.

        From the moment it is, `key` takes the new one. A rotation that was never recorded leaves a file
        that the next one overwrites.
        """
        self.checkpoint()
        old = self.key()
        new = create_key(_key_to_come(self._folder), self._name, entropy)
        pair = str(old.verifier), str(new.verifier)
        message = rotation_bytes(*pair)
        return Rotation(
            *pair,
            b64encode(old.sign_bytes(message)).decode(),
            b64encode(new.sign_bytes(message)).decode(),
        )


def create_signing_key(folder: Folder, origin: str, entropy: Callable[[int], bytes]) -> SigningKey:
    """Make the first key of a ledger; one that is there stays."""
    if os.path.lexists(folder.signing_key):
        return read_key(folder.signing_key)
    return create_key(folder.signing_key, key_name(origin), entropy)


def _key_to_come(folder: Folder) -> Path:
    return folder.signing_key.with_name("signing.key.next")
