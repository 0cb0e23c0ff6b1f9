"""The fold of a session's events into its `Life`, whatever sessions it has seen.

What most sessions have is read by narrow decoders: the fields that rows need, and no more. Everything else
is read as the domain reads it. What each event changes is what `ledger.domain.session.evolve` says it does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from ledger.domain import events as e
from ledger.domain.clock import epoch_microseconds, epoch_seconds
from ledger.domain.rating.inputs import Kind, Waiver
from ledger.domain.session.doubts import doubts_of
from ledger.store.mapper import DECODERS
from ledger.store.reader import SessionRow
from projections.inputs.life import SECOND_US, Connection, Life, OnInvoice

BACK_DATED_US = timedelta(minutes=15) // timedelta(microseconds=1)
"""A moment typed later than this after it is flagged."""


# --- what is read of the most frequent events -------------------------------------------------


class _Opening(msgspec.Struct, gc=False):
    at: datetime
    customer: str
    issue: e.Issue
    session_ref: str | None = None
    order_ref: str | None = None
    commitment: str | None = None
    marks: tuple[str, str] | None = None


class _Moment(msgspec.Struct, gc=False):
    at: datetime
    source: e.Source = "cli"


class _Joining(_Moment, gc=False, kw_only=True):
    connection: int
    technician: str
    tariff: str | None = None


class _Leaving(_Moment, gc=False, kw_only=True):
    connection: int


class _Host(msgspec.Struct, gc=False):
    workstation: str


class _Target(msgspec.Struct, gc=False):
    files: int = 0
    bytes: int = 0
    flags: tuple[str, ...] = ()


class _Report(msgspec.Struct, gc=False):
    at: datetime
    evidence: e.Evidence = "declared"
    targets: tuple[_Target, ...] = ()
    host: _Host | None = None
    rule: int | None = None


class _Unseen(msgspec.Struct, gc=False):
    """Of an event that no row shows."""


# --- what each event changes ------------------------------------------------------------------

Change = Callable[[Life, Any, int, int], None]
"""A life, what was read of an event, and the moment of its recording and its index in the log."""


def _typed(life: Life, fact: _Moment, recorded_us: int) -> int:
    """Take a moment that a person may have typed; return it."""
    at_us = epoch_microseconds(fact.at)
    if e.is_told(fact.source) and recorded_us - at_us > BACK_DATED_US:
        life.back_dated = True
    return at_us


def _connected(life: Life, fact: _Joining, recorded_us: int, _index: int) -> None:
    at_us = _typed(life, fact, recorded_us)
    life.connections.append(Connection(fact.connection, at_us, fact.technician, fact.tariff))


def _disconnected(life: Life, fact: _Leaving, recorded_us: int, _index: int) -> None:
    at_us = _typed(life, fact, recorded_us)
    for each in life.connections:
        if each.ended_us is None and each.number == fact.connection:
            each.ended_us = at_us


def _ended(life: Life, fact: _Moment, recorded_us: int, _index: int) -> None:
    at_us = life.ended_us = _typed(life, fact, recorded_us)
    for each in life.connections:
        if each.ended_us is None:
            each.ended_us = at_us


def _reclassified(life: Life, fact: e.Reclassified, _recorded_us: int, _index: int) -> None:
    life.kinds.append(Kind(epoch_seconds(fact.at), fact.issue, fact.order_ref))


def _corrected(life: Life, fact: e.SessionCorrected, _recorded_us: int, _index: int) -> None:
    life.connections = [
        Connection(
            each.number,
            epoch_microseconds(each.connected_at),
            each.technician,
            each.tariff,
            _micros(each.disconnected_at),
        )
        for each in fact.connections
    ]
    life.kinds = [Kind(epoch_seconds(each.at), each.issue, each.order_ref) for each in fact.issues]
    life.ended_us = _micros(fact.ended_at)
    life.customer = fact.customer or life.customer


def _voided(life: Life, fact: e.SessionVoided, _recorded_us: int, _index: int) -> None:
    life.voided = not fact.undone


def _waived(life: Life, fact: e.Waived, _recorded_us: int, _index: int) -> None:
    is_any = fact.percent or fact.hours or fact.half_percents or fact.amount_grosze
    waiver = Waiver(fact.percent, fact.hours, fact.half_percents, fact.amount_grosze)
    life.waiver = waiver if is_any else None


def _cancelled(life: Life, fact: _Moment, _recorded_us: int, _index: int) -> None:
    life.cancelled_us = epoch_microseconds(fact.at)


def _confirmed(life: Life, _fact: e.Confirmed, _recorded_us: int, _index: int) -> None:
    life.confirmed = True


def _unrecorded(life: Life, _fact: e.SessionUnrecorded, _recorded_us: int, _index: int) -> None:
    life.unrecorded = True


def _held(life: Life, fact: e.Held, _recorded_us: int, _index: int) -> None:
    life.held_until = fact.until.isoformat()


def _released(life: Life, _fact: e.Released, _recorded_us: int, _index: int) -> None:
    life.held_until = None


def _lies(life: Life, fact: e.ArtefactNoted | e.WorkspaceMade, _recorded_us: int, _index: int) -> None:
    if fact.workstation is not None:
        life.outcomes.pop(fact.workstation, None)


def _purge_started(life: Life, _fact: _Unseen, _recorded_us: int, _index: int) -> None:
    life.purging = life.purging or "started"


def _reported(life: Life, fact: _Report) -> None:
    for target in fact.targets:
        life.files += target.files
        life.bytes += target.bytes
    if fact.host is not None:
        doubts = doubts_of(fact.targets, fact.rule)
        life.outcomes[fact.host.workstation] = len(fact.targets), doubts


def _part_purged(life: Life, fact: _Report, _recorded_us: int, _index: int) -> None:
    life.purging = ""
    _reported(life, fact)


def _purge_failed(life: Life, fact: _Report, _recorded_us: int, _index: int) -> None:
    life.purging = "failed"
    _reported(life, fact)


def _purged(life: Life, fact: _Report, _recorded_us: int, index: int) -> None:
    life.purging, life.evidence = "", fact.evidence
    life.purged_us, life.purge_index = epoch_microseconds(fact.at), index
    _reported(life, fact)
    found = {doubt for _, doubts in life.outcomes.values() for doubt in doubts} if life.outcomes else ()
    life.doubts = tuple(sorted(found))


def _certificate_issued(life: Life, fact: e.CertificateIssued, _recorded_us: int, _index: int) -> None:
    life.certificate, life.superseded = fact.number, False


def _superseded(life: Life, fact: e.CertificateSuperseded, _recorded_us: int, _index: int) -> None:
    life.superseded = life.superseded or fact.number == life.certificate


def _data_erased(life: Life, fact: e.SessionDataErased, _recorded_us: int, _index: int) -> None:
    if fact.data == "session":
        life.personal, life.words_erased = False, True


def _billed_elsewhere(life: Life, fact: e.BilledElsewhere, _recorded_us: int, _index: int) -> None:
    life.billed = f"elsewhere:{fact.document}"


def _billed(life: Life, fact: OnInvoice, _recorded_us: int, _index: int) -> None:
    life.billed, life.billed_as, life.changed_since_billed = fact.number, fact, False


def _unbilled(life: Life, _fact: e.SessionUnbilled, _recorded_us: int, _index: int) -> None:
    life.billed, life.billed_as = life.receipt, None


def _receipt_issued(life: Life, fact: e.ReceiptIssued, _recorded_us: int, _index: int) -> None:
    life.billed = life.receipt = f"receipt:{fact.number}"


def _nothing(_life: Life, _fact: _Unseen, _recorded_us: int, _index: int) -> None:
    """Change nothing: no row depends on it."""


def _micros(instant: datetime | None) -> int | None:
    return None if instant is None else epoch_microseconds(instant)


_CHANGES: dict[type[e.Event], tuple[Change, type[msgspec.Struct] | None]] = {
    e.Quoted: (_nothing, _Unseen),
    e.Accepted: (_nothing, _Unseen),
    e.Connected: (_connected, _Joining),
    e.Disconnected: (_disconnected, _Leaving),
    e.Ended: (_ended, _Moment),
    e.Reclassified: (_reclassified, None),
    e.SessionCorrected: (_corrected, None),
    e.SessionVoided: (_voided, None),
    e.Waived: (_waived, None),
    e.Noted: (_nothing, _Unseen),
    e.Cancelled: (_cancelled, _Moment),
    e.Confirmed: (_confirmed, None),
    e.SessionUnrecorded: (_unrecorded, None),
    e.Held: (_held, None),
    e.Released: (_released, None),
    e.WorkspaceMade: (_lies, None),
    e.ArtefactNoted: (_lies, None),
    e.ArtefactWithdrawn: (_nothing, _Unseen),
    e.PurgeStarted: (_purge_started, _Unseen),
    e.PartPurged: (_part_purged, _Report),
    e.PurgeFailed: (_purge_failed, _Report),
    e.DataPurged: (_purged, _Report),
    e.CertificateIssued: (_certificate_issued, None),
    e.CertificateSuperseded: (_superseded, None),
    e.SessionDataErased: (_data_erased, None),
    e.SessionReviewed: (_nothing, _Unseen),
    e.BilledElsewhere: (_billed_elsewhere, None),
    e.SessionBilled: (_billed, OnInvoice),
    e.SessionUnbilled: (_unbilled, None),
    e.ReceiptIssued: (_receipt_issued, None),
    e.InvoiceRequested: (_nothing, _Unseen),
}
"""What an event changes, and what is read of it; None: all of it, as the domain does."""
_OF_THE_AMOUNT = (
    e.Connected,
    e.Disconnected,
    e.Ended,
    e.Reclassified,
    e.SessionCorrected,
    e.SessionVoided,
    e.Waived,
)
_OLD_TOPICS = {"session.data_purged:1": e.DataPurged}


class _Takes(dict[str, tuple[Callable[[bytes], Any], Change, bool]]):
    """By topic: decoder, change, if an amount depends on it; made when first asked for, or KeyError."""

    def __missing__(self, topic: str) -> tuple[Callable[[bytes], Any], Change, bool]:
        kind = _OLD_TOPICS.get(topic) or e.EVENT_OF_TOPIC[topic]
        change, read = _CHANGES[kind]
        decoder = DECODERS[topic] if read is None else msgspec.json.Decoder(read).decode
        taken = self[topic] = decoder, change, kind in _OF_THE_AMOUNT
        return taken


TAKES = _Takes()
"""By topic, how an event is read and what it changes."""
_open = msgspec.json.Decoder(_Opening).decode


def _opened(number: int, state: bytes) -> Life:
    fact = _open(state)
    at_us = epoch_microseconds(fact.at)
    return Life(
        number,
        fact.customer,
        fact.session_ref,
        fact.commitment is not None,
        at_us,
        [Kind(at_us // SECOND_US, fact.issue, fact.order_ref)],
        fact.marks,
    )


def lives(rows: Sequence[SessionRow]) -> list[Life]:
    """Fold the events of sessions, each session's by version; the lives are not settled yet.

    Raises KeyError, TypeError, ValueError or RecursionError for a row that cannot be read, and ValueError
    for a stream that is not whole.
    """
    found: list[Life] = []
    life: Life | None = None
    current, expected, takes = 0, 1, TAKES
    for number, version, topic, index, recorded_us, state in rows:
        if life is None or number != current:
            life = _opened(number, state)
            found.append(life)
            if topic != e.Requested.TOPIC:
                raise ValueError(topic)
            current, expected = number, 1
        else:
            read, change, is_of_the_amount = takes[topic]
            change(life, read(state), recorded_us, index)
            if is_of_the_amount:
                life.amount_recorded_us, life.changed_since_billed = recorded_us, True
        if version != expected:
            raise ValueError(version)
        expected += 1
    return found
