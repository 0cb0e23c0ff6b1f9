"""Price lists as reports."""

from __future__ import annotations

from datetime import datetime

from cli.presentation.columns import BAND
from cli.presentation.formats.model import Column, Report, Row, Table
from cli.presentation.wording import labels
from ledger.domain.ledger_state import LedgerState, ListedTariff
from ledger.domain.tariff.tariff import Tariff
from ledger.message import msg, msg_in


def tariff_report(listed: ListedTariff, parsed: Tariff, as_of: datetime) -> Report:
    """Return the bands and the assumptions of a price list."""
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
    title = msg("Price list {tariff}", tariff=listed.tariff)
    return Report(
        "tariff",
        title,
        document,
        (
            Table(
                "bands",
                msg("Bands and the price of an hour"),
                (
                    BAND,
                    Column("multiplier", msg("×")),
                    Column("list_grosze", labels.NET, "grosze"),
                    Column("quote", msg("Sentence")),
                ),
                bands,
            ),
            Table(
                "assumptions",
                labels.ASSUMPTIONS,
                (
                    Column("id", msg("Assumption")),
                    Column("question", msg("Question")),
                    Column("chosen", msg("Chosen")),
                    Column("favours", msg("Favours")),
                    Column("reason", labels.REASON),
                ),
                assumptions,
            ),
        ),
        as_of,
    )


def tariff_text_report(listed: ListedTariff, as_of: datetime) -> Report:
    """Return the published text of a price list, line by line."""
    lines: list[Row] = [(line,) for line in listed.text.splitlines()]
    table = Table("text", msg_in("price list", "Text"), (Column("line", labels.LINE),), lines)
    document: dict[str, object] = {"schema": "session-ledger/tariff-text/1", "text": listed.text}
    return Report("tariff", table.title, document, (table,), as_of)


def tariffs_report(state: LedgerState, as_of: datetime) -> Report:
    """Return every published price list."""
    in_force = state.tariff_at(as_of)
    rows: list[Row] = [(t.tariff, t.valid_from, t.digest, t.digest == in_force) for t in state.tariffs]
    document = {
        "schema": "session-ledger/tariff-list/1",
        "tariffs": [
            {
                "tariff": t.tariff,
                "valid_from": t.valid_from.isoformat(),
                "digest": t.digest,
                "in_force": t.digest == in_force,
            }
            for t in state.tariffs
        ],
    }
    title = msg("Price lists")
    columns = (
        Column("tariff", labels.PRICE_LIST),
        Column("valid_from", msg("Valid from"), "date"),
        Column("digest", msg("Digest")),
        Column("in_force", msg("In force"), "boolean"),
    )
    return Report("tariff-list", title, document, (Table("tariffs", title, columns, rows),), as_of)
