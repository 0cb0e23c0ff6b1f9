"""`python -m tests.bench [--size N]`: one run, one table, ratios against baselines of the same run."""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.evidence import append_all, append_without_hashes, file_bytes, proof_ms
from tests.bench.invoices import fa3_rates
from tests.bench.reconciling import measured, write_records
from tests.bench.stock import bare_fetch, stock_import, stock_replay
from tests.bench.year import write_year

COMMAND = [sys.executable, "-m", "ledger"]
RUNS = 9
ALTERNATIONS = 4
SIZES = (1_000, 10_000, 100_000, 1_000_000)


def run(*words: str, folder: Path) -> tuple[str, float]:
    """What a whole process prints, and the seconds it takes."""
    started = time.perf_counter()
    environment = {**os.environ, "SESSION_LEDGER_DIR": str(folder), "SESSION_LEDGER_BY": "bench"}
    done = subprocess.run([*COMMAND, *words], env=environment, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - started
    if done.returncode not in (0, 3):
        raise SystemExit(f"{' '.join(words)} ended with {done.returncode}:\n{done.stderr}")
    return done.stdout, seconds


def median_ms(samples: Sequence[float]) -> str:
    """Median and spread of seconds, in milliseconds."""
    low, high = min(samples) * 1000, max(samples) * 1000
    return f"{statistics.median(samples) * 1000:.0f} ms ({low:.0f}-{high:.0f})"


def line(what: str, figure: str, mark: str = "", ratio: str = "") -> None:
    """One line of the table."""
    print(f"{what:<58} {figure:>24}  {mark:<22} {ratio}", flush=True)


def start_up(root: Path) -> None:
    """Whole processes: --help, and one recording command."""
    folder = root / "start-up"
    run("init", folder=folder)
    run("customer", "add", "K-1", "--name", "Bench", folder=folder)
    bare = [_seconds([sys.executable, "-c", "pass"]) for _ in range(RUNS)]
    helps = [run("--help", folder=folder)[1] for _ in range(RUNS)]
    records = [
        run("session", "request", "--customer", "K-1", "--issue", "other", folder=folder)[1]
        for _ in range(RUNS)
    ]
    ends: list[float] = []
    for number in range(1, RUNS + 1):
        run("session", "connect", str(number), folder=folder)
        ends.append(run("session", "end", str(number), folder=folder)[1])
    line("bare python -c pass, whole process", median_ms(bare))
    line("--help, whole process", median_ms(helps), "start-up <= 110 ms")
    line("session request, whole process, durable", median_ms(records), "<= 150 ms")
    line("session end, whole process, durable", median_ms(ends), "<= 150 ms")


def _seconds(words: Sequence[str]) -> float:
    started = time.perf_counter()
    subprocess.run(words, check=True)
    return time.perf_counter() - started


def at_size(root: Path, sessions: int, *, baselines: bool) -> None:
    """Import, replay and one customer-month of a synthetic year of so many sessions."""
    folder = root / f"ledger-{sessions}"
    files = write_year(root / f"year-{sessions}", sessions)
    run("init", folder=folder)
    for noun in ("customer", "purchase"):
        run(noun, "import", str(files[f"{noun}s"]), folder=folder)
    _, import_s = run("session", "import", str(files["sessions"]), folder=folder)
    events = 4 * sessions
    replayed = json.loads(run("replay", "-f", "json", folder=folder)[0])
    month = ("report", "billing", "--period", "2026-06", "--customer", "c00003", "-f", "json")
    months = [run(*month, folder=folder)[1] for _ in range(5)]
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"-- {sessions:,} sessions, {events:,} events")
    stock_rate = bare_rate = stock_read_rate = 0.0
    if baselines:
        stock = root / "stock.db"
        stock_rate = events / stock_import(stock, sessions, datetime(2026, 6, 1, tzinfo=UTC), "0" * 64)
        count, seconds = stock_replay(stock)
        stock_read_rate = count / seconds
        count, seconds = bare_fetch(folder / "events.db")
        bare_rate = count / seconds
    rate = events / import_s
    line(
        "import of CSV, whole process",
        f"{rate:,.0f} ev/s",
        ">= 40,000 ev/s",
        f"{rate / stock_rate:.1f} x stock" if stock_rate else "",
    )
    replay_rate = replayed["events_per_second"]
    ratios = ""
    if bare_rate:
        ratios = f"{replay_rate / stock_read_rate:.1f} x stock, {replay_rate / bare_rate:.2f} x floor"
    line(
        "replay: fold, rate, rows and indexes written", f"{replay_rate:,.0f} ev/s", ">= 400,000 ev/s", ratios
    )
    if baselines:
        line("  stock library: save, 1,000 sessions a transaction", f"{stock_rate:,.0f} ev/s")
        line("  stock library: notifications and JSON mapper", f"{stock_read_rate:,.0f} ev/s")
        line("  floor: bare sqlite3 fetch of our rows", f"{bare_rate:,.0f} ev/s")
    line("report of one customer-month, whole process", median_ms(months), "<= 300 ms")
    line("largest child process so far", f"{peak_mb:.0f} MB")
    line("events.db, bytes an event", f"{(folder / 'events.db').stat().st_size / events:.0f} B")


