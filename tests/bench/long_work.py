"""Long work beside the build before: processor time, memory, and what a server takes beside bare COPY.

Every figure is a ratio within one run: whoever else uses the machine slows both.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from statistics import median

from ledger.packed import in_chunks
from ledger.store.postgres.address import Address
from ledger.store.postgres.connection import PostgresDatabase
from ledger.store.postgres.recorder import create_postgres_store
from ledger.store.sqlite.recorder import EventRow
from tests.bench.issuing import issued
from tests.bench.office import started
from tests.bench.process import Failed, Ran, ours
from tests.bench.table import Table, rate, took
from tests.bench.year import write_year
from tests.support.postgres import DESK, OWNER, Cluster

TURNS = 5
PAGE = 5_000
REQUESTS = 9
APPENDED = 20_000
_FIRST = """\
SELECT leaf_index, originator_id, originator_version, topic, recorded_at, state, leaf_hash FROM events
ORDER BY leaf_index LIMIT ?"""
_ALIKE = "CREATE TABLE public.alike (LIKE ledger.events INCLUDING ALL)"
_COPY = b"""\
COPY public.alike (leaf_index, originator_id, originator_version, topic, recorded_at, state, leaf_hash)
FROM STDIN (FORMAT BINARY)"""
_TYPES = ("int8", "bytea", "int4", "text", "int8", "bytea", "bytea")


def long_work(table: Table, root: Path, base: Path | None, sessions: int, customers: int) -> None:
    """Import, reports, papers and a server, each beside the build before where one is named."""
    builds: dict[str, Path | None] = {"now": None} if base is None else {"before": base, "now": None}
    year = write_year(root / "long-year", sessions)
    table.part(f"long work on {sessions:,} sessions: processor time, memory")
    folders = {name: root / f"long-{name}" for name in builds}
    taken: dict[str, dict[str, Ran]] = {}
    for name, source in builds.items():
        folder, ran = folders[name], taken.setdefault(name, {})
        ours("init", folder=folder, source=source)
        for noun in ("customer", "purchase"):
            ours(noun, "import", str(year[f"{noun}s"]), folder=folder, source=source)
        ran["session import"] = ours("session", "import", str(year["sessions"]), folder=folder, source=source)
        ours("replay", folder=folder, source=source)
        for what, words in _reports(root / name).items():
            ran[what] = ours("report", "billing", *words, folder=folder, source=source)
    for what, mark in _MARKS.items():
        _line(table, what, mark, taken["now"][what], taken.get("before", {}).get(what))
    beside = taken["now"]["year as XLSX"].peak_mb / taken["now"]["year as CSV"].peak_mb
    table.line("memory of XLSX beside CSV", f"{beside:.2f}", "<= 1.2")
    _papers(table, root, builds, customers)
    _on_a_server(table, root, builds, folders, sessions)


_MARKS = {
    "session import": "<= 200 MB, 0.77 cpu",
    "year as CSV": "<= 60 MB",
    "year as XLSX": "",
    "month as PDF": "<= 250 MB, 0.6 cpu",
}


def _reports(to: Path) -> dict[str, Sequence[str]]:
    to.mkdir()
    return {
        "year as CSV": ("--period", "2026", "-o", str(to / "year.csv")),
        "year as XLSX": ("--period", "2026", "-o", str(to / "year.xlsx")),
        "month as PDF": ("--period", "2026-06", "-o", str(to / "month.pdf")),
    }


def _line(table: Table, what: str, mark: str, now: Ran, before: Ran | None) -> None:
    beside = ""
    if before is not None:
        cpu, memory = now.processor_s / before.processor_s, now.peak_mb / before.peak_mb
        beside = f"cpu {cpu:.2f} x, memory {memory:.2f} x the build before"
    table.line(what, took(now.processor_s, now.peak_mb), mark, beside)


def _papers(table: Table, root: Path, builds: dict[str, Path | None], customers: int) -> None:
    """A month's invoices on paper, each build with the ledger that it issued."""
    made: dict[str, tuple[float, float]] = {}
    for name, source in builds.items():
        (root / f"papers-{name}").mkdir()
        try:
            found = issued(root / f"papers-{name}" / "ledger", customers, source)
        except Failed as failed:
            if source is None:
                raise
            table.line("invoices of the build before", "cannot be made", "", str(failed).splitlines()[0][:60])
            continue
        made[name] = found.export_s, found.export_cpu_s / found.documents * 1000
    wall, each = made["now"]
    beside = ""
    if "before" in made:
        beside = (
            f"cpu {each / made['before'][1]:.2f} x, wall {wall / made['before'][0]:.2f} x the build before"
        )
    table.line("invoice export --all, cpu a document", f"{each:.1f} ms", "<= 0.95, wall 0.55", beside)


def _on_a_server(
    table: Table, root: Path, builds: dict[str, Path | None], folders: dict[str, Path], sessions: int
) -> None:
    """`store copy`, appending beside bare COPY, and a command that records beside the one in a folder."""
    table.part("PostgreSQL")
    with started() as server:
        if server is None:
            table.line("PostgreSQL", "cannot run here")
            return
        seconds: dict[str, float] = {}
        for name, source in builds.items():
            url = server.url(f"copy_{name}", DESK)
            ran = ours("store", "copy", url, "--owner", OWNER, folder=folders[name], source=source)
            seconds[name] = ran.seconds
        beside = f"{seconds['before'] / seconds['now']:.1f} x the build before" if "before" in seconds else ""
        table.line("store copy, checked", rate(4 * sessions, seconds["now"]), ">= 5 x", beside)
        rows = _events(folders["now"])
        ratio = median(_appending(server, rows, turn) for turn in range(TURNS))
        table.line("appending beside bare COPY", f"{ratio:.2f}", "<= 1.2")
        app = root / "long-app"
        ours("init", "--store", server.url("copy_now", DESK), "--join", folder=app)
        words = ("session", "request", "--customer", "c00001", "--issue", "other")
        ratios = [
            ours(*words, folder=app).seconds / ours(*words, folder=folders["now"]).seconds
            for _ in range(REQUESTS)
        ]
        table.line("session request, beside a folder", f"{median(ratios):.2f}", "<= 1.6")


def _appending(server: Cluster, rows: Sequence[EventRow], turn: int) -> float:
    """Return how many times as long appending takes as a COPY of the rows into a table alike."""
    name = f"appended_{turn}"
    with create_postgres_store(Address.parse(server.url(name, DESK)), lambda: 0, OWNER) as store:
        began = time.perf_counter()
        with store.copying() as appender:
            for page in in_chunks(rows, PAGE):
                appender.insert_events(page)
        ours_s = time.perf_counter() - began
    server.says(_ALIKE, name)
    with closing(PostgresDatabase(Address.parse(server.url(name, "postgres")), "public")) as database:
        began = time.perf_counter()
        with database.transaction():
            for page in in_chunks(rows, PAGE):
                database.copy_rows(_COPY, _TYPES, page)
        return ours_s / (time.perf_counter() - began)


def _events(folder: Path) -> list[EventRow]:
    """Return the first events of a ledger in a folder."""
    with closing(sqlite3.connect(folder / "events.db")) as database:
        return database.execute(_FIRST, (APPENDED,)).fetchall()
