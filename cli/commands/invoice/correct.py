"""`session-ledger invoice correct`: a document that turns an invoice into what its sessions come to now."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from cli.commands.invoice.issue import tell_issued, tool
from cli.commands.invoice.list import number_argument
from cli.commands.session.amend import reason_option
from cli.context import App, pass_app
from cli.options import Recording, dry_run_option, if_version_option, recording_options, yes_option
from cli.params import DATE
from cli.presentation.text import Text
from ledger.domain.events import CorrectionEffect
from ledger.domain.money import format_amount
from ledger.errors import CorrectionTooEarly

if TYPE_CHECKING:
    from ledger.handlers.invoice.correct import CorrectionDraft

_EFFECTS = click.Choice(["original", "correction", "other"])


@click.command()
@number_argument
@reason_option
@click.option("--to-zero", is_flag=True, help="Take everything off; its sessions can be invoiced again.")
@click.option("--date", "on", type=DATE, show_default="today", help="The day of issue.")
@click.option(
    "--effect",
    type=_EFFECTS,
    help="Whose date it counts on. Default: a reduction on its own, anything else on the invoice's.",
)
@dry_run_option
@yes_option
@if_version_option
@recording_options
@pass_app
def correct(
    app: App,
    recording: Recording,
    number: str,
    *,
    reason: str,
    to_zero: bool,
    on: date | None,
    effect: CorrectionEffect | None,
    dry_run: bool,
    yes: bool,
) -> None:
    """Issue a correction that turns an invoice into what its sessions come to now.

    Correct or waive the session first; this makes the document. The invoice itself stays as it is.

    \b
    Examples:
      session-ledger invoice correct FV/2026/11/0001 --reason "wrong-time: the link was down"
      session-ledger invoice correct FV/2026/11/0001 --to-zero --reason "wrong-customer: another NIP"
    """
    from ledger.handlers.invoice.correct import correct as corrected
    from ledger.handlers.invoice.correct import correction_drafted

    ledger = app.open()
    if recording.command_id is None or ledger.store.resolve("command", recording.command_id) is None:
        draft = correction_drafted(ledger, number, to_zero=to_zero, only_shown=dry_run)
        amounts = [format_amount(amount, lang=app.lang) for amount in draft.sums]
        if dry_run:
            _show(app, number, draft)
            _tell_too_early(app, number, to_zero=to_zero)
            return
        app.confirm(
            Text(
                pl=f"Wystawić korektę {number} na {amounts[2]} zł brutto?",
                en=f"Issue a correction of {number} by {amounts[2]} PLN gross?",
            ),
            yes=yes,
        )
    receipt = corrected(
        ledger, recording.said(), number, reason=reason, tool=tool(), to_zero=to_zero, on=on, effect=effect
    )
    tell_issued(app, recording, receipt)


def _tell_too_early(app: App, number: str, *, to_zero: bool) -> None:
    """What was shown cannot be issued before KSeF has given the original its number."""
    from ledger.handlers.invoice.correct import correction_drafted

    try:
        correction_drafted(app.open(), number, to_zero=to_zero)
    except CorrectionTooEarly as refusal:
        app.say(
            Text(
                pl=f"jeszcze nie do wystawienia: {refusal.fact} ({refusal.code})",
                en=f"not to be issued yet: {refusal.fact} ({refusal.code})",
            )
        )
        app.hint(refusal.hint)


def _show(app: App, number: str, draft: CorrectionDraft) -> None:
    """The rows before and after, and the difference."""
    from cli.output import Report, Table, deliver
    from cli.presentation.tables.invoice import GROSS, NET, VAT, lines_table

    sums = Table("difference", Text("Różnica", "Difference"), (NET, VAT, GROSS), [tuple(draft.sums)])
    title = Text(f"Korekta {number}", f"Correction of {number}")
    ledger = app.open()
    report = Report("correction", title, {}, (lines_table(ledger, draft.rows), sums))
    deliver(report, app, "table", None)
