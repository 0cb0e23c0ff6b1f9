"""A year at growing sizes: import, replay, a month, a command; beside others; and how each of them grows."""

from __future__ import annotations

import json
import statistics
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from tests.bench.office import joined, started
from tests.bench.process import Ran, ours
from tests.bench.rivals import rivals
from tests.bench.stock import bare_fetch, stock_import, stock_replay
from tests.bench.sums import our_sums
from tests.bench.table import Table, growth, median_ms, rate, took
from tests.bench.year import customers_of, write_year

RUNS = 9
MONTHS = 5
SIZES = (10_000, 100_000, 1_000_000)
COPIED = 100_000
"""The largest of these sizes is copied to PostgreSQL."""
ADDED = 20_000
"""So many sessions at most are added to see how fast the read models catch up."""


class Measured(NamedTuple):
    """A ledger of one size, the files of its year, and the seconds of what is looked at as it grows."""

    sessions: int
    folder: Path
    year: dict[str, Path]
    import_s: float
    replay_s: float
    month_s: float


def sizes(table: Table, root: Path, largest: int) -> None:
    """Every size up to the largest one; the smallest and the largest beside others."""
    taken: list[Measured] = []
    for sessions in (*(size for size in SIZES if size < largest), largest):
        taken.append(_at_size(table, root, sessions))
        if sessions in {min(SIZES), largest}:
            _beside_others(table, taken[-1])
    _on_postgres(table, root, max([each for each in taken if each.sessions <= COPIED], default=taken[0]))
    _catch_up(table, root, taken[-1])
    _beside_the_library(table, root, taken[-1])
    table.part(f"growth, in seconds, at {', '.join(f'{each.sessions:,}' for each in taken)} sessions")
    table.line("import of the CSV file", *growth([each.import_s for each in taken]))
    table.line("replay", *growth([each.replay_s for each in taken]))
    table.line("billing of one customer-month", *growth([each.month_s for each in taken]))


def _at_size(table: Table, root: Path, sessions: int) -> Measured:
    folder, events = root / f"ledger-{sessions}", 4 * sessions
    table.part(f"{sessions:,} sessions, {events:,} events")
    year = write_year(root / f"year-{sessions}", sessions)
    ours("init", folder=folder)
    for noun in ("customer", "purchase"):
        ours(noun, "import", str(year[f"{noun}s"]), folder=folder)
    imported = ours("session", "import", str(year["sessions"]), folder=folder)
    figures = took(imported.seconds, imported.peak_mb)
    table.line("import of the CSV file, with keys", figures, ">= 40,000 ev/s", rate(events, imported.seconds))
    replayed = ours("replay", "-f", "json", folder=folder)
    figures = took(replayed.seconds, replayed.peak_mb)
    mark = "<= 10 s, 250 MB" if sessions == max(SIZES) else ">= 400,000 ev/s"
    table.line("replay: fold, rate, write rows and indexes", figures, mark, rate(events, replayed.seconds))
    month_s = _month(table, folder, sessions)
    _requests(table, folder, sessions)
    views = folder / (folder / "views.current").read_text(encoding="ascii").strip()
    each = ", ".join(f"{path.stat().st_size / events:.0f} B" for path in (folder / "events.db", views))
    table.line("on the disk, an event: log, read models", each)
    return Measured(sessions, folder, year, imported.seconds, replayed.seconds, month_s)


def _customer(sessions: int) -> str:
    """One who has about a hundred sessions in a year of any size, so that the month stays the same."""
    return f"c{customers_of(sessions) // 4:05d}"


def _reports(folder: Path, sessions: int) -> list[Ran]:
    words = ("report", "billing", "--period", "2026-06", "--customer", _customer(sessions), "-f", "json")
    return [ours(*words, folder=folder) for _ in range(MONTHS)]


def _median_s(ran: Sequence[Ran]) -> float:
    return statistics.median(each.seconds for each in ran)


