"""The other ways to the same sums, as whole processes on the same year; those that are installed."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from tests.bench.process import Failed, Ran, TookTooLong, run
from tests.bench.sums import Sums

LIMIT_S = 300
"""So long is waited for each of them."""
RATE_SQL = Path(__file__).parent / "baselines" / "rate.sql"
MODULES = {
    "naive": ("csv, zoneinfo and Decimal, as one writes it first", ()),
    "tables": ("plain Python with a table by epoch hour", ()),
    "with_numpy": ("numpy", ("numpy", "pandas")),
    "with_pandas": ("pandas", ("pandas",)),
    "with_polars": ("Polars", ("polars",)),
    "with_duckdb": ("DuckDB", ("duckdb",)),
}
"""Module of `baselines`: what it is, and what it needs."""


class Rival(NamedTuple):
    """One of them: `ran` is None where there is nothing to compare, and `verdict` says why."""

    name: str
    ran: Ran | None
    verdict: str
    is_same: bool


def rivals(year: dict[str, Path], ours: Sums) -> Iterator[Rival]:
    """Each of them once, on the files that `write_year` wrote, held against our sums."""
    for module, (name, needs) in MODULES.items():
        words = [sys.executable, "-m", f"tests.bench.baselines.{module}", str(year["baseline"])]
        ran, why = _run(words, is_there=all(find_spec(need) for need in needs))
        yield _by_lines(" ".join([name, *map(version, needs[:1] if ran else ())]), ran, why, ours)
    command = ["sqlite3", "-csv", str(year["database"])]
    ran, why = _run(command, zone="Europe/Warsaw", stdin=RATE_SQL)
    yield _by_lines(f"SQL in SQLite{_version_of('sqlite3')}", ran, why, ours)
    yield hours_of_hledger(year["hledger"], ours)
    yield hours_of_ledger(year["ledger"], ours)


def hours_of_hledger(journal: Path, ours: Sums) -> Rival:
    """Hours by customer and month, cut at midnight, each piece rounded to 0.01 h; ours are cut so too."""
    words = ["-f", f"timeclock:{journal}", "balance", "-M", "-1", "-T", "-O", "csv"]
    ran, why = _run(["hledger", *words], zone="UTC")
    total = None if ran is None else re.search(r'"([\d.]+)h"\s*\Z', ran.out)
    told = None if total is None else int(total[1].replace(".", ""))
    return _by_hours("hledger", ran, why, "hours, by its rounding", is_same=told == ours.hundredths)


def hours_of_ledger(journal: Path, ours: Sums) -> Rival:
    """Hours by customer and month; `--base` prints them as the seconds that it keeps."""
    words = ["-f", str(journal), "register", "--monthly", "--depth", "1", "--base"]
    ran, why = _run(["ledger", *words], zone="UTC")
    total = None if ran is None else re.search(r" (\d+)s\s*\Z", ran.out)
    told = None if total is None else int(total[1])
    return _by_hours("ledger", ran, why, "hours, to the second", is_same=told == ours.seconds)


def _run(
    words: list[str], *, is_there: bool = True, zone: str | None = None, stdin: Path | None = None
) -> tuple[Ran | None, str]:
    """What it printed and took; or None and why there is nothing."""
    if not is_there or not shutil.which(words[0]):
        return None, "not installed"
    try:
        return run(words, environment={"TZ": zone} if zone else {}, stdin=stdin, limit_s=LIMIT_S), ""
    except TookTooLong:
        return None, f"more than {LIMIT_S} s"
    except Failed as failed:  # what a large year does to others does not end the run
        print(failed, file=sys.stderr)
        return None, "failed"


def _version_of(program: str) -> str:
    """What an installed program says of itself, with a space before it."""
    if not shutil.which(program):
        return ""
    found = re.search(r"\d+(\.\d+)+", run([program, "--version"]).out)
    return f" {found[0]}" if found else ""


def _by_lines(name: str, ran: Ran | None, why: str, ours: Sums) -> Rival:
    if ran is None:
        return Rival(name, None, why, is_same=True)
    is_same = ran.out.replace("\r\n", "\n") == ours.lines
    return Rival(name, ran, "identical" if is_same else "DIFFERENT", is_same)


def _by_hours(name: str, ran: Ran | None, why: str, what: str, *, is_same: bool) -> Rival:
    name = f"{name}{_version_of(name)}, plain hours by customer and month"
    if ran is None:
        return Rival(name, None, why, is_same=True)
    return Rival(name, ran, f"same {what}" if is_same else f"DIFFERENT {what}", is_same)
