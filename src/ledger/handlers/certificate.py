"""Confirmations of deletion: issued once, and given again from the events alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple, cast
from uuid import UUID

from ledger import errors
from ledger.application.ledger import Ledger, Metadata, Receipt
from ledger.domain import events as e
from ledger.domain.clock import from_epoch_microseconds
from ledger.domain.ledger_state import LEDGER_STREAM, SETTINGS
from ledger.domain.session.deletion_marks import Marks, RecordedDeletion, marks_of
from ledger.domain.session.evolve import Certificate, Session, project
from ledger.domain.session.purge_rules import verdict
from ledger.domain.time_rules import not_behind
from ledger.message import msg
from ledger.store.mapper import read_fact
from ledger.transparency.evidence import proof_of
from ledger.transparency.proof import Proof

Role = Literal["administrator", "processor"]
Part = e.PartPurged | e.DataPurged
KEYS = ("role", "legal_basis", "contract", "backups")
"""Keys of ledger.toml for the shop's confirmations; copied into the event of each that is issued."""
TEXT_LENGTH_MAX = 300
_TOLD_OF = (e.SessionCorrected, e.SessionVoided, e.DataPurged, e.ArtefactWithdrawn)
"""What is recorded after a certificate and may change what it says."""


class Confirmation(NamedTuple):
    """A certificate and the events behind it; `session` is as of its issue."""

    origin: str
    number: int
    session: Session
    issued: e.CertificateIssued
    purged: e.DataPurged
    parts: tuple[Part, ...]
    """The last report of each workstation; the one that finished last is the last."""
    started: tuple[e.PurgeStarted, ...]
    failed: tuple[e.PurgeFailed, ...]
    """Earlier attempts that left something, with what they removed."""
    held: tuple[e.Held, ...]
    """Every suspension before the deletion."""
    earlier: tuple[Certificate, ...]
    marks: Marks
    withdrawn: tuple[e.ArtefactWithdrawn, ...]
    """Noted files that were taken off the list: no purge looked for them."""
    proof: Proof
    receipt: Receipt

    @property
    def id(self) -> str:
        """The ledger's name, the session, the number of the certificate."""
        return f"{self.origin}/{self.number}/{self.issued.number}"


def certify(ledger: Ledger, metadata: Metadata, named: str, *, tool: str | None = None) -> Confirmation:
    """Confirm the deletion of a session's data; what was issued and still holds is given again.

    `tool` is the program and its version, as the document names it.
    Raises CertificateDeclared where nothing was measured, CertificateNotPurged where there is no
    deletion after the end, ClockBehind for a paper that would be older than the deletion.
    """
    stream, number = ledger.find_session(named)
    metadata = metadata.of_command("session certificate", {"session": number})
    if repeat := ledger.repeat_of(metadata):
        return _confirmation(ledger, stream, repeat)
    session = ledger.session(stream)
    ledger.require_seen(metadata, stream, session.version)
    delay_seconds = _delay(session)
    last = session.certificates[-1] if session.certificates else None
    live = None if last is None or last.superseded is not None else last.issued
    if live is not None and not is_stale(ledger, stream):
        recorded_at = ledger.last_recorded_at()
        return _confirmation(ledger, stream, Receipt((), recorded_at, number, repeated=True))
    proof = _proof(ledger, stream)
    sla_seconds = ledger.state.settings["purge.sla_seconds"]
    told = settings_of(ledger)
    not_behind(ledger.now(), session.purged_at, msg("the deletion"))
    header = metadata.header(ledger.now())
    issued = e.CertificateIssued(
        **header,
        number=len(session.certificates) + 1,
        verdict=verdict(delay_seconds, sla_seconds),
        delay_seconds=delay_seconds,
        sla_seconds=sla_seconds,
        tree_size=proof.tree_size,
        root=proof.root,
        role=_role(told),
        legal_basis=_text(told, "legal_basis"),
        contract=_text(told, "contract"),
        backups=_text(told, "backups"),
        tool=tool,
    )
    events: list[e.Event] = [issued]
    if live is not None:
        events.insert(0, _superseded(header, live, delay_seconds))
    return _confirmation(ledger, stream, ledger.record(e.following(stream, session.version, *events)))


def is_stale(ledger: Ledger, stream: UUID) -> bool:
    """Return True if the newest certificate of a session says other than its events say now.

    A correction supersedes it; what earlier releases recorded without that word is found here.
    """
    recorded = ledger.events_of(stream)
    until = _until_newest(recorded)
    if not any(isinstance(each.event, _TOLD_OF) for each in recorded[until:]):
        return False
    told = _recorded(ledger, stream)[: len(recorded)]
    return _said(recorded[:until], told[:until]) != _said(recorded, told)


def _said(recorded: Sequence[e.RecordedEvent], told: Sequence[RecordedDeletion]) -> tuple[object, ...]:
    """Return what a certificate of a session takes from its events, but for what it was issued with."""
    session = project(None, recorded)
    assert session is not None  # noqa: S101 - the stream has events
    marks = marks_of(told, session.certificates[-1].issued.sla_seconds)
    return (
        session.customer,
        session.session_ref,
        session.ended_at,
        session.purged_at,
        session.purge_evidence,
        session.doubts,
        None if marks is None else marks.marks,
        sum(isinstance(each.event, e.ArtefactWithdrawn) for each in recorded),
    )


def _superseded(
    header: Mapping[str, Any], live: e.CertificateIssued, delay_seconds: int
) -> e.CertificateSuperseded:
    return e.CertificateSuperseded(
        **header,
        number=live.number,
        verdict_before=live.verdict,
        delay_before_seconds=live.delay_seconds,
        verdict=verdict(delay_seconds, live.sla_seconds),
        delay_seconds=delay_seconds,
    )


