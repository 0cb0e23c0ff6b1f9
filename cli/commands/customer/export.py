"""`session-ledger customer export`: everything held about one person."""

from __future__ import annotations

from pathlib import Path

import click

from cli.context import App, pass_app
from cli.output import check_target, deliver, format_of
from cli.params import CUSTOMER
from cli.presentation.tables.customer_data import customer_data_report
from ledger.errors import FileTrouble
from ledger.handlers.privacy import access as holdings
from ledger.handlers.privacy import erasure_request as erasing
from ledger.message import Hint, msg

_FILES = ("json", "html")
"""Formats written into a folder: for machines, and for the person."""


@click.command()
@click.argument("code", type=CUSTOMER)
@click.option(
    "-o",
    "--output",
    "target",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FILE|DIR",
    help="A file, its suffix tells the format; or a folder that is there, for JSON and a page.",
)
@pass_app
def export(app: App, code: str, target: Path) -> None:
    """Export everything held about one person, under every code that counts as theirs.

    Registration data and their changes, purchases, sessions with contact, remote ID, description, notes
    and reasons, what of it is kept by which law until when, and what was erased when. The files hold
    personal data in clear.

    \b
    Example:
      session-ledger customer export K-041 -o K-041.json
    """
    ledger = app.open()
    files = [target]
    if target.is_dir():
        files = [target / f"customer-{code}.{suffix}" for suffix in _FILES]
    for file in files:
        check_target(format_of(None, file), file)
    if len(files) > 1 and any(file.exists() for file in files):
        raise FileTrouble(
            msg("an export of customer {code} stands there already", code=code),
            hint=Hint("name another folder"),
        )
    found = holdings.holdings(ledger, code)
    kept = erasing.plan(ledger, code).kept
    for file in files:
        report = customer_data_report(code, found, kept, ledger.last_recorded_at(), app.lang)
        deliver(report, app, format_of(None, file), file)
    app.hint(Hint("the files hold personal data in clear; hand them over and delete them"))
