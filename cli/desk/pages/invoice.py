"""*Document*: one invoice with its lines, what it rests on, its files, and what happened to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, get_args

from starlette.responses import RedirectResponse, Response

from cli.desk import render
from cli.desk.actions import REASON, SENTENCE
from cli.desk.downloads import download
from cli.desk.fields import Field, form_of, seen_of, values
from cli.desk.forms import FormShown, form
from cli.desk.opened import metadata, opened
from cli.desk.web import Visit
from cli.presentation.catalogue import said
from cli.presentation.documents.invoice import file_stem
from cli.presentation.tables.invoice_shown import shown
from cli.presentation.wording import desk as wording
from cli.secret import secret
from ledger.application.ledger import Ledger
from ledger.domain.clock import office_time
from ledger.domain.events import PaymentMethod, SentHow
from ledger.domain.invoice.commands import InvoiceCommand, MarkReceived, MarkSent, RecordPayment
from ledger.domain.invoice.state import Invoice
from ledger.domain.money import format_amount
from ledger.errors import LedgerError
from ledger.handlers.invoice.payments import handle, owed
from ledger.handlers.invoice.printout import paper_of
from ledger.message import Message, msg


class DocumentAction(NamedTuple):
    """A command on a document as a form."""

    label: Message
    fields: tuple[Field, ...]
    command: Callable[[dict[str, Any]], InvoiceCommand]


def _of(kind: Callable[..., InvoiceCommand]) -> Callable[[dict[str, Any]], InvoiceCommand]:
    return lambda given: kind(**given)


_ON = Field("on", wording.ON_DAY, "day", is_required=True)
ACTIONS = {
    "sent": DocumentAction(
        wording.SENT,
        (Field("how", wording.SENT_HOW, "choice", "sent_how", get_args(SentHow), is_required=True), _ON),
        _of(MarkSent),
    ),
    "paid": DocumentAction(
        wording.PAID,
        (
            Field("amount_grosze", wording.AMOUNT, "amount", is_required=True),
            Field(
                "method",
                wording.METHOD,
                "choice",
                "payment_method",
                get_args(PaymentMethod),
                is_required=True,
                preset="transfer",
            ),
            _ON,
            Field("overpaid", wording.OVERPAID, "check"),
        ),
        _of(RecordPayment),
    ),
    "received": DocumentAction(wording.RECEIVED, (_ON,), _of(MarkReceived)),
}


def show(visit: Visit) -> Response:
    """Show one document, and with each amount what it rests on."""
    number, lang = str(visit.path["number"]), visit.lang
    with opened(visit.desk.settings) as ledger:
        invoice = ledger.find_invoice(number)
        report = shown(ledger, number, trace=True)
        left_grosze = owed(ledger, invoice) - invoice.paid_grosze
        return visit.page(
            "invoice.html",
            report.title,
            ledger,
            number=number,
            left=said(msg("left to pay: {left}", left=render.money(left_grosze, lang)), lang),
            tables=render.tables(report.tables, lang),
            forms=_forms(visit, ledger, invoice, left_grosze),
            may_submit=invoice.issued.duty == "ksef" and invoice.state not in {"accepted", "withdrawn"},
            may_correct=invoice.issued.corrects is None and invoice.state != "withdrawn",
            has_paper=not invoice.erased and invoice.state != "withdrawn",
        )


def _forms(visit: Visit, ledger: Ledger, invoice: Invoice, left_grosze: int) -> list[FormShown]:
    if visit.seat.kind != "desk" or invoice.state == "withdrawn":
        return []
    wanted = visit.query.get("open", "")
    known = {"on": f"{office_time(ledger.now()):%d.%m.%Y}", "method": "transfer"}
    if left_grosze > 0:
        known["amount_grosze"] = format_amount(left_grosze, lang=visit.lang).replace("\u00a0", "")
    asked = {name: (f"/invoice/{name}", action.label, action.fields) for name, action in ACTIONS.items()}
    if invoice.state == "rejected":
        asked["withdraw"] = ("/withdraw", wording.WITHDRAW, (REASON, SENTENCE))
    return [
        form(
            name,
            f"{address}/{invoice.issued.number}",
            label,
            fields,
            visit.lang,
            seen=invoice.version,
            draft=visit.again(name),
            typed=known,
            is_open=wanted == name,
        )
        for name, (address, label, fields) in asked.items()
    ]


def act(visit: Visit) -> Response:
    """Record what happened to a document."""
    number, name, sent = str(visit.path["number"]), str(visit.path["action"]), form_of(visit.typed)
    page = f"/invoice/{number}"
    action = ACTIONS.get(name)
    if action is None:
        return RedirectResponse(page, 303)
    with opened(visit.desk.settings) as ledger:
        try:
            given = values(action.fields, visit.typed, ledger.now())
            said_by = metadata(visit.desk.settings, visit.seat, sent, seen_of(visit.typed))
            receipt = handle(ledger, said_by, number, action.command(given))
        except LedgerError as error:
            return visit.refused(sent, name, error, page)
    done = wording.REPEATED if receipt.repeated else wording.DONE
    return visit.done(sent, msg("{what}: {done}", what=action.label, done=done), page)


def file(visit: Visit) -> Response:
    """Give a document as it is printed, or its XML as it was issued."""
    number, kind = str(visit.path["number"]), str(visit.path["kind"])
    with opened(visit.desk.settings) as ledger:
        invoice = ledger.find_invoice(number)
        paper = paper_of(ledger, invoice, key_password=secret("SESSION_LEDGER_KSEF_OFFLINE_KEY_PASSWORD"))
        stem = file_stem(paper.document)
        if kind == "xml":
            return download(paper.xml, f"{stem}.xml")
        from cli.presentation.documents.invoice import invoice_pdf

        return download(invoice_pdf(paper, "pl"), f"{stem}.pdf")
