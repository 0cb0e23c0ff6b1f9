"""`session-ledger config …`: what this ledger is told about its shop."""

from __future__ import annotations

import click

from cli.context import Desk, pass_desk
from cli.options import Recording, recording_options
from cli.output import Column, Report, Row, Table, report_options
from cli.params import SETTING
from cli.words import Text
from ledger.book import SETTINGS

_ALIASES = {"purge.sla": "purge.sla_seconds"}
"""Shorter names that are accepted."""


@click.command()
@report_options
@pass_desk
def show(desk: Desk) -> Report:
    """Every setting, what it holds, and where that stands: an event, ledger.toml, or the default.

    \b
    Example:
      session-ledger config show
    """
    ledger = desk.open()
    book = ledger.book
    found: list[tuple[str, str, str]] = [
        ("origin", book.origin, "event"),
        ("billing.from", "" if book.billing_from is None else book.billing_from.isoformat(), "event"),
        ("testing", str(book.testing).lower(), "event"),
    ]
    found += [
        (key, str(value), "default" if value == SETTINGS[key] else "event")
        for key, value in book.settings.items()
    ]
    found += [(key, str(value), "ledger.toml") for key, value in ledger.folder.read_config().items()]
    columns = (
        Column("key", Text("Ustawienie", "Setting")),
        Column("value", Text("Wartość", "Value")),
        Column("from", Text("Skąd", "From")),
    )
    rows: list[Row] = list(found)
    document = {
        "schema": "session-ledger/config/1",
        "settings": [{"key": key, "value": value, "from": source} for key, value, source in found],
    }
    title = Text("Ustawienia", "Settings")
    return Report(
        "config", title, document, (Table("settings", title, columns, rows),), ledger.last_recorded_at()
    )


@click.command()
@pass_desk
def check(desk: Desk) -> None:
    """What is missing or wrong in ledger.toml; silent and 0 when all is well.

    \b
    Example:
      session-ledger config check
    """
    desk.open()


@click.command("set")
@click.argument("settings", nargs=-1, required=True, type=SETTING, metavar="KEY=VALUE…")
@recording_options
@pass_desk
def set_(desk: Desk, recording: Recording, settings: tuple[tuple[str, str], ...]) -> None:
    """Change settings that change results; each change is an event and stays in the history.

    purge.sla: the time allowed for deleting a session's data (15m, 900s).
    purge.abandoned_days: after how many days a request that came to nothing counts as abandoned.

    \b
    Example:
      session-ledger config set purge.sla=10m
    """
    from ledger.book import parse_setting
    from ledger.commands import book
    from ledger.said import Receipt

    ledger = desk.open()
    named = [(_ALIASES.get(key, key), text) for key, text in settings]
    changes = {key: parse_setting(key, text) for key, text in named}
    receipt = book.change_settings(ledger, recording.said(), changes)
    if receipt is None:
        desk.say(Text(pl="tak już jest; nic nie zmieniono", en="so it is already; nothing was changed"))
        receipt = Receipt((), ledger.last_recorded_at())
    recording.tell(desk, "\n".join(f"{key} = {value}" for key, value in changes.items()), receipt)
