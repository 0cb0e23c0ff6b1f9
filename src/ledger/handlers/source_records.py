"""What people make of the reconciliation: a match, a dismissal, a finding that may stand, a closed month."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, cast
from uuid import UUID, uuid5

from ledger.application.ledger import Ledger, Metadata, Receipt
from ledger.domain import events as e
from ledger.domain.clock import Period, format_instant, local_month, office_time
from ledger.domain.ledger_state import LEDGER_STREAM
from ledger.domain.session import decide as d
from ledger.domain.session.evolve import CONFIRM_OVER, Session
from ledger.domain.source_record import Record, project
from ledger.errors import (
    FindingsOpen,
    MonthChanged,
    NotAMonth,
    NothingToCorrect,
    PeriodIsClosed,
    PeriodOpen,
    RecordUnknown,
    RecordUntrue,
)
from ledger.handlers.reasons import split_reason
from ledger.handlers.session import tell
from ledger.handlers.workspace import settings_of
from ledger.purge import shared_logs as logs

FINDINGS = UUID("0189f1d1-0000-7000-8000-000000000000")
"""The stream of a finding has the id that this one gives to the finding's own."""
KEY_CHARACTERS_MIN = 6
"""So much of a record's key must be written at least."""
_DAY = timedelta(days=1)


# --- records ------------------------------------------------------------------------------------


def find_record(ledger: Ledger, named: str) -> Record:
    """A record by its key, or by as much of it as no other begins with; raises RecordUnknown."""
    found = ledger.store.resolve("record", named)
    if found is not None:
        return cast("Record", project(None, ledger.events_of(found[0])))
    alike = [str(key) for key in ledger.store.keys("record") if str(key).startswith(named)]
    if len(alike) != 1 or len(named) < KEY_CHARACTERS_MIN:
        what = "several records begin with" if len(alike) > 1 else "there is no record"
        raise RecordUnknown(f"{what} {named}")
    return find_record(ledger, alike[0])


class Proposal(NamedTuple):
    """What a record proposes of a session that nobody noted; the remote ID while it is not erased."""

    record: Record
    remote_id: str | None

    def steps(self, session: int | None) -> list[str]:
        """The commands that would tell of the session what the record tells."""
        times = self.record.times
        who = "" if self.record.technician is None else f" --technician {self.record.technician}"
        steps = [f"session connect {session}{who} --at {format_instant(times.started_at)}"]
        if times.ended_at is not None:
            steps.append(f"session end {session} --at {format_instant(times.ended_at)}")
        return steps


def proposal(ledger: Ledger, named: str) -> Proposal:
    """What a record proposes; raises RecordUnknown, RecordUntrue, and NothingToCorrect for a matched one."""
    record = find_record(ledger, named)
    check_true(record)
    if record.session is not None:
        number = ledger.session_number(record.session)
        raise NothingToCorrect(f"the record is matched to session {number} already")
    return Proposal(record, (ledger.words(record.commitment) or {}).get("remote_id"))


def check_true(record: Record) -> None:
    """Raise RecordUntrue for a record that ends before it starts, or lasts over 48 hours."""
    times = record.times
    if times.ended_at is not None and not timedelta() <= times.ended_at - times.started_at <= CONFIRM_OVER:
        raise RecordUntrue("the record ends before it starts, or lasts over 48 hours")


def match(
    ledger: Ledger, said: Metadata, named: str, session_named: str, *, reason: str = "checked"
) -> Receipt:
    """Say that a record is of a session; the last word stands. Raises RecordUntrue, SessionNotConnected."""
    stream, number = ledger.find_session(session_named)

    def decide(record: Record, author: d.Author, code: str) -> e.Event:
        check_true(record)
        d.require(ledger.session(stream), "bill-unrecorded")
        if record.session == stream:
            raise NothingToCorrect(f"the record is matched to session {number} already")
        return e.SourceSessionMatched(**author.header(ledger.now()), session=stream, reason=code)

    return _settle(ledger, said, named, ("match", number), decide, reason=reason)


def dismiss(ledger: Ledger, said: Metadata, named: str, *, reason: str) -> Receipt:
    """Say that a record is nothing to bill."""

    def decide(record: Record, author: d.Author, code: str) -> e.Event:
        if record.dismissed is not None:
            raise NothingToCorrect("the record is dismissed already")
        return e.SourceSessionDismissed(**author.header(ledger.now()), reason=code)

    return _settle(ledger, said, named, ("dismiss", None), decide, reason=reason)


def _settle(
    ledger: Ledger,
    said: Metadata,
    named: str,
    what: tuple[str, int | None],
    decide: Callable[[Record, d.Author, str], e.Event],
    *,
    reason: str,
) -> Receipt:
    code, words = split_reason(reason)
    record = find_record(ledger, named)
    name, number = what
    arguments = {"record": record.key, "session": number, "reason": code}
    author = ledger.author(said, f"source {name}", arguments)
    if repeat := ledger.repeat_of(author, words):
        return repeat
    return ledger.record(record.id, record.version, [decide(record, author, code)], words)


# --- findings and sessions ----------------------------------------------------------------------


