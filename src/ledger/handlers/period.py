"""Closing a month, and opening it again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from ledger.application.ledger import Ledger, Metadata, Receipt
from ledger.domain import events as e
from ledger.domain.clock import Period, local_month, office_time
from ledger.domain.ledger_state import LEDGER_STREAM
from ledger.domain.reasons import split_reason
from ledger.errors import FindingsOpen, MonthChanged, NotAMonth, PeriodIsClosed, PeriodOpen
from ledger.handlers.workspace import settings_of
from ledger.message import Hint, Message, msg, msg_n, step
from ledger.purge import shared_logs as logs

_DAY = timedelta(days=1)


class MonthCounts(NamedTuple):
    """Counts of what a month leaves open: findings, sessions with data, sessions not billed."""

    findings: int
    unpurged: int
    unbilled: int


def standing_of(ledger: Ledger, period: Period) -> MonthCounts:
    """Count what a month leaves open, by the read models; raises NotAMonth."""
    month_of(period)
    status = ledger.read_models.month_status(period)
    return MonthCounts(len(status.findings), len(status.unpurged), len(status.unbilled))


def month_of(period: Period) -> str:
    """Return the month that a period is, as 2026-11; raises NotAMonth for any other."""
    month = local_month(period.begins_at)
    is_month = period.first.day == 1 and period.until.day == 1 and local_month(period.ends_at - _DAY) == month
    if not is_month:
        raise NotAMonth(msg("a month is closed, not a longer or a shorter time"))
    return month


def check_closable(
    ledger: Ledger, period: Period, standing: MonthCounts, *, accept_open: bool = False
) -> str:
    """Return the month if it may be closed; raises NotAMonth, PeriodIsClosed, PeriodOpen, FindingsOpen.

    Findings may stay open where they are accepted, but never under reconcile.require=matched.
    """
    month, state = month_of(period), ledger.state
    if state.is_closed(month):
        raise PeriodIsClosed(msg("{month} is closed already", month=month))
    if office_time(ledger.now()).date() < period.until:
        raise PeriodOpen(msg("{month} is not over", month=month))
    if state.texts["reconcile.require"] == "matched" and standing.findings:
        raise FindingsOpen(
            msg("{month} has {findings} open findings", month=month, findings=standing.findings)
        )
    if standing.findings and not accept_open:
        raise FindingsOpen(
            msg_n(
                "{month} has {count} open finding",
                "{month} has {count} open findings",
                standing.findings,
                month=month,
            ),
            hint=Hint(
                step("source reconcile", "--period", month),
                " lists them; ",
                step("period close", month, "--accept-open", "--reason", "…", is_brief=True),
                " closes all the same",
            ),
        )
    return month


def logs_of(ledger: Ledger, month: str) -> list[e.LogRewritten]:
    """Return what the shared logs hold of a month."""
    return logs.looks(settings_of(ledger).shared_logs, month)


def finish_close(ledger: Ledger, period: Period) -> bool:
    """Return True if a close was cut short after it was recorded, and destroy the month's key."""
    month = month_of(period)
    if month not in keys_left(ledger):
        return False
    ledger.months.erase(month)
    return True


def close(
    ledger: Ledger,
    metadata: Metadata,
    period: Period,
    *,
    rewrite_logs: bool = False,
    expected: MonthCounts | None = None,
    accept_open: str | None = None,
    clock_is_right: bool = False,
) -> Receipt:
    """Close a month: count what it leaves open, and destroy the key of its fingerprints.

    With `rewrite_logs` shared logs lose the month's lines, unless a session of it keeps data. `expected` is
    what a person saw before agreeing, `accept_open` the reason why findings may stay open. `clock_is_right`:
    the log is ahead since a clock once was; else ClockBehind, since what a close counts has days.

    Raises MonthChanged where that has changed, BadReason, and what `check_closable` does.
    """
    month = month_of(period)
    code, sentence = ("other", None) if accept_open is None else split_reason(accept_open)
    metadata = metadata.of_command("period close", {"month": month})
    if repeat := ledger.repeat_of(metadata, sentence):
        return repeat
    if not clock_is_right:
        ledger.check_clock()
    standing = standing_of(ledger, period)
    check_closable(ledger, period, standing, accept_open=accept_open is not None)
    if expected is not None and standing != expected:
        raise MonthChanged(
            msg(
                "{month} was seen with {expected}; now it has {standing}",
                month=month,
                expected=_counted(expected),
                standing=_counted(standing),
            )
        )
    put = logs.rewrite if rewrite_logs and not standing.unpurged else logs.look
    found = tuple(put(log, month) for log in settings_of(ledger).shared_logs)
    event = e.PeriodClosed(
        **metadata.header(ledger.now()), reason=code, month=month, logs=found, **standing._asdict()
    )
    with ledger.signing.once():  # the key goes before anything else
        receipt = ledger.record(e.following(LEDGER_STREAM, ledger.state.version, event), sentence)
        ledger.reread_state()
        ledger.months.erase(month)
    return receipt


def _counted(standing: MonthCounts) -> Message:
    return msg(
        "{findings} findings, {unpurged} sessions with data, {unbilled} not billed", **standing._asdict()
    )


def reopen(ledger: Ledger, metadata: Metadata, period: Period, *, reason: str) -> Receipt:
    """Open a closed month again; its fingerprints stay gone. Raises PeriodOpen, NotAMonth."""
    code, sentence = split_reason(reason)
    month = month_of(period)
    metadata = metadata.of_command("period reopen", {"month": month, "reason": code})
    if repeat := ledger.repeat_of(metadata, sentence):
        return repeat
    if not ledger.state.is_closed(month):
        raise PeriodOpen(msg("{month} is not closed", month=month))
    event = e.PeriodReopened(**metadata.header(ledger.now()), month=month, reason=code)
    receipt = ledger.record(e.following(LEDGER_STREAM, ledger.state.version, event), sentence)
    ledger.reread_state()
    return receipt


def keys_left(ledger: Ledger) -> Sequence[str]:
    """Return the closed months whose fingerprint key is left: a close was interrupted."""
    return [month for month in ledger.months.open_months() if ledger.state.was_ever_closed(month)]
