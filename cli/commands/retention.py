"""`session-ledger retention …`: personal data whose time is over."""

from __future__ import annotations

from datetime import datetime

import click

from cli.context import App, pass_app
from cli.options import (
    Recording,
    as_of_option,
    clock_is_right_option,
    dry_run_option,
    recording_options,
    yes_option,
)
from cli.output import Report, report_options
from cli.params import Now
from cli.presentation.tables.retention import retention_line, retention_report
from ledger.domain.clock import epoch_microseconds
from ledger.handlers.privacy import retention as commands
from ledger.message import msg, plain


@click.command()
@as_of_option
@report_options
@pass_app
def due(app: App, as_of: datetime | Now | None) -> Report:
    """List data to be erased because its time is over, what follows within 30 days, what is held.

    Requests for erasure are listed with the day by which they are answered. Looks at the clock; with
    --as-of, at that moment and at what was recorded by then. Nothing is erased.

    \b
    Example:
      session-ledger retention due
    """
    ledger = app.open()
    now, until = ledger.now(), None
    if as_of is not None:
        now = ledger.now() if isinstance(as_of, Now) else as_of
        until = ledger.store.position_at(epoch_microseconds(now))
    found = commands.due(ledger, now, until)
    return retention_report(found, ledger.state.settings, now, ledger.last_recorded_at(), app.lang)


@click.command()
@clock_is_right_option
@dry_run_option
@yes_option
@recording_options
@click.pass_context
@pass_app
def run(
    app: App, ctx: click.Context, recording: Recording, *, clock_is_right: bool, dry_run: bool, yes: bool
) -> None:
    """Erase what is due: data of requests never connected, invoices and notes whose years are over.

    The events are recorded first, then the vault is erased. Killed in between, a repeat completes it.
    Requests for erasure are left to `customer erase`. Exit status 3 when something due had to wait: it is
    held, or the ledger was being read.

    \b
    Example:
      session-ledger retention run --dry-run
    """
    ledger = app.open()
    found = commands.due(ledger, ledger.now())
    chosen = [item for item in found if commands.is_to_erase(item)]
    if dry_run:
        for item in found:
            if commands.is_to_erase(item) or item.state == "held":
                app.emit(retention_line(item))
        return
    if chosen:
        question = msg("Erase from the vault: {n_chosen}? It cannot be undone.", n_chosen=len(chosen))
        app.confirm(question, yes=yes)
    ran = commands.run(ledger, recording.said(), found, clock_is_right=clock_is_right)
    _tell(app, recording, ran)
    if ran.incomplete is not None:
        app.say(plain("{fact} ({code})", fact=ran.incomplete.message, code=ran.incomplete.code))
        app.hint(ran.incomplete.hint)
    if ran.waiting or ran.incomplete is not None:
        ctx.exit(3)


def _tell(app: App, recording: Recording, ran: commands.Ran) -> None:
    from ledger.application.metadata import Receipt

    receipt = ran.receipt
    if receipt is None:
        app.say(msg("nothing was due"))
        receipt = Receipt((), app.open().last_recorded_at())
    for item in ran.waiting:
        app.say(retention_line(item))
    if recording.as_json or ran.erased or receipt.repeated:
        counts = {"erased": len(ran.erased), "waiting": len(ran.waiting)}
        text = msg("Erased: {counts}", counts=counts["erased"])
        recording.tell(app, text, receipt, **counts)
