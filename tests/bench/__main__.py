"""`python -m tests.bench [--size N]`: one run, one table, beside baselines of the same run.

Everything of ours is a whole process, from the start of Python to its end; so are the baselines.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests.bench.desk import desk
from tests.bench.evidence import append_all, append_without_hashes, file_bytes, proof_ms
from tests.bench.invoices import fa3_rates
from tests.bench.issuing import issued
from tests.bench.long_work import long_work
from tests.bench.paying import paid
from tests.bench.process import ours, run
from tests.bench.reconciling import measured, write_records
from tests.bench.shaped import Shaped
from tests.bench.sizes import RUNS, sizes
from tests.bench.starting import starting
from tests.bench.table import Table, median_ms, took
from tests.bench.year import write_year

LONG = 100_000
"""Sessions at most of the long work, which is done by two builds."""
PAIRS = 24
"""Short runs beside each other, compared two by two: whoever else uses the machine slows both of a pair."""


def start_up(table: Table, root: Path, base: Path | None) -> None:
    """What Python itself takes, and --help; what commands take beside another build of ours."""
    bare = [run([sys.executable, "-c", "pass"]).seconds for _ in range(RUNS)]
    helps = [run([sys.executable, "-m", "ledger", "--help"]).seconds for _ in range(RUNS)]
    table.line("python -c pass", median_ms(bare))
    table.line("--help", median_ms(helps), "start-up <= 110 ms")
    starting(table, root, base, PAIRS)


def appended(root: Path, events: int) -> tuple[float, float, float]:
    """Medians: seconds to append without hashes, with hashes, and what part of the rate these cost."""
    runs = [
        (append_without_hashes(root / f"plain-{n}.db", events), append_all(root / f"hashed-{n}.db", events))
        for n in range(PAIRS)
    ]
    plain, hashed = zip(*runs, strict=True)
    return median(plain), median(hashed), median(1 - without / with_them for without, with_them in runs)


def evidence(table: Table, root: Path, events: int) -> None:
    """The transparency log over so many events: what it costs, and how fast it is checked."""
    table.part(f"the transparency log over {events:,} events")
    plain_s, hashed_s, lost = appended(root, events // PAIRS)
    plain, hashed = root / "plain.db", root / "hashed.db"
    append_without_hashes(plain, events)
    append_all(hashed, events)
    plain_rate, hashed_rate = events / PAIRS / plain_s, events / PAIRS / hashed_s
    table.line("appends with guards, without hashes", f"{plain_rate:,.0f} ev/s", "floor 160,000 ev/s")
    table.line(
        "appends with guards, hashes and tree",
        f"{hashed_rate:,.0f} ev/s",
        "<= 30 % slower",
        f"{lost:.0%} slower",
    )
    cost = (file_bytes(hashed) - file_bytes(plain)) / events
    table.line("hashes and tree, bytes an event", f"{cost:.1f} B", "<= 40 B")
    table.line("an inclusion proof with its leaf, log open", f"{proof_ms(hashed, events):.2f} ms", "<= 2 ms")
    folder = root / "ledger-evidence"
    files = write_year(root / "year-evidence", events // 4)
    ours("init", folder=folder)
    for noun in ("customer", "purchase", "session"):
        ours(noun, "import", str(files[f"{noun}s"]), folder=folder)
    ours("audit", "checkpoint", folder=folder)
    ours("status", folder=folder)
    verified = ours("audit", "verify", "-f", "json", folder=folder)
    found = json.loads(verified.out)
    if found["findings"] or found["checkpoint"] != "ok":
        raise SystemExit(f"audit verify found {found}")
    mark = "<= 10 s at 1,000,000"
    table.line(
        f"audit verify of {found['events']:,} events, whole process",
        took(verified.seconds, verified.peak_mb),
        mark,
    )


def invoices(table: Table, root: Path, customers: int) -> None:
    """A month of so many customers issued, and put on paper; the sums are the billing report's."""
    (root / "issuing").mkdir()
    made = issued(root / "issuing" / "ledger", customers)
    table.part(f"a month of {made.documents:,} customers invoiced, two sessions each, to the grosz")
    issue_each, export_each = made.documents / made.issue_s, made.documents / made.export_s
    table.line(
        "invoice issue --all, XML validated", f"{made.issue_s:.1f} s", "", f"{issue_each:,.0f} invoices/s"
    )
    table.line(
        "invoice export --all, XML and PDF", f"{made.export_s:.1f} s", "", f"{export_each:,.0f} invoices/s"
    )


