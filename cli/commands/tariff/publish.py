"""`session-ledger tariff publish`: put a price list into force."""

from __future__ import annotations

from pathlib import Path

import click

from cli.commands.tariff.price_list import read_price_list
from cli.context import App, pass_app
from cli.options import Recording, personal_option, recording_options, yes_option
from cli.presentation import next_steps
from ledger.errors import TariffFaults
from ledger.message import msg, plain


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--retroactive", is_flag=True, help="It begins before the last recorded connection.")
@personal_option("--reason", help="Why; needed with --retroactive.")
@yes_option
@recording_options
@pass_app
def publish(
    app: App, recording: Recording, file: Path, reason: str | None, *, retroactive: bool, yes: bool
) -> None:
    """Publish a price list, in force from its valid_from on. It is linted first; it cannot be withdrawn.

    Recorded sessions keep the list they were connected under.

    \b
    Example:
      session-ledger tariff publish 2027.toml --yes
    """
    from ledger.handlers import settings as state

    text = read_price_list(file)
    if recording.command_id is None:  # a repeat is known by its id, whatever is asked of lists today
        _tell_faults(app, file.name, text)
    app.confirm(msg("Publish {name}? It stays.", name=file.name), yes=yes)
    try:
        receipt = state.publish(app.open(), recording.said(), text, retroactive=retroactive, reason=reason)
    except TariffFaults:
        _tell_faults(app, file.name, text)
        raise
    recording.tell(app, msg("Price list published"), receipt)
    app.hint(next_steps.AFTER_TARIFF_PUBLISH)


def _tell_faults(app: App, name: str, text: str) -> None:
    """Name what is wrong with a price list; raises TariffFaults where anything is."""
    from ledger.domain.rating.tariff_lint import lint

    problems = lint(text)
    for problem in problems:
        app.say(plain("{file}: {problem}", file=name, problem=problem))
    if problems:
        raise TariffFaults(msg("faults in {name}: {count}", name=name, count=len(problems)))
