"""`session-ledger tariff list`: every published price list."""

from __future__ import annotations

import click

from cli.context import App, pass_app
from cli.output import Column, Report, Row, Table, report_options
from cli.presentation.text import Text


@click.command("list")
@report_options
@pass_app
def list_(app: App) -> Report:
    """Every price list published, and from when it holds.

    \b
    Example:
      session-ledger tariff list
    """
    ledger = app.open()
    in_force = ledger.state.tariff_at(ledger.last_recorded_at())
    rows: list[Row] = [(t.tariff, t.valid_from, t.digest, t.digest == in_force) for t in ledger.state.tariffs]
    document = {
        "schema": "session-ledger/tariff-list/1",
        "tariffs": [
            {
                "tariff": t.tariff,
                "valid_from": t.valid_from.isoformat(),
                "digest": t.digest,
                "in_force": t.digest == in_force,
            }
            for t in ledger.state.tariffs
        ],
    }
    title = Text("Cenniki", "Price lists")
    columns = (
        Column("tariff", Text("Cennik", "Price list")),
        Column("valid_from", Text("Od", "Valid from"), "date"),
        Column("digest", Text("Skrót", "Digest")),
        Column("in_force", Text("Obowiązuje", "In force"), "boolean"),
    )
    return Report(
        "tariff-list", title, document, (Table("tariffs", title, columns, rows),), ledger.last_recorded_at()
    )
