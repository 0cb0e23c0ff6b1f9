"""What an import of sessions would record: new sessions, what recorded ones gain, and what is refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import compress
from typing import Literal, NamedTuple
from uuid import UUID

from ledger.application.ledger import Ledger, Metadata, PersonalData
from ledger.domain import events as e
from ledger.domain.clock import local_month, office_time
from ledger.domain.customer import Customer, require_live, was_owned
from ledger.domain.session.evolve import CONFIRM_OVER, FLAG_OVER, Session
from ledger.domain.time_rules import AHEAD_MAX
from ledger.errors import ImportConflict, LedgerError
from ledger.handlers.quote import owns
from ledger.imports.result import Warned, ahead
from ledger.imports.session_diff import growth, opening, recorded_session
from ledger.imports.session_rows import MOMENTS, ImportedSession
from ledger.imports.write import CHUNK, PlannedStream
from ledger.message import Message, msg
from ledger.packed import PackedRows, in_chunks
from ledger.store.mapper import plain, read_fact
from ledger.vault.remote_id_fingerprints import Marker, digits_of

_HOUR = timedelta(hours=1)
_NO_ORDER = msg("hardware without an order counts as other: a customer of the shop gets 50 % off")


class Grown(NamedTuple):
    """A recorded session that gains something; `is_purged`: that its data are gone, too."""

    added: PlannedStream
    is_purged: bool


class NotTaken(NamedTuple):
    """A session that cannot be taken in: what is wrong, by column."""

    wrong: tuple[tuple[str, LedgerError], ...]


Verdict = Literal["new", "unchanged"] | Grown | NotTaken


class _PackedGrowth(NamedTuple):
    """What a recorded session gains, as it is kept until it is written: topics and payloads."""

    stream: UUID
    version: int
    facts: list[tuple[str, bytes]]
    rows: int


class SessionPlan:
    """What an import adds: which sessions of the file are new, and what recorded ones gain. Counts are rows.

    The sessions themselves are not kept: the file's rows are put together a second time as they are written.
    """

    def __init__(self) -> None:
        self._is_new = bytearray()
        self._grown = PackedRows(_PackedGrowth)
        self.purged: list[UUID] = []
        """The recorded sessions whose data are said to be gone."""
        self.new = self.extended = self.unchanged = 0

    @property
    def adds(self) -> bool:
        """Return True if anything is new."""
        return bool(self.new or self.extended)

    def take(self, told: ImportedSession, verdict: Verdict) -> None:
        """Note what becomes of the next session of the file."""
        self._is_new.append(verdict == "new")
        if verdict == "new":
            self.new += len(told.rows)
        elif verdict == "unchanged":
            self.unchanged += len(told.rows)
        elif isinstance(verdict, Grown):
            stream, version, facts, _, rows = verdict.added
            packed = [plain(e.RecordedEvent(stream, version, fact))[2:] for fact in facts]
            self._grown.add(_PackedGrowth(stream, version, packed, rows))
            self.extended += rows
            if verdict.is_purged:
                self.purged.append(stream)

    def opened(self, sessions: Iterable[ImportedSession]) -> Iterator[ImportedSession]:
        """Yield the new ones among the sessions of the file, which come in the order they were taken in."""
        return compress(sessions, self._is_new)

    def grown(self) -> Iterator[PlannedStream]:
        """Yield what recorded sessions gain."""
        for stream, version, facts, rows in self._grown:
            events = [
                read_fact(topic, state, stream, version + number)
                for number, (topic, state) in enumerate(facts, start=1)
            ]
            yield PlannedStream(stream, version, events, None, rows)


class Comparison:
    """Holds sessions of a file against the ledger; changes nothing. Customers and keys are looked up once."""

    def __init__(self, ledger: Ledger, author: Metadata) -> None:
        self._ledger = ledger
        self._author = author
        self._latest = ledger.now() + AHEAD_MAX
        self._customers: dict[str, Customer] = {}
        self._markers: dict[date, Marker | None] = {}

    def verdicts(
        self, sessions: Iterable[ImportedSession]
    ) -> Iterator[tuple[ImportedSession, Verdict, list[Warned]]]:
        """Yield each session, what becomes of it, and what a person should look at."""
        for some in in_chunks(sessions, CHUNK):
            references = [told.first.session_ref for told in some]
            known = self._ledger.store.resolve_many("session_ref", references)
            for told in some:
                stream = known.get(told.first.session_ref)
                verdict = self._unknown(told) if stream is None else self._recorded(told, stream)
                yield told, verdict, list(self._warnings(told, verdict))

    def _unknown(self, told: ImportedSession) -> Verdict:
        try:
            require_live(self._customer(told.first.customer))
        except LedgerError as error:
            return NotTaken((("customer", error),))
        return "new"

    def _recorded(self, told: ImportedSession, stream: UUID) -> Verdict:
        recorded = recorded_session(self._ledger.events_of(stream))
        session = recorded.session
        added, conflicts = growth(self._author, told, recorded, self._ledger.state.tariff_at)
        if _has_other_remote_id(self._ledger, told, session):
            conflicts.append(
                ("remote_id", ImportConflict(msg("the session is recorded with another remote ID")))
            )
        if conflicts:
            return NotTaken(tuple(conflicts))
        if not added:
            return "unchanged"
        is_purged = any(isinstance(event, e.DataPurged) for event in added)
        return Grown(PlannedStream(stream, session.version, added, None, len(told.rows)), is_purged)

    def _warnings(self, told: ImportedSession, verdict: Verdict) -> Iterator[Warned]:
        line, order_ref = told.first.line, told.order_ref
        if told.first.issue == "hardware" and order_ref is None:
            yield Warned(line, "order_ref", _NO_ORDER)
        for row in told.rows:
            for column in MOMENTS:
                at: datetime | None = getattr(row, column)
                if at is not None and at > self._latest:
                    yield Warned(row.line, column, ahead(at))
        if verdict != "unchanged" and (lasting := _long(told)) is not None:
            yield Warned(told.rows[-1].line, "ended_at", lasting)
        if verdict == "new" and order_ref is not None and not self._owns(told, order_ref):
            fact = msg(
                "{customer} did not own {order} then: help with its hardware is not free",
                customer=told.first.customer,
                order=order_ref,
            )
            yield Warned(line, "order_ref", fact)

    def _customer(self, code: str) -> Customer:
        """Return a customer, looked up once; raises LedgerError."""
        if code not in self._customers:
            self._customers[code] = self._ledger.find_customer(code)
        return self._customers[code]

    def _owns(self, told: ImportedSession, order_ref: str) -> bool:
        """Return True as `owns` does; most orders are found with the customer, who is known by now."""
        code, at = told.first.customer, told.rows[0].connected_at
        return was_owned(self._customer(code).purchases, order_ref, at) or owns(
            self._ledger, code, order_ref, at
        )

    def planned_streams(
        self, plan: SessionPlan, sessions: Iterable[ImportedSession]
    ) -> Iterator[PlannedStream]:
        """Yield what is to be appended; new sessions become events only as they are written."""
        tariff_at, new_id = self._ledger.state.tariff_at, self._ledger.ids.new
        for told in plan.opened(sessions):
            words, marks = self._kept(told)
            yield PlannedStream(
                new_id(), 0, opening(self._author, told, marks, tariff_at), words, len(told.rows)
            )
        yield from plan.grown()

    def _kept(self, told: ImportedSession) -> tuple[PersonalData | None, tuple[str, str] | None]:
        """Return the personal data and the fingerprints that are kept of a new session's remote ID.

        A session whose data are gone keeps no personal data; one that was over before the first day of
        billing keeps nothing.
        """
        if told.remote_id is None:
            return None, None
        if told.ended_at is not None and self._ledger.state.billed_before_adoption(told.ended_at):
            return None, None
        words = PersonalData("session", {"remote_id": told.remote_id}) if told.purged_at is None else None
        day = office_time(told.requested_at or told.rows[0].connected_at).date()
        if day not in self._markers:
            self._markers[day] = self._ledger.marker(day)
        marker = self._markers[day]
        return words, None if marker is None else marker(told.remote_id)


def _long(told: ImportedSession) -> Message | None:
    """Return what is said of a session that lasts longer than help does: perhaps a day is mistyped."""
    if told.ended_at is None:
        return None
    lasted = told.ended_at - told.rows[0].connected_at
    hours = -(-lasted // _HOUR)
    if lasted > CONFIRM_OVER:
        return msg("{hours} started hours, over 48 h: billed once confirmed", hours=hours)
    if lasted > FLAG_OVER:
        return msg("{hours} started hours, over 12 h", hours=hours)
    return None


def _has_other_remote_id(ledger: Ledger, told: ImportedSession, session: Session) -> bool:
    """Return True if a remote ID differs, as far as a living key shows it."""
    if told.remote_id is None:
        return False
    words = ledger.words(session.commitment) or {}
    if "remote_id" in words:
        return digits_of(words["remote_id"]) != told.remote_id
    if session.remote_id_fingerprints is None:
        return False
    marks = ledger.months.marks_if_open(local_month(session.requested_at), told.remote_id)
    return marks not in (None, session.remote_id_fingerprints)
