"""`session-ledger invoice export|statement`: documents as files, and a customer's sessions on paper."""

from __future__ import annotations

from pathlib import Path

import click

from cli.context import Desk, pass_desk
from cli.files import check_writable, written_whole
from cli.invoice import number_argument
from cli.output import Report, report_options
from cli.params import CUSTOMER, PERIOD
from cli.words import Lang, Text
from ledger.clock import Period
from ledger.document import Paper
from ledger.errors import UnknownFormat

_SUFFIXES = (".pdf", ".xml", ".eml")


@click.command()
@number_argument
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write it there, as .pdf, .xml or .eml.",
)
@click.option("--lang", type=click.Choice(["pl", "en"]), default="pl", help="Of PDF and letter. Default: pl.")
@pass_desk
def export(desk: Desk, number: str, output: Path, lang: Lang) -> None:
    """Write a document as a file: .xml as it was issued, .pdf as it is printed, .eml a letter with both.

    The paper is the picture of the XML, with the sessions behind each line and the XML attached. A letter
    is only written, never sent.

    \b
    Examples:
      session-ledger invoice export FV/2026/11/0001 -o FV-2026-11-0001.pdf
      session-ledger invoice export FV/2026/11/0001 -o FV-2026-11-0001.eml
    """
    from ledger.commands.papers import paper_of

    check_writable(output)
    suffix = output.suffix.lower()
    if suffix not in _SUFFIXES:
        raise UnknownFormat(
            f"the name of {output.name} does not tell a format", hint="name a .pdf, an .xml or an .eml file"
        )
    ledger = desk.open()
    paper = paper_of(ledger, ledger.find_invoice(number))
    with written_whole(output) as file:
        file.write(_content(paper, suffix, lang))
    desk.say(Text(pl=f"zapisano {output}", en=f"wrote {output}"))
    if suffix != ".xml":
        how = "email" if suffix == ".eml" else "post"
        desk.hint(f"session-ledger invoice sent {number} --how {how} --on DAY")


def _content(paper: Paper, suffix: str, lang: Lang) -> bytes:
    if suffix == ".xml":
        return paper.xml
    from cli.documents.email_draft import eml
    from cli.documents.invoice import invoice_pdf

    pdf = invoice_pdf(paper, lang)
    return pdf if suffix == ".pdf" else eml(paper, pdf, lang)


@click.command()
@click.option("--period", required=True, type=PERIOD, help="Sessions stand in the month they ended.")
@click.option("--customer", required=True, type=CUSTOMER, help="Whose sessions.")
@report_options
@pass_desk
def statement(desk: Desk, period: Period, customer: str) -> Report:
    """A customer's sessions of a period as they stand now, free and test sessions too; no invoice.

    \b
    Examples:
      session-ledger invoice statement --period 2026-11 --customer K-041
      session-ledger invoice statement --period 2026-11 --customer K-041 -o statement.pdf
    """
    from cli.documents.statement import statement_report
    from cli.reading import reading, resolved_customer
    from ledger.commands.papers import statement_of
    from projections import billing

    book = click.get_current_context().with_resource(reading(desk, None))
    found = billing.of_period(book.views, period, customer=resolved_customer(book, customer))
    streams = [book.ledger.find_session(str(each.session))[0] for each in found.sessions]
    return statement_report(statement_of(book.ledger, customer, period, streams, book.as_of), desk.lang)
