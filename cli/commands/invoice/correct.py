"""`session-ledger invoice correct`: correct an invoice to the present rating of its sessions."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, get_args

import click

from cli.arguments import number_argument, reason_option
from cli.commands.invoice.issue import tell_issued
from cli.context import App, pass_app
from cli.options import Recording, dry_run_option, if_version_option, recording_options, yes_option
from cli.param_types import Word
from cli.params import AMOUNT, DATE
from cli.registry import tool
from ledger.domain.events import CorrectionEffect
from ledger.domain.money import format_amount
from ledger.errors import CorrectionTooEarly
from ledger.message import msg

if TYPE_CHECKING:
    from ledger.handlers.invoice.correct import CorrectionDraft

_EFFECT = Word("correction_effect", get_args(CorrectionEffect))


@click.command()
@number_argument
@reason_option
@click.option("--to-zero", is_flag=True, help="Take everything off; its sessions can be invoiced again.")
@click.option(
    "--date",
    "on",
    type=DATE,
    show_default="today",
    help="The day of issue: 2026-11-16, 16.11.2026 or yesterday.",
)
@click.option(
    "--effect",
    type=_EFFECT,
    help="The day on which it counts. Default: a reduction on its own day, anything else on the invoice's.",
)
@click.option(
    "--expect-gross", type=AMOUNT, help="Only if the correction comes to this difference, in zloty."
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
    expect_gross: int | None,
    dry_run: bool,
    yes: bool,
) -> None:
    """Issue a correction of an invoice to what its sessions are rated at now.

    Correct or waive the session first; this makes the document. The invoice itself is not changed.

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
            msg("Issue a correction of {number} by {amounts} PLN gross?", number=number, amounts=amounts[2]),
            yes=yes,
        )
    receipt = corrected(
        ledger,
        recording.said(),
        number,
        reason=reason,
        tool=tool(),
        to_zero=to_zero,
        on=on,
        effect=effect,
        expected_gross_grosze=expect_gross,
    )
    tell_issued(app, recording, receipt)


def _tell_too_early(app: App, number: str, *, to_zero: bool) -> None:
    """Say if the correction cannot be issued yet: KSeF has not given the original its number."""
    from ledger.handlers.invoice.correct import correction_drafted

    try:
        correction_drafted(app.open(), number, to_zero=to_zero)
    except CorrectionTooEarly as refusal:
        app.say(msg("not to be issued yet: {fact} ({code})", fact=refusal.message, code=refusal.code))
        app.hint(refusal.hint)


def _show(app: App, number: str, draft: CorrectionDraft) -> None:
    """Print the lines before and after, and the difference."""
    from cli.output import deliver
    from cli.presentation.tables.invoice import correction_report

    deliver(correction_report(app.open(), number, draft), app, "table", None)
