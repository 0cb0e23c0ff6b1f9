"""A consistent copy of a ledger while others write.

Copied in the reverse of the order of writing: events, vault, keys. Whatever event the copy holds, the
vault copied after it has its words, and the keys copied last open them.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from ledger.application.backends import refuse_postgres
from ledger.errors import BackupTarget, LedgerMissing, NotACopy
from ledger.folder.access import restrict
from ledger.folder.atomic_write import make_folder, sync, write_new
from ledger.folder.layout import Folder
from ledger.folder.written_aside import refusal, written_aside
from ledger.message import msg
from ledger.store.sqlite.database import open_database, refusals
from ledger.vault.keys import LEFT_OUT, refuse_readable
from ledger.vault.remote_id_fingerprints import MonthKeys
from ledger.vault.vault import Vault

SHORT_LIVED_KEYS = ("session.db", "month.db")
"""Keys that die soon: in a copy that is kept, they would keep alive what was erased."""
LONG_LIVED_KEYS = ("customer.db", "tax.db")


def backup(folder: Folder, target: Path, *, with_session_keys: bool = False) -> list[str]:
    """Copy a ledger into a new or empty folder; the names of what was copied, in order.

    The signer's memory, `last-checkpoint`, is never copied: brought back with an old log it would let the
    signer forget that it had signed more. Raises LedgerMissing, BackupTarget, KeyReadable.
    """
    refuse_postgres(folder, "backup")
    if not folder.events.is_file():
        raise LedgerMissing(msg("there is no events.db in {path}", path=folder.path))
    try:
        with written_aside(target) as part:
            return _copied(folder, part, with_session_keys=with_session_keys)
    except OSError as error:
        raise refusal(error, target, BackupTarget) from error


def _copied(folder: Folder, target: Path, *, with_session_keys: bool) -> list[str]:
    make_folder(target / "keys", 0o700)
    write_new(target / folder.config.name, folder.config.read_bytes(), 0o600)
    names = sorted((*LONG_LIVED_KEYS, *(SHORT_LIVED_KEYS if with_session_keys else ())))
    kept = [folder.keys / name for name in names if (folder.keys / name).exists()]
    copied = [folder.events, folder.vault, *kept]
    for source in copied:
        _copy_database(source, target / source.relative_to(folder.path))
    if folder.signing_key.exists():
        refuse_readable(folder.signing_key)
        copied.append(folder.signing_key)
        write_new(target / "keys" / folder.signing_key.name, folder.signing_key.read_bytes(), 0o600)
    copied += copy_documents(folder, target)
    if not with_session_keys:
        left_out = "".join(f"{name}\n" for name in SHORT_LIVED_KEYS)
        write_new(target / LEFT_OUT, left_out.encode("ascii"), 0o600)
    return [source.relative_to(folder.path).as_posix() for source in copied]


def copy_documents(folder: Folder, target: Path) -> list[Path]:
    """Copy the issued documents, after the events: a file exists before its event."""
    if not folder.documents.is_dir():
        return []
    copy = target / folder.documents.name
    make_folder(copy, 0o700)
    for source in sorted(folder.documents.iterdir()):
        if not source.name.startswith("."):  # one that is being written
            write_new(copy / source.name, source.read_bytes(), 0o600)
    return [folder.documents]


def _copy_database(source: Path, copy: Path) -> None:
    """Copy one SQLite file by its backup interface, readable by its owner alone, and sync it."""
    copy.touch(mode=0o600)
    restrict(copy)
    if source.parent.name == "keys":
        refuse_readable(source)
    with closing(open_database(source)) as database, closing(open_database(copy)) as target:
        with refusals(source.name, copy.parent):
            database.backup(target)
        target.truncate_log()
    sync(copy)


def take_up(folder: Folder, entropy: Callable[[int], bytes]) -> int:
    """Make a copy the ledger that is worked with: new, empty files for the keys that were left out of it.

    How many sealed rows were removed, which nothing opens any more. Raises NotACopy for a ledger that
    `backup` left nothing out of.
    """
    refuse_postgres(folder, "take-up")
    left_out = folder.path / LEFT_OUT
    if not left_out.is_file():
        raise NotACopy(msg("{path} is no copy that keys were left out of", path=folder.path))
    MonthKeys.create(folder.path, entropy).close()
    with Vault.create(folder.path, entropy) as vault:
        removed = vault.erase_dead()
    left_out.unlink()
    sync(folder.keys)
    return removed
