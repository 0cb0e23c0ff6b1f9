"""What `check` looks at in the vault, and what its repair removes.

The log is handed in as functions and records, so that the vault knows nothing of its shape.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from ledger.errors import KeysMissing, LedgerError, StoreFull, VaultDamaged
from ledger.folder.access import is_readable_by_others
from ledger.message import Message, msg, plain
from ledger.store.finding import CheckFinding
from ledger.store.references import subject
from ledger.store.sqlite.database import Database, open_database
from ledger.vault.cipher import CLASSES, VaultClass
from ledger.vault.entry import VaultRow
from ledger.vault.keys import left_out, open_key_file
from ledger.vault.vault import Recorded, Vault

OWNERS_ALONE = ("ledger.toml", "events.db", "vault.db", "documents", "keys")
ORPHAN_AFTER_US = 3_600_000_000
"""A row is put before its event; only after an hour is it sure that none will come."""


class Committed(NamedTuple):
    """An event that holds a commitment, and whose data of which class it stands for."""

    kind: VaultClass
    subject: UUID
    stream: UUID
    version: int
    commitment: str


class Log(NamedTuple):
    """The log as the checks need it: the commitment in a place, all of them, and the subject of a stream."""

    recorded: Recorded
    committed: Iterable[Committed]
    subject_of: Callable[[UUID], str]


def check_vault(
    folder: Path, entropy: Callable[[int], bytes], log: Log, now_us: int
) -> Iterator[CheckFinding]:
    """Every finding about the vault of a ledger's folder; a file that cannot be used is one, too."""
    yield from check_files(folder)
    yield from check_contents(lambda: Vault(folder, entropy), log, now_us)


def check_contents(opened: Callable[[], Vault], log: Log, now_us: int) -> Iterator[CheckFinding]:
    """Check what is in a vault, files or tables; one that cannot be used is a finding, too."""
    try:
        with opened() as vault:
            yield from check_rows(vault, log.subject_of)
            yield from check_orphans(vault, log, now_us)
            yield from check_missing(vault, log)
    except StoreFull:  # the disk is at fault, not the vault
        raise
    except LedgerError as error:
        yield CheckFinding("vault-unreadable", error.message)


def check_files(folder: Path) -> Iterator[CheckFinding]:
    """Check that the files open, that keys are private, and that SQLite finds nothing wrong.

    A key file that is not there is `vault-unreadable`, unless `backup` left it out of this copy: that copy
    is whole, and `unreadable` tells what cannot be read in it.
    """
    yield from _check_file(folder / "vault.db")
    known = left_out(folder)
    for name in (f"{kind}.db" for kind in (*CLASSES, "month")):
        if name not in known or (folder / "keys" / name).exists():
            yield from _check_file(folder / "keys" / name, key=True)


def check_rights(folder: Path) -> Iterator[CheckFinding]:
    """Check that nobody but its owner may write to a ledger's folder: who can, moves what a purge deletes.

    A group of the owner's own, as many systems give everyone, is no other person. On Windows, where keys and
    documents of a folder that was copied have the lists of the place they came to, check who can read those.
    """
    if os.name != "posix":
        yield from _check_lists(folder)
        return
    from pwd import getpwuid  # noqa: PLC0415 - POSIX alone has it

    for path in (folder, *(folder / name for name in OWNERS_ALONE)):
        if not path.exists():
            continue
        held = path.stat()
        try:
            is_own_group = getpwuid(held.st_uid).pw_gid == held.st_gid
        except KeyError:  # an owner that this machine does not know
            is_own_group = False
        if held.st_mode & (stat.S_IWOTH | (0 if is_own_group else stat.S_IWGRP)):
            name = msg("the ledger's folder") if path == folder else path.name
            yield CheckFinding(
                "folder-writable",
                msg("{name} can be written by others than its owner: chmod go-w it", name=name),
            )


def _check_lists(folder: Path) -> Iterator[CheckFinding]:
    """Check that keys and documents are their owner's alone, where the file system says whose they are.

    What SQLite puts beside a file comes and goes, and has the list of the folder.
    """
    keys = folder / "keys"
    files = (path for path in sorted(keys.glob("*")) if not path.name.endswith(("-wal", "-shm", "-journal")))
    for path in (folder / "documents", keys, *files):
        if path.exists() and is_readable_by_others(path):
            name = path.relative_to(folder).as_posix()
            yield CheckFinding(
                "readable-by-others", msg("{name} can be read by others than its owner", name=name)
            )


