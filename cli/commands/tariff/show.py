"""`session-ledger tariff show`: one price list, or its text as a file to change."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from cli.commands.tariff.price_list import find_price_list
from cli.context import App, pass_app
from cli.output import FORMATS, check_target, deliver, format_of
from cli.presentation.tables.tariff import tariff_report, tariff_text_report
from cli.presentation.whole_file import check_writable, written_whole

_FILE_SUFFIXES = (".toml", ".txt", "")
"""Suffixes of a file that gets the text as it was published."""


@click.command()
@click.argument("tariff", required=False)
@click.option("--text", "whole", is_flag=True, help="The published text itself, byte for byte.")
@click.option("-f", "--format", "chosen", type=click.Choice(list(FORMATS)), help="Default: table.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, allow_dash=True),
    metavar="FILE",
    help="Write there instead; with --text a .toml file is the price list itself.",
)
@pass_app
def show(app: App, tariff: str | None, *, whole: bool, chosen: str | None, output: Path | None) -> None:
    """Show a price list: bands, prices and the assumptions it names. Default: the one in force.

    \b
    Examples:
      session-ledger tariff show
      session-ledger tariff show --text -o 2027.toml
    """
    ledger = app.open()
    file = None if output == Path("-") else output
    if whole and chosen is None and (file is None or file.suffix.lower() in _FILE_SUFFIXES):
        _write_text(app, find_price_list(ledger, tariff).text, file)
        return
    name = format_of(chosen, file)
    check_target(name, file)
    listed = find_price_list(ledger, tariff)
    as_of = ledger.last_recorded_at()
    report = tariff_text_report if whole else None
    found = (
        report(listed, as_of)
        if report
        else tariff_report(
            listed,
            ledger.tariff(listed.digest),
            as_of,
            ledger.state.band_names.get(listed.digest, {}),
            app.lang,
        )
    )
    deliver(found, app, name, file)


def _write_text(app: App, text: str, file: Path | None) -> None:
    if file is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()
        return
    check_writable(file)
    with written_whole(file) as out:
        out.write(text.encode())
    app.say_written(file)
