"""`session-ledger source match|dismiss|acknowledge|waive`: what a person makes of the reconciliation."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from cli.commands.session.amend import reason_option
from cli.commands.session.life import session_argument
from cli.context import App, pass_app
from cli.options import Recording, personal_option, recording_options
from cli.params import TOKEN
from cli.presentation.text import Text
from cli.reading import reading
from ledger.domain.clock import Period
from ledger.domain.identifiers import shown
from ledger.errors import FindingUnknown

if TYPE_CHECKING:
    from ledger.domain.reconciliation.finding import Finding

_MONTHS = 12


def record_argument(function: click.decorators.FC) -> click.decorators.FC:
    """RECORD: a record's key, or its first characters."""
    return click.argument("record", metavar="RECORD", type=TOKEN)(function)


@click.command()
@record_argument
@session_argument
@personal_option("--reason", default="checked", help="Why: a code, a sentence, or 'code: sentence'.")
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
    line = Text(f"Zapis {record}: sesja {session}", f"Record {record} matched to session {session}")
    recording.tell(app, line, receipt)
    app.hint("session-ledger source reconcile --period P shows what is left")


@click.command()
@record_argument
@reason_option
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
    recording.tell(app, Text(f"Zapis {record}: pominięty", f"Record {record} dismissed"), receipt)
    app.hint("session-ledger source reconcile --period P shows what is left")


@click.command()
@click.argument("finding", metavar="FINDING", type=TOKEN)
@reason_option
@recording_options
@pass_app
def acknowledge(app: App, recording: Recording, finding: str, reason: str) -> None:
    """Say why a finding may stand. It returns when its facts change.

    \b
    Example:
      session-ledger source acknowledge F2611-9c41e07ab2 --reason "checked: the customer agreed"
    """
    from ledger.handlers import source_records as reconciling

    found = _found(app, finding)
    receipt = reconciling.acknowledge(app.open(), recording.said(), finding, found.kind, reason=reason)
    line = Text(f"{finding} ({found.kind}): uznane", f"{finding} ({found.kind}) acknowledged")
    recording.tell(app, line, receipt, finding=finding, kind=found.kind)


def _found(app: App, named: str) -> Finding:
    """The finding of an id; its first characters say in which month to look. Raises FindingUnknown."""
    from projections.queries.reconciliation import reconciled

    year, month = named[1:3], named[3:5]
    if not (named.startswith("F") and f"{year}{month}".isdigit() and 1 <= int(month) <= _MONTHS):
        raise FindingUnknown(f"there is no finding {shown(named)}")
    first = date(2000 + int(year), int(month), 1)
    until = date(first.year + (first.month + 1) // _MONTHS, (first.month + 1) % _MONTHS + 1, 1)
    with reading(app, None) as snapshot:
        for found in reconciled(
            snapshot.views, snapshot.ledger, Period(first, until), snapshot.as_of
        ).findings:
            if found.id == named and found.severity == "open":
                return found
    raise FindingUnknown(f"there is no open finding {shown(named)}")


@click.command()
@session_argument
@reason_option
@recording_options
@pass_app
def waive(app: App, recording: Recording, session: str, reason: str) -> None:
    """Say that a session may be billed though no source has a record of it.

    \b
    Example:
      session-ledger source waive 17 --reason "checked: done on the spot, by cable"
    """
    from ledger.handlers import source_records as reconciling

    receipt = reconciling.waive(app.open(), recording.said(), session, reason=reason)
    line = Text(
        f"Sesja {receipt.session}: rozliczana bez zapisu",
        f"Session {receipt.session} billed without a record",
    )
    recording.tell(app, line, receipt)
