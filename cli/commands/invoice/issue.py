"""`session-ledger invoice issue|correct`: what makes a numbered document."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import click

from cli.commands.invoice.limit_warning import tell_limit
from cli.context import App, pass_app
from cli.options import Recording, dry_run_option, recording_options, yes_option
from cli.params import AMOUNT, CUSTOMER, DATE, PERIOD
from cli.presentation.text import Text
from cli.reading import reading, resolved_customer
from ledger.domain.clock import Period
from ledger.domain.events import InvoiceIssued
from ledger.domain.money import format_amount
from ledger.errors import BadCombination, Conflict, DraftChanged, Refused

if TYPE_CHECKING:
    from ledger.application.ledger import Receipt
    from projections.issuing import Planned

TRIES_MAX = 20
"""So often a document is drafted again when somebody else issues at the same time."""


class _Asked(NamedTuple):
    """The day of issue, the amount that was seen, and how far to go."""

    on: date | None
    gross_grosze: int | None
    dry_run: bool
    yes: bool


class _Outcome(NamedTuple):
    issued: list[InvoiceIssued]
    waiting: list[tuple[str, Refused]]


@click.command()
@click.option("--period", type=PERIOD, help="The month whose help is to be billed.")
@click.option("--customer", type=CUSTOMER, help="Only this customer.")
@click.option("--all", "everybody", is_flag=True, help="Every customer of the period.")
@click.option("--session", help="One session alone, by number or reference.")
@click.option("--date", "on", type=DATE, show_default="today", help="The day of issue.")
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
            "say --session S, or --period P with --customer C or --all",
            hint="session-ledger invoice issue --period 2026-11 --all",
        )
    if everybody and recording.command_id is not None:
        raise BadCombination("--all is resumable by itself and takes no --command-id")
    if everybody and expect_gross is not None:
        raise BadCombination("--expect-gross is of one document, and --all issues many")
    asked = _Asked(on, expect_gross, dry_run, yes)
    if session is not None:
        _issue_one(app, recording, session, asked)
    elif period is not None and not _issue_plan(app, recording, period, customer, asked):
        ctx.exit(3)


def tool() -> str:
    """The program as documents name it."""
    from importlib.metadata import version

    return f"session-ledger {version('session-ledger')}"


def _issue_one(app: App, recording: Recording, session: str, asked: _Asked) -> None:
    from ledger.handlers.invoice.issue import drafted, issue, require_gross, require_settled

    ledger = app.open()
    stream, number = ledger.find_session(session)
    customer = ledger.session(stream).customer
    if recording.command_id is None or ledger.store.resolve("command", recording.command_id) is None:
        draft = drafted(ledger, customer, [stream])
        require_gross(draft, asked.gross_grosze)
        require_settled(ledger, draft.sessions)
        amount = format_amount(draft.sums.gross_grosze, lang=app.lang)
        if asked.dry_run:
            line = Text(
                pl=f"Sesja {number}: faktura na {amount}", en=f"Session {number}: {amount} would be invoiced"
            )
            app.emit(line)
            return
        app.confirm(
            Text(
                pl=f"Wystawić fakturę na {amount} zł za sesję {number}?",
                en=f"Issue an invoice of {amount} PLN for session {number}?",
            ),
            yes=asked.yes,
        )
    receipt = issue(
        ledger,
        recording.said(),
        customer=customer,
        sessions=[stream],
        tool=tool(),
        on=asked.on,
        expected_gross_grosze=asked.gross_grosze,
    )
    tell_issued(app, recording, receipt)


def tell_issued(app: App, recording: Recording, receipt: Receipt) -> None:
    """The document that was issued, in a line or as an object."""
    issued = _issued_of(receipt)
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
    app.hint(f"session-ledger invoice export {issued.number} -o FOLDER")


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
    from ledger.handlers.invoice.repeat import repeat_in_period
    from projections.issuing import held_back_now, plan, with_duties

    if customer is not None:
        metadata = recording.said()
        repeat = repeat_in_period(app.open(), metadata, period=period, customer=customer, on=asked.on)
        if repeat is not None:
            recording.tell_repeated(app, repeat)
            _tell_plan(app, recording, _Outcome([_issued_of(repeat)], []))
            return True
    held = held_back_now(app.open(), period)
    with reading(app, None, records=True) as snapshot:
        named = resolved_customer(snapshot, customer)
        found = plan(snapshot.ledger, snapshot.views, period, held, customer=named)
        planned = with_duties(snapshot.ledger, found)
    due = [each for each in planned if each.state == "issue"]
    waiting = [(each.customer, each.why) for each in planned if each.state != "nothing_due" and each.why]
    _show_plan(app, planned)
    if asked.gross_grosze is not None:
        _require_gross(due, asked.gross_grosze)
    if asked.dry_run or not due:
        _show_waiting(app, recording, waiting)
        return not waiting
    total = sum(each.draft.sums.gross_grosze for each in due if each.draft is not None)
    amount = format_amount(total, lang=app.lang)
    app.confirm(
        Text(
            pl=f"Wystawić faktury ({len(due)}) na {amount} zł?",
            en=f"Issue {len(due)} invoices of {amount} PLN?",
        ),
        yes=asked.yes,
    )
    outcome = _carried_out(app, recording, due, asked)
    outcome.waiting[:0] = waiting
    _tell_plan(app, recording, outcome)
    tell_limit(app, outcome.issued)
    return not outcome.waiting


def _require_gross(due: list[Planned], gross_grosze: int) -> None:
    from ledger.handlers.invoice.issue import require_gross

    if len(due) > 1:
        raise BadCombination(f"--expect-gross is of one document, and {len(due)} would be issued")
    for each in due:
        if each.draft is not None:
            require_gross(each.draft, gross_grosze)


def _tell_plan(app: App, recording: Recording, outcome: _Outcome) -> None:
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


def _show_plan(app: App, planned: Iterable[Planned]) -> None:
    """How many of what, on stderr; `invoice draft` shows each."""
    states: dict[str, int] = {}
    for each in planned:
        states[each.state] = states.get(each.state, 0) + 1
    from cli.presentation.tables.invoice import STATES

    for state, count in states.items():
        app.say(Text(pl=f"{STATES[state].pl}: {count}", en=f"{STATES[state].en}: {count}"))


def _show_waiting(app: App, recording: Recording, waiting: list[tuple[str, Refused]]) -> None:
    for code, why in waiting:
        app.say(f"{code}: {why.fact} ({why.code})")
    if waiting and not recording.as_json:
        app.hint(
            "session-ledger invoice draft --period P shows the plan; what waits needs somebody to decide"
        )


def _carried_out(app: App, recording: Recording, due: list[Planned], asked: _Asked) -> _Outcome:
    from cli.progress import progress

    outcome = _Outcome([], [])
    with app.open().signing.once(), progress("invoice issue", len(due)) as bar:
        for each in due:
            try:
                issued = _issued(app, recording, each, asked)
            except Refused as why:
                outcome.waiting.append((each.customer, why))
            else:
                outcome.issued.append(issued)
            bar.advance()
    return outcome


def _issued(app: App, recording: Recording, planned: Planned, asked: _Asked) -> InvoiceIssued:
    """One document; drafted again when somebody else drew its number first."""
    from ledger.handlers.invoice.issue import issue

    tries = 0
    while True:
        try:
            receipt = issue(
                app.open(),
                recording.said(),
                customer=planned.customer,
                sessions=planned.streams,
                tool=tool(),
                on=asked.on,
                expected_gross_grosze=asked.gross_grosze,
            )
        except DraftChanged:
            raise
        except Conflict:
            tries += 1
            if tries == TRIES_MAX:
                raise
        else:
            return _issued_of(receipt)


def _issued_of(receipt: Receipt) -> InvoiceIssued:
    issued = receipt.events[0].event
    assert isinstance(issued, InvoiceIssued)  # noqa: S101 - the document comes first
    return issued


def _issued_document(issued: InvoiceIssued) -> dict[str, object]:
    return {
        "number": issued.number,
        "customer": issued.customer,
        "net_grosze": issued.net_grosze,
        "vat_grosze": issued.vat_grosze,
        "gross_grosze": issued.gross_grosze,
        "xml_sha256": issued.xml_sha256,
    }
