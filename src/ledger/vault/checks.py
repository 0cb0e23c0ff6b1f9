"""What `check` asks of the vault: rows and events agree, and what is deleted is gone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from ledger import events as e
from ledger.errors import LedgerError, VaultDamaged
from ledger.store.finding import Finding
from ledger.store.ledger_store import LedgerStore
from ledger.store.mapper import read_fact
from ledger.vault.keys import VaultClass
from ledger.vault.vault import Kept, Vault

ORPHAN_AFTER = timedelta(hours=1)
"""A younger row without an event may belong to a command that is still at work."""


def vault_class_of(fact: e.Fact) -> VaultClass:
    """The class that keeps the words of a fact."""
    if isinstance(fact, e.Requested):
        return "session"
    return "customer" if fact.TOPIC.startswith(("customer.", "purchase.")) else "tax"


def check_vault(vault: Vault, store: LedgerStore, now: datetime) -> Iterator[Finding]:
    """Rows without events, rows that do not open, events that lost their row while its key lives."""
    kept: set[str] = set()
    for row in vault.rows():
        kept.add(row.commitment)
        if _is_orphan(row, store, now):
            yield Finding("vault-orphan", f"the vault's row of {_where(row)} belongs to no event")
            continue
        try:
            vault.get(row.commitment)
        except VaultDamaged:
            yield Finding("vault-damaged", f"the vault's row of {_where(row)} does not open")
        except LedgerError as error:
            yield Finding("vault-unreadable", f"the vault's row of {_where(row)} is unreadable: {error.fact}")
    for index, stream, fact in _committing(store):
        if getattr(fact, "commitment", None) not in kept and vault.has_key(vault_class_of(fact), stream):
            yield Finding("vault-missing", f"event {index} has lost its row in the vault")


def _committing(store: LedgerStore) -> Iterator[tuple[int, UUID, e.Fact]]:
    """Every event that commits to words."""
    for rows in store.pages(0):
        for index, stream, version, topic, _, state in rows:
            if b'"commitment"' in state:
                yield index, UUID(bytes=stream), read_fact(topic, state, UUID(bytes=stream), version)


def _is_orphan(row: Kept, store: LedgerStore, now: datetime) -> bool:
    if store.commitment_at(row.stream, row.version) == row.commitment:
        return False
    return now - row.moment > ORPHAN_AFTER


def _where(row: Kept) -> str:
    return f"stream {row.stream} version {row.version}"


def check_deleted(vault: Vault, store: LedgerStore) -> Iterator[Finding]:
    """Sessions recorded as deleted whose data are still in the vault."""
    for subject in _not_erased(vault, store):
        number = store.session_number(subject)
        yield Finding(
            "vault-not-erased", f"session {number} is recorded as deleted; its data are in the vault"
        )


def _not_erased(vault: Vault, store: LedgerStore) -> list[UUID]:
    subjects = dict.fromkeys(row.subject for row in vault.rows() if row.vault_class == "session")
    return [
        subject
        for subject in subjects
        if any(row[3] == e.DataPurged.TOPIC for row in store.stream_rows(subject.bytes))
    ]


def repair(vault: Vault, store: LedgerStore, now: datetime) -> Iterator[str]:
    """Remove orphans and complete erasures that were cut short; say what was done."""
    orphans = [row.commitment for row in vault.rows() if _is_orphan(row, store, now)]
    if orphans:
        vault.remove(orphans)
        yield f"{len(orphans)} orphan row(s) of the vault removed"
    for subject in _not_erased(vault, store):
        vault.erase("session", subject)
        yield f"the data of session {store.session_number(subject)} erased from the vault"
