"""`session-ledger invoice export`: documents as files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import click

from cli.commands.invoice.document_period import by_option, chosen_in
from cli.context import App, pass_app
from cli.params import DOCUMENT_NUMBER, PERIOD
from cli.presentation import next_steps
from cli.presentation.documents.invoice import file_stem
from cli.presentation.text import Lang
from cli.presentation.whole_file import check_writable, written_whole
from cli.progress import progress
from ledger.domain.clock import Period
from ledger.domain.invoice.document import Paper
from ledger.domain.invoice.state import Invoice
from ledger.errors import BadCombination
from ledger.folder.atomic_write import make_folder
from ledger.folder.not_written import not_written
from ledger.handlers.invoice.printout import paper_of
from ledger.handlers.privacy.invoices import all_documents
from ledger.message import msg
from projections.queries.sales_register import PeriodBy

WORTH_PROCESSES = 40
"""Documents that take longer to set than processes take to start."""
_SUFFIXES = (".xml", ".pdf", ".eml")


@click.command()
@click.argument("numbers", nargs=-1, type=DOCUMENT_NUMBER, metavar="N…")
@click.option("--all", "every", is_flag=True, help="Every document, of --period or of all time.")
@click.option(
    "--period", type=PERIOD, help="With --all: only what was issued in it, as 2026-11 or 11.2026; see --by."
)
@by_option
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    metavar="DIR|FILE",
    help="A folder for them, made where it is missing; for one document a .pdf, .xml or .eml file.",
)
@click.option("--email", is_flag=True, help="In the folder a draft letter too, with both files attached.")
@click.option("--lang", type=click.Choice(["pl", "en"]), default="pl", help="Of PDF and letter. Default: pl.")
@pass_app
def export(
    app: App,
    numbers: tuple[str, ...],
    *,
    every: bool,
    period: Period | None,
    by: PeriodBy,
    output: Path,
    email: bool,
    lang: Lang,
) -> None:
    """Write documents as files: .xml as it was issued, .pdf as it is printed, .eml a letter with both.

    The paper is the picture of the XML, with the sessions behind each line and the XML attached. A letter
    is only written, never sent. Of a withdrawn document there is no paper; --all leaves it out.

    \b
    Examples:
      session-ledger invoice export --all --period 2026-11 --by help -o november --email
      session-ledger invoice export FV/2026/11/0001 -o FV-2026-11-0001.pdf
    """
    if every == bool(numbers) or (period is not None and not every):
        raise BadCombination(msg("name documents, or say --all, with --period or without"))
    ledger = app.open()
    if output.suffix.lower() in _SUFFIXES and len(numbers) == 1:
        check_writable(output)
        _export_one(app, ledger.find_invoice(numbers[0]), output, lang)
        return
    chosen = [ledger.find_invoice(number) for number in numbers] or _documents(app, period, by)
    _make(output)
    suffixes = _SUFFIXES if email else _SUFFIXES[:2]
    with progress("invoice export", len(chosen)) as bar:
        for paper, pdf in _set(app, chosen, lang):
            for suffix in suffixes:
                file = output / f"{file_stem(paper.document)}{suffix}"
                with written_whole(file) as out:
                    out.write(_content(app, paper, pdf, suffix, lang))
                app.emit(str(file))
            bar.advance()


def _set(app: App, chosen: Sequence[Invoice], lang: Lang) -> Iterator[tuple[Paper, bytes]]:
    """Yield the documents with their PDF; many are set by several processes."""
    from cli.presentation.documents.invoice import invoice_pdf
    from projections.engine.blocks import PROCESSES
    from projections.engine.pool import Processes, in_order

    papers, work = (_paper(app, invoice) for invoice in chosen), partial(invoice_pdf, lang=lang)
    if len(chosen) < WORTH_PROCESSES or PROCESSES == 1:
        yield from in_order(None, work, papers)
        return
    with Processes(PROCESSES) as others:
        yield from in_order(others, work, papers)


def _documents(app: App, period: Period | None, by: PeriodBy) -> list[Invoice]:
    """Return every document of a period that has a paper; say so where there is none."""
    kept = [each for each in all_documents(app.open()) if not each.erased and each.state != "withdrawn"]
    found = chosen_in(app, kept, period, by)
    if not found:
        app.say(msg("no file was written"))
    return found


def _make(folder: Path) -> None:
    try:
        make_folder(folder)
    except OSError as error:
        otherwise = msg("the folder {folder} cannot be made: {error}").of(folder=folder)
        raise not_written(error, folder, otherwise=otherwise) from error


def _export_one(app: App, invoice: Invoice, output: Path, lang: Lang) -> None:
    from cli.presentation.documents.invoice import invoice_pdf

    suffix = output.suffix.lower()
    paper = _paper(app, invoice)
    pdf = b"" if suffix == ".xml" else invoice_pdf(paper, lang)
    with written_whole(output) as file:
        file.write(_content(app, paper, pdf, suffix, lang))
    app.say_written(output)
    if suffix != ".xml":
        how = "email" if suffix == ".eml" else "post"
        app.hint(next_steps.record_sent(invoice.issued.number, how))


def _paper(app: App, invoice: Invoice) -> Paper:
    """Return the printed document; say so if it was rejected, or lacks KOD II and is not in KSeF yet."""
    paper = paper_of(app.open(), invoice, key_password=app.offline_key_password())
    if invoice.state == "rejected":
        number = paper.document.number
        app.say(msg("{number}: KSeF rejected it", number=number))
        app.hint(next_steps.withdraw_or_submit(number))
    elif paper.in_ksef and paper.ksef_number is None and paper.issuer_url is None:
        number = paper.document.number
        app.say(
            msg(
                "{number}: paper without KOD II; give it to the buyer when KSeF has given its number",
                number=number,
            )
        )
    return paper


def _content(app: App, paper: Paper, pdf: bytes, suffix: str, lang: Lang) -> bytes:
    if suffix == ".xml":
        return paper.xml
    from cli.presentation.documents.email_draft import eml
    from ledger.fa3.seller import shop_of

    if suffix == ".pdf":
        return pdf
    return eml(paper, pdf, lang, shop_of(app.open().folder.read_config()))
