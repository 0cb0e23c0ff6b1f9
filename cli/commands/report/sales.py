"""`session-ledger report sales`: the sales register."""

from __future__ import annotations

from datetime import datetime

import click

from cli.context import App, pass_app
from cli.options import as_of_option
from cli.output import Column, Report, Row, Table, report_options
from cli.params import PERIOD, Now
from cli.presentation.columns import CUSTOMER_CODE, period_document, titled
from cli.presentation.text import Text
from cli.reading import standing
from ledger.application.ledger import ERASED, Ledger
from ledger.domain.clock import Period, format_instant, parse_period
from ledger.domain.invoice.state import Invoice
from projections.queries import sales_register as view

_NUMBER = Column("number", Text("Numer", "Number"))


_KIND = Column("kind", Text("Rodzaj", "Kind"))


_BUYER = Column("buyer", Text("Nabywca", "Buyer"))


_ISSUED = Column("issued_on", Text("Wystawiono", "Issued"), "date")


_DUE = Column("due_on", Text("Termin", "Due"), "date")


_NET = Column("net_grosze", Text("Netto", "Net"), "grosze")


_VAT = Column("vat_grosze", Text("VAT", "VAT"), "grosze")


_GROSS = Column("gross_grosze", Text("Brutto", "Gross"), "grosze")


_PAID = Column("paid_grosze", Text("Zapłacono", "Paid"), "grosze")


_SALES_COLUMNS = (
    _NUMBER,
    _KIND,
    _ISSUED,
    Column("service_from", Text("Usługa od", "Service from"), "date"),
    Column("service_until", Text("Usługa do", "Service until"), "date"),
    Column("vat_period", Text("Okres VAT", "VAT period")),
    CUSTOMER_CODE,
    _BUYER,
    Column("nip", Text("NIP", "NIP")),
    _NET,
    _VAT,
    _GROSS,
    _DUE,
    _PAID,
    Column("ksef_number", Text("Numer KSeF", "KSeF number")),
    Column("jpk_marker", Text("Znacznik JPK", "JPK marker")),
    Column("receipt", Text("Paragon", "Receipt")),
    Column("counts_in_vat", Text("W sumie VAT", "Counts in VAT")),
    Column("corrects", Text("Koryguje", "Corrects")),
    Column("withdrawn_on", Text("Wycofana", "Withdrawn"), "date"),
    Column("xml_sha256", Text("Skrót XML", "XML hash")),
)


@click.command()
@click.option("--period", required=True, type=PERIOD, help="The months of VAT, or of issue with --by issued.")
@click.option(
    "--by",
    type=click.Choice(["vat", "issued"]),
    default="vat",
    show_default=True,
    help="By the month a document counts in, or by its day of issue.",
)
@as_of_option
@report_options
@pass_app
def sales(app: App, period: Period, by: str, as_of: datetime | Now | None) -> Report:
    """The sales register: every document, how it is taxed and where the tax declaration names it.

    A reduction outside KSeF counts in the month in which the buyer confirmed it; until then it stands
    in the month of issue with no VAT period, and is not in the sums. Neither is an invoice made out
    to a receipt, which the till has counted. A withdrawn one is listed without amounts: its number is taken.

    \b
    Examples:
      session-ledger report sales --period 2026-11
      session-ledger report sales --period 2026-11 -o november.xlsx
    """
    ledger = app.open()
    position, moment = standing(ledger, as_of)
    found = view.register(ledger.store, position)
    chosen = [(d, view.vat_period(found, d)) for d in found.documents.values()]
    chosen = [(d, month) for d, month in chosen if _is_of(d, month, period, by)]
    rows = [_sales_row(ledger, found, d, month) for d, month in chosen]
    counted = [d.issued for d, month in chosen if month is not None and d.issued.receipt is None]
    total = {
        "documents": len(counted),
        "net_grosze": sum(issued.net_grosze for issued in counted),
        "vat_grosze": sum(issued.vat_grosze for issued in counted),
        "gross_grosze": sum(issued.gross_grosze for issued in counted),
    }
    keys = [column.key for column in _SALES_COLUMNS]
    document = {
        "schema": "session-ledger/report-sales/1",
        "period": period_document(period),
        "by": by,
        "as_of": format_instant(moment),
        "documents": [dict(zip(keys, map(_plain, row), strict=True)) for row in rows],
        "total": total,
    }
    waiting = [d.issued.number for d, month in chosen if month is None and d.state != "withdrawn"]
    if waiting:
        app.say(
            Text(
                pl=f"bez okresu VAT, poza sumą, do potwierdzenia przez nabywcę: {', '.join(waiting)}",
                en=f"no VAT period, not in the sums, until the buyer confirms: {', '.join(waiting)}",
            )
        )
        app.hint(f"session-ledger invoice received {waiting[0]} --on DAY")
    title = titled(Text("Rejestr sprzedaży", "Sales register"), period)
    tables = (Table("sales", title, _SALES_COLUMNS, rows), _total_table(total))
    return Report("sales", title, document, tables, moment)


def _is_of(invoice: Invoice, month: str | None, period: Period, by: str) -> bool:
    if by == "issued" or month is None:
        return period.first <= invoice.issued.issued_on < period.until
    first = parse_period(month).first
    return period.first <= first < period.until


def _sales_row(ledger: Ledger, found: view.Register, invoice: Invoice, month: str | None) -> Row:
    from ledger.fa3.jpk import jpk_marker

    issued = invoice.issued
    words = ledger.words(issued.commitment)
    days = [line.service_on for line in issued.lines]
    accepted = None if invoice.accepted is None else invoice.accepted.ksef_number
    sent = invoice.submissions[-1].mode if invoice.submissions else None
    is_withdrawn = invoice.state == "withdrawn"
    amounts = (issued.net_grosze, issued.vat_grosze, issued.gross_grosze, issued.due_on, invoice.paid_grosze)
    return (
        issued.number,
        view.kind_of(issued),
        issued.issued_on,
        min(days, default=None),
        max(days, default=None),
        month,
        issued.customer,
        ERASED if words is None else words.get("name", ERASED),
        None if words is None or issued.consumer else words.get("nip") or words.get("vat_id"),
        *([None] * len(amounts) if is_withdrawn else amounts),
        accepted,
        None if is_withdrawn else jpk_marker(issued.duty, accepted, sent).field,
        issued.receipt,
        "no" if month is None or issued.receipt is not None else "yes",
        None if issued.corrects is None else found.original_of(invoice).issued.number,
        view.withdrawn_on(invoice),
        issued.xml_sha256,
    )


def _plain(cell: object) -> object:
    return cell if cell is None or isinstance(cell, str | int) else str(cell)


def _total_table(total: dict[str, int]) -> Table:
    columns = (Column("documents", Text("Dokumenty", "Documents"), "integer"), _NET, _VAT, _GROSS)
    return Table("total", Text("Razem", "Total"), columns, [tuple(total.values())])
