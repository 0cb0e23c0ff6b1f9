"""`session-ledger payment import`: transfers of a bank's file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.context import App, pass_app
from cli.options import Recording, dry_run_option, recording_options
from cli.presentation import next_steps
from cli.progress import progress
from ledger.errors import BadBankFile
from ledger.folder.bounded_read import read_at_most
from ledger.message import Hint, msg, system_text

if TYPE_CHECKING:
    from ledger.sources.bank.import_statement import TakenBankFile

SIZE_MAX_BYTES = 64 * 1024 * 1024


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--account", metavar="NRB", help="Our own account, where the file does not name it (iPKO).")
@click.option("--encoding", metavar="E", help="The file's code page, where it cannot be told: cp1250.")
@click.option(
    "--anyway", is_flag=True, help="Take days that came in another format; nothing is certain then."
)
@dry_run_option
@recording_options
@pass_app
def import_(
    app: App,
    recording: Recording,
    files: tuple[Path, ...],
    account: str | None,
    encoding: str | None,
    *,
    anyway: bool,
    dry_run: bool,
) -> None:
    """Import transfers of bank statements: MT940, camt.053, CSV of mBank, PKO BP (iPKO) and Pekao.

    A file is taken whole or not at all, and the same file again changes nothing. What is certain is proposed,
    the rest is listed for a person; nothing is paid until payment confirm or payment assign says so.

    \b
    Examples:
      session-ledger payment import wyciag.sta --dry-run
      session-ledger payment import historia.csv --account "46 1020 5561 0000 9900 0000 0011"
    """
    from cli.presentation.tables.payments import import_document, statement_line, statement_notes
    from ledger.sources.bank.import_statement import StatementOptions, import_bank_file

    ledger, found = app.open(), False
    for number, file in enumerate(files, start=1):
        said = recording.said()
        if number > 1 and said.command_id is not None:
            said = said._replace(command_id=f"{said.command_id}#{number}")
        raw = _bytes_of(file)
        with progress(file.name, raw.count(b"\n")) as bar:
            options = StatementOptions(encoding, account, anyway)
            taken = import_bank_file(
                ledger, said, (file.name, raw), options, dry_run=dry_run, progress=bar.advance
            )
        for each in taken.statements:
            for note in statement_notes(each, taken.name):
                app.say(note)
            if not recording.as_json:
                app.emit(statement_line(each, taken.name))
        if recording.as_json:
            app.emit(import_document(taken))
        _tell(app, taken, taken.names if dry_run else [])
        if not dry_run and not taken.events:
            app.say(msg("nothing new; nothing was changed"))
        found = found or bool(taken.events)
    if found:
        app.hint(next_steps.AFTER_PAYMENT_IMPORT)


def _bytes_of(file: Path) -> bytes:
    try:
        if file.stat().st_size > SIZE_MAX_BYTES:
            raise BadBankFile(
                msg("{file} is larger than {limit} MiB", file=file.name, limit=SIZE_MAX_BYTES // 1024**2)
            )
        return read_at_most(file, SIZE_MAX_BYTES)
    except OSError as error:
        why = msg("Is a directory") if file.is_dir() else system_text(error)  # Windows says: access denied
        hint = Hint("name a file that is there and that you may read")
        raise BadBankFile(
            msg("{name} cannot be read: {error}", name=file.name, error=why), hint=hint
        ) from error


def _tell(app: App, taken: TakenBankFile, names: list[str]) -> None:
    name, other_currency, encoding = taken.name, taken.file.other_currency, taken.file.encoding
    if not taken.file.statements and not other_currency:
        app.say(msg("{name}: no transfer is in the file", name=name))
    if other_currency:
        app.say(
            msg(
                "{name}: statements in another currency, left out: {other_currency}",
                name=name,
                other_currency=other_currency,
            )
        )
    if names:
        listed = ", ".join(names)
        app.say(
            msg(
                "{name}: encoding {encoding}; names read so: {listed}",
                name=name,
                encoding=encoding,
                listed=listed,
            )
        )