def settings_of(ledger: Ledger) -> dict[str, object]:
    """Return the table `[certificate]` of ledger.toml; raises BadConfig for another key, or no text."""
    table = ledger.folder.read_config().get("certificate", {})
    if not isinstance(table, dict):
        raise errors.BadConfig(msg("ledger.toml: certificate is no table"))
    told = cast("dict[str, object]", table)
    for key, value in told.items():
        if key not in KEYS:
            raise errors.BadConfig(msg("ledger.toml has an unknown key certificate.{key}", key=key))
        if not isinstance(value, str) or not value.isprintable() or len(value) > TEXT_LENGTH_MAX:
            raise errors.BadConfig(msg("ledger.toml: certificate.{key} is a text of one line", key=key))
    _role(told)
    return told


def _role(told: dict[str, object]) -> Role:
    """Return the role in which the shop confirms: administrator of the data, or processor."""
    role = told.get("role", "administrator")
    if role == "administrator":
        return "administrator"
    if role == "processor":
        return "processor"
    raise errors.BadConfig(msg("ledger.toml: certificate.role is neither administrator nor processor"))


def _text(told: dict[str, object], key: str) -> str | None:
    return None if key not in told else str(told[key])


def _delay(session: Session) -> int:
    """Return the whole seconds from the end to the measured deletion."""
    if session.purge_evidence == "declared":
        raise errors.CertificateDeclared(msg("the deletion was only declared; nothing was measured"))
    if session.doubts:
        flags = ", ".join(session.doubts)
        raise errors.CertificateNotPurged(
            msg(
                "the place was not the remembered one ({flags}), so the deletion is not confirmed",
                flags=flags,
            )
        )
    if session.purged_at is None or session.ended_at is None:
        raise errors.CertificateNotPurged(msg("no deletion of the session's data was completed and measured"))
    delay_seconds = int((session.purged_at - session.ended_at).total_seconds() // 1)
    if delay_seconds < 0:
        raise errors.CertificateNotPurged(msg("the deletion is recorded for a time before the session's end"))
    return delay_seconds


def _proof(ledger: Ledger, stream: UUID) -> Proof:
    """Return the proof of the deletion's event in the first checkpoint over it, made where there is none."""
    rows = ledger.store.stream_rows(stream.bytes)
    index = next(row[0] for row in reversed(rows) if row[3] == e.DataPurged.TOPIC)
    found = proof_of(ledger.store, index)
    if found is None:
        ledger.signer.checkpoint()
        found = proof_of(ledger.store, index)
    assert found is not None  # noqa: S101 - a checkpoint over the whole log was just stored
    return found


def _confirmation(ledger: Ledger, stream: UUID, receipt: Receipt) -> Confirmation:
    """Return the newest certificate of the session, from the events up to it alone."""
    recorded = ledger.events_of(stream)
    until = recorded[: _until_newest(recorded)]
    session = project(None, until)
    assert session is not None  # noqa: S101 - the stream has events
    facts = [each.event for each in until]
    told = _recorded(ledger, stream)[: len(until)]
    marks = marks_of(told, session.certificates[-1].issued.sla_seconds)
    assert marks is not None  # noqa: S101 - a certificate is given of a deletion
    purged = next(event for event in reversed(facts) if isinstance(event, e.DataPurged))
    last = None if purged.host is None else purged.host.workstation
    parts = [
        event
        for workstation, event in session.purge_outcomes.items()
        if isinstance(event, e.PartPurged) and workstation != last
    ]
    return Confirmation(
        origin=ledger.state.origin,
        number=ledger.session_number(stream),
        session=session,
        issued=session.certificates[-1].issued,
        purged=purged,
        parts=(*parts, purged),
        started=tuple(event for event in facts if isinstance(event, e.PurgeStarted)),
        failed=tuple(event for event in facts if isinstance(event, e.PurgeFailed)),
        held=tuple(event for event in facts if isinstance(event, e.Held)),
        earlier=tuple(session.certificates[:-1]),
        marks=marks,
        withdrawn=tuple(event for event in facts if isinstance(event, e.ArtefactWithdrawn)),
        proof=_proof(ledger, stream),
        receipt=receipt,
    )


def _until_newest(recorded: Sequence[e.RecordedEvent]) -> int:
    """Return how many events of a session lead to its newest certificate, which is the last of them."""
    found = enumerate(recorded, 1)
    return max(count for count, each in found if isinstance(each.event, e.CertificateIssued))


def _recorded(ledger: Ledger, stream: UUID) -> list[RecordedDeletion]:
    """Return the events of a session, each with the time allowed at its place in the log."""
    changes = [
        (row[0], int(fact.value))
        for row in ledger.store.stream_rows(LEDGER_STREAM.bytes)
        if row[3] == e.SettingChanged.TOPIC
        and isinstance(fact := read_fact(row[3], row[5], LEDGER_STREAM, row[2]), e.SettingChanged)
        and fact.key == "purge.sla_seconds"
    ]
    found: list[RecordedDeletion] = []
    for row in ledger.store.stream_rows(stream.bytes):
        before = (value for index, value in reversed(changes) if index < row[0])
        sla_seconds = next(before, SETTINGS["purge.sla_seconds"])
        event = read_fact(row[3], row[5], stream, row[2])
        found.append(RecordedDeletion(event, from_epoch_microseconds(row[4]), sla_seconds))
    return found
