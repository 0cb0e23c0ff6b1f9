"""`--names FILE.csv`: customers' names and the codes that a person confirms for them."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from cli.context import App
from cli.presentation.whole_file import written_whole
from ledger.errors import NamesUnconfirmed
from ledger.message import msg

if TYPE_CHECKING:
    from ledger.imports.layout import Column, Layout
    from ledger.imports.names import NameProposal
    from ledger.imports.table_reader import Sheet

_HEADER = ("name", "customer", "how")


def with_names(app: App, file: Path, sheet: Sheet, columns: tuple[Column, ...], layout: Layout) -> Layout:
    """Return the layout with the confirmed codes.

    Names without one are added to the file with proposals. Raises NamesUnconfirmed then: a proposal
    counts once a person has seen the file.
    """
    from ledger.imports.names import proposals

    rows = _read(file)
    confirmed = {name: code for name, code, _ in rows if code}
    new = proposals(app.open(), sheet, columns, layout, {name: code for name, code, _ in rows})
    if new:
        _write(app, file, rows, new)
    waiting = len(new) + sum(1 for _, code, _ in rows if not code)
    if waiting:
        raise NamesUnconfirmed(
            msg(
                "{waiting} names have no confirmed code; the proposals stand in {name}",
                waiting=waiting,
                name=file.name,
            )
        )
    values = layout.values | {"customer": layout.values.get("customer", {}) | confirmed}
    return msgspec.structs.replace(layout, values=values)


def _read(file: Path) -> list[tuple[str, str, str]]:
    from ledger.imports.table_reader import read_sheet

    if not file.exists():
        return []
    sheet = read_sheet(file)
    padded = ([*line.cells, "", "", ""] for line in sheet.lines)
    return [(cells[0], cells[1], cells[2]) for cells in padded]


def _write(app: App, file: Path, rows: list[tuple[str, str, str]], new: list[NameProposal]) -> None:
    with written_whole(file) as out:
        text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="")
        writer = csv.writer(text, delimiter=";")
        writer.writerow(_HEADER)
        writer.writerows([*rows, *new])
        text.flush()
        text.detach()
    app.say_written(file)
