"""Pages of the desk beside commands: processor time of the running desk against whole processes.

The processor time of the desk is the kernel's, read before and after many pages of one kind. Readers and
commands at once are told by the clock, since they wait for each other.
"""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

from ledger.application.ledger import Environment, Ledger
from ledger.domain.clock import parse_instant, parse_period
from projections.queries import month_status
from projections.read_models import billing
from projections.read_side import ReadSide, snapshot
from tests.bench.process import ours
from tests.bench.table import Table
from tests.bench.year import write_year
from tests.support.desk_process import Program, desk_process

NOW = "2026-12-01T09:00:00+01:00"
DEMO_MONTH, YEAR_MONTH = "2026-11", "2026-06"
YEAR_SESSIONS = 11_448
"""A twelfth of it is a month of 954 sessions, give or take."""
PAGES, RUNS, READERS, MANY = 60, 5, 20, 1000
READ_S = 20.0
_TICK_S = 1 / os.sysconf("SC_CLK_TCK")


class Weighed(NamedTuple):
    """What a page takes of a processor, in seconds, and weighs, in bytes."""

    processor_s: float
    weight: int


class Desk:
    """A running desk that is measured."""

    def __init__(self, program: Program) -> None:
        self.program = program

    def used_s(self) -> float:
        """Return what it took of a processor since it began."""
        words = Path(f"/proc/{self.program.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2]
        user, system = words.split()[11:13]
        return (int(user) + int(system)) * _TICK_S

    def memory_mb(self) -> float:
        """Return what it holds of the memory."""
        text = Path(f"/proc/{self.program.process.pid}/status").read_text(encoding="ascii")
        return int(text.partition("VmRSS:")[2].split()[0]) / 1024

    def page(self, path: str, times: int = PAGES) -> Weighed:
        """Return what a page takes, of many; raises SystemExit where it cannot be shown."""
        weight = self._weight(path)
        before = self.used_s()
        for _ in range(times):
            self._weight(path)
        return Weighed((self.used_s() - before) / times, weight)

    def _weight(self, path: str) -> int:
        sent = self.program.sends("GET", path)
        if sent.status != 200:
            raise SystemExit(f"{path}: {sent.status}")
        return len(sent.text.encode())

    def static_weight(self) -> int:
        """Return what style and script of a page weigh."""
        page = self.program.sends("GET", "/").text
        return sum(self._weight(each) for each in set(re.findall(r'/static/[^"]+', page)))


def desk(table: Table, root: Path) -> None:
    """Put the desk's pages beside commands, over the demo and over a month of nearly a thousand sessions."""
    demo, year = root / "desk-demo", root / "desk-year"
    ours("demo", str(demo), folder=demo, now=NOW)
    table.part("the desk over the demo: a page beside its command, processor time")
    with desk_process(demo, _runtime(root, "demo"), now=NOW) as program:
        running = Desk(program)
        ready_s = running.used_s()
        _beside_commands(table, running, demo)
        _weights(table, running)
        _held(table, running, demo, ready_s)
    table.part(f"the desk over a year of {YEAR_SESSIONS:,} sessions: {YEAR_MONTH}")
    files = write_year(root / "desk-year-files", YEAR_SESSIONS)
    ours("init", "--testing", folder=year, now=NOW)
    for noun in ("customer", "purchase", "session"):
        ours(noun, "import", str(files[f"{noun}s"]), folder=year, now=NOW)
    with desk_process(year, _runtime(root, "year"), now=NOW) as program:
        _month(table, Desk(program), year)
        _at_once(table, Desk(program), year)


def _runtime(root: Path, name: str) -> Path:
    folder = root / f"run-{name}"
    folder.mkdir(mode=0o700)
    return folder


def _command_s(folder: Path, *words: str) -> float:
    return median(ours(*words, folder=folder, now=NOW).processor_s for _ in range(RUNS))


def _beside_commands(table: Table, running: Desk, folder: Path) -> None:
    for name, path, words, part in (
        ("a session", "/session/14", ("session", "show", "14"), 25),
        ("deletions", f"/deletions/{DEMO_MONTH}", ("report", "deletions", "--period", DEMO_MONTH), 25),
        ("the month", f"/month/{DEMO_MONTH}", ("report", "billing", "--period", DEMO_MONTH), 6),
    ):
        page_s, command_s = running.page(path).processor_s, _command_s(folder, *words)
        told = f"1/{command_s / page_s:.0f} of {' '.join(words[:2])}, {command_s * 1000:.0f} ms"
        table.line(f"page of {name}", f"{page_s * 1000:.1f} ms", f"<= 1/{part}", told)


def _weights(table: Table, running: Desk) -> None:
    bare = running.static_weight()
    for name, path, most in (
        ("now", "/", 30),
        ("a session with its drawn day", "/session/14", 100),
        ("the month with its drawing", f"/month/{DEMO_MONTH}", 100),
    ):
        kb = (bare + running.page(path, 1).weight) / 1000
        table.line(f"page of {name}, style and script", f"{kb:.0f} KB", f"<= {most} KB")


def _held(table: Table, running: Desk, folder: Path, ready_s: float) -> None:
    status_s = _command_s(folder, "status")
    told = f"{ready_s / status_s:.1f} times status, {status_s * 1000:.0f} ms"
    table.line("ready for the first page", f"{ready_s * 1000:.0f} ms", "<= 2 times", told)
    paths = ("/", "/session/14", f"/month/{DEMO_MONTH}", f"/deletions/{DEMO_MONTH}", "/customers")
    for path in paths:
        running.page(path, MANY // len(paths))
    table.line(f"memory after {MANY:,} pages", f"{running.memory_mb():.0f} MB", "<= 90 MB")


def _month(table: Table, running: Desk, folder: Path) -> None:
    """The overview beside the query that it shows, a list of two hundred rows beside the billing's query."""
    overview, lists = f"/month/{YEAR_MONTH}", f"/month/{YEAR_MONTH}/sessions"
    environment = Environment(lambda: parse_instant(NOW), os.urandom, NOW)
    with (
        Ledger.open(folder, environment, read_models=ReadSide) as ledger,
        snapshot(ledger, None) as found,
    ):
        period = parse_period(YEAR_MONTH)
        open_s = _taken_s(lambda: month_status.of_period(found.views, ledger, period, found.as_of))
        bills_s = _taken_s(lambda: billing.of_period(found.views, period))
        sessions = len(billing.of_period(found.views, period).sessions)
    shown, listed = running.page(overview, RUNS), running.page(lists, RUNS)
    told = f"{shown.processor_s / open_s:.1f} times its query, {open_s * 1000:.0f} ms"
    table.line(f"overview of {sessions} sessions", f"{shown.processor_s * 1000:.0f} ms", "<= 3 times", told)
    told = f"{listed.processor_s / bills_s:.1f} times its query, {bills_s * 1000:.0f} ms"
    table.line("a page of its sessions", f"{listed.processor_s * 1000:.0f} ms", "<= 3 times", told)
    table.line("the same, its weight", f"{listed.weight / 1000:.0f} KB", "<= 60 KB")


def _taken_s(query: Callable[[], object]) -> float:
    taken: list[float] = []
    for _ in range(RUNS):
        began = time.process_time()
        query()
        taken.append(time.process_time() - began)
    return median(taken)


def _at_once(table: Table, running: Desk, folder: Path) -> None:
    """Readers that look at a page each second while commands record, beside both of them alone."""
    path = "/"
    alone = [_seen_s(running, path) for _ in range(PAGES)]
    request = ("session", "request", "--customer", "c00001", "--issue", "other")
    quiet = [ours(*request, folder=folder, now=NOW).seconds for _ in range(RUNS)]
    over, seen, failed = threading.Event(), list[float](), list[str]()

    def reads() -> None:
        while not over.wait(1):
            try:
                seen.append(_seen_s(running, path))
            except (OSError, SystemExit) as error:
                failed.append(str(error))

    threads = [threading.Thread(target=reads) for _ in range(READERS)]
    for each in threads:
        each.start()
    busy, until = list[float](), time.monotonic() + READ_S
    while time.monotonic() < until:
        busy.append(ours(*request, folder=folder, now=NOW).seconds)
    over.set()
    for each in threads:
        each.join()
    if failed:
        raise SystemExit(f"{len(failed)} pages failed while commands recorded: {failed[0]}")
    *_, slow = quantiles(seen, n=20)
    lone = median(alone)
    told = f"{slow / lone:.1f} times the lone page, {lone * 1000:.0f} ms; 0 of {len(seen)} failed"
    table.line(f"{READERS} readers, 19 pages of 20 within", f"{slow * 1000:.0f} ms", "<= 10 times", told)
    told = f"{median(busy) / median(quiet):.2f} times the quiet one"
    table.line("a command beside them", f"{median(busy) * 1000:.0f} ms", "<= 1.5 times", told)


def _seen_s(running: Desk, path: str) -> float:
    began = time.perf_counter()
    if running.program.sends("GET", path).status != 200:
        raise SystemExit(f"{path} cannot be shown")
    return time.perf_counter() - began
