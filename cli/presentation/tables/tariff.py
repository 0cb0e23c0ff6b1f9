"""Price lists as reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from cli.presentation.columns import BAND
from cli.presentation.formats.model import Column, Report, Row, Table
from cli.presentation.text import Lang
from cli.presentation.wording import labels
from cli.presentation.wording.assumptions import text_of
from ledger.domain.ledger_state import LedgerState, ListedTariff
from ledger.domain.tariff.band_names import band_names
from ledger.domain.tariff.sections import Assumption, BandName
from ledger.domain.tariff.tariff import Tariff
from ledger.message import msg, msg_in


def tariff_report(
    listed: ListedTariff,
    parsed: Tariff,
    as_of: datetime,
    named_later: Mapping[str, BandName],
    lang: Lang,
) -> Report:
    """Return the bands and the assumptions of a price list."""
    names = band_names(parsed, named_later)
    bands: list[Row] = [
        (
            band_id,
            band.multiplier,
            parsed.list_grosze(band_id),
            band.quote,
            names[band_id].pl if band_id in names else None,
            names[band_id].en if band_id in names else None,
        )
        for band_id, band in parsed.bands.items()
    ]
    assumptions: list[Row] = [(a.id, a.question, a.chosen, a.favours, a.reason) for a in parsed.assumptions]
    document = {
        "schema": "session-ledger/tariff/1",
        "tariff": listed.tariff,
        "digest": listed.digest,
        "valid_from": listed.valid_from.isoformat(),
        "bands": [
            {
                "band": b[0],
                "multiplier": b[1],
                "list_grosze": b[2],
                "quote": b[3],
                "name": None if b[4] is None else {"pl": b[4], "en": b[5]},
            }
            for b in bands
        ],
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
            _bands_table(bands),
            _assumptions_table(parsed.assumptions, lang),
        ),
        as_of,
    )


def _bands_table(bands: list[Row]) -> Table:
    columns = (
        BAND,
        Column("multiplier", msg("×")),
        Column("list_grosze", labels.NET, "grosze"),
        Column("quote", msg("Sentence")),
        Column("name_pl", msg("On documents")),
        Column("name_en", msg("In English")),
    )
    return Table("bands", msg("Bands and the price of an hour"), columns, bands)


def _assumptions_table(assumptions: Sequence[Assumption], lang: Lang) -> Table:
    columns = (
        Column("id", msg("Assumption")),
        Column("question", msg("Question")),
        Column("chosen", msg("Chosen")),
        Column("favours", msg("Favours")),
        Column("reason", msg("Reason")),
    )
    rows: list[Row] = []
    for each in assumptions:
        text = text_of(each, lang)
        rows.append((each.id, text.question, text.chosen, each.favours, text.reason))
    return Table("assumptions", labels.ASSUMPTIONS, columns, rows)


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
