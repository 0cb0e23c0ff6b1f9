"""The vault of a ledger on PostgreSQL.

Sealed boxes are in a schema of the ledger's database, keys in a database of their own, so that no dump of
the one holds the other.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from ledger.store.any_database import AnyDatabase
from ledger.store.postgres.address import Address
from ledger.store.postgres.connection import BUSY_SECONDS, PostgresDatabase
from ledger.vault.cipher import CLASSES, VaultClass
from ledger.vault.keys import KeyFile
from ledger.vault.remote_id_fingerprints import MonthKeys
from ledger.vault.vault import Vault

_ALONE = "LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE"
_TIDY_KEYS = "VACUUM (FULL) {}"
"""A plain VACUUM leaves the bytes where they were until something is written over them."""


class KeyTable(KeyFile):
    """The keys of one class, in a table."""

    def __init__(
        self, address: Address, kind: VaultClass, entropy: Callable[[int], bytes], busy_seconds: float
    ) -> None:
        super().__init__(Path(f"{kind}.db"), entropy, busy_seconds)
        self._address = address
        self._kind = kind

    @property
    def is_here(self) -> bool:
        """Whoever has the ledger has them."""
        return True

    @cached_property
    def database(self) -> AnyDatabase:
        """The connection; raises StoreUnreachable."""
        return _keys(self._address, self._kind, "key", self._busy_seconds)


class PostgresVault(Vault):
    """Personal data of a ledger that several offices share."""

    def __init__(
        self, address: Address, entropy: Callable[[int], bytes], *, busy_seconds: float = BUSY_SECONDS
    ) -> None:
        self._entropy = entropy
        self._database = PostgresDatabase(
            address, address.vault, lock=_ALONE.format("vault"), busy_seconds=busy_seconds
        )
        self._keys = {kind: KeyTable(address, kind, entropy, busy_seconds) for kind in CLASSES}


class PostgresMonthKeys(MonthKeys):
    """The keys of the month fingerprints that several offices share."""

    def __init__(
        self, address: Address, entropy: Callable[[int], bytes], *, busy_seconds: float = BUSY_SECONDS
    ) -> None:
        self._entropy = entropy
        self._database = _keys(address, "month", "month_key", busy_seconds)


def _keys(address: Address, kind: str, table: str, busy_seconds: float) -> PostgresDatabase:
    return PostgresDatabase(
        address.keys,
        address.keys_of(kind),
        lock=_ALONE.format(table),
        tidy=(_TIDY_KEYS.format(table),),
        busy_seconds=busy_seconds,
    )
