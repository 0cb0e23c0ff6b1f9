"""`session-ledger invoice issue`: numbered documents, one by one or for a whole period."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import click

from cli.commands.invoice.limit_warning import tell_limit
from cli.commands.session.overlaps_told import tell_overlaps, tell_overlaps_among
from cli.context import App, pass_app
from cli.options import Recording, dry_run_option, recording_options, yes_option
from cli.params import AMOUNT, CUSTOMER, DATE, PERIOD
from cli.presentation import next_steps
from cli.registry import tool
from ledger.domain.clock import Period
from ledger.domain.events import InvoiceIssued
from ledger.domain.money import format_amount
from ledger.errors import BadCombination, Refused
from ledger.message import msg, plain

if TYPE_CHECKING:
    from ledger.application.ledger import Receipt
    from ledger.handlers.invoice.issue import IssuedPeriod
    from ledger.handlers.invoice.plan import PlannedInvoice


class _Asked(NamedTuple):
    """The day of issue, the amount that was seen, and how far to go."""

    on: date | None
    gross_grosze: int | None
    dry_run: bool
    yes: bool


@click.command()
@click.option(
    "--period", type=PERIOD, help="The month whose help is to be billed: 2026-11, 11.2026 or November."
)
@click.option("--customer", type=CUSTOMER, help="Only this customer.")
@click.option("--all", "everybody", is_flag=True, help="Every customer of the period.")
@click.option("--session", help="One session alone, by number or reference.")
@click.option(
    "--date",
    "on",
    type=DATE,
    show_default="today",
    help="The day of issue: 2026-11-16, 16.11.2026 or yesterday.",
)
@click.option("--expect-gross", type=AMOUNT, help="Only if the one document comes to this amount, in zloty.")
@dry_run_option
@yes_option
@recording_options
@click.pass_context
@pass_app
def issue(
    app: App,
    ctx: click.Context,
    recording: Recording,
    *,
    period: Period | None,
    customer: str | None,
    everybody: bool,
    session: str | None,
    on: date | None,
    expect_gross: int | None,
    dry_run: bool,
    yes: bool,
) -> None:
    """Issue invoices: the plan first, then, when somebody says so, one document after another.

    Each is a transaction of its own: broken off in the middle, the same command goes on where it
    stopped. 3 when anything had to wait.

    \b
    Examples:
      session-ledger invoice issue --period 2026-11 --all
      session-ledger invoice issue --period 2026-11 --customer K-041
      session-ledger invoice issue --session 17
    """
    if (session is None) == (period is None) or (period and everybody == (customer is not None)):
        raise BadCombination(
            msg("say --session S, or --period P with --customer C or --all"),
            hint=next_steps.ISSUE_NAMES_NOTHING,
        )
    if everybody and recording.command_id is not None:
        raise BadCombination(msg("--all is resumable by itself and takes no --command-id"))
    if everybody and expect_gross is not None:
        raise BadCombination(msg("--expect-gross is of one document, and --all issues many"))
    asked = _Asked(on, expect_gross, dry_run, yes)
    if session is not None:
        _issue_one(app, recording, session, asked)
    elif period is not None and not _issue_plan(app, recording, period, customer, asked):
        ctx.exit(3)


def _issue_one(app: App, recording: Recording, session: str, asked: _Asked) -> None:
    from ledger.handlers.invoice.issue import draft_session, issue_session, require_gross

    ledger = app.open()
    draft = draft_session(ledger, recording.said(), session)
    if draft is not None:
        require_gross(draft, asked.gross_grosze)
        number = draft.sessions[0].number
        tell_overlaps(app, number)
        amount = format_amount(draft.sums.gross_grosze, lang=app.lang)
        if asked.dry_run:
            line = msg("Session {number}: {amount} would be invoiced", number=number, amount=amount)
            app.emit(line)
            return
        app.confirm(
            msg("Issue an invoice of {amount} PLN for session {number}?", amount=amount, number=number),
            yes=asked.yes,
        )
    receipt = issue_session(
        ledger,
        recording.said(),
        session,
        tool=tool(),
        on=asked.on,
        expected_gross_grosze=asked.gross_grosze,
    )
    tell_issued(app, recording, receipt)


def tell_issued(app: App, recording: Recording, receipt: Receipt) -> None:
    """Print the document that was issued, as a line or an object."""
    from ledger.handlers.invoice.issue import document_in

    issued = document_in(receipt)
    recording.tell(
        app,
        _line(app, issued),
        receipt,
        number=issued.number,
        customer=issued.customer,
        net_grosze=issued.net_grosze,
        vat_grosze=issued.vat_grosze,
        gross_grosze=issued.gross_grosze,
        xml_sha256=issued.xml_sha256,
    )
    if not receipt.repeated:
        tell_limit(app, [issued])
    app.hint(next_steps.export_document(issued.number))


def _line(app: App, issued: InvoiceIssued) -> str:
    net, vat, gross = (
        format_amount(amount, lang=app.lang)
        for amount in (issued.net_grosze, issued.vat_grosze, issued.gross_grosze)
    )
    return f"{issued.number}  {issued.customer}  {net} + {vat} = {gross}"


# --- a whole period ---------------------------------------------------------------------------


def _issue_plan(
    app: App,
    recording: Recording,
    period: Period,
    customer: str | None,
    asked: _Asked,
) -> bool:
    """Carry the plan out; return True if nothing had to wait."""
    from cli.progress import progress
    from ledger.handlers.invoice.issue import IssuedPeriod, document_in, issue_period
    from ledger.handlers.invoice.plan import plan
    from ledger.handlers.invoice.repeat import repeat_in_period

    ledger = app.open()
    if customer is not None:
        metadata = recording.said()
        repeat = repeat_in_period(ledger, metadata, period=period, customer=customer, on=asked.on)
        if repeat is not None:
            recording.tell_repeated(app, repeat)
            _tell_plan(app, recording, IssuedPeriod([document_in(repeat)], []))
            return True
    planned = plan(ledger, period, customer=customer)
    due = [each for each in planned if each.state == "issue"]
    waiting = [(each.customer, each.why) for each in planned if each.waits and each.why]
    _show_plan(app, planned)
    tell_overlaps_among(app, {number for each in due for number in each.sessions})
    if asked.gross_grosze is not None:
        _require_gross(due, asked.gross_grosze)
    if not planned:
        app.say(msg("no help of that period is to be invoiced"))
    if not due and recording.as_json:
        _tell_plan(app, recording, IssuedPeriod([], waiting))
    elif asked.dry_run or not due:
        _show_waiting(app, recording, waiting)
    if asked.dry_run or not due:
        return not waiting
    total = sum(each.draft.sums.gross_grosze for each in due if each.draft is not None)
    amount = format_amount(total, lang=app.lang)
    app.confirm(
        msg("Issue {n_due} invoices of {amount} PLN?", n_due=len(due), amount=amount),
        yes=asked.yes,
    )
    with progress("invoice issue", len(due)) as bar:
        outcome = issue_period(
            ledger,
            recording.said(),
            planned,
            tool=tool(),
            on=asked.on,
            advance=bar.advance,
            expected_gross_grosze=asked.gross_grosze,
        )
    _tell_plan(app, recording, outcome)
    tell_limit(app, outcome.issued)
    return not outcome.waiting


def _require_gross(due: list[PlannedInvoice], gross_grosze: int) -> None:
    from ledger.handlers.invoice.issue import require_gross

    if len(due) > 1:
        raise BadCombination(
            msg("--expect-gross is of one document, and {documents} would be issued", documents=len(due))
        )
    for each in due:
        if each.draft is not None:
            require_gross(each.draft, gross_grosze)


def _tell_plan(app: App, recording: Recording, outcome: IssuedPeriod) -> None:
    """Print the documents that were issued, and what waits."""
    if recording.as_json:
        app.emit(
            {
                "schema": "session-ledger/invoice-issue/1",
                "issued": [_issued_document(issued) for issued in outcome.issued],
                "waiting": [{"customer": code, "reason": why.code} for code, why in outcome.waiting],
            }
        )
        return
    for issued in outcome.issued:
        app.emit(_line(app, issued))
    _show_waiting(app, recording, outcome.waiting)


def _show_plan(app: App, planned: Iterable[PlannedInvoice]) -> None:
    """Print the number of documents in each state, on stderr; `invoice draft` shows each."""
    states: dict[str, int] = {}
    for each in planned:
        states[each.state] = states.get(each.state, 0) + 1
    from cli.presentation.tables.invoice import STATES

    for state, count in states.items():
        app.say(msg("{STATES}: {count}", STATES=STATES[state], count=count))


def _show_waiting(app: App, recording: Recording, waiting: list[tuple[str, Refused]]) -> None:
    for code, why in waiting:
        app.say(plain("{customer}: {fact} ({code})", customer=code, fact=why.message, code=why.code))
    if waiting and not recording.as_json:
        app.hint(next_steps.WHILE_DOCUMENTS_WAIT)


def _issued_document(issued: InvoiceIssued) -> dict[str, object]:
    return {
        "number": issued.number,
        "customer": issued.customer,
        "net_grosze": issued.net_grosze,
        "vat_grosze": issued.vat_grosze,
        "gross_grosze": issued.gross_grosze,
        "xml_sha256": issued.xml_sha256,
    }
