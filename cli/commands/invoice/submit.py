"""`session-ledger invoice submit`: documents on their way to KSeF."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.context import App, pass_app
from cli.ksef_login import ksef_for
from cli.options import Recording, dry_run_option, recording_options, yes_option
from cli.params import DOCUMENT_NUMBER
from cli.presentation import next_steps
from cli.presentation.wording.submission import outcome_line, remarks, submission_document
from cli.progress import progress
from ledger.errors import BadCombination, FileTrouble
from ledger.message import Hint, msg, msg_n, system_text

if TYPE_CHECKING:
    from ledger.handlers.invoice.submissions import Submission
    from ledger.handlers.invoice.submit import SubmissionPlan
    from ledger.ksef.client import Ksef


@click.command()
@click.argument("numbers", nargs=-1, type=DOCUMENT_NUMBER, metavar="N…")
@click.option("--all", "every", is_flag=True, help="Every document that KSeF must have and has not taken.")
@click.option("--check-only", is_flag=True, help="Only ask what became of what was sent; send nothing.")
@click.option("--seen", metavar="NUMBER", help="The KSeF number that a person saw beside this document.")
@click.option(
    "--seen-file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.xml",
    help="What KSeF has under it, saved there, where this login may not see it.",
)
@dry_run_option
@yes_option
@recording_options
@click.pass_context
@pass_app
def submit(
    app: App,
    ctx: click.Context,
    recording: Recording,
    numbers: tuple[str, ...],
    *,
    every: bool,
    check_only: bool,
    seen: str | None,
    seen_file: Path | None,
    dry_run: bool,
    yes: bool,
) -> None:
    """Send documents to KSeF, and keep its numbers and official receipts (UPO).

    May be repeated at any time: what was sent before is asked after first, and nothing becomes a second
    invoice. 3 when a document was rejected or has to wait.

    Where KSeF has a document of this number and does not show whose (440), the document waits: --seen with
    the KSeF number, and --seen-file with what is saved there, compares the bytes.

    Logs in with ksef.certificate and ksef.key of ledger.toml (the key's password, if it has one, in
    SESSION_LEDGER_KSEF_KEY_PASSWORD), or until 2026-12-31 with the token in SESSION_LEDGER_KSEF_TOKEN.

    \b
    Examples:
      session-ledger invoice submit FV/2026/11/0001
      session-ledger invoice submit --all --dry-run
      session-ledger invoice submit --all --check-only
    """
    if every == bool(numbers):
        raise BadCombination(msg("either documents or --all are named"), hint=next_steps.SUBMIT_NAMES_NOTHING)
    if recording.command_id is not None:
        raise BadCombination(msg("submit may be repeated at any time and takes no --command-id"))
    if seen_file is not None and seen is None:
        raise BadCombination(msg("--seen-file goes with --seen"))
    if seen is not None:
        if len(numbers) != 1 or check_only or dry_run:
            raise BadCombination(msg("--seen goes with one document"))
        _tell_and_exit(app, ctx, recording, [_seen(app, recording, numbers[0], seen, seen_file)])
        return
    from ledger.handlers.invoice.submissions import plan_all

    rows = plan_all(app.open(), numbers, every=every)
    asked_after = {"submitted", "accepted"}
    due = [row for row in rows if row.why is None and (not check_only or row.plan.state in asked_after)]
    if due and not dry_run:
        told = _sent(app, recording, [row.plan for row in due], check_only=check_only, yes=yes)
        rows = [row for row in rows if row not in due] + told
    _tell_and_exit(app, ctx, recording, rows)


def _tell_and_exit(app: App, ctx: click.Context, recording: Recording, rows: list[Submission]) -> None:
    _tell(app, recording, rows)
    if any(row.outcome in {"rejected", "waiting"} for row in rows):
        ctx.exit(3)


def _seen(app: App, recording: Recording, number: str, ksef_number: str, file: Path | None) -> Submission:
    """Compare a document with what a person saw in KSeF under its number."""
    from ledger.folder.bounded_read import DOCUMENT_BYTES_MAX, read_at_most
    from ledger.handlers.invoice import submit as submitting
    from ledger.handlers.invoice.submissions import Submission

    try:
        content = None if file is None else read_at_most(file, DOCUMENT_BYTES_MAX)
    except OSError as error:
        name = "" if file is None else file.name
        raise FileTrouble(
            msg("{name} cannot be read: {error}", name=name, error=system_text(error))
        ) from error
    ledger = app.open()
    plan, there = submitting.planned(ledger, number), submitting.SeenDocument(ksef_number, content)
    with ledger.signing.once(), _ksef(app) as ksef:
        return Submission(plan, submitting.seen(ledger, recording.said(), number, there, ksef))


def _sent(
    app: App, recording: Recording, due: list[SubmissionPlan], *, check_only: bool, yes: bool
) -> list[Submission]:
    from ledger.handlers.invoice.submissions import submit_all

    ksef = _ksef(app)
    if not check_only:
        where = ksef.access.base_url
        app.confirm(
            msg_n(
                "Send {count} document to KSeF ({where})? It cannot be undone.",
                "Send {count} documents to KSeF ({where})? It cannot be undone.",
                len(due),
                where=where,
            ),
            yes=yes,
        )
    with ksef, progress("invoice submit", len(due)) as bar:
        return submit_all(app.open(), recording.said(), due, ksef, check_only=check_only, advance=bar.advance)


def _ksef(app: App) -> Ksef:
    def tell(seconds: float) -> None:
        app.say(msg("waiting {seconds:.0f} s for KSeF", seconds=seconds))

    return ksef_for(app.open(), app.environment().forced_now, tell)


def _tell(app: App, recording: Recording, rows: list[Submission]) -> None:
    if recording.as_json:
        app.emit(
            {
                "schema": "session-ledger/invoice-submit/1",
                "documents": [submission_document(row) for row in rows],
            }
        )
    for row in rows:
        if not recording.as_json:
            app.emit(outcome_line(row, app.lang))
        for remark in remarks(row):
            app.say(remark)
    if not rows:
        app.say(msg("nothing waits to be sent to KSeF"))
    _hint(app, rows)


def _hint(app: App, rows: list[Submission]) -> None:
    outcomes = {row.outcome for row in rows}
    unseen = [row for row in rows if row.outcome == "waiting" and row.submitted and row.submitted.code]
    if unseen:
        original = unseen[0].submitted.original if unseen[0].submitted else None
        app.hint(next_steps.after_undecided(unseen[0].plan.number, original))
    elif "waiting" in outcomes:
        app.hint(next_steps.AFTER_SUBMISSION_WAITING)
    elif "rejected" in outcomes:
        app.hint(_after_rejection([row for row in rows if row.outcome == "rejected"]))
    elif "planned" in outcomes:
        app.hint(next_steps.AFTER_SUBMISSION_PLANNED)
    elif len(rows) == 1:
        app.hint(next_steps.export_document(rows[0].plan.number))


def _after_rejection(rejected: list[Submission]) -> Hint:
    """Return the next step after the first document that would be rejected again, or after any other."""
    from ledger.ksef.status_codes import OF_THE_CONTENT

    for row in rejected:
        if row.submitted is not None and row.submitted.code in OF_THE_CONTENT:
            return next_steps.after_rejected_content(row.plan.number)
    return next_steps.after_rejection(rejected[0].plan.number)
