"""`session-ledger init`: a new ledger."""

from __future__ import annotations

from datetime import date

import click

from cli.context import Desk, pass_desk
from cli.options import Recording, recording_options
from cli.params import DATE
from cli.words import Text


@click.command()
@click.option("--name", help="The ledger's name, printed on its proofs. Default: the folder's name.")
@click.option("--billing-from", type=DATE, help="What ended before was billed elsewhere; never billed here.")
@click.option("--testing", is_flag=True, help="A ledger for trying: it obeys SESSION_LEDGER_NOW.")
@recording_options
@pass_desk
def init(
    desk: Desk, recording: Recording, name: str | None, billing_from: date | None, *, testing: bool
) -> None:
    """Make a ledger folder: settings, keys, and the shop's price list in force.

    \b
    Example:
      session-ledger --ledger ./ledger init --billing-from 2026-11-01
    """
    from ledger.application import Ledger
    from ledger.commands.book import shop_tariff_text

    folder = desk.ledger_dir
    with Ledger.create(
        folder,
        desk.surroundings(),
        recording.said(),
        origin=name or folder.resolve().name,
        tariff_text=shop_tariff_text(),
        billing_from=billing_from,
        testing=testing,
    ) as ledger:
        made = {"schema": "session-ledger/init/1", "ledger": str(folder), "origin": ledger.book.origin}
    if recording.as_json:
        desk.emit(made)
    else:
        desk.emit(Text(pl=f"Księga założona w {folder}", en=f"Ledger made in {folder}"))
    desk.hint(f"session-ledger --ledger {folder} customer import customers.csv")
