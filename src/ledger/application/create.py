"""Making a ledger: a new one, or a folder for one that others share."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from ledger import errors
from ledger.application.backends import check_url, create_store, holds_remains
from ledger.application.ledger import Ledger
from ledger.application.metadata import Environment, Metadata, Shared
from ledger.domain import events as e
from ledger.domain.clock import epoch_microseconds, parse_instant
from ledger.domain.ledger_state import LEDGER_STREAM
from ledger.folder.layout import Folder
from ledger.message import Hint, msg
from ledger.store.event_store import LedgerStore
from ledger.transparency.signer import create_signing_key

_EVENTS_GONE = Hint("put events.db back from a copy of the ledger, or name another folder with --ledger")


def create_ledger(
    path: Path,
    environment: Environment,
    metadata: Metadata,
    *,
    origin: str,
    tariff_text: str,
    billing_from: date | None = None,
    testing: bool = False,
    shared: Shared | None = None,
    language: str | None = None,
) -> Ledger:
    """Create a ledger in a folder or on a server, its first price list in force; raises LedgerExists.

    `language` is what the folder speaks to people; None leaves it to the locale of each.
    """
    from ledger.domain.tariff.tariff import digest, parse_tariff  # noqa: PLC0415 - recording a session needs no tariff

    folder = Folder(path)
    if shared is not None:
        check_url(shared.url)
    forced = environment.forced_now if testing else None
    now = parse_instant(forced) if forced else environment.now()
    metadata = metadata.without_command()
    listed = parse_tariff(tariff_text)
    if shared is None:
        is_unfinished = LedgerStore.is_unfinished(folder.events)
        if (is_unfinished or not folder.events.exists()) and holds_remains(folder):
            fact = msg("{name} holds what belonged to a ledger, without its events", name=folder.path.name)
            raise errors.LedgerExists(fact, hint=_EVENTS_GONE)
        folder.create(origin, unfinished=is_unfinished, language=language)
    else:
        folder.create(origin, store_url=shared.url, language=language)
    opened = e.LedgerOpened(**metadata.header(now), origin=origin, billing_from=billing_from, testing=testing)
    published = e.TariffPublished(
        **metadata.header(now),
        tariff=listed.id,
        digest=digest(tariff_text),
        valid_from=listed.valid_from,
        text=tariff_text,
    )
    try:
        store = create_store(folder, lambda: epoch_microseconds(now), environment.entropy, shared)
        with store:
            create_signing_key(folder, origin, environment.entropy)
            store.save(
                e.RecordedEvent(LEDGER_STREAM, 1, opened), e.RecordedEvent(LEDGER_STREAM, 2, published)
            )
    except errors.LedgerError as error:
        if shared is not None:
            folder.remove()
        if isinstance(error, errors.VersionTaken):
            raise errors.LedgerExists(msg("somebody else made the ledger meanwhile")) from error
        raise
    return Ledger.open(path, environment)


def join_ledger(path: Path, environment: Environment, shared: Shared, language: str | None = None) -> Ledger:
    """Create a folder for a ledger that others share already; it signs nothing. Raises StoreEmpty."""
    folder = Folder(path)
    check_url(shared.url)
    folder.create("-", store_url=shared.url)
    try:
        with Ledger.open(path, environment) as ledger:
            origin = ledger.state.origin
    finally:
        folder.remove()
    folder.create(origin, store_url=shared.url, language=language)
    return Ledger.open(path, environment)
