"""Rows of a sheet that keeps day and times apart, or a length instead of an end, or no references."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from ledger.domain.clock import format_instant
from ledger.domain.instants import DayOrder
from ledger.errors import BadCell, BadInstant, ImportConflict, LedgerError, TimeOrder
from ledger.imports.columns import Problems, TableRecord
from ledger.imports.moments import TypedMoment, from_to, is_time, length, moment, told
from ledger.message import Hint, msg

_APART = frozenset({"day", "end_day", "duration", "minutes"})
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_BLANKS = re.compile(r"\s+")


def composed(records: Iterator[TableRecord], problems: Problems) -> Iterator[TableRecord]:
    """Yield records with whole moments of beginning and end, and with references where the sheet has none."""
    pattern = problems.layout.session_ref
    seen: dict[str, dict[str, str]] = {}
    for record in records:
        if "hours_from_to" in record.cells:
            record = _with_both_times(record, problems)  # noqa: PLW2901 - the same row, its times apart
        cells = record.cells
        if not _APART.isdisjoint(cells) or _needs_day(cells):
            cells = _with_moments(record, problems)
        if pattern and "session_ref" not in cells and "connected_at" in cells:
            cells = cells | {"session_ref": _reference(pattern, record, cells, problems)}
            first = seen.setdefault(cells["session_ref"], cells)
            if first is not cells and first != cells:
                fact = msg("another row gets the same reference")
                hint = Hint("add a column to the pattern session_ref that tells them apart")
                problems.add(record.line, "session_ref", ImportConflict(fact, hint=hint))
        yield record if cells is record.cells else record._replace(cells=cells)


def _with_both_times(record: TableRecord, problems: Problems) -> TableRecord:
    """Return the record with the hours of one cell in two; what cannot be is noted."""
    cells = {name: text for name, text in record.cells.items() if name != "hours_from_to"}
    try:
        begins, ends = from_to(record.cells["hours_from_to"])
        if "connected_at" in cells or "ended_at" in cells:
            raise BadCell(msg("the hours stand in columns of their own, too"))
    except LedgerError as error:
        problems.add(record.line, "hours_from_to", error)
        problems.broken.add(record.line)
        return record._replace(cells={k: v for k, v in cells.items() if k not in _APART})
    return record._replace(cells=cells | {"connected_at": begins, "ended_at": ends})


def _needs_day(cells: dict[str, str]) -> bool:
    """Return True if the end is a time of day alone, which lies on or after the day of the beginning."""
    end = cells.get("ended_at", "")
    return bool(end) and len(end) < len("16.11.26 17:20") and is_time(end)


def _with_moments(record: TableRecord, problems: Problems) -> dict[str, str]:
    """Return the cells with the moments put together; what cannot be is noted."""
    cells = {name: text for name, text in record.cells.items() if name not in _APART}
    order = _order(record, problems)
    column = "connected_at"
    try:
        begins = _begin(record, order)
        if begins is None:
            return cells
        cells["connected_at"] = begins
        column = "ended_at"
        ends = _end(record, begins, order)
        column = "minutes" if "minutes" in record.cells else "duration"
        lasts = _length(record)
        if lasts is not None:
            begun = moment(begins)
            if ends is None:
                ends = format_instant(begun + lasts)
            elif abs(moment(ends) - begun - lasts) >= _MINUTE:
                raise TimeOrder(msg("the length of time is not that between beginning and end"))
        if ends is not None:
            cells["ended_at"] = ends
    except LedgerError as error:
        problems.add(record.line, column, error)
        problems.broken.add(record.line)
        return {k: v for k, v in cells.items() if k not in {"connected_at", "ended_at"}}
    return cells


def _order(record: TableRecord, problems: Problems) -> DayOrder | None:
    dated = (record.cells.get(name, "") for name in ("day", "end_day", "connected_at", "ended_at"))
    return problems.order if any("/" in text for text in dated) else None


def _begin(record: TableRecord, order: DayOrder | None) -> str | None:
    text = record.cells.get("connected_at")
    if text is None:
        return None
    begun, day = told(text, order), _day_of(record, "day", order)
    if begun.time_of_day is None:
        raise BadInstant(msg("the cell is a day without a time of day"))
    if begun.day is None and day is None:
        raise BadInstant(
            msg("the cell is a time of day without a day"), hint=Hint("the day stands in a column Data")
        )
    if begun.day is not None and day is not None and begun.day != day:
        raise BadInstant(msg("the column of the day says another day"))
    return _text(begun._replace(day=begun.day or day))


def _end(record: TableRecord, begins: str, order: DayOrder | None) -> str | None:
    """Return the end; a time of day before that of the beginning lies on the next day."""
    text = record.cells.get("ended_at")
    if text is None:
        return None
    ended, day = told(text, order), _day_of(record, "end_day", order)
    if ended.time_of_day is None:
        raise BadInstant(msg("the cell is a day without a time of day"))
    if ended.day is not None:
        return _text(ended)
    if day is not None:
        return _text(ended._replace(day=day))
    begun = told(begins)
    assert begun.day is not None  # noqa: S101 - it was put together from a day and a time
    assert begun.time_of_day is not None  # noqa: S101 - the same
    goes_over = ended.time_of_day < begun.time_of_day
    return _text(ended._replace(day=begun.day + _DAY if goes_over else begun.day))


def _day_of(record: TableRecord, column: str, order: DayOrder | None) -> date | None:
    text = record.cells.get(column)
    if text is None:
        return None
    found = told(text, order)
    if found.day is None or found.time_of_day:
        raise BadInstant(msg("column {column} holds a day alone", column=column))
    return found.day


def _length(record: TableRecord) -> timedelta | None:
    if "minutes" in record.cells:
        text = record.cells["minutes"]
        return length(f"{text} min" if text.isdigit() else text)
    return length(record.cells["duration"]) if "duration" in record.cells else None


def _text(found: TypedMoment) -> str:
    """Return a moment as ISO text; 24:00 is the next midnight."""
    assert found.day is not None  # noqa: S101 - the callers put it there
    assert found.time_of_day is not None  # noqa: S101 - the same
    wall = datetime.combine(found.day, time()) + found.time_of_day
    text = wall.isoformat(sep=" ")
    if found.offset is None:
        return text
    minutes = round(found.offset.total_seconds() / 60)
    return f"{text}{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def _reference(pattern: str, record: TableRecord, cells: dict[str, str], problems: Problems) -> str:
    """Return a pattern filled with a row's cells; blanks become dashes, since a reference has none."""
    begins = told(cells["connected_at"])
    at = begins.time_of_day or timedelta()
    sheet, _ = problems.sheet.where(record.line)
    values = {
        "sheet": sheet,
        "day": begins.day.isoformat() if begins.day else "",
        "time": f"{at.seconds // 3600:02d}{at.seconds // 60 % 60:02d}",
        "customer": cells.get("customer", ""),
        **record.apart,
    }
    for name, value in values.items():
        pattern = pattern.replace(f"{{{name}}}", _BLANKS.sub("-", value))
    return pattern