def unreadable(folder: Path) -> list[str]:
    """Return the key files that a copy is without on purpose."""
    return sorted(name for name in left_out(folder) if not (folder / "keys" / name).exists())


def check_rows(vault: Vault, subject_of: Callable[[UUID], str]) -> Iterator[CheckFinding]:
    """Every row opens with its keys and is what its commitment says."""
    absent = vault.absent_classes()
    for row in vault.rows():
        if row.kind in absent:
            continue  # named by `check_files`
        if not vault.has_keys(row.kind, row.subject):
            yield CheckFinding(
                "vault-row-without-key",
                msg("{row} was erased and is still there", row=_name(row, subject_of)),
            )
            continue
        try:
            vault.get(row.commitment)
        except VaultDamaged:
            yield CheckFinding(
                "vault-row-damaged",
                msg("{row} does not open, or is not what was put", row=_name(row, subject_of)),
            )


def check_orphans(vault: Vault, log: Log, now_us: int) -> Iterator[CheckFinding]:
    """No row is older than one hour and without its event."""
    for row in orphans(vault, log.recorded, now_us):
        yield CheckFinding(
            "vault-row-without-event", msg("{row} belongs to no event", row=_name(row, log.subject_of))
        )


def check_missing(vault: Vault, log: Log) -> Iterator[CheckFinding]:
    """No event's data are missing while their keys live."""
    for kind, holder, stream, version, commitment in log.committed:
        if not vault.holds(commitment) and vault.has_keys(kind, holder):
            what = msg(
                "the {kind} data of {subject}, its event {version}, are missing",
                kind=kind,
                subject=subject(log.subject_of(stream)),
                version=version,
            )
            yield CheckFinding("vault-row-missing", what)


def orphans(vault: Vault, recorded: Recorded, now_us: int) -> Iterator[VaultRow]:
    """Yield the rows older than one hour whose commitment stands in no event."""
    for row in vault.rows():
        if now_us - row.moment_us > ORPHAN_AFTER_US and recorded(row.stream, row.version) != row.commitment:
            yield row


def repair(vault: Vault, recorded: Recorded, now_us: int) -> int:
    """Remove orphans and what an interrupted erasure left behind; the number of rows."""
    dead = vault.erase_dead()
    lost = [row.commitment for row in orphans(vault, recorded, now_us)]
    return dead + vault.remove(lost, recorded)


def drop_unused_keys(vault: Vault, committed: Iterable[Committed]) -> None:
    """End keys that were made for a row which never came: no row and no event needs them."""
    needed = {(each.kind, each.subject) for each in committed}
    needed |= {(row.kind, row.subject) for row in vault.rows()}
    for kind in CLASSES:
        unused = [subject for subject in vault.key_subjects(kind) if (kind, subject) not in needed]
        if unused:
            vault.drop_keys(kind, unused)


def _check_file(path: Path, *, key: bool = False) -> Iterator[CheckFinding]:
    try:
        with closing(open_key_file(path) if key else open_database(path)) as database:
            yield from _integrity(database)
    except KeysMissing:
        yield CheckFinding(
            "vault-unreadable", msg("{name} is not here: what it opens cannot be read", name=path.name)
        )
    except StoreFull:
        raise
    except LedgerError as error:
        name = "key-readable" if error.code == "E-KEY-READABLE" else "vault-damaged"
        yield CheckFinding(name, error.message)


def _integrity(database: Database) -> Iterator[CheckFinding]:
    with database.transaction(write=False):
        for (line,) in database.execute("PRAGMA integrity_check").fetchall():
            if line != "ok":
                yield CheckFinding("vault-damaged", plain("{name}: {line}", name=database.name, line=line))


def _name(row: VaultRow, subject_of: Callable[[UUID], str]) -> Message:
    return msg(
        "the vault row of {kind} data of {subject}, its event {version},",
        kind=row.kind,
        subject=subject(subject_of(row.stream)),
        version=row.version,
    )
