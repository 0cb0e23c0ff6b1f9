"""`session-ledger invoice export|statement`: documents as files for the buyer and the accountant."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.context import Desk, pass_desk
from cli.files import written_whole
from cli.output import Report, report_options
from cli.params import CUSTOMER, PERIOD
from cli.progress import progress
from cli.words import Lang
from ledger.application import Ledger
from ledger.clock import Period
from ledger.errors import BadCombination, FileTrouble

if TYPE_CHECKING:
    from ledger.document import Paper


@click.command()
@click.argument("numbers", nargs=-1, metavar="N…")
@click.option("--all", "every", is_flag=True, help="Every document, of --period or of all time.")
@click.option("--period", type=PERIOD, help="With --all: only what was issued in it.")
@click.option(
    "-o",
    "--output",
    "folder",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="The folder to put them in; it is made where it is not there.",
)
@click.option("--email", is_flag=True, help="A draft letter beside each, with both files attached.")
@click.option("--lang", type=click.Choice(["pl", "en"]), default="pl", show_default=True)
@pass_desk
def export(
    desk: Desk,
    numbers: tuple[str, ...],
    *,
    every: bool,
    period: Period | None,
    folder: Path,
    email: bool,
    lang: Lang,
) -> None:
    """Write documents as files: the XML that was issued, and its picture on paper with the sessions.

    The same document always gives the same bytes; once KSeF has given its number, the paper shows it.

    \b
    Examples:
      session-ledger invoice export FV/2026/11/0001 -o outbox
      session-ledger invoice export --all --period 2026-11 -o november --email
    """
    from cli.documents.invoice import file_stem
    from ledger.commands.customer_documents import all_documents
    from ledger.commands.papers import paper_of

    if every == bool(numbers) or (period is not None and not every):
        raise BadCombination("name documents, or say --all (with --period or without)")
    ledger = desk.open()
    chosen = list(numbers)
    if every:
        chosen = [
            each.issued.number
            for each in all_documents(ledger)
            if not each.erased and (period is None or period.first <= each.issued.issued_on < period.until)
        ]
    for number in chosen:
        ledger.find_invoice(number)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileTrouble(f"the folder {folder} cannot be made: {error.strerror}") from error
    with progress("invoice export", len(chosen)) as bar:
        for number in chosen:
            paper = paper_of(ledger, number)
            pdf = _pdf(ledger, paper, lang)
            stem = file_stem(paper.document)
            files = {f"{stem}.xml": paper.xml, f"{stem}.pdf": pdf}
            if email:
                from cli.documents.email_draft import eml

                files[f"{stem}.eml"] = eml(paper, pdf, lang)
            for name, content in files.items():
                with written_whole(folder / name) as file:
                    file.write(content)
                desk.emit(str(folder / name))
            bar.advance()


def _pdf(ledger: Ledger, paper: Paper, lang: Lang) -> bytes:
    """The paper as it was first made, kept beside the XML: another release may set it otherwise."""
    from cli.documents.invoice import invoice_pdf
    from ledger.commands import document_files

    digest = hashlib.sha256(paper.xml).hexdigest()
    suffix = f".{paper.tree_size}.{lang}.pdf"
    kept = ledger.folder.documents / f"{digest}{suffix}"
    if kept.is_file():
        return kept.read_bytes()
    pdf = invoice_pdf(paper, lang)
    document_files.keep(ledger.folder.documents, pdf, suffix, name=digest)
    return pdf


@click.command()
@click.option("--period", required=True, type=PERIOD, help="The month the sessions ended in.")
@click.option("--customer", required=True, type=CUSTOMER)
@report_options
@pass_desk
def statement(desk: Desk, period: Period, customer: str) -> Report:
    """A customer's month: every session, free and test sessions too, hour by hour; no billing document.

    \b
    Example:
      session-ledger invoice statement --period 2026-11 --customer K-041 -o november.pdf
    """
    from cli.documents.statement import statement_report
    from ledger.commands.papers import statement_of

    return statement_report(statement_of(desk.open(), customer, period), desk.lang)
