"""`Ledger`: an opened ledger, and the one way of recording in it.

The commands of a noun are in `ledger.handlers`; each decides first and then calls `record` here: personal
data goes to the vault, events to the store, and a command id makes a repeat a no-op.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self
from uuid import UUID

import msgspec

from ledger import errors
from ledger.application.backends import (
    open_months,
    open_store,
    open_vault,
)
from ledger.application.metadata import Environment, Metadata, PersonalData, Receipt, Shared, entry_of
from ledger.application.repository import Repository
from ledger.domain import events as e
from ledger.domain.clock import (
    SaidInstant,
    epoch_microseconds,
    from_epoch_microseconds,
    office_time,
    parse_instant,
)
from ledger.domain.time_rules import not_ahead, not_behind_log
from ledger.folder.layout import Folder
from ledger.message import Code, joined, msg, plain
from ledger.store.event_store import LedgerStore
from ledger.store.stream_ids import StreamIds
from ledger.transparency.after_commit import SigningAfterCommit
from ledger.transparency.signer import Signer
from ledger.vault.remote_id_fingerprints import Marker, MonthKeys, digits_of
from ledger.vault.vault import Vault

if TYPE_CHECKING:
    from ledger.application.read_models import ReadModels

ERASED = "[erased]"
"""Shown in the place of an erased name."""
_NAMED_MAX = 8
"""Events that a refusal names; `since` has all of them."""


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
        """Open the ledger in a folder; raises LedgerMissing, BadConfig.

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
        """Return the present moment; a ledger made for testing obeys the forced one."""
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
            raise errors.ReadSideMissing(
                msg("a rule asks the read models, and the ledger was opened without")
            )
        return self._make_read_models(self)

    @property
    def signs(self) -> bool:
        """True if this machine signs: of several that share a ledger, the one with the key."""
        return self.folder.store_url() is None or os.path.lexists(self.folder.signing_key)

    @property
    def signer(self) -> Signer:
        """The signer of the log, with the key that the ledger's state names."""
        return Signer(self.folder, self.store, self.state.origin, self.state.signing_vkey)

    def _sign(self) -> None:
        if self.signs:
            self.signer.checkpoint()

    def words(self, commitment: str | None) -> dict[str, str] | None:
        """Return the personal data under a commitment; None once it is erased, or without a commitment."""
        return None if commitment is None else self.vault.get(commitment)

    def customer_name(self, code: str) -> str:
        """Return the customer's name, or [erased]."""
        words = self.words(self.find_customer(code).commitment)
        return ERASED if words is None else words.get("name", ERASED)

    def remote_id_fingerprints(self, at: datetime, remote_id: str) -> tuple[str, str] | None:
        """Return the two month fingerprints of a remote ID; None on a day without. Raises BadRemoteId."""
        digits_of(remote_id)  # before a key is made for it
        marker = self.marker(office_time(at).date())
        return None if marker is None else marker(remote_id)

    def token(self, at: datetime, text: str) -> str | None:
        """Return the month fingerprint of a text that is no remote ID; None on a day that has none."""
        day = office_time(at).date()
        return None if self.marker(day) is None else self.months.token(f"{day:%Y-%m}", text)

    def marker(self, day: date) -> Marker | None:
        """Return the marker of an office day; None before the first day of billing.

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

    def check_clock(self) -> None:
        """Raise ClockBehind while the clock is more than two minutes behind the log."""
        not_behind_log(self.now(), self.last_recorded_at())

    def require_seen(self, metadata: Metadata, stream: UUID, version: int) -> None:
        """Raise SeenOld unless the stream is at the version that the person saw, if they named one."""
        seen = metadata.seen
        if seen is None or seen == version:
            return
        if seen > version:
            raise errors.SeenOld(
                msg("version {seen} was seen, and there is none after {version}", seen=seen, version=version)
            )
        recorded = [each.event for each in self.events_of(stream)[seen:version]]
        since = [errors.Came(each.TOPIC.partition(":")[0], each.at, each.by) for each in recorded]
        named = joined(
            (
                msg(
                    "{event} {at} by {who}",
                    event=Code("event", came.event),
                    at=SaidInstant(came.at),
                    who=came.by,
                )
                for came in since[:_NAMED_MAX]
            ),
            ", ",
        )
        if len(since) > _NAMED_MAX:
            named = msg("{named} and {more} more", named=named, more=len(since) - _NAMED_MAX)
        raise errors.SeenOld(
            msg("version {seen} was seen; since then came {named}", seen=seen, named=named),
            since,
        )

    def repeat_of(
        self,
        metadata: Metadata,
        personal_data: PersonalData | None = None,
        *,
        belongs: Callable[[e.Event, e.Event], bool] | None = None,
        is_looked_up: bool = False,
    ) -> Receipt | None:
        """Return the receipt of the same command given before; None without one.

        The events that bear the command id are its own; where others were recorded with them that do not,
        `belongs(first, event)` tells them. Personal data that is looked up, not typed, is not compared.
        Raises CommandReused, with that receipt, for another command or other data under the same id.
        """
        command_id = metadata.command_id
        found = None if command_id is None else self.store.resolve("command", command_id)
        if found is None:
            return None
        stream, digest = found
        mine = self.recorded_together(stream, lambda event: event.command == command_id)
        if belongs is not None:
            first, is_beside = mine[0].event, belongs
            mine = self.recorded_together(stream, lambda x: x.command == command_id or is_beside(first, x))
        receipt = self._receipt_again(mine)
        is_same = digest == metadata.digest
        if not is_same or not (is_looked_up or self._has_same_data(mine, personal_data)):
            topics = dict.fromkeys(each.event.TOPIC.partition(":")[0] for each in receipt.events)
            names = joined((plain("{event}", event=Code("event", topic)) for topic in topics), ", ")
            used = (
                names
                if receipt.session is None
                else msg("{names} of session {session}", names=names, session=receipt.session)
            )
            raise errors.CommandReused(
                msg("the command id was used for something else: {used}", used=used), receipt
            )
        return receipt

    def _receipt_again(self, recorded: Sequence[e.RecordedEvent]) -> Receipt:
        """Return the receipt of events recorded before; signs what must be signed at once.

        The first run may have been killed before it signed.
        """
        last = recorded[-1]
        self.signing.committed(recorded)
        recorded_at_us = self.store.recorded_at_us(self._index_of(last))
        return self._receipt(recorded, from_epoch_microseconds(recorded_at_us), repeated=True)

    def _index_of(self, recorded: e.RecordedEvent) -> int:
        rows = self.store.stream_rows(recorded.originator_id.bytes)
        return next(row[0] for row in rows if row[2] == recorded.originator_version)

    def _receipt(
        self, recorded: Sequence[e.RecordedEvent], recorded_at: datetime, *, repeated: bool = False
    ) -> Receipt:
        """Return a receipt; a session is named where the events are of one session alone."""
        streams = {event.originator_id for event in recorded}
        session = self.store.session_number(recorded[-1].originator_id) if len(streams) == 1 else None
        return Receipt(tuple(recorded), recorded_at, session, repeated=repeated)

    def _has_same_data(self, recorded: Sequence[e.RecordedEvent], personal_data: PersonalData | None) -> bool:
        """Return True if the data are those committed to, as far as the keys that could show it live."""
        committed = next((x for x in recorded if getattr(x.event, "commitment", None)), None)
        if committed is None or personal_data is None:
            return committed is None and personal_data is None
        stream, version = committed.originator_id, committed.originator_version
        commitment = getattr(committed.event, "commitment", "")
        kind, values = personal_data
        answer = self.vault.matches(kind, stream, stream, version, commitment, values)
        return answer is not False or not self.vault.holds(commitment)  # the key may be of later data

    def record(self, events: Sequence[e.RecordedEvent], personal_data: PersonalData | None = None) -> Receipt:
        """Append events, all or none; personal data is sealed in the vault first.

        It is bound to the first event that can hold it, and removed again if the append fails. What must be
        signed at once is signed after the commit. Raises Conflict: a stream has moved on.
        """
        commitment, recorded = None, list(events)
        if personal_data is not None and personal_data.values:
            index = next(n for n, each in enumerate(recorded) if isinstance(each.event, e.Personal))
            bound = recorded[index]
            entry = entry_of(personal_data, bound.originator_id, bound.originator_version, self.now())
            (commitment,) = self.vault.put_many([entry])
            event = msgspec.structs.replace(bound.event, commitment=commitment, fields=personal_data.fields)
            recorded[index] = msgspec.structs.replace(bound, event=event)
        try:
            recorded_at_us = self.store.append(recorded)
        except BaseException as error:
            if commitment is not None:
                self.take_back([commitment])
            if isinstance(error, errors.VersionTaken):
                raise self.conflict_over(recorded) from error
            raise
        self.signing.committed(recorded)
        return self._receipt(recorded, from_epoch_microseconds(recorded_at_us))

    def take_back(self, commitments: Sequence[str]) -> None:
        """Remove words from the vault whose events were not written, unless another may wait with them."""
        self.vault.remove(commitments, self.store.commitment_at, decided=self.store.is_decided)
