"""`session-ledger tariff check`: lint a price list file."""

from __future__ import annotations

from pathlib import Path

import click

from cli.commands.tariff.price_list import read_price_list
from cli.context import App, pass_app
from ledger.errors import TariffFaults
from ledger.message import msg, plain


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@pass_app
def check(app: App, file: Path) -> None:
    """Lint a price list file; silent and 0 when all is well, 3 otherwise.

    Every minute of every week is priced once, every price has its sentence, no key is unknown, and
    its own examples come out as they say.

    \b
    Example:
      session-ledger tariff check new.toml
    """
    from ledger.domain.rating.tariff_lint import lint

    problems = lint(read_price_list(file))
    for problem in problems:
        app.emit(plain("{file}: {problem}", file=file.name, problem=problem))
    if problems:
        raise TariffFaults(msg("faults in {name}: {count}", name=file.name, count=len(problems)))
