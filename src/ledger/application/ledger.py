"""`Ledger`: an opened ledger, and the one way in which anything is recorded in it.

The commands of a noun stand in `ledger.handlers`; each decides first and then calls `record` here:
words go to the vault, facts to the store, and a command id makes a repeat a no-op.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Self
from uuid import UUID

import msgspec

from ledger import errors
from ledger.application.backends import (
    check_url,
    create_store,
    holds_remains,
    open_months,
    open_store,
    open_vault,
)
from ledger.application.metadata import Environment, Metadata, PersonalData, Receipt, Shared
from ledger.application.read_models import ReadModels
from ledger.application.repository import Repository
from ledger.domain import events as e
from ledger.domain.clock import (
    epoch_microseconds,
    format_instant,
    from_epoch_microseconds,
    office_time,
    parse_instant,
)
from ledger.domain.ledger_state import LEDGER_STREAM
from ledger.domain.session.decide import Author, not_ahead
from ledger.folder.layout import Folder
from ledger.store.event_store import LedgerStore
from ledger.store.stream_ids import StreamIds
from ledger.transparency.after_commit import SigningAfterCommit
from ledger.transparency.signer import Signer, create_signing_key
from ledger.vault.remote_id_fingerprints import Marker, MonthKeys, digits_of
from ledger.vault.vault import Vault

ERASED = "[erased]"
"""Stands where a name was, once the name is gone."""
_EVENTS_GONE = "put events.db back from a copy of the ledger, or name another folder with --ledger"


__all__ = ["ERASED", "Environment", "Ledger", "Metadata", "PersonalData", "Receipt", "Shared"]


class Ledger(Repository):
    """An opened ledger; close it, or use it in a `with`."""

    def __init__(
        self,
        folder: Folder,
        store: LedgerStore,
        environment: Environment,
        read_models: Callable[[Ledger], ReadModels] | None = None,
    ) -> None:
        super().__init__(store)
        self.folder = folder
        self._environment = environment
        self._make_read_models = read_models
        self.signing = SigningAfterCommit(self._sign)
        self.ids = StreamIds(lambda: epoch_microseconds(self.now()), environment.entropy)

    @classmethod
    def open(
        cls,
        path: Path,
        environment: Environment,
        *,
        read_models: Callable[[Ledger], ReadModels] | None = None,
        for_reports: bool = False,
    ) -> Self:
        """The ledger in a folder; raises LedgerMissing, BadConfig.

        `read_models` is called with the opened ledger when a command first asks; without it, commands
        whose rules need the read models raise ReadSideMissing.
        For reports it may be the copy on another server that ledger.toml names, which takes nothing new.
        """
        folder = Folder(path, for_reports)
        ledger: Self | None = None

        def clock() -> int:
            now = environment.now() if ledger is None else ledger.now()
            return epoch_microseconds(now)

        store = open_store(folder, clock)
        folder.read_config()
        ledger = cls(folder, store, environment, read_models)
        return ledger

    @classmethod
    def create(
        cls,
        path: Path,
        environment: Environment,
        said: Metadata,
        *,
        origin: str,
        tariff_text: str,
        billing_from: date | None = None,
        testing: bool = False,
        shared: Shared | None = None,
    ) -> Self:
        """A new ledger in a folder, or on a server, its first price list in force; raises LedgerExists."""
        from ledger.domain.tariff.tariff import digest, parse_tariff  # noqa: PLC0415 - recording a session needs no tariff

        folder = Folder(path)
        if shared is not None:
            check_url(shared.url)
        forced = environment.forced_now if testing else None
        now = parse_instant(forced) if forced else environment.now()
        author = Author(said.by, said.source, said.workstation)
        listed = parse_tariff(tariff_text)
        if shared is None:
            is_unfinished = LedgerStore.is_unfinished(folder.events)
            if (is_unfinished or not folder.events.exists()) and holds_remains(folder):
                fact = f"{folder.path.name} holds what belonged to a ledger, without its events"
                raise errors.LedgerExists(fact, hint=_EVENTS_GONE)
            folder.create(origin, unfinished=is_unfinished)
        else:
            folder.create(origin, store_url=shared.url)
        opened = e.LedgerOpened(
            **author.header(now), origin=origin, billing_from=billing_from, testing=testing
        )
        published = e.TariffPublished(
            **author.header(now),
            tariff=listed.id,
            digest=digest(tariff_text),
            valid_from=listed.valid_from,
            text=tariff_text,
        )
        try:
            owner = None if shared is None else shared.owner
            store = create_store(folder, lambda: epoch_microseconds(now), environment.entropy, owner)
            with store:
                create_signing_key(folder, origin, environment.entropy)
                store.save(
                    e.RecordedEvent(LEDGER_STREAM, 1, opened), e.RecordedEvent(LEDGER_STREAM, 2, published)
                )
        except errors.LedgerError as error:
            if shared is not None:
                folder.remove()
            if isinstance(error, errors.VersionTaken):
                raise errors.LedgerExists("somebody else made the ledger meanwhile") from error
            raise
        return cls.open(path, environment)

    @classmethod
    def join(cls, path: Path, environment: Environment, shared: Shared) -> Self:
        """A folder for a ledger that others share already; it signs nothing. Raises StoreEmpty."""
        folder = Folder(path)
        check_url(shared.url)
        folder.create("-", store_url=shared.url)
        try:
            with cls.open(path, environment) as ledger:
                origin = ledger.state.origin
        finally:
            folder.remove()
        folder.create(origin, store_url=shared.url)
        return cls.open(path, environment)

    def close(self) -> None:
        """Close every file."""
        self.store.close()
        for opened in ("vault", "months"):
            if opened in self.__dict__:
                self.__dict__[opened].close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    # --- what is read -------------------------------------------------------------------------

    def now(self) -> datetime:
        """The moment it is; a ledger made for testing obeys the forced one."""
        forced = self._environment.forced_now
        if forced and self.state.testing:
            return parse_instant(forced)
        return self._environment.now()

    @property
    def entropy(self) -> Callable[[int], bytes]:
        """Chance, as it came in."""
        return self._environment.entropy

    @cached_property
    def vault(self) -> Vault:
        """The personal data, opened when first needed."""
        return open_vault(self.folder, self.entropy)

    @cached_property
    def months(self) -> MonthKeys:
        """The keys of the month fingerprints, opened when first needed."""
        return open_months(self.folder, self.entropy)

    @cached_property
    def read_models(self) -> ReadModels:
        """The read models, composed when first needed; raises ReadSideMissing."""
        if self._make_read_models is None:
            raise errors.ReadSideMissing("a rule asks the read models, and the ledger was opened without")
        return self._make_read_models(self)

    @property
    def signs(self) -> bool:
        """Whether it is this machine that signs: of several that share a ledger, the one with the key."""
        return self.folder.store_url() is None or os.path.lexists(self.folder.signing_key)

    @property
    def signer(self) -> Signer:
        """What signs the log, with the key that the book names."""
        return Signer(self.folder, self.store, self.state.origin, self.state.signing_vkey)

    def _sign(self) -> None:
        if self.signs:
            self.signer.checkpoint()

    def words(self, commitment: str | None) -> dict[str, str] | None:
        """What the vault keeps under a commitment; None once it is erased, or when nothing was said."""
        return None if commitment is None else self.vault.get(commitment)

    def customer_name(self, code: str) -> str:
        """The customer's name, or [erased]."""
        words = self.words(self.find_customer(code).commitment)
        return ERASED if words is None else words.get("name", ERASED)

    def marks(self, at: datetime, remote_id: str) -> tuple[str, str] | None:
        """The two month fingerprints of a remote ID; None on a day that has none. Raises BadRemoteId."""
        digits_of(remote_id)  # before a key is made for it
        marker = self.marker(office_time(at).date())
        return None if marker is None else marker(remote_id)

    def marker(self, day: date) -> Marker | None:
        """What gives the fingerprints of an office day; None before the first day of billing.

        None in a month that was closed, either: its key is gone, and another would compare with nothing.
        """
        billing_from, month = self.state.billing_from, f"{day:%Y-%m}"
        if (billing_from is not None and day < billing_from) or self.state.was_ever_closed(month):
            return None
        return self.months.marker(month)

    # --- what is recorded ---------------------------------------------------------------------

    def check_not_ahead(self, at: datetime) -> None:
        """Raise TimeAhead for a moment more than two minutes ahead of the clock."""
        not_ahead(at, self.now())

    def author(self, said: Metadata, name: str, arguments: Mapping[str, object]) -> Author:
        """Who records; with a command id, the digest of what the command says and may be told twice."""
        digest = None
        if said.command_id is not None:
            told = json.dumps([name, arguments], sort_keys=True, ensure_ascii=False, default=_told)
            digest = hashlib.sha256(told.encode()).hexdigest()[:32]
        return Author(said.by, said.source, said.workstation, said.command_id, digest)

    def repeat_of(self, author: Author, words: PersonalData | None) -> Receipt | None:
        """The receipt of the same command given before; raises CommandReused when it said something else."""
        found = None if author.command is None else self.store.resolve("command", author.command)
        if found is None:
            return None
        stream, digest = found
        mine = self.recorded_together(stream, lambda fact: fact.command == author.command)
        if digest != author.command_digest or not self._same_words(mine, words):
            raise errors.CommandReused("the command id was used for something else")
        return self.receipt_again(mine)

    def receipt_again(self, recorded: Sequence[e.RecordedEvent]) -> Receipt:
        """The receipt of what was recorded before; a session is concerned where nothing else is."""
        streams = {event.originator_id for event in recorded}
        last = recorded[-1]
        self.signing.committed(recorded)  # the first run may have been killed before it signed
        session = self.store.session_number(last.originator_id) if len(streams) == 1 else None
        recorded_at = self._recorded_at(last.originator_id, last.originator_version)
        return Receipt(tuple(recorded), recorded_at, session, repeated=True)

    def _same_words(self, recorded: Sequence[e.RecordedEvent], words: PersonalData | None) -> bool:
        """Whether the words are those committed to, as far as the keys that could tell still live."""
        committed = next((x for x in recorded if getattr(x.event, "commitment", None)), None)
        if committed is None or words is None:
            return committed is None and words is None
        stream, version = committed.originator_id, committed.originator_version
        commitment = getattr(committed.event, "commitment", "")
        answer = self.vault.matches(words.vault_class, stream, stream, version, commitment, words.values)
        return answer is not False or not self.vault.holds(commitment)  # the key may be of later words

    def record(
        self, stream: UUID, version: int, facts: Sequence[e.Event], words: PersonalData | None = None
    ) -> Receipt:
        """Append facts after `version` of a stream, their words to the vault first.

        Raises Conflict when somebody else appended first; then nothing of it stays, in the vault either.
        """
        commitment = None
        if words is not None and words.values:
            place = next(n for n, fact in enumerate(facts) if isinstance(fact, e.Personal))
            (commitment,) = self.vault.put_many([words.entry(stream, version + place + 1, self.now())])
            facts = [
                msgspec.structs.replace(fact, commitment=commitment, fields=words.fields)
                if n == place
                else fact
                for n, fact in enumerate(facts)
            ]
        recorded = [e.RecordedEvent(stream, version + n, fact) for n, fact in enumerate(facts, start=1)]
        self.append(recorded, commitment)
        recorded_at = self._recorded_at(stream, recorded[-1].originator_version)
        return Receipt(tuple(recorded), recorded_at, self.store.session_number(stream))

    def record_together(
        self, recorded: Sequence[e.RecordedEvent], words: PersonalData | None = None
    ) -> Receipt:
        """Append facts to several streams in one transaction; the words are those of the first.

        Raises Conflict when somebody else appended to one of the streams first; then nothing of it stays.
        """
        first, commitment = recorded[0], None
        if words is not None and words.values:
            entry = words.entry(first.originator_id, first.originator_version, self.now())
            (commitment,) = self.vault.put_many([entry])
            fact = msgspec.structs.replace(first.event, commitment=commitment, fields=words.fields)
            recorded = [e.RecordedEvent(first.originator_id, first.originator_version, fact), *recorded[1:]]
        self.append(recorded, commitment)
        return Receipt(tuple(recorded), self._recorded_at(first.originator_id, first.originator_version))

    def append(self, recorded: Sequence[e.RecordedEvent], commitment: str | None = None) -> None:
        """Append events, all or none, and sign what must be signed at once; the words go where it fails."""
        try:
            self.store.save(*recorded)
        except BaseException:
            if commitment is not None:
                self.take_back([commitment])
            raise
        self.signing.committed(recorded)

    def take_back(self, commitments: Sequence[str]) -> None:
        """Remove words from the vault whose events were not written, unless another may wait with them."""
        self.vault.remove(commitments, self.store.commitment_at, decided=self.store.is_decided)

    def _recorded_at(self, stream: UUID, version: int) -> datetime:
        for row in reversed(self.store.stream_rows(stream.bytes)):
            if row[2] == version:
                return from_epoch_microseconds(row[4])
        raise errors.StoreDamaged(f"version {version} of stream {stream} cannot be found")


def _told(value: object) -> str:
    return format_instant(value) if isinstance(value, datetime) else str(value)
