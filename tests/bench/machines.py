"""`python -m tests.bench.machines [--sessions N] [--base DIR]`: a replay by this machine and by others.

The ledger is on a PostgreSQL server of its own. Processor seconds are those of the command, the processes
that it starts and the workers; the server's are left out. Each way is run once before it is measured.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Thread
from typing import NamedTuple

from tests.bench.office import joined, started
from tests.bench.process import ours
from tests.bench.table import Table
from tests.bench.year import write_year
from tests.support.machines import Machines, processor_s

ROUNDS = 3


class Spent(NamedTuple):
    """Seconds: of processors, by the clock, and of the scheduler's processor."""

    processors: float
    wall: float
    scheduler: float = 0


def by_others(machines: Machines, app: Path) -> Spent:
    """A replay by other machines."""
    pids = [each.pid for each in machines.workers]
    before, scheduler = sum(map(processor_s, pids)), processor_s(machines.scheduler.pid)
    ran = ours("replay", "--workers", str(machines.written()), folder=app)
    workers = sum(map(processor_s, pids)) - before
    return Spent(ran.processor_s + workers, ran.seconds, processor_s(machines.scheduler.pid) - scheduler)


def here(app: Path, source: Path | None = None) -> Spent:
    """A replay by processes of this machine, of this build or another."""
    ran = ours("replay", *(() if source else ("--no-workers",)), folder=app, source=source)
    return Spent(ran.processor_s, ran.seconds)


def one_killed(machines: Machines, app: Path) -> float:
    """A replay during which a worker is killed that has a block; seconds by the clock."""
    killing = Thread(target=machines.kill_with_a_block, args=machines.workers[:1])
    killing.start()
    ran = ours("replay", "--workers", str(machines.written()), folder=app)
    killing.join()
    machines.worker()
    machines.awaited()
    return ran.seconds


def compared(table: Table, app: Path, root: Path, base: Path | None, rounds: int = ROUNDS) -> None:
    """Every way in turns; each round is held against its own first, since others use the machine."""
    sets = [Machines(root / f"machines-{many}") for many in (1, 2)]
    try:
        for many, each in enumerate(sets, 1):
            for _ in range(many):
                each.worker()
            each.awaited()
        ways: dict[str, tuple[Callable[[], Spent], str]] = {
            "processes of this machine, build before": (lambda: here(app, base), ""),
            "processes of this machine": (lambda: here(app), "CPU <= 1.2, wall <= 1.1"),
            "one worker": (lambda: by_others(sets[0], app), "CPU <= 1.25"),
            "two workers": (lambda: by_others(sets[1], app), "CPU <= 1.45, wall <= 1.2"),
        }
        for way, _ in ways.values():
            way()
        found = [[way() for way, _ in ways.values()] for _ in range(rounds)]
        for place, (name, (_, mark)) in enumerate(ways.items()):
            spent = [each[place] for each in found]
            processors, wall = (
                median(each[place][which] / each[0][which] for each in found) for which in (0, 1)
            )
            figure = f"{median(s.processors for s in spent):.1f} s / {median(s.wall for s in spent):.1f} s"
            table.line(name, figure, mark, f"CPU {processors:.2f}, wall {wall:.2f}")
        scheduler = median(each[3].scheduler / each[0].processors for each in found)
        table.line("the scheduler with two workers", f"{scheduler:.2f}", "CPU <= 0.1")
        killed = [one_killed(sets[1], app) / median(each[0].wall for each in found) for _ in range(rounds)]
        table.line("two workers, one killed with a block", f"{median(killed):.2f}", "wall <= 1.6")
    finally:
        for each in sets:
            each.kill()


def main() -> None:
    """Make a ledger and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=250_000)
    parser.add_argument("--base", type=Path, help="The sources of another build; without it this one.")
    asked = parser.parse_args()
    table = Table(datetime.now(UTC))
    with TemporaryDirectory(prefix="sl-machines-", dir="/tmp") as name, started() as server:
        root = Path(name)
        if server is None:
            table.line("PostgreSQL", "cannot run here")
            return
        files, ledger = write_year(root / "year", asked.sessions), root / "ledger"
        ours("init", folder=ledger)
        for noun in ("customer", "purchase", "session"):
            ours(noun, "import", str(files[f"{noun}s"]), folder=ledger)
        joined(server, ledger, root / "app")
        table.part(f"a replay of {asked.sessions:,} sessions on PostgreSQL: CPU / by the clock")
        compared(table, root / "app", root, asked.base)


if __name__ == "__main__":
    main()
