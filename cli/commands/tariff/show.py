"""`session-ledger tariff show`: one price list."""

from __future__ import annotations

import click

from cli.commands.tariff.price_list import find_price_list
from cli.context import App, pass_app
from cli.output import Column, Report, Row, Table, report_options
from cli.presentation.text import Text


@click.command()
@click.argument("tariff", required=False)
@click.option("--text", "whole", is_flag=True, help="The published text itself.")
@report_options
@pass_app
def show(app: App, tariff: str | None, *, whole: bool) -> Report:
    """A price list: bands, discounts, and the assumptions it names. Default: the one in force.

    \b
    Example:
      session-ledger tariff show
    """
    ledger = app.open()
    listed = find_price_list(ledger, tariff)
    parsed = ledger.tariff(listed.digest)
    if whole:
        lines: list[Row] = [(line,) for line in listed.text.splitlines()]
        table = Table("text", Text("Tekst", "Text"), (Column("line", Text("Wiersz", "Line")),), lines)
        document: dict[str, object] = {"schema": "session-ledger/tariff-text/1", "text": listed.text}
        return Report("tariff", table.title, document, (table,), ledger.last_recorded_at())
    bands: list[Row] = [
        (band_id, band.multiplier, parsed.list_grosze(band_id), band.quote)
        for band_id, band in parsed.bands.items()
    ]
    assumptions: list[Row] = [(a.id, a.question, a.chosen, a.favours, a.reason) for a in parsed.assumptions]
    document = {
        "schema": "session-ledger/tariff/1",
        "tariff": listed.tariff,
        "digest": listed.digest,
        "valid_from": listed.valid_from.isoformat(),
        "bands": [{"band": b[0], "multiplier": b[1], "list_grosze": b[2], "quote": b[3]} for b in bands],
        "assumptions": [
            {"id": a[0], "question": a[1], "chosen": a[2], "favours": a[3], "reason": a[4]}
            for a in assumptions
        ],
    }
    title = Text(f"Cennik {listed.tariff}", f"Price list {listed.tariff}")
    return Report(
        "tariff",
        title,
        document,
        (
            Table(
                "bands",
                Text("Pory i ceny godziny", "Bands and the price of an hour"),
                (
                    Column("band", Text("Pora", "Band")),
                    Column("multiplier", Text("×", "×")),
                    Column("list_grosze", Text("Netto", "Net"), "grosze"),
                    Column("quote", Text("Zdanie cennika", "Sentence")),
                ),
                bands,
            ),
            Table(
                "assumptions",
                Text("Założenia", "Assumptions"),
                (
                    Column("id", Text("Założenie", "Assumption")),
                    Column("question", Text("Pytanie", "Question")),
                    Column("chosen", Text("Przyjęto", "Chosen")),
                    Column("favours", Text("Na korzyść", "Favours")),
                    Column("reason", Text("Dlaczego", "Reason")),
                ),
                assumptions,
            ),
        ),
        ledger.last_recorded_at(),
    )
