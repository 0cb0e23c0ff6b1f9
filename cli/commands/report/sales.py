"""`session-ledger report sales|receivables|till`: the registers of what was billed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import click

from cli.context import App, pass_app
from cli.options import as_of_option
from cli.output import Column, Report, Row, Table, report_options
from cli.params import CUSTOMER, PERIOD, Now
from cli.presentation.columns import CUSTOMER_CODE, period_document, titled
from cli.presentation.text import Text
from ledger.application.ledger import ERASED, Ledger
from ledger.domain.clock import Period, format_instant, office_time, parse_period
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
    position, moment = app.position_at(as_of)
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


# --- what is still to be paid -----------------------------------------------------------------


@click.command()
@click.option("--customer", type=CUSTOMER, help="Only this customer.")
@as_of_option
@report_options
@pass_app
def receivables(app: App, customer: str | None, as_of: datetime | Now | None) -> Report:
    """What is still to be paid, by how long it is overdue; corrections are counted in.

    \b
    Example:
      session-ledger report receivables -o unpaid.xlsx
    """
    ledger = app.open()
    position, moment = app.position_at(as_of)
    today = office_time(moment).date()
    found = list(view.receivables(view.register(ledger.store, position), today, customer=customer))
    columns = (
        _NUMBER,
        CUSTOMER_CODE,
        _BUYER,
        _ISSUED,
        _DUE,
        _GROSS,
        _PAID,
        Column("left_grosze", Text("Zostało", "Left"), "grosze"),
        Column("days_overdue", Text("Dni po terminie", "Days overdue"), "integer"),
        Column("age", Text("Wiek", "Age")),
    )
    ages: dict[str, int] = {}
    for each in found:
        ages[each.age] = ages.get(each.age, 0) + each.left_grosze
    document = {
        "schema": "session-ledger/report-receivables/1",
        "as_of": format_instant(moment),
        "invoices": [
            {
                "number": each.invoice.issued.number,
                "customer": each.invoice.issued.customer,
                "due_on": each.invoice.issued.due_on.isoformat(),
                "gross_grosze": each.gross_grosze,
                "paid_grosze": each.paid_grosze,
                "left_grosze": each.left_grosze,
                "days_overdue": each.days_overdue,
                "age": each.age,
            }
            for each in found
        ],
        "ages": ages,
        "left_grosze": sum(ages.values()),
    }
    title = Text(f"Należności na {today}", f"Receivables on {today}")
    age_columns = (
        Column("age", Text("Wiek", "Age")),
        Column("left_grosze", Text("Zostało", "Left"), "grosze"),
    )
    tables = (
        Table("receivables", title, columns, _receivable_rows(ledger, found)),
        Table("ages", Text("Według wieku", "By age"), age_columns, list(ages.items())),
    )
    return Report("receivables", title, document, tables, moment)


def _receivable_rows(ledger: Ledger, found: list[view.Receivable]) -> Iterator[Row]:
    for each in found:
        issued = each.invoice.issued
        words = ledger.words(issued.commitment)
        yield (
            issued.number,
            issued.customer,
            ERASED if words is None else words.get("name", ERASED),
            issued.issued_on,
            issued.due_on,
            each.gross_grosze,
            each.paid_grosze,
            each.left_grosze,
            max(each.days_overdue, 0),
            each.age,
        )


# --- what the till settled --------------------------------------------------------------------


@click.command()
@click.option("--period", required=True, type=PERIOD, help="By the day of the receipt.")
@report_options
@pass_app
def till(app: App, period: Period) -> Report:
    """Sessions settled by a receipt of the till, receipt by receipt; VAT is taken once on each.

    An invoice made out to a receipt afterwards changes nothing here: the till has counted the sale.

    \b
    Example:
      session-ledger report till --period 2026-11
    """
    from projections.queries.receipts import receipts

    ledger = app.open()
    moment = ledger.last_recorded_at()
    found = list(receipts(ledger, period))
    columns = (
        Column("receipt", Text("Paragon", "Receipt")),
        Column("on", Text("Dzień", "Day"), "date"),
        Column("sessions", Text("Sesje", "Sessions")),
        _NET,
        _VAT,
        _GROSS,
        Column("invoice", Text("Faktura do paragonu", "Invoice to it")),
    )
    rows: list[Row] = [
        (each.receipt, each.on, tuple(map(str, each.sessions)), *each.sums, each.invoice) for each in found
    ]
    document = {
        "schema": "session-ledger/report-till/1",
        "period": period_document(period),
        "as_of": format_instant(moment),
        "receipts": [
            {
                "receipt": each.receipt,
                "on": each.on.isoformat(),
                "sessions": list(each.sessions),
                "net_grosze": each.sums.net_grosze,
                "vat_grosze": each.sums.vat_grosze,
                "gross_grosze": each.sums.gross_grosze,
                "invoice": each.invoice,
            }
            for each in found
        ],
        "total": {
            "net_grosze": sum(each.sums.net_grosze for each in found),
            "vat_grosze": sum(each.sums.vat_grosze for each in found),
            "gross_grosze": sum(each.sums.gross_grosze for each in found),
        },
    }
    title = titled(Text("Sprzedaż na paragony", "Sales by receipt"), period)
    return Report("till", title, document, (Table("till", title, columns, rows),), moment)
