"""What an adapter tells of a file, as tests compare it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from zoneinfo import ZoneInfo

from ledger.domain.clock import format_instant
from ledger.sources.adapter import Moment, Options, Quarantined, SourceRecord, Told
from ledger.sources.registry import reader

VECTORS = Path(__file__).parents[2] / "vectors"
REPORTS = VECTORS / "reports"
WARSAW = Options(zone=ZoneInfo("Europe/Warsaw"))
UTC = Options(zone=ZoneInfo("UTC"))
Span = tuple[str | None, str | None]


def read(adapter: str, raw: bytes | str, options: Options = WARSAW) -> list[Told]:
    """Return what an adapter tells of a file; every line once."""
    found = list(reader(adapter)(raw if isinstance(raw, bytes) else raw.encode(), options))
    lines = [each.line for each in found]
    assert sorted(lines) == sorted(set(lines))
    return found


def reported(name: str) -> bytes:
    """Return a file of the reports."""
    return (REPORTS / name).read_bytes()


def records(found: Iterable[Told]) -> list[SourceRecord]:
    """Return the records by their line."""
    return sorted((each for each in found if isinstance(each, SourceRecord)), key=lambda record: record.line)


def spans(found: Iterable[Told]) -> list[Span]:
    """Return beginning and end of each record."""
    return [(instant_of(record.started), instant_of(record.ended)) for record in records(found)]


def instant_of(moment: Moment | None) -> str | None:
    """Return an instant as it is written."""
    return None if moment is None else format_instant(moment.at)


def kinds(found: Iterable[Told]) -> list[str]:
    """Return the kind of each record."""
    return [record.kind for record in records(found)]


def reasons(found: Iterable[Told]) -> list[tuple[int, str]]:
    """Return line and reason of what is in quarantine."""
    return sorted((each.line, each.reason) for each in found if isinstance(each, Quarantined))
