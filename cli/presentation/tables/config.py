"""The settings of a ledger as a report."""

from __future__ import annotations

from datetime import datetime

from cli.presentation.columns import VALUE
from cli.presentation.formats.model import Column, Report, Row, Table
from ledger.message import msg


def config_report(found: list[tuple[str, str, str]], as_of: datetime) -> Report:
    """Return each setting with its value and where it is set."""
    columns = (
        Column("key", msg("Setting")),
        VALUE,
        Column("from", msg("From")),
    )
    rows: list[Row] = list(found)
    document = {
        "schema": "session-ledger/config/1",
        "settings": [{"key": key, "value": value, "from": source} for key, value, source in found],
    }
    title = msg("Settings")
    return Report("config", title, document, (Table("settings", title, columns, rows),), as_of)