def fa3(table: Table) -> None:
    """The XML of invoices of three lines: written, validated."""
    table.part("FA(3) of invoices of three lines, processor time")
    first_ms, rates = fa3_rates()
    table.line("first validation, the schema read", f"{first_ms:.0f} ms")
    marks = {"written and validated": "<= 1 ms each"}
    for what, each in rates.items():
        table.line(what, f"{each:,.0f}/s, {1000 / each:.2f} ms", marks.get(what, ""))


def reconcile(table: Table, root: Path, records: int) -> None:
    """Whole process: a year of records against as many sessions."""
    write_records(root / "reconciled", records)
    taken = measured(root / "reconciled")
    table.part(f"{taken.counts['records']} records held against {taken.counts['sessions']} sessions")
    figures = took(taken.seconds, taken.peak_mb)
    table.line("source reconcile", figures, "<= 20 s at 100,000", f"{taken.findings} findings")


def payments(table: Table, root: Path, transfers: int) -> None:
    """Whole processes: transfers against as many invoices, a tenth of them first."""
    (root / "paying").mkdir()
    few, many = (paid(root / "paying", count) for count in (transfers // 10, transfers))
    table.part(f"{transfers:,} transfers of a bank file against {transfers:,} invoices")
    for name, first, last in (
        ("payment import", few.imported, many.imported),
        ("payment list", few.listed, many.listed),
        ("payment confirm --all-proposed", few.confirmed, many.confirmed),
    ):
        times = f"{last.seconds / first.seconds:.1f} times {first.seconds:.1f} s at {few.transfers:,}"
        table.line(name, took(last.seconds, last.peak_mb), "linear from a tenth", times)
    table.line("proposed", f"{many.proposed:,}")


def main() -> None:
    """Run everything up to --size."""
    parser = argparse.ArgumentParser(prog="tests.bench")
    parser.add_argument("--size", type=int, default=100_000, help="sessions of the largest year")
    parser.add_argument("--only-years", action="store_true", help="years of sessions alone")
    parser.add_argument("--events", type=int, default=1_000_000, help="events under the transparency log")
    parser.add_argument("--only-evidence", action="store_true", help="the transparency log alone")
    parser.add_argument("--only-long", action="store_true", help="import, reports, papers, a server alone")
    parser.add_argument("--only-fa3", action="store_true", help="the XML of invoices alone")
    parser.add_argument("--only-reconcile", action="store_true", help="records against sessions alone")
    parser.add_argument("--records", type=int, default=100_000, help="records, and sessions, reconciled")
    parser.add_argument("--only-payments", action="store_true", help="transfers against invoices alone")
    parser.add_argument("--transfers", type=int, default=10_000, help="transfers, and invoices, matched")
    parser.add_argument("--only-invoices", action="store_true", help="a month invoiced alone")
    parser.add_argument("--customers", type=int, default=1_000, help="customers whose month is invoiced")
    parser.add_argument("--only-start-up", action="store_true", help="what commands take before they begin")
    parser.add_argument("--only-desk", action="store_true", help="pages of the desk alone")
    parser.add_argument("--only-shapes", action="store_true", help="years of other shapes alone")
    parser.add_argument("--shaped", type=int, default=100_000, help="sessions of a year of another shape")
    parser.add_argument("--base", type=Path, help="the source of another build, to stand beside ours")
    asked = parser.parse_args()
    table = Table(datetime.now(UTC))
    with TemporaryDirectory(prefix="session-ledger-bench-") as name:
        root = Path(name)
        parts: dict[str, Callable[[], None]] = {
            "start_up": lambda: start_up(table, root, asked.base),
            "years": lambda: sizes(table, root, asked.size),
            "shapes": lambda: Shaped(table, root, asked.shaped, asked.base).measure(),
            "invoices": lambda: invoices(table, root, asked.customers),
            "long": lambda: long_work(table, root, asked.base, min(asked.size, LONG), asked.customers // 5),
            "fa3": lambda: fa3(table),
            "reconcile": lambda: reconcile(table, root, asked.records),
            "payments": lambda: payments(table, root, asked.transfers),
            "desk": lambda: desk(table, root),
            "evidence": lambda: evidence(table, root, asked.events),
        }
        only = [part for part in parts if getattr(asked, f"only_{part}")]
        for part in only or parts:
            parts[part]()
    if not only:
        table.write(asked.size)
    if table.differing:
        raise SystemExit(f"other sums than ours: {'; '.join(table.differing)}")


if __name__ == "__main__":
    main()
