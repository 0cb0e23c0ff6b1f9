"""`session-ledger session certificate`: the confirmation of deletion."""

from __future__ import annotations

from pathlib import Path

import click

from cli.arguments import session_argument
from cli.context import App, pass_app
from cli.options import Recording, if_version_option, recording_options
from cli.presentation import next_steps
from cli.presentation.text import Lang
from cli.presentation.whole_file import check_writable, written_whole
from cli.registry import tool
from ledger.errors import UnknownFormat
from ledger.message import Hint, Seconds, msg

_SUFFIXES = (".pdf", ".json")


@click.command()
@session_argument
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write it there, as .pdf or .json.",
)
@click.option("--lang", type=click.Choice(["pl", "en"]), help="The language of the document.")
@if_version_option
@recording_options
@pass_app
def certificate(app: App, recording: Recording, session: str, output: Path | None, lang: Lang | None) -> None:
    """Confirm that a session's data were deleted: only what was measured, with the proof in the log.

    Issued once: again, it is the same document byte for byte, until a correction changes what it says.
    A deletion that was only declared is never confirmed.

    \b
    Examples:
      session-ledger session certificate 17 -o confirmation-17.pdf
      session-ledger session certificate 17 -o confirmation-17.json
    """
    from cli.presentation.documents.certificate import document_of, pdf_of
    from cli.presentation.wording.certificate import VERDICTS
    from cli.presentation.wording.deletion_marks import MARKS
    from ledger.fa3.seller import shop_of
    from ledger.handlers.certificate import certify

    if output is not None:
        check_writable(output)
        if output.suffix.lower() not in _SUFFIXES:
            raise UnknownFormat(
                msg("the name of {name} does not tell a format", name=output.name),
                hint=Hint("name a .pdf or a .json file"),
            )
    confirmation = certify(app.open(), recording.said(), session, tool=tool())
    if output is not None:
        from cli.presentation.formats.json_file import pretty

        document = document_of(confirmation)
        is_pdf = output.suffix.lower() == ".pdf"
        with written_whole(output) as file:
            file.write(
                pdf_of(confirmation, shop_of(app.open().folder.read_config()), lang or app.lang)
                if is_pdf
                else pretty(document)
            )
        app.say_written(output)
    issued = confirmation.issued
    said = VERDICTS[issued.verdict]
    line = msg(
        "Confirmation {id}: {said}, {delay} after the end",
        id=confirmation.id,
        said=said,
        delay=Seconds(issued.delay_seconds),
    )
    recording.tell(app, line, confirmation.receipt, certificate=confirmation.id)
    for mark in confirmation.marks.marks:
        app.say(MARKS[mark])
    if output is None:
        app.hint(next_steps.after_certificate(confirmation.number))
