"""`session-ledger period show|close|reopen`: the end of a month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, cast

import click

from cli.arguments import reason_option
from cli.context import App, pass_app
from cli.options import (
    Recording,
    as_of_option,
    clock_is_right_option,
    dry_run_option,
    personal_option,
    recording_options,
    yes_option,
)
from cli.output import Report, report_options
from cli.params import PERIOD, Now
from cli.presentation.tables.month import month_report
from ledger.domain.clock import Period
from ledger.errors import BadCombination
from ledger.message import Message, msg

if TYPE_CHECKING:
    from ledger.domain.events import LogRewritten, PeriodClosed


def _of_log(log: LogRewritten) -> Message:
    """Return what a shared log holds of the month, or what was removed from it."""
    match log.result:
        case "removed":
            return msg("{name}: {lines} lines of the month removed", name=log.name, lines=log.removed)
        case "retained":
            return msg("{name}: {lines} lines of the month, left as they are", name=log.name, lines=log.left)
        case "absent":
            return msg("{name}: no such file", name=log.name)
        case "unknown":
            return msg("{name}: in no form that is known, left as it is", name=log.name)
        case _:
            return msg("{name}: could not be read or rewritten", name=log.name)


_KEY_LOST = msg("the key of the month's fingerprints cannot be brought back afterwards")
_NOT_ACCEPTED = msg("with open findings only by --accept-open and --reason")


def period_argument(function: click.decorators.FC) -> click.decorators.FC:
    """P: a month, as 2026-11."""
    return click.argument("period", metavar="P", type=PERIOD)(function)


@click.command()
@period_argument
@as_of_option
@report_options
@pass_app
def show(app: App, period: Period, as_of: datetime | Now | None) -> Report:
    """Show the state of a month: findings, open sessions, data not deleted, sessions not billed.

    The month is 2026-11, 11.2026 or November.

    \b
    Example:
      session-ledger period show 2026-11
    """
    from projections.queries import month_status as months

    with app.snapshot(as_of) as snapshot:
        month = months.of_period(snapshot.views, snapshot.ledger, period, snapshot.as_of)
        return month_report(snapshot.state, period, month, snapshot.as_of, app.lang)


@click.command()
@period_argument
@click.option("--accept-open", is_flag=True, help="Close it with open findings, for a reason.")
@personal_option("--reason", help="Why findings may stay open: a code, a sentence, or 'code: sentence'.")
@click.option("--logs", "rewrite_logs", is_flag=True, help="Take the month's lines out of shared logs, too.")
@clock_is_right_option
@dry_run_option
@yes_option
@recording_options
@pass_app
def close(
    app: App,
    recording: Recording,
    period: Period,
    *,
    accept_open: bool,
    reason: str | None,
    rewrite_logs: bool,
    clock_is_right: bool,
    dry_run: bool,
    yes: bool,
) -> None:
    """Close a month: what stands open is counted, and the key of its fingerprints is destroyed.

    From then on no record can be compared with the month's remote IDs, and whatever is still recorded
    about the month is flagged in reports. Over open findings it is closed with --accept-open and a reason;
    with reconcile.require=matched they have to be settled first.
    --logs takes the month's lines out of the logs under [[purge.shared_log]], once no session keeps data.

    \b
    Examples:
      session-ledger period close 2026-11 --dry-run
      session-ledger period close 2026-11 --yes
      session-ledger period close 2026-11 --accept-open --reason "checked: calls without the tool"
    """
    from ledger.handlers import period as months

    if accept_open != (reason is not None):
        raise BadCombination(msg("--accept-open goes with --reason"))
    ledger = app.open()
    if not dry_run and months.finish_close(ledger, period):
        app.say(msg("a close that was cut short is finished"))
    standing = months.standing_of(ledger, period)
    month = ""
    if dry_run or not recording.command_id:  # a repeat is known by its id, whatever stands open today
        month = months.check_closable(ledger, period, standing, accept_open=accept_open or dry_run)
    open_ = _left_open(*standing)
    if dry_run:
        app.emit(msg("{month} would be closed; {open}", month=month, open=open_))
        app.say(_KEY_LOST)
        if standing.findings and not accept_open:
            app.say(_NOT_ACCEPTED)
        _tell_logs(app, months.logs_of(ledger, month))
        return
    question = msg(
        "Close the month ({open})? The key of its fingerprints cannot be brought back.", open=open_
    )
    app.confirm(question, yes=yes)
    receipt = months.close(
        ledger,
        recording.said(),
        period,
        rewrite_logs=rewrite_logs,
        expected=None if yes else standing,
        accept_open=reason,
        clock_is_right=clock_is_right,
    )
    closed = cast("PeriodClosed", receipt.events[-1].event)
    counted = {"findings": closed.findings, "unpurged": closed.unpurged, "unbilled": closed.unbilled}
    line = msg("{month} closed; {open}", month=closed.month, open=_left_open(**counted))
    recording.tell(app, line, receipt, month=closed.month, **counted)
    _tell_logs(app, closed.logs)


def _left_open(findings: int, unpurged: int, unbilled: int) -> Message:
    return msg(
        "{findings} findings, {unpurged} sessions with data, {unbilled} not billed",
        findings=findings,
        unpurged=unpurged,
        unbilled=unbilled,
    )


def _tell_logs(app: App, logs: Sequence[LogRewritten]) -> None:
    """Print what the shared logs hold of the month, and what was removed."""
    for log in logs:
        app.say(_of_log(log))


@click.command()
@period_argument
@reason_option
@recording_options
@pass_app
def reopen(app: App, recording: Recording, period: Period, reason: str) -> None:
    """Open a closed month again, for a reason; its fingerprints stay gone.

    \b
    Example:
      session-ledger period reopen 2026-11 --reason "wrong-time: a session was forgotten"
    """
    from ledger.handlers import period as months

    receipt = months.reopen(app.open(), recording.said(), period, reason=reason)
    month = months.month_of(period)
    recording.tell(app, msg("{month} reopened", month=month), receipt, month=month)
