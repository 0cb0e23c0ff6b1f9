"""`session-ledger invoice draft|list|show|verify`: what would be issued, and what was."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.arguments import number_argument
from cli.context import App, pass_app
from cli.options import as_of_option, tell_version
from cli.output import Report, report_options
from cli.params import CUSTOMER, PERIOD, Now
from cli.presentation.columns import period_document, titled
from cli.presentation.text import Text
from ledger.domain.clock import Period, format_instant

if TYPE_CHECKING:
    from ledger.domain.invoice.state import Invoice


@click.command()
@click.option("--period", required=True, type=PERIOD, help="The month whose help is to be billed.")
@click.option("--customer", type=CUSTOMER, help="Only this customer.")
@report_options
@pass_app
def draft(app: App, period: Period, customer: str | None) -> Report:
    """What `invoice issue` would issue, and what would wait and why; nothing is recorded.

    \b
    Example:
      session-ledger invoice draft --period 2026-11
    """
    from cli.presentation.tables.invoice import lines_table, plan_document, plan_table
    from ledger.handlers.invoice.plan import plan

    ledger = app.open(for_reports=True)
    as_of = ledger.last_recorded_at()
    planned = plan(ledger, period, customer=customer)
    tables = [plan_table(ledger, planned)]
    if customer is not None:
        lines = [line for each in planned if each.draft is not None for line in each.draft.lines]
        tables.append(lines_table(ledger, lines))
    document = {
        "schema": "session-ledger/invoice-plan/1",
        "period": period_document(period),
        "as_of": format_instant(as_of),
        "documents": [plan_document(each) for each in planned],
    }
    _tell_what_is_missing(app)
    title = titled(Text("Plan faktur", "Invoices to be"), period)
    return Report("invoice-plan", title, document, tuple(tables), as_of)


def _tell_what_is_missing(app: App) -> None:
    """Warn of a missing seller now, not at the first invoice: the plan could not be carried out."""
    from ledger.errors import SellerIncomplete
    from ledger.fa3.seller import seller_of

    try:
        seller_of(app.open().folder.read_config())
    except SellerIncomplete as why:
        app.say(f"{why.fact} ({why.code})")
        app.hint(why.hint)


@click.command("list")
@click.option("--period", type=PERIOD, help="Only what was issued in it.")
@click.option("--customer", type=CUSTOMER, help="Only this customer.")
@as_of_option
@report_options
@pass_app
def list_(app: App, period: Period | None, customer: str | None, as_of: datetime | Now | None) -> Report:
    """Every document that was issued, in the order of issue.

    \b
    Example:
      session-ledger invoice list --period 2026-11
    """
    from cli.presentation.tables.invoice import invoice_document, list_table
    from projections.queries.sales_register import register

    ledger = app.open()
    position, moment = app.position_at(as_of)
    found = register(ledger.store, position)
    chosen = [
        invoice
        for invoice in found.documents.values()
        if customer in (None, invoice.issued.customer)
        and (period is None or period.first <= invoice.issued.issued_on < period.until)
    ]
    document = {
        "schema": "session-ledger/invoices/1",
        "as_of": format_instant(moment),
        "invoices": [invoice_document(found, invoice) for invoice in chosen],
    }
    title = Text("Dokumenty", "Documents")
    return Report("invoices", title, document, (list_table(ledger, found, chosen),), moment)


@click.command()
@number_argument
@click.option("--trace", is_flag=True, help="Each amount down to its hours, sentences, events and the tree.")
@report_options
@pass_app
def show(app: App, number: str, *, trace: bool) -> Report:
    """One document: its lines, what was paid, what became of it; with --trace what each amount rests on.

    \b
    Examples:
      session-ledger invoice show FV/2026/11/0001
      session-ledger invoice show FV/2026/11/0001 --trace -f json
    """
    from cli.presentation.tables.invoice_shown import shown

    ledger = app.open()
    tell_version(app, ledger.find_invoice(number).version)
    return shown(ledger, number, trace=trace)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.xml")
@click.option("-f", "--format", "answer", type=click.Choice(["text", "json"]), default="text")
@click.pass_context
@pass_app
def verify(app: App, ctx: click.Context, file: Path, answer: str) -> None:
    """Whether a file is a document that was issued here, told from its SHA-256 alone; 3 when it is not.

    One that was withdrawn counts for nothing: 3 as well.

    \b
    Example:
      session-ledger invoice verify FV-2026-11-0001.xml
    """
    import hashlib

    from ledger.errors import FileTrouble

    try:
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        raise FileTrouble(f"{file.name} cannot be read: {error.strerror}") from error
    ledger = app.open()
    found = ledger.store.resolve("xml", digest)
    invoice = None if found is None else ledger.invoice(found[0])
    if answer == "json":
        number, state = (None, None) if invoice is None else (invoice.issued.number, invoice.state)
        told = {"sha256": digest, "number": number, "state": state}
        app.emit({"schema": "session-ledger/invoice-verify/1", **told})
    else:
        app.emit(_verified(invoice))
    if invoice is None or invoice.state == "withdrawn":
        ctx.exit(3)


def _verified(invoice: Invoice | None) -> Text:
    if invoice is None:
        return Text(pl="nie jest to plik stąd", en="no document of this ledger has these bytes")
    number = invoice.issued.number
    if invoice.state == "withdrawn":
        return Text(
            pl=f"{number}: ten plik, co do bajtu, i wycofany: nic nie znaczy",
            en=f"{number}: these very bytes, and withdrawn: it counts for nothing",
        )
    return Text(pl=f"{number}: wystawiony plik, co do bajtu", en=f"{number}: these very bytes")
