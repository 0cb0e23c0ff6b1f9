"""`session-ledger tariff name`: name a band of a published price list."""

from __future__ import annotations

import click

from cli.commands.tariff.price_list import find_price_list
from cli.context import App, pass_app
from cli.options import Recording, recording_options
from cli.presentation.text import Text
from ledger.domain.tariff.sections import BandName
from ledger.errors import BadText
from ledger.message import msg

LABEL_MAX_CHARACTERS = 60


@click.command()
@click.argument("tariff")
@click.argument("band")
@click.option("--pl", required=True, help="In Polish, as invoices say it: w niedziele.")
@click.option("--en", required=True, help="In English: Sundays.")
@recording_options
@pass_app
def name(app: App, recording: Recording, tariff: str, band: str, pl: str, en: str) -> None:
    """Name a band that a published price list left without a name; it stands on documents, and stays.

    A new list names its bands itself: [bands.sunday] name = { pl = "w niedziele", en = "Sundays" }.

    \b
    Example:
      session-ledger tariff name pomoc-zdalna-2026 sunday --pl "w niedziele" --en Sundays
    """
    from ledger.handlers import settings

    ledger = app.open()
    names = BandName(pl=_label(pl, "--pl"), en=_label(en, "--en"))
    listed = find_price_list(ledger, tariff)
    receipt = settings.name_bands(ledger, recording.said(), listed, {band: names})
    line = Text(pl=f"Pora {band}: {names.pl} / {names.en}", en=f"Band {band}: {names.pl} / {names.en}")
    recording.tell(app, line, receipt)


def _label(text: str, option: str) -> str:
    """Return a name without blanks around it; raises BadText for an empty, long or many-lined one."""
    label = text.strip()
    if not 1 < len(label) <= LABEL_MAX_CHARACTERS or any(each in label for each in "\r\n\t"):
        raise BadText(
            msg("{option}: {text!r} is no name of 2 to 60 characters on one line", option=option, text=text)
        )
    return label
