"""`session-ledger source match|dismiss|acknowledge|waive`: decisions about records and findings."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import click

from cli.arguments import reason_option, session_argument
from cli.context import App, pass_app
from cli.options import Recording, if_version_option, personal_option, recording_options
from cli.params import TOKEN
from cli.presentation import next_steps
from ledger.message import Code, msg

if TYPE_CHECKING:
    from ledger.domain.events import FindingAcknowledged


def record_argument(function: click.decorators.FC) -> click.decorators.FC:
    """RECORD: a record's key, or its first characters."""
    return click.argument("record", metavar="RECORD", type=TOKEN)(function)


@click.command()
@record_argument
@session_argument
@personal_option("--reason", default="checked", help="Why: a code, a sentence, or 'code: sentence'.")
@if_version_option
@recording_options
@pass_app
def match(app: App, recording: Recording, record: str, session: str, reason: str) -> None:
    """Say that a record of a connection is of this session; the last word about a record stands.

    \b
    Example:
      session-ledger source match 3f9a2c7b1e04 17
    """
    from ledger.handlers import source_records as reconciling

    receipt = reconciling.match(app.open(), recording.said(), record, session, reason=reason)
    line = msg("Record {record} matched to session {session}", record=record, session=session)
    recording.tell(app, line, receipt)
    app.hint(next_steps.AFTER_FINDING_SETTLED)


@click.command()
@record_argument
@reason_option
@if_version_option
@recording_options
@pass_app
def dismiss(app: App, recording: Recording, record: str, reason: str) -> None:
    """Say that a record is nothing to bill: a test of one's own, another shop's customer.

    \b
    Example:
      session-ledger source dismiss 3f9a2c7b1e04 --reason "other: our own test machine"
    """
    from ledger.handlers import source_records as reconciling

    receipt = reconciling.dismiss(app.open(), recording.said(), record, reason=reason)
    recording.tell(app, msg("Record {record} dismissed", record=record), receipt)
    app.hint(next_steps.AFTER_FINDING_SETTLED)


@click.command()
@click.argument("finding", metavar="FINDING", type=TOKEN)
@reason_option
@if_version_option
@recording_options
@pass_app
def acknowledge(app: App, recording: Recording, finding: str, reason: str) -> None:
    """Say why a finding may stand. It returns when its facts change.

    \b
    Example:
      session-ledger source acknowledge F2611-9c41e07ab2 --reason "checked: the customer agreed"
    """
    from ledger.handlers import source_records as reconciling

    receipt = reconciling.acknowledge(app.open(), recording.said(), finding, reason=reason)
    acknowledged = cast("FindingAcknowledged", receipt.events[-1].event)
    kind = acknowledged.kind
    line = msg("{finding} ({kind}) acknowledged", finding=finding, kind=Code("finding", kind))
    recording.tell(app, line, receipt, finding=finding, kind=kind)


@click.command()
@session_argument
@reason_option
@if_version_option
@recording_options
@pass_app
def waive(app: App, recording: Recording, session: str, reason: str) -> None:
    """Say that a session may be billed though no source has a record of it.

    \b
    Example:
      session-ledger source waive 17 --reason "checked: done on the spot, by cable"
    """
    from ledger.domain.session.commands import BillUnrecorded
    from ledger.handlers.session import handle

    receipt = handle(app.open(), recording.said(), session, BillUnrecorded(reason=reason))
    line = msg("Session {session} billed without a record", session=receipt.session)
    recording.tell(app, line, receipt)