def appended(root: Path, events: int) -> tuple[float, float]:
    """Seconds to append without and with hashes, the best of runs that alternate: the machine swings."""
    runs = [
        (append_without_hashes(root / f"plain-{n}.db", events), append_all(root / f"hashed-{n}.db", events))
        for n in range(ALTERNATIONS)
    ]
    return min(plain for plain, _ in runs), min(hashed for _, hashed in runs)


def evidence(root: Path, events: int) -> None:
    """The transparency log over so many events: what it costs, and how fast it is checked."""
    print(f"-- the transparency log over {events:,} events")
    plain_s, hashed_s = appended(root, events // ALTERNATIONS)
    plain, hashed = root / "plain.db", root / "hashed.db"
    append_without_hashes(plain, events)
    append_all(hashed, events)
    plain_rate, hashed_rate = events / ALTERNATIONS / plain_s, events / ALTERNATIONS / hashed_s
    line("appends with guards, without hashes", f"{plain_rate:,.0f} ev/s")
    lost = 1 - hashed_rate / plain_rate
    line(
        "appends with guards, hashes and tree",
        f"{hashed_rate:,.0f} ev/s",
        "<= 30 % slower",
        f"{lost:.0%} slower",
    )
    cost = (file_bytes(hashed) - file_bytes(plain)) / events
    line("hashes and tree, bytes an event", f"{cost:.1f} B", "<= 40 B")
    line("an inclusion proof with its leaf, log open", f"{proof_ms(hashed, events):.2f} ms", "<= 2 ms")
    folder = root / "ledger-evidence"
    files = write_year(root / "year-evidence", events // 4)
    run("init", folder=folder)
    for noun in ("customer", "purchase", "session"):
        run(noun, "import", str(files[f"{noun}s"]), folder=folder)
    run("audit", "checkpoint", folder=folder)
    run("status", folder=folder)
    shown, seconds = run("audit", "verify", "-f", "json", folder=folder)
    found = json.loads(shown)
    if found["findings"] or found["checkpoint"] != "ok":
        raise SystemExit(f"audit verify found {found}")
    mark = "<= 10 s at 1,000,000"
    line(f"audit verify of {found['events']:,} events, whole process", f"{seconds:.1f} s", mark)


def fa3() -> None:
    """The XML of invoices of three lines: written, validated, read."""
    print("-- FA(3) of invoices of three lines, processor time")
    first_ms, rates = fa3_rates()
    line("first validation, the schema read", f"{first_ms:.0f} ms")
    marks = {"written and validated": "<= 1 ms each"}
    for what, rate in rates.items():
        line(what, f"{rate:,.0f}/s, {1000 / rate:.2f} ms", marks.get(what, ""))


def reconcile(records: int) -> None:
    """Whole process: a year of records against as many sessions."""
    with TemporaryDirectory(prefix="session-ledger-bench-") as root:
        write_records(Path(root) / "ledger", records)
        taken = measured(Path(root) / "ledger")
    told = f"reconcile {taken.counts['records']} records, {taken.counts['sessions']} sessions"
    line(
        told, f"{taken.seconds:.1f} s, {taken.peak_mb} MB", "<= 20 s at 100,000", f"{taken.findings} findings"
    )
    line("  of these seconds on the processor", f"{taken.cpu_seconds:.1f} s")


def main() -> None:
    """Run everything up to --size."""
    parser = argparse.ArgumentParser(prog="tests.bench")
    parser.add_argument("--size", type=int, default=100_000, help="sessions of the largest year")
    parser.add_argument("--events", type=int, default=1_000_000, help="events under the transparency log")
    parser.add_argument("--only-evidence", action="store_true", help="the transparency log alone")
    parser.add_argument("--only-fa3", action="store_true", help="the XML of invoices alone")
    parser.add_argument("--only-reconcile", action="store_true", help="records against sessions alone")
    parser.add_argument("--records", type=int, default=100_000, help="records, and sessions, reconciled")
    asked = parser.parse_args()
    size = asked.size
    machine = f"{platform.machine()} {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{datetime.now(UTC):%Y-%m-%d} {machine}")
    line("what", "figure", "mark", "ratio")
    if asked.only_reconcile:
        reconcile(asked.records)
        return
    fa3()
    if asked.only_fa3:
        return
    with TemporaryDirectory(prefix="session-ledger-bench-") as root:
        evidence(Path(root), asked.events)
        if asked.only_evidence:
            return
        start_up(Path(root))
        reconcile(asked.records)
        sizes = [n for n in SIZES if n < size] + [size]
        for sessions in sizes:
            at_size(Path(root), sessions, baselines=sessions == sizes[-1])


if __name__ == "__main__":
    main()