def acknowledge(ledger: Ledger, said: Metadata, finding: str, kind: str, *, reason: str) -> Receipt:
    """Say why a finding may stand; the caller knows that there is one, and of what kind."""
    code, words = split_reason(reason)
    author = ledger.author(said, "source acknowledge", {"finding": finding, "reason": code})
    if repeat := ledger.repeat_of(author, words):
        return repeat
    stream = uuid5(FINDINGS, finding)
    version = len(ledger.store.stream_rows(stream.bytes))
    event = e.FindingAcknowledged(**author.header(ledger.now()), finding=finding, kind=kind, reason=code)
    return ledger.record(stream, version, [event], words)


def waive(ledger: Ledger, said: Metadata, named: str, *, reason: str) -> Receipt:
    """Say that a session may be billed though no source has a record of it."""
    code, words = split_reason(reason)

    def decide(session: Session, author: d.Author, moment: datetime) -> list[e.Event]:
        return d.unrecorded(session, author, at=moment, reason=code)

    return tell(ledger, said, named, "source waive", {"reason": code}, decide=decide, at=None, words=words)


# --- months -------------------------------------------------------------------------------------


class Standing(NamedTuple):
    """What stands open in a month: how many findings, sessions with data left, sessions not billed."""

    findings: int
    unpurged: int
    unbilled: int


def standing_of(ledger: Ledger, period: Period) -> Standing:
    """Count what stands open in a month, by the read models; raises NotAMonth."""
    month_of(period)
    status = ledger.read_models.month_status(period)
    return Standing(len(status.findings), len(status.unpurged), len(status.unbilled))


def month_of(period: Period) -> str:
    """The month that a period is, as 2026-11; raises NotAMonth for any other."""
    month = local_month(period.begins_at)
    is_month = period.first.day == 1 and period.until.day == 1 and local_month(period.ends_at - _DAY) == month
    if not is_month:
        raise NotAMonth("a month is closed, not a longer or a shorter time")
    return month


def check_closable(ledger: Ledger, period: Period, standing: Standing) -> str:
    """The month that may be closed; raises NotAMonth, PeriodIsClosed, PeriodOpen, FindingsOpen."""
    month, state = month_of(period), ledger.state
    if state.is_closed(month):
        raise PeriodIsClosed(f"{month} is closed already")
    if office_time(ledger.now()).date() < period.until:
        raise PeriodOpen(f"{month} is not over")
    if state.texts["reconcile.require"] == "matched" and standing.findings:
        raise FindingsOpen(f"{month} has {standing.findings} open findings")
    return month


def logs_of(ledger: Ledger, month: str) -> list[e.LogRewritten]:
    """What the shared logs hold of a month."""
    return logs.looks(settings_of(ledger).shared_logs, month)


def finish_close(ledger: Ledger, period: Period) -> bool:
    """Destroy the key of a month whose close was cut short after it was recorded; whether there was one."""
    month = month_of(period)
    if month not in keys_left(ledger):
        return False
    ledger.months.erase(month)
    return True


def close(
    ledger: Ledger,
    said: Metadata,
    period: Period,
    *,
    rewrite_logs: bool = False,
    expected: Standing | None = None,
) -> Receipt:
    """Close a month: what stands open is counted, and the key of its fingerprints destroyed.

    Shared logs lose the month's lines when that is asked for and no session of it keeps data.
    `expected` is what a person saw before agreeing; raises MonthChanged where it is no longer so, and what
    `check_closable` does.
    """
    month = month_of(period)
    author = ledger.author(said, "period close", {"month": month})
    if repeat := ledger.repeat_of(author, None):
        return repeat
    standing = standing_of(ledger, period)
    check_closable(ledger, period, standing)
    if expected is not None and standing != expected:
        raise MonthChanged(f"{month} was seen with {_counted(expected)}; now it has {_counted(standing)}")
    put = logs.rewrite if rewrite_logs and not standing.unpurged else logs.look
    found = tuple(put(log, month) for log in settings_of(ledger).shared_logs)
    event = e.PeriodClosed(**author.header(ledger.now()), month=month, logs=found, **standing._asdict())
    with ledger.signing.once():  # the key goes before anything else
        receipt = ledger.record(LEDGER_STREAM, ledger.state.version, [event])
        ledger.reread_state()
        ledger.months.erase(month)
    return receipt


def _counted(standing: Standing) -> str:
    return (
        f"{standing.findings} findings, {standing.unpurged} sessions with data, "
        f"{standing.unbilled} not billed"
    )


def reopen(ledger: Ledger, said: Metadata, period: Period, *, reason: str) -> Receipt:
    """Open a closed month again; its fingerprints stay gone. Raises PeriodOpen, NotAMonth."""
    code, words = split_reason(reason)
    month = month_of(period)
    author = ledger.author(said, "period reopen", {"month": month, "reason": code})
    if repeat := ledger.repeat_of(author, words):
        return repeat
    if not ledger.state.is_closed(month):
        raise PeriodOpen(f"{month} is not closed")
    event = e.PeriodReopened(**author.header(ledger.now()), month=month, reason=code)
    receipt = ledger.record(LEDGER_STREAM, ledger.state.version, [event], words)
    ledger.reread_state()
    return receipt


def keys_left(ledger: Ledger) -> Sequence[str]:
    """The closed months whose fingerprint key is still there: a close was interrupted."""
    return [month for month in ledger.months.open_months() if ledger.state.was_ever_closed(month)]
