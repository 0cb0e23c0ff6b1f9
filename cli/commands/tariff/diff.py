"""`session-ledger tariff diff`: the lines in which two price lists differ."""

from __future__ import annotations

import difflib
from pathlib import Path

import click

from cli.commands.tariff.price_list import find_price_list, read_price_list
from cli.context import App, pass_app
from ledger.errors import BadTariff


@click.command()
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@pass_app
def diff(app: App, before: str, after: str) -> None:
    """Show the lines in which two price lists differ; each an id, a digest, or a file.

    \b
    Example:
      session-ledger tariff diff pomoc-zdalna-2024 new.toml
    """
    ledger = app.open()
    texts = [
        _as_published(Path(named)) if Path(named).is_file() else find_price_list(ledger, named).text
        for named in (before, after)
    ]
    lines = difflib.unified_diff(
        texts[0].splitlines(), texts[1].splitlines(), before, after, lineterm="", n=1
    )
    for line in lines:
        app.emit(line)


def _as_published(file: Path) -> str:
    """Return the text of a file as it would be published, with the public holidays if it can be parsed."""
    from ledger.domain.tariff.calendar import publishable

    text = read_price_list(file)
    try:
        return publishable(text)
    except BadTariff:
        return text
