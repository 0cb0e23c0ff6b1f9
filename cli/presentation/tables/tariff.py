"""Price lists as reports."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from cli.presentation.columns import BAND
from cli.presentation.formats.model import Column, Report, Row, Table
from cli.presentation.text import Text
from cli.presentation.wording import labels
from ledger.domain.ledger_state import LedgerState, ListedTariff
from ledger.domain.tariff.band_names import band_names
from ledger.domain.tariff.sections import BandName
from ledger.domain.tariff.tariff import Tariff


def tariff_report(
    listed: ListedTariff, parsed: Tariff, as_of: datetime, named_later: Mapping[str, BandName]
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
    title = Text(f"Cennik {listed.tariff}", f"Price list {listed.tariff}")
    return Report(
        "tariff",
        title,
        document,
        (
            _bands_table(bands),
            _assumptions_table(assumptions),
        ),
        as_of,
    )


def _bands_table(bands: list[Row]) -> Table:
    columns = (
        BAND,
        Column("multiplier", Text("×", "×")),
        Column("list_grosze", labels.NET, "grosze"),
        Column("quote", Text("Zdanie cennika", "Sentence")),
        Column("name_pl", Text("Na dokumentach", "On documents")),
        Column("name_en", Text("Po angielsku", "In English")),
    )
    return Table("bands", Text("Pory i ceny godziny", "Bands and the price of an hour"), columns, bands)


def _assumptions_table(assumptions: list[Row]) -> Table:
    columns = (
        Column("id", Text("Założenie", "Assumption")),
        Column("question", Text("Pytanie", "Question")),
        Column("chosen", Text("Przyjęto", "Chosen")),
        Column("favours", Text("Na korzyść", "Favours")),
        Column("reason", Text("Dlaczego", "Reason")),
    )
    return Table("assumptions", labels.ASSUMPTIONS, columns, assumptions)


def tariff_text_report(listed: ListedTariff, as_of: datetime) -> Report:
    """Return the published text of a price list, line by line."""
    lines: list[Row] = [(line,) for line in listed.text.splitlines()]
    table = Table("text", Text("Tekst", "Text"), (Column("line", labels.LINE),), lines)
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
    title = Text("Cenniki", "Price lists")
    columns = (
        Column("tariff", labels.PRICE_LIST),
        Column("valid_from", Text("Od", "Valid from"), "date"),
        Column("digest", Text("Skrót", "Digest")),
        Column("in_force", Text("Obowiązuje", "In force"), "boolean"),
    )
    return Report("tariff-list", title, document, (Table("tariffs", title, columns, rows),), as_of)
