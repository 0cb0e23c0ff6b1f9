"""`session-ledger invoice verify`: compare a file with the issued documents."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.context import App, pass_app
from ledger.message import Message, msg, system_text

if TYPE_CHECKING:
    from ledger.domain.invoice.state import Invoice


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.xml")
@click.option("-f", "--format", "answer", type=click.Choice(["text", "json"]), default="text")
@click.pass_context
@pass_app
def verify(app: App, ctx: click.Context, file: Path, answer: str) -> None:
    """Check by its SHA-256 if a file is a document that was issued here; 3 if it is not.

    One that was withdrawn counts for nothing: 3 as well.

    \b
    Example:
      session-ledger invoice verify FV-2026-11-0001.xml
    """
    import hashlib

    from ledger.errors import FileTrouble
    from ledger.folder.bounded_read import DOCUMENT_BYTES_MAX, read_at_most

    try:
        digest = hashlib.sha256(read_at_most(file, DOCUMENT_BYTES_MAX)).hexdigest()
    except OSError as error:
        raise FileTrouble(
            msg("{name} cannot be read: {error}", name=file.name, error=system_text(error))
        ) from error
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


def _verified(invoice: Invoice | None) -> Message:
    if invoice is None:
        return msg("no document of this ledger has these bytes")
    number = invoice.issued.number
    if invoice.state == "withdrawn":
        return msg("{number}: these very bytes, and withdrawn: it counts for nothing", number=number)
    return msg("{number}: these very bytes", number=number)
