"""A consistent copy of a ledger while others write.

Copied in the reverse of the order of writing: events, vault, keys. Whatever event the copy holds, the
vault copied after it has its words, and the keys copied last open them.
"""

from __future__ import annotations

import os
import shutil
from contextlib import closing
from pathlib import Path

from ledger.errors import BackupTarget, LedgerMissing
from ledger.folder import Folder
from ledger.store.database import open_database, refusals

SHORT_LIVED_KEYS = ("session.db", "month.db")
"""Keys that die soon: in a copy that is kept, they would keep alive what was erased."""


def backup(folder: Folder, target: Path, *, with_session_keys: bool = False) -> list[str]:
    """Copy a ledger into a new or empty folder; the names of what was copied, in order.

    Raises LedgerMissing, BackupTarget.
    """
    if not folder.events.is_file():
        raise LedgerMissing(f"there is no events.db in {folder.path}")
    try:
        target.mkdir(parents=True, exist_ok=True)
        if any(target.iterdir()):
            raise BackupTarget(f"{target} is not empty")
        (target / "keys").mkdir(mode=0o700)
        shutil.copyfile(folder.config, target / folder.config.name)
    except OSError as error:
        raise BackupTarget(f"{target} cannot be written: {error.strerror}") from error
    keys = sorted(folder.keys.glob("*.db"))
    kept = [path for path in keys if with_session_keys or path.name not in SHORT_LIVED_KEYS]
    copied = [folder.events, folder.vault, *kept]
    for source in copied:
        _copy_database(source, target / source.relative_to(folder.path))
    return [str(source.relative_to(folder.path)) for source in copied]


def _copy_database(source: Path, copy: Path) -> None:
    """Copy one SQLite file by its backup interface, readable by its owner alone, and sync it."""
    copy.touch(mode=0o600)
    with closing(open_database(source)) as database, closing(open_database(copy)) as target:
        with refusals(source.name):
            database.backup(target)
        target.truncate_log()
    descriptor = os.open(copy, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