def _month(table: Table, folder: Path, sessions: int) -> float:
    """A billing report, in seconds."""
    ran = _reports(folder, sessions)
    found = len(json.loads(ran[0].out)["sessions"])
    figures = median_ms([each.seconds for each in ran])
    table.line("billing of one customer-month", figures, "<= 300 ms, flat", f"{found} sessions in it")
    return _median_s(ran)


def _requests(table: Table, folder: Path, sessions: int) -> None:
    """A command that records."""
    words = ("session", "request", "--customer", _customer(sessions), "--issue", "other")
    seconds = [ours(*words, folder=folder).seconds for _ in range(RUNS)]
    table.line("session request, on the disk", median_ms(seconds), "<= 150 ms")


def _beside_others(table: Table, at: Measured) -> None:
    """The same sums another way; identical means byte for byte."""
    table.part(f"the same sums of {at.sessions:,} sessions, without a history; seconds beside the replay's")
    told = our_sums(at.folder)
    digest = sha256(told.lines.encode()).hexdigest()[:16]
    table.line("lines of ours", f"{told.lines.count(chr(10)):,}", "", digest)
    for name, ran, verdict, is_same in rivals(at.year, told):
        if ran is None:
            table.line(name, verdict)
            continue
        multiple = f"{ran.seconds / at.replay_s:.2f} x replay"
        table.line(name, took(ran.seconds, ran.peak_mb), "", f"{multiple}, {verdict}")
        if not is_same:
            table.differing.append(f"{name}, {at.sessions:,} sessions")


def _on_postgres(table: Table, root: Path, at: Measured) -> None:
    """The same ledger on a server, the same bill, and what is measured of it above."""
    events, app = 4 * at.sessions, root / "desk"
    table.part(f"the same {events:,} events in PostgreSQL, the same bill to the byte")
    with started() as server:
        if server is None:
            table.line("PostgreSQL", "cannot run here")
            return
        copied_s = joined(server, at.folder, app)
        table.line("store copy, checked", f"{copied_s:.2f} s", "", rate(events, copied_s))
        replayed = ours("replay", folder=app)
        figures = took(replayed.seconds, replayed.peak_mb)
        table.line(
            "replay: fold, rate, write rows and indexes",
            figures,
            ">= 400,000 ev/s",
            rate(events, replayed.seconds),
        )
        _month(table, app, at.sessions)
        _requests(table, app, at.sessions)


def _catch_up(table: Table, root: Path, at: Measured) -> None:
    """A report that has a file's events to fold first, beside the same report after it."""
    added = min(ADDED, at.sessions)
    year = write_year(root / "added", added, prefix="Z")
    ours("session", "import", str(year["sessions"]), folder=at.folder)
    late, *soon = _reports(at.folder, at.sessions)
    seconds = max(late.seconds - _median_s(soon), 0.001)
    what = f"catch-up of {at.sessions:,} sessions with {4 * added:,} events"
    table.line(what, f"{seconds:.2f} s", ">= 100,000 ev/s", rate(4 * added, seconds))


def _beside_the_library(table: Table, root: Path, at: Measured) -> None:
    """The stock library, and the database itself as the floor."""
    events = 4 * at.sessions
    table.part(f"the library as it comes, and the floor, {events:,} events")
    stock = root / "stock.db"
    seconds = stock_import(stock, at.sessions, datetime(2026, 6, 1, tzinfo=UTC), "0" * 64)
    table.line(
        "stock recorder: save, 1,000 sessions at a time", f"{seconds:.2f} s", "", rate(events, seconds)
    )
    count, seconds = stock_replay(stock)
    table.line(
        "stock notifications and mapper, nothing written", f"{seconds:.2f} s", "", rate(count, seconds)
    )
    count, seconds = bare_fetch(at.folder / "events.db")
    table.line("fetch of our rows, nothing done with them", f"{seconds:.2f} s", "", rate(count, seconds))
