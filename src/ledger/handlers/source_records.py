"""Decisions on records and findings: a match, a dismissal, an acknowledgement."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple, cast
from uuid import UUID, uuid5

from ledger.application.ledger import Ledger, Metadata, PersonalData, Receipt
from ledger.domain import events as e
from ledger.domain.clock import format_instant
from ledger.domain.identifiers import shown
from ledger.domain.reasons import split_reason
from ledger.domain.session.evolve import CONFIRM_OVER
from ledger.domain.session.life import require
from ledger.domain.source_record import Record, project
from ledger.errors import FindingUnknown, NothingToCorrect, RecordUnknown, RecordUntrue
from ledger.handlers.buyer import members_of
from ledger.handlers.computers import learnt_from
from ledger.message import Step, msg, step

FINDINGS = UUID("0189f1d1-0000-7000-8000-000000000000")
"""Namespace of the streams of findings: UUIDv5 of the finding's own id."""
KEY_CHARACTERS_MIN = 6
"""The shortest beginning of a key that names a record."""


def find_record(ledger: Ledger, named: str) -> Record:
    """Return a record by its key, or by a beginning that no other has; raises RecordUnknown."""
    found = ledger.store.resolve("record", named)
    if found is not None:
        return cast("Record", project(None, ledger.events_of(found[0])))
    alike = [str(key) for key in ledger.store.keys("record") if str(key).startswith(named)]
    if len(alike) != 1 or len(named) < KEY_CHARACTERS_MIN:
        raise RecordUnknown(
            msg("several records begin with {key}", key=shown(named))
            if len(alike) > 1
            else msg("there is no record {key}", key=shown(named))
        )
    return find_record(ledger, alike[0])


class Proposal(NamedTuple):
    """A session as a record proposes it; the remote ID is None once it is erased."""

    record: Record
    remote_id: str | None

    def steps(self, session: int | None) -> list[Step]:
        """Return the commands that record of the session what the record says."""
        times = self.record.times
        who = () if self.record.technician is None else ("--technician", self.record.technician)
        steps = [step("session connect", session, *who, "--at", format_instant(times.started_at))]
        if times.ended_at is not None:
            steps.append(step("session end", session, "--at", format_instant(times.ended_at)))
        return steps


def proposal(ledger: Ledger, named: str) -> Proposal:
    """Return what a record proposes; raises RecordUnknown, RecordUntrue, NothingToCorrect."""
    record = find_record(ledger, named)
    check_true(record)
    if record.session is not None:
        number = ledger.session_number(record.session)
        raise NothingToCorrect(msg("the record is matched to session {number} already", number=number))
    return Proposal(record, (ledger.words(record.commitment) or {}).get("remote_id"))


def check_true(record: Record) -> None:
    """Raise RecordUntrue for a record that ends before it starts, or lasts over 48 hours."""
    times = record.times
    if times.ended_at is not None and not timedelta() <= times.ended_at - times.started_at <= CONFIRM_OVER:
        raise RecordUntrue(msg("the record ends before it starts, or lasts over 48 hours"))


def match(
    ledger: Ledger, metadata: Metadata, named: str, session_named: str, *, reason: str = "checked"
) -> Receipt:
    """Match a record to a session; the last match counts. Raises RecordUntrue, SessionNotConnected."""
    code, sentence = split_reason(reason)
    stream, number = ledger.find_session(session_named)
    record = find_record(ledger, named)
    arguments = {"record": record.key, "session": number, "reason": code}
    metadata = metadata.of_command("source match", arguments)
    if repeat := ledger.repeat_of(metadata, sentence):
        return repeat
    ledger.require_seen(metadata, record.id, record.version)
    check_true(record)
    require(ledger.session(stream), "bill-unrecorded")
    if record.session == stream:
        raise NothingToCorrect(msg("the record is matched to session {number} already", number=number))
    event = e.SourceSessionMatched(**metadata.header(ledger.now()), session=stream, reason=code)
    return _record_match(ledger, metadata, record, event, sentence)


def _record_match(
    ledger: Ledger,
    metadata: Metadata,
    record: Record,
    matched: e.SourceSessionMatched,
    sentence: PersonalData | None,
) -> Receipt:
    """Record a match, and with it whose computer the record is about, where that is not known yet."""
    customer, *_ = members_of(ledger, ledger.session(matched.session).customer)
    learnt, commitment = learnt_from(ledger, metadata, record, customer)
    first = e.following(record.id, record.version, matched)
    try:
        receipt = ledger.record([*first, *learnt], sentence)
    except BaseException:
        ledger.take_back([commitment] if commitment is not None else [])
        raise
    return receipt._replace(events=(*receipt.events[1:], receipt.events[0]))


def dismiss(ledger: Ledger, metadata: Metadata, named: str, *, reason: str) -> Receipt:
    """Dismiss a record: it is nothing to bill."""
    code, sentence = split_reason(reason)
    record = find_record(ledger, named)
    arguments = {"record": record.key, "session": None, "reason": code}
    metadata = metadata.of_command("source dismiss", arguments)
    if repeat := ledger.repeat_of(metadata, sentence):
        return repeat
    ledger.require_seen(metadata, record.id, record.version)
    if record.dismissed is not None:
        raise NothingToCorrect(msg("the record is dismissed already"))
    event = e.SourceSessionDismissed(**metadata.header(ledger.now()), reason=code)
    return ledger.record(e.following(record.id, record.version, event), sentence)


def acknowledge(ledger: Ledger, metadata: Metadata, finding: str, *, reason: str) -> Receipt:
    """Acknowledge an open finding; raises FindingUnknown unless it is open now."""
    code, sentence = split_reason(reason)
    metadata = metadata.of_command("source acknowledge", {"finding": finding, "reason": code})
    if repeat := ledger.repeat_of(metadata, sentence):
        return repeat
    found = ledger.read_models.finding(finding)
    if found is None:
        raise FindingUnknown(msg("there is no open finding {finding}", finding=shown(finding)))
    stream = uuid5(FINDINGS, finding)
    version = len(ledger.store.stream_rows(stream.bytes))
    ledger.require_seen(metadata, stream, version)
    event = e.FindingAcknowledged(
        **metadata.header(ledger.now()), finding=finding, kind=found.kind, reason=code
    )
    return ledger.record(e.following(stream, version, event), sentence)
