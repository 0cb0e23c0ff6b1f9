"""The places of a ledger: the files of its folder, or PostgreSQL where several offices share it.

`ledger.toml` says which. What concerns PostgreSQL is imported only for a ledger that is there.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.errors import LedgerMissing, NotOnPostgres
from ledger.folder.layout import Folder
from ledger.message import Hint, Message, msg, step
from ledger.store.event_store import LedgerStore
from ledger.vault.remote_id_fingerprints import MonthKeys
from ledger.vault.vault import Vault

if TYPE_CHECKING:
    from ledger.application.metadata import Shared

Clock = Callable[[], int]
Entropy = Callable[[int], bytes]


def open_store(folder: Folder, clock: Clock) -> LedgerStore:
    """Open the log of a ledger; raises LedgerMissing, StoreEmpty, StoreUnreachable, StoreDamaged."""
    url = folder.store_url()
    if url is None:
        if not folder.events.exists() and holds_remains(folder):
            hint = Hint(
                "put it back from a copy of the ledger; ", step("init"), " makes none over what is left"
            )
            raise LedgerMissing(msg("events.db is gone from {path}", path=folder.path), hint=hint)
        store = LedgerStore.open(folder.events, clock=clock)
        if store.length() == 0:
            store.close()
            raise LedgerMissing(
                msg("{name} holds no ledger yet: its making was cut short", name=folder.events.name)
            )
        return store
    from ledger.store.postgres.address import Address  # noqa: PLC0415 - only a ledger on PostgreSQL needs it
    from ledger.store.postgres.recorder import open_postgres_store  # noqa: PLC0415 - the same

    return open_postgres_store(Address.parse(url), clock)


def holds_remains(folder: Folder) -> bool:
    """Return True if a folder holds remains of a used ledger: personal data, documents, signatures."""
    documents = folder.documents.iterdir() if folder.documents.is_dir() else ()
    return folder.last_checkpoint.exists() or any(documents) or Vault.holds_words(folder.path)


def read_again(place: str) -> LedgerStore:
    """Open a log by its `LedgerStore.place`, for another process that only reads."""
    if "://" not in place:
        return LedgerStore.open(Path(place), _nothing_is_recorded)
    from ledger.store.postgres.address import Address  # noqa: PLC0415 - only a ledger on PostgreSQL needs it
    from ledger.store.postgres.recorder import open_postgres_store  # noqa: PLC0415 - only a ledger on PostgreSQL needs it

    return open_postgres_store(Address.parse(place), _nothing_is_recorded)


def _nothing_is_recorded() -> int:
    raise NotImplementedError


def open_vault(folder: Folder, entropy: Entropy) -> Vault:
    """Open the vault of a ledger."""
    url = folder.store_url()
    if url is None:
        return Vault(folder.path, entropy)
    from ledger.store.postgres.address import Address  # noqa: PLC0415 - only a ledger on PostgreSQL needs it
    from ledger.vault.postgres import PostgresVault  # noqa: PLC0415 - the same

    return PostgresVault(Address.parse(url), entropy)


def open_months(folder: Folder, entropy: Entropy) -> MonthKeys:
    """Open the keys of a ledger's month fingerprints."""
    url = folder.store_url()
    if url is None:
        return MonthKeys(folder.path, entropy)
    from ledger.store.postgres.address import Address  # noqa: PLC0415 - only a ledger on PostgreSQL needs it
    from ledger.vault.postgres import PostgresMonthKeys  # noqa: PLC0415 - the same

    return PostgresMonthKeys(Address.parse(url), entropy)


def create_store(folder: Folder, clock: Clock, entropy: Entropy, shared: Shared | None) -> LedgerStore:
    """Create an empty log beside an empty vault, for a new folder; raises LedgerExists."""
    if shared is None:
        Vault.create(folder.path, entropy).close()
        MonthKeys.create(folder.path, entropy).close()
        return LedgerStore.create(folder.events, clock=clock)
    from ledger.store.postgres.address import Address  # noqa: PLC0415 - only a ledger on PostgreSQL needs it
    from ledger.store.postgres.recorder import create_postgres_store  # noqa: PLC0415 - the same

    return create_postgres_store(Address.parse(shared.url), clock, shared.owner, shared.reader)


def upgrade_tables(folder: Folder, owner: str | None) -> bool:
    """Bring the tables of a ledger on PostgreSQL to this version as their owner; False if they are of it.

    Raises StoreUnreachable, StoreFailed, StoreDamaged.
    """
    from ledger.store.postgres.address import Address  # noqa: PLC0415 - only a ledger on PostgreSQL needs it
    from ledger.store.postgres.upgrade import upgrade_postgres  # noqa: PLC0415 - the same

    url = folder.store_url()
    return url is not None and upgrade_postgres(Address.parse(url), owner)


def check_url(url: str) -> None:
    """Raise BadStoreUrl for one that is none."""
    from ledger.store.postgres.address import Address  # noqa: PLC0415 - only a ledger on PostgreSQL needs it

    Address.parse(url)


def refuse_postgres(folder: Folder, what: Message | str) -> None:
    """Raise NotOnPostgres for what works on the files of a folder."""
    if folder.store_url() is not None:
        raise NotOnPostgres(
            msg("{what} works on the files of a folder; this ledger is on PostgreSQL", what=what)
        )
