"""A ledger brought from its folder to PostgreSQL, or from there into a folder, with the same tree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from ledger.application.backup import copy_documents
from ledger.application.ledger import Ledger
from ledger.domain import merkle
from ledger.domain.clock import epoch_microseconds
from ledger.errors import LedgerError, LedgerExists, LogForked
from ledger.folder.atomic_write import write_new
from ledger.folder.layout import Folder
from ledger.folder.written_aside import refusal, written_aside
from ledger.message import msg
from ledger.store.copy import copy_log
from ledger.store.event_store import LedgerStore
from ledger.store.postgres.address import SCHEMES, Address
from ledger.transparency import anchor, cosignature
from ledger.transparency.recompute import recompute
from ledger.vault.remote_id_fingerprints import MonthKeys
from ledger.vault.vault import Vault

Progress = Callable[[int], object]


class Copied(NamedTuple):
    """What was copied, and the root that both trees have."""

    events: int
    checkpoints: int
    anchors: int
    """Time stamps."""
    cosignatures: int
    sealed: int
    root: bytes


class _Place(NamedTuple):
    """The parts of a ledger that is being filled."""

    store: LedgerStore
    vault: Vault
    months: MonthKeys


def copy_ledger(ledger: Ledger, target: str, owner: str | None, progress: Progress) -> Copied:
    """Copy a ledger into an empty place, a URL or a new folder, while nobody records; then verify it there.

    A folder is written aside and renamed. On PostgreSQL keys, vault and log come in this order: until
    the last is whole there is no ledger there. A copy that was interrupted can be repeated.
    Raises: LedgerExists, StoreDamaged, StoreFull, LogForked.
    """
    with _made(ledger, target, owner) as place, ledger.store.held():
        sealed = place.vault.take_from(ledger.vault)
        place.months.take_from(ledger.months)
        events = copy_log(ledger.store, place.store, progress)
        root = _verified(ledger.store, place.store)
        checkpoints = len(place.store.checkpoints())
        kinds = Counter(kind for _, kind, _ in place.store.anchors())
    return Copied(events, checkpoints, kinds[anchor.KIND], kinds[cosignature.KIND], sealed, root)


def is_url(target: str) -> bool:
    """Return True if a target is a URL, and not a folder."""
    return target.startswith(tuple(f"{scheme}://" for scheme in SCHEMES)) or "://" in target


@contextmanager
def _made(ledger: Ledger, target: str, owner: str | None) -> Generator[_Place]:
    """Make an empty ledger to fill."""

    def clock() -> int:
        return epoch_microseconds(ledger.now())

    if is_url(target):
        from ledger.store.postgres.recorder import create_postgres_store  # noqa: PLC0415 - the driver is an extra
        from ledger.vault.postgres import PostgresMonthKeys, PostgresVault  # noqa: PLC0415 - the same

        address = Address.parse(target)
        with (
            create_postgres_store(address, clock, owner) as shared,
            PostgresVault(address, ledger.entropy) as sealed,
            PostgresMonthKeys(address, ledger.entropy) as marks,
        ):
            yield _Place(shared, sealed, marks)
        return
    try:
        with written_aside(Path(target)) as part:
            folder = Folder(part)
            _create(folder, ledger.state.origin)
            _copy_files(ledger.folder, folder)
            with (
                LedgerStore.create(folder.events, clock) as store,
                Vault.create(folder.path, ledger.entropy) as vault,
                MonthKeys.create(folder.path, ledger.entropy) as months,
            ):
                yield _Place(store, vault, months)
    except OSError as error:
        raise refusal(error, Path(target), LedgerExists) from error


def _create(folder: Folder, name: str) -> None:
    try:
        folder.create(name)
    except LedgerError as error:
        if isinstance(error.__cause__, OSError):
            raise error.__cause__ from None
        raise


def _copy_files(source: Folder, target: Folder) -> None:
    """Copy the settings without the server's URL, the signing key with its memory, and issued documents."""
    lines = source.config.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    here = [line for line in lines if not line.startswith(("store ", "store=", "report_store"))]
    target.config.unlink()
    write_new(target.config, "".join(here).encode(), 0o600)
    for path in (source.signing_key, source.last_checkpoint):
        if path.exists():
            write_new(target.keys / path.name, path.read_bytes(), 0o600)
    copy_documents(source, target.path)


def _verified(source: LedgerStore, target: LedgerStore) -> bytes:
    """Return the root of the copy, computed from its bytes and the same as the source's; raises LogForked."""
    size = source.length()
    found = recompute(target, {size, *(size for size, _ in source.checkpoints())})
    is_same = found.size == size and source.checkpoints() == target.checkpoints()
    if found.findings or not is_same or found.roots[size] != merkle.root(source.hashes, size):
        raise LogForked(msg("the copy has another tree than the ledger it is of; do not use it"))
    return found.roots[size]
